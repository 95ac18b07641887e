"""The backdrop: what lies behind the page's window, in the site's own colour, and the window's edge."""

import colorsys
import re

import cv2
import numpy as np
from numpy.typing import NDArray

from video.colours import Picture
from video.sprites import Colour, Sprite, rounded

HEX = re.compile(r"#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})", re.IGNORECASE)
#: Where a site has no colour of its own: a quiet blue-violet that goes with any page.
NEUTRAL_HUE, NEUTRAL_SATURATION = 0.64, 0.34
#: Less saturated than this is grey, and says nothing about a site.
GREY = 0.12
WINDOW_ROUND = 12.0


def backdrop(size: tuple[int, int], theme: str, page_is_light: bool) -> Picture:
    """A gentle gradient of the theme's hue, corner to corner: deep behind light pages, pale behind dark."""
    hue, saturation = tone(theme)
    if page_is_light:
        near, far = (hue - 0.035, saturation * 0.62, 0.80), (hue + 0.045, saturation, 0.56)
    else:
        near, far = (hue - 0.03, saturation * 0.30, 0.95), (hue + 0.04, saturation * 0.52, 0.78)
    width, height = size
    across, down = np.linspace(0, 1, width), np.linspace(0, 1, height)
    part = (across[None, :] * 0.55 + down[:, None] * 0.45)[..., None]
    blend = np.array(_bgr(*near)) * (1 - part) + np.array(_bgr(*far)) * part
    glow = np.exp(-((across[None, :] - 0.22) ** 2 + (down[:, None] - 0.1) ** 2) / 0.18)[..., None]
    blend += (255 - blend) * glow * 0.16
    # Noise below one step keeps the gradient from showing bands.
    noise = np.random.default_rng(7).uniform(-0.5, 0.5, (height, width, 1))
    return np.clip(np.rint(blend + noise), 0, 255).astype(np.uint8)


def tone(theme: str) -> tuple[float, float]:
    """Hue and saturation for a theme colour; near greys and what is no colour give the neutral ones."""
    found = HEX.fullmatch(theme.strip())
    if not found:
        return NEUTRAL_HUE, NEUTRAL_SATURATION
    red, green, blue = (int(part, 16) / 255 for part in found.groups())
    if max(red, green, blue) - min(red, green, blue) < GREY:
        return NEUTRAL_HUE, NEUTRAL_SATURATION
    hue, _, saturation = colorsys.rgb_to_hls(red, green, blue)
    return hue, min(max(saturation, 0.4), 0.72)


def lay_shadow(picture: Picture, window: tuple[int, int, int, int], unit: float) -> None:
    """Darkens the backdrop softly below and around the window."""
    left, top, width, height = window
    inside = np.zeros(picture.shape[:2], np.float32)
    shape = np.asarray(rounded((height, width), 0, WINDOW_ROUND * unit), np.float32)
    inside[top : top + height, left : left + width] = shape
    light = np.ones_like(inside)
    for drop, blur, strength in ((14, 22, 0.34), (3, 5, 0.18)):
        moved = np.roll(inside, round(drop * unit), axis=0)
        light *= 1 - strength * np.asarray(cv2.GaussianBlur(moved, (0, 0), blur * unit), np.float32)
    np.copyto(picture, np.rint(picture * light[..., None]).astype(np.uint8))


class Corners:
    """The backdrop as it shows around the window's round corners, laid over the page's own."""

    def __init__(self, behind: Picture, window: tuple[int, int, int, int], unit: float) -> None:
        left, top, width, height = window
        self._side = int(np.ceil(WINDOW_ROUND * unit)) + 1
        page = rounded((height, width), 0, WINDOW_ROUND * unit)
        ends_x, ends_y = (0, width - self._side), (0, height - self._side)
        self._pieces = [
            (left + x, top + y, self._piece(behind, page, left, top, x, y)) for y in ends_y for x in ends_x
        ]

    def lay(self, picture: Picture) -> None:
        """Rounds the corners of the window in the picture."""
        for left, top, sprite in self._pieces:
            sprite.stamp(picture, left, top)

    def _piece(
        self, behind: Picture, page: NDArray[np.float64], left: int, top: int, x: int, y: int
    ) -> Sprite:
        inside = page[y : y + self._side, x : x + self._side, None]
        under = behind[top + y : top + y + self._side, left + x : left + x + self._side]
        clear = np.repeat(np.rint(255 * inside), 3, axis=2).astype(np.uint8)
        return Sprite(np.rint(under * (1 - inside)).astype(np.uint8), clear)


def is_light(picture: Picture) -> bool:
    """True when a page is more white than black."""
    return float(np.mean(cv2.resize(picture, (32, 32), interpolation=cv2.INTER_AREA))) > 112


def _bgr(hue: float, saturation: float, lightness: float) -> Colour:
    red, green, blue = colorsys.hls_to_rgb(hue % 1, lightness, saturation)
    return round(blue * 255), round(green * 255), round(red * 255)
