"""What changed between two pictures, told from noise, from carets and from a change of everything."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from video.editing.changed_area import changed_area

Picture = NDArray[np.uint8]


def page(scale: int = 1) -> Picture:
    """Lines of text-like marks on white."""
    picture = np.full((648 * scale, 1152 * scale, 3), 250, np.uint8)
    dice = np.random.default_rng(1)
    for y in range(40 * scale, 620 * scale, 24 * scale):
        for x in range(40 * scale, 1_000 * scale, 14 * scale):
            if dice.random() < 0.7:
                cv2.rectangle(picture, (x, y), (x + 8 * scale, y + 10 * scale), (60, 60, 60), -1)
    return picture


def with_box(picture: Picture, x: int, y: int, width: int, height: int, scale: int = 1) -> Picture:
    drawn = picture.copy()
    corner = ((x + width) * scale - 1, (y + height) * scale - 1)
    cv2.rectangle(drawn, (x * scale, y * scale), corner, (200, 120, 40), -1)
    return drawn


def jpeg(picture: Picture, quality: int = 90) -> bytes:
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


@pytest.mark.parametrize("scale", [1, 2])
def test_the_box_of_what_came_up_is_found_in_css_pixels(scale: int) -> None:
    before = page(scale)
    area = changed_area(jpeg(before), jpeg(with_box(before, 300, 200, 400, 160, scale)), scale)
    assert area is not None
    assert area == pytest.approx((300, 200, 400, 160), abs=6)


def test_two_places_give_the_box_around_both() -> None:
    before = page()
    area = changed_area(
        jpeg(before), jpeg(with_box(with_box(before, 100, 100, 80, 40), 400, 300, 80, 40)), 1.0
    )
    assert area == pytest.approx((100, 100, 380, 240), abs=6)


def test_noise_of_the_compression_is_no_change() -> None:
    assert changed_area(jpeg(page(), 95), jpeg(page(), 85), 1.0) is None


def test_a_blinking_caret_is_no_change() -> None:
    assert changed_area(jpeg(page()), jpeg(with_box(page(), 600, 300, 1, 18)), 1.0) is None


def test_a_change_of_nearly_everything_is_nothing_to_look_at() -> None:
    other = np.flipud(page()).copy()
    other[:, :] = 255 - other
    assert changed_area(jpeg(page()), jpeg(other), 1.0) is None


def test_a_dialog_is_found_on_the_page_that_it_dims() -> None:
    dimmed = (page() * 0.5).astype(np.uint8)
    area = changed_area(jpeg(page()), jpeg(with_box(dimmed, 350, 150, 450, 300)), 1.0)
    assert area == pytest.approx((350, 150, 450, 300), abs=12)


@pytest.mark.parametrize(
    ("before", "after"), [(b"", b""), (b"x", jpeg(page())), (jpeg(page()), jpeg(page(2)))]
)
def test_what_cannot_be_compared_has_not_changed(before: bytes, after: bytes) -> None:
    assert changed_area(before, after, 1.0) is None
