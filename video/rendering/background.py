"""Background: what lies behind the page's window, in the site's own colour, and the window's edge."""

import re
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from video.rendering.colour import Picture
from video.rendering.sprites import Colour, Sprite, rounded_rectangle

HEX = re.compile(r"#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})", re.IGNORECASE)
#: Where a site has no colour of its own: a quiet indigo that goes with any page.
DEFAULT_TONE = (0.55, 0.10, 4.75)
#: Less chroma than this is grey, and says nothing about a site; more than that hurts beside a page.
MIN_CHROMA, MAX_CHROMA = 0.035, 0.15
#: From linear RGB to OKLab's cones, and from their cube roots to lightness and two hues (B. Ottosson, 2020,
#: bottosson.github.io/posts/oklab).
CONES = np.array([[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.6300]])
LAB = np.array([[0.2105, 0.7936, -0.0041], [1.9780, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]])
WINDOW_RADIUS = 12.0


@lru_cache(maxsize=4)
def render_backdrop(
    size: tuple[int, int], theme: str, page_is_light: bool, window: tuple[int, int, int, int], unit: float
) -> Picture:
    """The canvas around a window, with its shadow. Not to be drawn on: whoever asks again gets the same."""
    picture = background(size, theme, page_is_light)
    draw_shadow(picture, window, unit)
    return picture


def background(size: tuple[int, int], theme: str, page_is_light: bool) -> Picture:
    """A gentle gradient of the theme's hue, corner to corner: deep behind light pages, pale behind dark."""
    lightness, chroma, hue = tone(theme)
    if page_is_light:
        # Yellow made as deep as blue is would be mud.
        deep = min(max(lightness, 0.56), 0.72)
        near, far = (min(deep + 0.24, 0.92), chroma * 0.55, hue - 0.2), (deep, chroma, hue + 0.12)
    else:
        near, far = (0.95, chroma * 0.22, hue - 0.2), (0.80, chroma * 0.62, hue + 0.2)
    across, down = (np.linspace(0, 1, side, dtype=np.float32) for side in size)
    fraction = (across[None, :] * 0.55 + down[:, None] * 0.45)[..., None]
    blend = np.array(_bgr(*near)) * (1 - fraction) + np.array(_bgr(*far)) * fraction
    glow = np.exp(-((across[None, :] - 0.22) ** 2 + (down[:, None] - 0.1) ** 2) / 0.18)[..., None]
    blend += (255 - blend) * glow * 0.16
    # Noise below one step keeps the gradient from showing bands.
    noise = np.random.default_rng(7).random((size[1], size[0], 1), np.float32) - 0.5
    return np.asarray(np.clip(np.rint(blend + noise), 0, 255), np.uint8)


def tone(theme: str) -> tuple[float, float, float]:
    """Lightness, chroma and hue (radians) of a theme in OKLCH; of greys and what is no colour, neutral."""
    found = HEX.fullmatch(theme.strip())
    if not found:
        return DEFAULT_TONE
    fraction = np.array([int(pair, 16) for pair in found.groups()]) / 255
    linear = np.where(fraction <= 0.04045, fraction / 12.92, ((fraction + 0.055) / 1.055) ** 2.4)
    lightness, a, b = LAB @ np.cbrt(CONES @ linear)
    chroma = float(np.hypot(a, b))
    if chroma < MIN_CHROMA:
        return DEFAULT_TONE
    return float(lightness), min(max(chroma, 0.08), MAX_CHROMA), float(np.arctan2(b, a))


def draw_shadow(picture: Picture, window: tuple[int, int, int, int], unit: float) -> None:
    """Darkens the backdrop softly below and around the window."""
    left, top, width, height = window
    inside = np.zeros(picture.shape[:2], np.float32)
    shape = np.asarray(rounded_rectangle((height, width), 0, WINDOW_RADIUS * unit), np.float32)
    inside[top : top + height, left : left + width] = shape
    light = np.ones_like(inside)
    for drop, blur, strength in ((14, 22, 0.34), (3, 5, 0.18)):
        shifted = np.roll(inside, round(drop * unit), axis=0)
        light *= 1 - strength * _blurred(shifted, blur * unit)
    np.copyto(picture, np.rint(picture * light[..., None]).astype(np.uint8))


class Corners:
    """The backdrop as it shows around the window's round corners, laid over the page's own."""

    def __init__(self, backdrop: Picture, window: tuple[int, int, int, int], unit: float) -> None:
        left, top, width, height = window
        self._side = int(np.ceil(WINDOW_RADIUS * unit)) + 1
        page = rounded_rectangle((height, width), 0, WINDOW_RADIUS * unit)
        ends_x, ends_y = (0, width - self._side), (0, height - self._side)
        self._sprites = [
            (left + x, top + y, self._corner_sprite(backdrop, page, left, top, x, y))
            for y in ends_y
            for x in ends_x
        ]

    def draw_on(self, picture: Picture) -> None:
        """Rounds the corners of the window in the picture."""
        for left, top, sprite in self._sprites:
            sprite.draw_on(picture, left, top)

    def _corner_sprite(
        self, backdrop: Picture, page: NDArray[np.float64], left: int, top: int, x: int, y: int
    ) -> Sprite:
        inside = page[y : y + self._side, x : x + self._side, None]
        backdrop_part = backdrop[top + y : top + y + self._side, left + x : left + x + self._side]
        transparency = np.repeat(np.rint(255 * inside), 3, axis=2).astype(np.uint8)
        return Sprite(np.rint(backdrop_part * (1 - inside)).astype(np.uint8), transparency)


def is_light(picture: Picture) -> bool:
    """True when a page is more white than black."""
    return float(np.mean(cv2.resize(picture, (32, 32), interpolation=cv2.INTER_AREA))) > 112


def _blurred(mask: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    """The mask, blurred; widely on a quarter of the pixels each way, which gives the same in no time."""
    if sigma < 12:
        return np.asarray(cv2.GaussianBlur(mask, (0, 0), sigma), np.float32)
    small = cv2.resize(mask, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), sigma / 4)
    return np.asarray(cv2.resize(soft, mask.shape[::-1], interpolation=cv2.INTER_CUBIC), np.float32)


def _bgr(lightness: float, chroma: float, hue: float) -> Colour:
    """The colour of a place in OKLCH, as near as a screen can show it."""
    lab = np.array([lightness, chroma * np.cos(hue), chroma * np.sin(hue)])
    linear = np.clip(np.linalg.inv(CONES) @ (np.linalg.inv(LAB) @ lab) ** 3, 0, 1)
    fraction = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    red, green, blue = (round(float(value) * 255) for value in fraction)
    return blue, green, red
