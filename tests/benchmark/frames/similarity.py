"""How alike two pictures of text are: SSIM, only where there is text.

Wang, Bovik, Sheikh, Simoncelli: "Image quality assessment: from error visibility to structural similarity",
IEEE Transactions on Image Processing 13(4), 2004; with its 11 x 11 Gaussian window and its constants.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.benchmark.frames.codes import Luma

WINDOW_PX, SIGMA_PX = 11, 1.5
C1, C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
BLOCK_PX = 16
#: A block whose luma deviates by more than this has letters in it; an edge of a grey box stays below.
TEXT_DEVIATION = 12.0

Plane = NDArray[np.float32]


def text_similarity(reference: Luma, picture: Luma) -> float:
    """Mean SSIM over the blocks of 16 x 16 px in which `reference` has text; 1.0 means identical."""
    text = _deviation(reference) > TEXT_DEVIATION
    return float(_blocks(similarity(reference, picture)).mean(axis=(1, 3))[text].mean())


def similarity(one: Luma, other: Luma) -> Plane:
    """SSIM at each pixel of two pictures of one size."""
    x, y = one.astype(np.float32), other.astype(np.float32)
    mean_x, mean_y = _blur(x), _blur(y)
    variance_x, variance_y = _blur(x * x) - mean_x**2, _blur(y * y) - mean_y**2
    covariance = _blur(x * y) - mean_x * mean_y
    alike = (2 * mean_x * mean_y + C1) * (2 * covariance + C2)
    return np.asarray(alike / ((mean_x**2 + mean_y**2 + C1) * (variance_x + variance_y + C2)))


def _blur(plane: Plane) -> Plane:
    return np.asarray(cv2.GaussianBlur(plane, (WINDOW_PX, WINDOW_PX), SIGMA_PX), np.float32)


def _deviation(luma: Luma) -> Plane:
    return np.asarray(_blocks(luma.astype(np.float32)).std(axis=(1, 3)))


def _blocks(plane: Plane) -> Plane:
    """As rows, lines of a block, columns, pixels of a line; what does not fill a block is left out."""
    rows, columns = plane.shape[0] // BLOCK_PX, plane.shape[1] // BLOCK_PX
    whole = plane[: rows * BLOCK_PX, : columns * BLOCK_PX]
    return whole.reshape(rows, BLOCK_PX, columns, BLOCK_PX)
