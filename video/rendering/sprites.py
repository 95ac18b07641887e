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
FINE = 8
#: The pointer's outline from its tip, clockwise, in units: 26 high.
ARROW = ((0.0, 0.0), (17.4, 17.0), (10.0, 17.6), (14.3, 26.6), (10.2, 28.4), (6.1, 19.3), (0.0, 24.6))
ARROW_EDGE = 1.5
#: Rounds the corners of the white body.
ARROW_ROUND = 0.9
PRESSED_SIZE = 0.86
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
    clear: Picture = field(repr=False)

    @classmethod
    def of(cls, colour: Colour, opacity: NDArray[np.floating]) -> "Sprite":
        """One colour at each pixel's opacity, from 0 to 1."""
        return cls(
            np.rint(opacity[..., None] * np.array(colour)).astype(np.uint8),
            np.rint(255 - 255 * np.repeat(opacity[..., None], 3, axis=2)).astype(np.uint8),
        )

    def over(self, below: "Sprite") -> "Sprite":
        """Both as one sprite."""
        colour = cv2.add(cv2.multiply(below.colour, self.clear, scale=1 / 255), self.colour)
        clear = cv2.multiply(below.clear, self.clear, scale=1 / 255)
        return Sprite(np.asarray(colour, np.uint8), np.asarray(clear, np.uint8))

    def faded(self, opacity: float) -> "Sprite":
        """The same, less of it."""
        if opacity >= 1:
            return self
        colour = cv2.convertScaleAbs(self.colour, alpha=opacity)
        clear = cv2.convertScaleAbs(self.clear, alpha=opacity, beta=255 * (1 - opacity))
        return Sprite(np.asarray(colour, np.uint8), np.asarray(clear, np.uint8))

    def stamp(self, picture: Picture, left: int, top: int) -> None:
        """Lays the sprite on the picture, which may be smaller or elsewhere."""
        height, width = self.colour.shape[:2]
        x0, y0 = max(left, 0), max(top, 0)
        x1, y1 = min(left + width, picture.shape[1]), min(top + height, picture.shape[0])
        if x0 >= x1 or y0 >= y1:
            return
        part = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
        under = picture[y0:y1, x0:x1]
        shone = cv2.multiply(under, self.clear[part], scale=1 / 255)
        picture[y0:y1, x0:x1] = cv2.add(shone, self.colour[part])


def stamp_arrow(picture: Picture, x: float, y: float, unit: float, pressed: float) -> None:
    """Draws the pointer with its tip at (x, y)."""
    step = round(min(max(pressed, 0.0), 1.0) * PRESS_STEPS)
    column, row = round(x * FINE), round(y * FINE)
    sprite, reach = _arrow(unit, step, column % FINE, row % FINE)
    sprite.stamp(picture, column // FINE - reach, row // FINE - reach)


def stamp_ripple(picture: Picture, x: float, y: float, unit: float, age: float) -> None:
    """Draws a disc and its ring around (x, y), which grow, slowing down, and fade."""
    grown = 1 - (1 - age) ** 2
    radius = RIPPLE_RADIUS * unit * (0.25 + 0.75 * grown)
    reach = int(radius) + 3
    left, top = round(x) - reach, round(y) - reach
    across, down = np.arange(2 * reach + 1) + left - x, np.arange(2 * reach + 1) + top - y
    distance = np.hypot(across[None, :], down[:, None])
    disc = np.clip(radius - distance + 0.5, 0, 1)
    ring = disc - np.clip(radius - RING_WIDTH * unit - distance + 0.5, 0, 1)
    Sprite.of(BLUE, (disc * 0.32 + ring * 0.55) * (1 - age) ** 1.2).stamp(picture, left, top)


def caption(text: str, unit: float, max_width_px: float) -> Sprite | None:
    """White words on a dark pill with a soft shadow, which takes `caption_margin` on all sides.

    None when there are no words, or no font for them.
    """
    kind = TextStyle(text, "semibold", round(CAPTION_SIZE * unit))
    if not kind.text:
        return None
    pad_x, pad_y = (round(pad * unit) for pad in CAPTION_PAD)
    words = kind.draw(kind.lines(max_width_px - 2 * pad_x))
    margin = caption_margin(unit)
    shape = (words.shape[0] + 2 * (pad_y + margin), words.shape[1] + 2 * (pad_x + margin))
    pill = rounded(shape, margin, CAPTION_ROUND * unit)
    shadow = cv2.GaussianBlur(np.roll(pill, round(4 * unit), axis=0), (0, 0), 9 * unit) * 0.34
    letters = np.zeros(shape)
    letters[margin + pad_y :, margin + pad_x :][: words.shape[0], : words.shape[1]] = words / 255
    body = Sprite.of(CAPTION_INK, pill * CAPTION_OPACITY).over(Sprite.of((0, 0, 0), shadow))
    return Sprite.of(WHITE, letters).over(body)


def caption_margin(unit: float) -> int:
    """The room for the shadow around a caption's pill."""
    return round(26 * unit)


def rounded(shape: tuple[int, int], margin: float, radius: float) -> NDArray[np.float64]:
    """How far each pixel is inside a rectangle with round corners, `margin` away from the edges: 0 to 1."""
    height, width = shape
    x = np.abs(np.arange(width) + 0.5 - width / 2) - (width / 2 - margin - radius)
    y = np.abs(np.arange(height) + 0.5 - height / 2) - (height / 2 - margin - radius)
    beyond = np.hypot(np.maximum(x, 0)[None, :], np.maximum(y, 0)[:, None])
    inside = np.minimum(np.maximum(x[None, :], y[:, None]), 0)
    return np.asarray(np.clip(radius - beyond - inside + 0.5, 0, 1), np.float64)


@lru_cache(maxsize=1024)
def _arrow(unit: float, press_step: int, phase_x: int, phase_y: int) -> tuple[Sprite, int]:
    """The pointer with its tip at that part of a pixel, and how many pixels its picture begins before it."""
    size = unit * (1 - (1 - PRESSED_SIZE) * press_step / PRESS_STEPS)
    reach = int(np.ceil(10 * unit))
    side = reach + int(np.ceil(44 * unit))
    origin = np.array([reach * FINE + phase_x, reach * FINE + phase_y])
    # The tip of the outline, not that of the white body, is what points.
    tip = np.array([ARROW_EDGE, ARROW_EDGE * 1.6]) * size * FINE
    points = np.rint(np.array(ARROW) * size * FINE + origin + tip).astype(np.int32)
    body = _filled(points, side, 2 * ARROW_ROUND * size)
    edge = _filled(points, side, 2 * (ARROW_ROUND + ARROW_EDGE) * size)
    soft = cv2.GaussianBlur(edge, (0, 0), 2.6 * unit)
    shadow = np.roll(soft, (round(2.5 * unit), round(1.2 * unit)), axis=(0, 1)) * 0.42
    outlined = Sprite.of(INK, edge).over(Sprite.of((0, 0, 0), shadow))
    return Sprite.of(WHITE, body).over(outlined), reach


def _filled(points: NDArray[np.int32], side: int, stroke: float) -> NDArray[np.float64]:
    """A polygon with a round stroke around it, averaged down from the fine grid."""
    fine = np.zeros((side * FINE, side * FINE), np.uint8)
    cv2.fillPoly(fine, [points], 255)
    cv2.polylines(fine, [points], isClosed=True, color=255, thickness=max(round(stroke * FINE), 1))
    small: Mask = np.asarray(cv2.resize(fine, (side, side), interpolation=cv2.INTER_AREA), np.uint8)
    return small / 255
