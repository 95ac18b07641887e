"""Sprites: small pictures with soft edges, drawn once and stamped on many frames: pointer, ripple, caption.

Sizes are in units: a unit is a pixel of a film 720 high, and grows with the film.
"""

from dataclasses import dataclass, field
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from video.rendering.colour import Picture
from video.typography.text import Mask, TextStyle

Colour = tuple[int, int, int]

#: Shapes are drawn this much larger and averaged down; places count in as many parts of a pixel.
SUPERSAMPLING = 8
#: The pointer's outline from its tip, clockwise, in units: 26 high.
CURSOR_OUTLINE = (
    (0.0, 0.0),
    (17.4, 17.0),
    (10.0, 17.6),
    (14.3, 26.6),
    (10.2, 28.4),
    (6.1, 19.3),
    (0.0, 24.6),
)
CURSOR_BORDER = 1.5
#: Rounds the corners of the white body.
CURSOR_ROUNDING = 0.9
PRESSED_SCALE = 0.86
PRESS_STEPS = 6
INK: Colour = (28, 24, 20)
WHITE: Colour = (255, 255, 255)
#: The ripple's blue, as BGR.
BLUE: Colour = (246, 130, 59)
RIPPLE_RADIUS = 28.0
RING_WIDTH = 3.0

CAPTION_SIZE = 33
CAPTION_PAD = (26, 13)
CAPTION_ROUND = 20
CAPTION_INK: Colour = (30, 23, 18)
CAPTION_OPACITY = 0.86


@dataclass(frozen=True, slots=True)
class Sprite:
    """A picture to lay over another: colour times opacity, and what shines through, both per channel."""

    colour: Picture = field(repr=False)
    transparency: Picture = field(repr=False)

    @classmethod
    def of(cls, colour: Colour, opacity: NDArray[np.floating]) -> "Sprite":
        """One colour at each pixel's opacity, from 0 to 1."""
        return cls(
            np.rint(opacity[..., None] * np.array(colour)).astype(np.uint8),
            np.rint(255 - 255 * np.repeat(opacity[..., None], 3, axis=2)).astype(np.uint8),
        )

    def over(self, below: "Sprite") -> "Sprite":
        """Both as one sprite."""
        colour = cv2.add(cv2.multiply(below.colour, self.transparency, scale=1 / 255), self.colour)
        transparency = cv2.multiply(below.transparency, self.transparency, scale=1 / 255)
        return Sprite(np.asarray(colour, np.uint8), np.asarray(transparency, np.uint8))

    def faded(self, opacity: float) -> "Sprite":
        """The same, less of it."""
        if opacity >= 1:
            return self
        colour = cv2.convertScaleAbs(self.colour, alpha=opacity)
        transparency = cv2.convertScaleAbs(self.transparency, alpha=opacity, beta=255 * (1 - opacity))
        return Sprite(np.asarray(colour, np.uint8), np.asarray(transparency, np.uint8))

    def draw_on(self, picture: Picture, left: int, top: int) -> None:
        """Lays the sprite on the picture, which may be smaller or elsewhere."""
        height, width = self.colour.shape[:2]
        x0, y0 = max(left, 0), max(top, 0)
        x1, y1 = min(left + width, picture.shape[1]), min(top + height, picture.shape[0])
        if x0 >= x1 or y0 >= y1:
            return
        visible = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
        target = picture[y0:y1, x0:x1]
        dimmed = cv2.multiply(target, self.transparency[visible], scale=1 / 255)
        picture[y0:y1, x0:x1] = cv2.add(dimmed, self.colour[visible])


