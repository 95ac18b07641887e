"""The pictures of the clock pages are read back, also when an encoder has been at them."""

import cv2
import numpy as np
import pytest

from tests.benchmark.frames.codes import (
    CELL_HEIGHT_PX,
    CELL_WIDTH_PX,
    COLUMNS,
    LEFT_PX,
    ROWS,
    TOP_PX,
    VIEWPORT_PX,
    Code,
    Luma,
)

CODE = Code(page=2, painted=9_001, clock_ms=1_048_000, offset_px=2_999)


def drawn(code: Code) -> Luma:
    """A white picture with the cells of a code, as the page draws it."""
    bits = np.unpackbits(np.frombuffer(code.pack(), np.uint8)).reshape(ROWS, COLUMNS)
    cells = np.kron(255 - 255 * bits, np.ones((CELL_HEIGHT_PX, CELL_WIDTH_PX), np.uint8))
    luma = np.full(VIEWPORT_PX[::-1], 255, np.uint8)
    luma[TOP_PX : TOP_PX + cells.shape[0], LEFT_PX : LEFT_PX + cells.shape[1]] = cells
    return luma


def test_a_code_is_read_from_a_picture() -> None:
    assert Code.read(drawn(CODE)) == CODE


def test_a_code_survives_blur_and_poor_contrast() -> None:
    picture = cv2.GaussianBlur(drawn(CODE), (0, 0), 3.0) // 2 + 60
    assert Code.read(np.asarray(picture, np.uint8)) == CODE


@pytest.mark.parametrize("level", [0, 127, 255])
def test_a_blank_picture_has_no_code(level: int) -> None:
    assert Code.read(np.full(VIEWPORT_PX[::-1], level, np.uint8)) is None


def test_two_pictures_in_one_have_no_code() -> None:
    other = Code(page=2, painted=9_002, clock_ms=1_048_017, offset_px=2_990)
    torn = drawn(CODE)
    torn[TOP_PX + CELL_HEIGHT_PX :] = drawn(other)[TOP_PX + CELL_HEIGHT_PX :]
    assert Code.read(torn) is None
