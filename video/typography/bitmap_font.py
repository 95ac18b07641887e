"""Bitmap font: the last resort for letters that no font of the machine has.

GNU Unifont ships with this package. It is coarse, 16 pixels high, and has every letter of Unicode's
first plane.
"""

import lzma
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from video.typography.arabic_joining import to_visual
from video.typography.system_fonts import Ink

FILE = Path(__file__).parent / "fonts" / "unifont-15.0.01.hex.xz"
ROWS, BASELINE = 16, 14
#: Capitals are ten rows high; at this many rows to a size they are about as high as those of other fonts.
ROWS_TO_SIZE = 14.5
#: Where the edge is in what enlarging has made soft (less is bolder), and how much harder it becomes.
EDGE_THRESHOLD, EDGE_CONTRAST = 0.36, 2.2


@dataclass(frozen=True, slots=True)
class BitmapFont:
    """Unifont at a size, for text of one direction."""

    size_px: int

    def has_glyph(self, cluster: str) -> bool:
        """True when there is a picture of each letter and mark."""
        return all(char in _glyphs() for char in cluster)

    def length(self, text: str, right_to_left: bool) -> float:
        """How far the pen moves, in pixels."""
        return int(self._grid(text, right_to_left).shape[1]) * self._scale()

    def ink(self, text: str, right_to_left: bool) -> Ink:
        """What is drawn, around the pen."""
        scale = self._scale()
        return 0, -BASELINE * scale, self.length(text, right_to_left), (ROWS - BASELINE) * scale

    def draw(self, image: Image.Image, x: float, y: float, text: str, right_to_left: bool) -> None:
        """Draws to the right of (x, y), a point on the baseline."""
        grid, scale = self._grid(text, right_to_left), self._scale()
        size = round(grid.shape[1] * scale), round(ROWS * scale)
        soft = cv2.resize(grid.astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
        mask = np.clip((soft - EDGE_THRESHOLD) * EDGE_CONTRAST + 0.5, 0, 1) * 255
        image.paste(255, (round(x), round(y - BASELINE * scale)), Image.fromarray(mask.astype(np.uint8)))

    def _scale(self) -> float:
        return self.size_px / ROWS_TO_SIZE

    def _grid(self, text: str, right_to_left: bool) -> NDArray[np.uint8]:
        return _grid(to_visual(text, right_to_left, self.has_glyph))


def _grid(text: str) -> NDArray[np.uint8]:
    """The letters beside each other, each with its marks over it: 1 where there is ink."""
    cells: list[NDArray[np.uint8]] = []
    for char in text:
        glyph = _glyph_bitmap(char)
        if not cells or unicodedata.category(char)[0] != "M":
            cells.append(glyph)
            continue
        below, width = cells[-1], max(cells[-1].shape[1], glyph.shape[1])
        cells[-1] = _pad_to_width(below, width) | _pad_to_width(glyph, width)
    return np.hstack(cells) if cells else np.zeros((ROWS, 1), np.uint8)


def _pad_to_width(glyph: NDArray[np.uint8], width: int) -> NDArray[np.uint8]:
    padding = width - glyph.shape[1]
    return np.pad(glyph, ((0, 0), (padding // 2, padding - padding // 2)))


def _glyph_bitmap(char: str) -> NDArray[np.uint8]:
    """A letter as 16 rows of 8 or 16 pixels."""
    rows = np.frombuffer(bytes.fromhex(_glyphs()[char]), np.uint8).reshape(ROWS, -1)
    return np.unpackbits(rows, axis=1)


@lru_cache(maxsize=1)
def _glyphs() -> dict[str, str]:
    """All letters, read when first needed: that takes a tenth of a second."""
    with lzma.open(FILE, "rt", encoding="ascii") as lines:
        return {chr(int(code, 16)): rows.strip() for code, rows in (line.split(":") for line in lines)}