def draw_cursor(picture: Picture, x: float, y: float, unit: float, pressed: float) -> None:
    """Draws the pointer with its tip at (x, y)."""
    step = round(min(max(pressed, 0.0), 1.0) * PRESS_STEPS)
    column, row = round(x * SUPERSAMPLING), round(y * SUPERSAMPLING)
    sprite, margin_px = _cursor_sprite(unit, step, column % SUPERSAMPLING, row % SUPERSAMPLING)
    sprite.draw_on(picture, column // SUPERSAMPLING - margin_px, row // SUPERSAMPLING - margin_px)


def draw_ripple(picture: Picture, x: float, y: float, unit: float, age: float) -> None:
    """Draws a disc and its ring around (x, y), which grow, slowing down, and fade."""
    grown = 1 - (1 - age) ** 2
    radius = RIPPLE_RADIUS * unit * (0.25 + 0.75 * grown)
    margin_px = int(radius) + 3
    left, top = round(x) - margin_px, round(y) - margin_px
    across, down = np.arange(2 * margin_px + 1) + left - x, np.arange(2 * margin_px + 1) + top - y
    distance = np.hypot(across[None, :], down[:, None])
    disc = np.clip(radius - distance + 0.5, 0, 1)
    ring = disc - np.clip(radius - RING_WIDTH * unit - distance + 0.5, 0, 1)
    Sprite.of(BLUE, (disc * 0.32 + ring * 0.55) * (1 - age) ** 1.2).draw_on(picture, left, top)


def caption(text: str, unit: float, max_width_px: float) -> Sprite | None:
    """White words on a dark pill with a soft shadow, which takes `caption_margin` on all sides.

    None when there are no words, or no font for them.
    """
    style = TextStyle(text, "semibold", round(CAPTION_SIZE * unit))
    if not style.text:
        return None
    pad_x, pad_y = (round(pad * unit) for pad in CAPTION_PAD)
    letters = style.draw(style.lines(max_width_px - 2 * pad_x))
    margin = caption_margin(unit)
    shape = (letters.shape[0] + 2 * (pad_y + margin), letters.shape[1] + 2 * (pad_x + margin))
    pill = rounded_rectangle(shape, margin, CAPTION_ROUND * unit)
    shadow = cv2.GaussianBlur(np.roll(pill, round(4 * unit), axis=0), (0, 0), 9 * unit) * 0.34
    letter_opacity = np.zeros(shape)
    letter_opacity[margin + pad_y :, margin + pad_x :][: letters.shape[0], : letters.shape[1]] = letters / 255
    body = Sprite.of(CAPTION_INK, pill * CAPTION_OPACITY).over(Sprite.of((0, 0, 0), shadow))
    return Sprite.of(WHITE, letter_opacity).over(body)


def caption_margin(unit: float) -> int:
    """The room for the shadow around a caption's pill."""
    return round(26 * unit)


def rounded_rectangle(shape: tuple[int, int], margin: float, radius: float) -> NDArray[np.float64]:
    """How far each pixel is inside a rectangle with round corners, `margin` away from the edges: 0 to 1."""
    height, width = shape
    x = np.abs(np.arange(width) + 0.5 - width / 2) - (width / 2 - margin - radius)
    y = np.abs(np.arange(height) + 0.5 - height / 2) - (height / 2 - margin - radius)
    beyond = np.hypot(np.maximum(x, 0)[None, :], np.maximum(y, 0)[:, None])
    inside = np.minimum(np.maximum(x[None, :], y[:, None]), 0)
    return np.asarray(np.clip(radius - beyond - inside + 0.5, 0, 1), np.float64)


@lru_cache(maxsize=1024)
def _cursor_sprite(unit: float, press_step: int, phase_x: int, phase_y: int) -> tuple[Sprite, int]:
    """The pointer with its tip at that part of a pixel, and how many pixels its picture begins before it."""
    size = unit * (1 - (1 - PRESSED_SCALE) * press_step / PRESS_STEPS)
    margin_px = int(np.ceil(10 * unit))
    side = margin_px + int(np.ceil(44 * unit))
    origin = np.array([margin_px * SUPERSAMPLING + phase_x, margin_px * SUPERSAMPLING + phase_y])
    # The tip of the outline, not that of the white body, is what points.
    tip = np.array([CURSOR_BORDER, CURSOR_BORDER * 1.6]) * size * SUPERSAMPLING
    points = np.rint(np.array(CURSOR_OUTLINE) * size * SUPERSAMPLING + origin + tip).astype(np.int32)
    body = _fill_polygon(points, side, 2 * CURSOR_ROUNDING * size)
    edge = _fill_polygon(points, side, 2 * (CURSOR_ROUNDING + CURSOR_BORDER) * size)
    soft = cv2.GaussianBlur(edge, (0, 0), 2.6 * unit)
    shadow = np.roll(soft, (round(2.5 * unit), round(1.2 * unit)), axis=(0, 1)) * 0.42
    outlined = Sprite.of(INK, edge).over(Sprite.of((0, 0, 0), shadow))
    return Sprite.of(WHITE, body).over(outlined), margin_px


def _fill_polygon(points: NDArray[np.int32], side: int, stroke: float) -> NDArray[np.float64]:
    """A polygon with a round stroke around it, averaged down from the fine grid."""
    large = np.zeros((side * SUPERSAMPLING, side * SUPERSAMPLING), np.uint8)
    cv2.fillPoly(large, [points], 255)
    cv2.polylines(large, [points], isClosed=True, color=255, thickness=max(round(stroke * SUPERSAMPLING), 1))
    small: Mask = np.asarray(cv2.resize(large, (side, side), interpolation=cv2.INTER_AREA), np.uint8)
    return small / 255
