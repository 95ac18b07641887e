"""Reads the cells by which a picture of `tests/site/pages/lab/clock` says which picture it is."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Luma = NDArray[np.uint8]

#: As in clock.js and clock.css; a picture is as wide as the viewport, in CSS pixels.
VIEWPORT_PX = (1280, 720)
LEFT_PX, TOP_PX = 20, 12
ROWS, COLUMNS = 2, 28
CELL_WIDTH_PX, CELL_HEIGHT_PX = 20, 16
#: Pixels at the edge of a cell that may be blurred.
EDGE_PX = 4
CLOCK_WRAP_MS = 1 << 20
PAINTED_WRAP = 1 << 14
CHECK = 0xA5


@dataclass(frozen=True, slots=True)
class Code:
    """Which of the three pages, how many pictures it had painted, when, and where its text stood.

    `clock_ms` is the wall clock modulo `CLOCK_WRAP_MS`, `painted` is modulo `PAINTED_WRAP`.
    """

    page: int
    painted: int
    clock_ms: int
    offset_px: int

    @classmethod
    def read(cls, luma: Luma) -> Self | None:
        """The code in a picture of `VIEWPORT_PX`; None when there is none, or two of them mixed."""
        height, width = ROWS * CELL_HEIGHT_PX, COLUMNS * CELL_WIDTH_PX
        strip = luma[TOP_PX : TOP_PX + height, LEFT_PX : LEFT_PX + width]
        cells = strip.reshape(ROWS, CELL_HEIGHT_PX, COLUMNS, CELL_WIDTH_PX)
        means = cells[:, EDGE_PX:-EDGE_PX, :, EDGE_PX:-EDGE_PX].mean(axis=(1, 3))
        data = np.packbits(means < 128).tobytes()
        return cls.unpack(data)

    @classmethod
    def unpack(cls, data: bytes) -> Self | None:
        """From seven bytes; None when the checksum does not fit."""
        if (sum(data[:6]) & 0xFF) ^ CHECK != data[6]:
            return None
        bits = int.from_bytes(data[:6])
        return cls(
            page=bits >> 46,
            painted=bits >> 32 & PAINTED_WRAP - 1,
            clock_ms=bits >> 12 & CLOCK_WRAP_MS - 1,
            offset_px=bits & 0xFFF,
        )

    def pack(self) -> bytes:
        """The seven bytes."""
        bits = self.page << 46 | self.painted << 32 | self.clock_ms << 12 | self.offset_px
        data = bits.to_bytes(6)
        return data + bytes([(sum(data) & 0xFF) ^ CHECK])
