"""SSIM of text is 1 for the same picture, and falls as letters blur or move."""

import cv2
import numpy as np

from tests.benchmark.frames.codes import Luma
from tests.benchmark.frames.similarity import text_similarity


def page() -> Luma:
    """A white page with a grey box and some text."""
    picture = np.full((240, 480), 255, np.uint8)
    picture[120:200, 40:440] = 243
    for line, y in enumerate(range(30, 200, 24)):
        text = f"Line {line} of the text, 3.14 (thin)"
        cv2.putText(picture, text, (48, y), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 34, 1, cv2.LINE_AA)
    return picture


def test_the_same_picture_is_alike() -> None:
    assert text_similarity(page(), page()) > 0.99999


def test_blur_counts_where_the_text_is() -> None:
    soft = np.asarray(cv2.GaussianBlur(page(), (0, 0), 0.6), np.uint8)
    softer = np.asarray(cv2.GaussianBlur(page(), (0, 0), 1.5), np.uint8)
    assert 0.99 > text_similarity(page(), soft) > text_similarity(page(), softer)


def test_text_that_is_elsewhere_is_not_alike() -> None:
    assert text_similarity(page(), np.roll(page(), 3, axis=0)) < 0.6


def test_what_happens_beside_the_text_does_not_count() -> None:
    spotted = page()
    spotted[220:, 460:] = 0
    assert text_similarity(page(), spotted) > 0.99999
