"""What changed between two pictures of the page."""

import cv2
import numpy as np
from numpy.typing import NDArray

from video.editing.timeline import Area

Picture = NDArray[np.uint8]

#: Grey values further apart than this are no artefacts of JPEG.
NOISE = 24
#: Changes this near to each other, in CSS pixels, are one.
REACH_PX = 12.0
#: What is thinner than this, in CSS pixels, is a blinking caret.
LEAST_PX = 6.0
#: When this much of the viewport changed, there is nothing in particular to look at.
MOST_SHARE = 0.7


def changed_area(before_jpeg: bytes, after_jpeg: bytes, scale: float) -> Area | None:
    """The box around all that differs, in CSS pixels; None for nothing, for too much, or without pictures.

    `scale` is the number of pixels per CSS pixel. Takes some 5 ms for 1152x648.
    """
    before, after = _grey(before_jpeg), _grey(after_jpeg)
    if before is None or after is None or before.shape != after.shape:
        return None
    area = _box(before, after, scale / 2)
    if area is not None and _share(area, before, scale / 2) > MOST_SHARE:
        # A dialog that dims the page changes every pixel: what else has changed is the dialog.
        area = _box(_dimmed(before, after), after, scale / 2)
    return area if area is not None and _share(area, before, scale / 2) <= MOST_SHARE else None


def _box(before: Picture, after: Picture, per_px: float) -> Area | None:
    """The box around all patches that differ; `per_px` is the number of pixels per CSS pixel."""
    reach = max(round(REACH_PX * per_px), 1)
    apart = (cv2.absdiff(before, after) > NOISE).astype(np.uint8)
    joined = cv2.dilate(apart, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    stats = cv2.connectedComponentsWithStats(joined)[2]
    thinnest = stats[:, (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT)].min(axis=1) - 2 * reach
    large = stats[1:][thinnest[1:] >= LEAST_PX * per_px]
    if not len(large):
        return None
    height, width = before.shape
    left, top = max(large[:, 0].min() + reach, 0), max(large[:, 1].min() + reach, 0)
    right = min((large[:, 0] + large[:, 2]).max() - reach, width)
    bottom = min((large[:, 1] + large[:, 3]).max() - reach, height)
    sides = (left, top, max(right - left, 1), max(bottom - top, 1))
    return Area(*(round(float(side) / per_px, 1) for side in sides))


def _dimmed(before: Picture, after: Picture) -> Picture:
    """The earlier picture, dimmed as the later one is around its edges."""
    edge = np.ones(before.shape, bool)
    height, width = before.shape
    edge[height // 12 : -height // 12, width // 12 : -width // 12] = False
    was, now = before[edge].astype(np.float32), after[edge].astype(np.float32)
    slope = float(np.cov(was, now)[0, 1] / max(float(was.var()), 1.0))
    dimmed: Picture = np.clip(before * slope + (now.mean() - slope * was.mean()), 0, 255).astype(np.uint8)
    return dimmed


def _share(area: Area, picture: Picture, per_px: float) -> float:
    """How much of the viewport the area takes."""
    height, width = picture.shape
    return float(area.width * area.height * per_px * per_px / (width * height))


def _grey(jpeg: bytes) -> Picture | None:
    """The picture at half its size, which takes the edge off JPEG's noise; None if it is none."""
    if not jpeg:
        return None
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_REDUCED_GRAYSCALE_2)
    return picture.astype(np.uint8, copy=False) if picture is not None and picture.size else None
