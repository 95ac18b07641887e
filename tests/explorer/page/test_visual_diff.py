"""What counts as another picture."""

import cv2
import numpy as np
import pytest

from explorer.page.visual_diff import (
    COLUMNS,
    HEIGHT_PX,
    ROWS,
    WIDTH_PX,
    Picture,
    changed_blocks,
    changed_share,
)

BLOCK_PX = WIDTH_PX // COLUMNS
BLOCKS = COLUMNS * ROWS


def picture(blocks: int = 0, path: str = "/", step: int = 255, part: float = 1.0) -> Picture:
    """Black, with this many blocks that are lighter by `step` in the upper `part` of each."""
    pixels = np.zeros((HEIGHT_PX, WIDTH_PX, 3), np.uint8)
    height = HEIGHT_PX // ROWS
    for number in range(blocks):
        y, x = number // COLUMNS * height, number % COLUMNS * BLOCK_PX
        pixels[y : y + round(height * part), x : x + BLOCK_PX] = step
    return Picture(pixels, path)


@pytest.mark.parametrize(
    ("other", "differ"),
    [
        (picture(0), 0),
        (picture(7), 7),
        (picture(7, step=24), 0),
        (picture(7, step=25), 7),
        (picture(7, part=1 / 12), 7),
    ],
    ids=["the same", "blocks", "too faint", "just not too faint", "a twelfth of each"],
)
def test_a_block_counts_when_enough_of_it_moved_far_enough(other: Picture, differ: int) -> None:
    assert changed_blocks(picture(), other).sum() == differ


def test_what_moves_by_itself_does_not_count() -> None:
    restless = changed_blocks(picture(), picture(10))
    assert changed_share(picture(), picture(13), restless) == pytest.approx(3 / BLOCKS)


def test_a_picture_of_any_size_is_read_and_anything_else_is_none() -> None:
    image = cv2.imencode(".png", np.full((648, 1152, 3), 128, np.uint8))[1].tobytes()

    read = Picture.decode(image, "/a")

    assert read is not None
    assert (read.pixels.shape, read.path) == ((HEIGHT_PX, WIDTH_PX, 3), "/a")
    assert Picture.decode(b"") is None
    assert Picture.decode(b"no picture") is None
