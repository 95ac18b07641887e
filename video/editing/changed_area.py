"""Finds the area that changed between two pictures of the page."""

import cv2
import numpy as np
from numpy.typing import NDArray

from video.editing.timeline import Area

Picture = NDArray[np.uint8]

#: Larger differences of grey values are no JPEG artefacts.
NOISE_LEVEL = 24
#: Changes within this distance, in CSS pixels, are merged.
MERGE_DISTANCE_PX = 12.0
#: Thinner changes, in CSS pixels, are blinking carets.
MIN_SIZE_PX = 6.0
#: When more of the viewport changed, there is no particular area.
MAX_SHARE = 0.7


def changed_area(before_jpeg: bytes, after_jpeg: bytes, scale: float) -> Area | None:
    """Returns the box around all changes, in CSS pixels; None for none, for too large ones, or without
    pictures.

    `scale` is the number of pixels per CSS pixel. Takes some 5 ms for 1152x648.
    """
    before, after = _grey(before_jpeg), _grey(after_jpeg)
    if before is None or after is None or before.shape != after.shape:
        return None
    area = _bounding_box(before, after, scale / 2)
    if area is not None and _share(area, before, scale / 2) > MAX_SHARE:
        # A dialog that dims the page changes every pixel: beyond the dimming, the dialog itself is found.
        area = _bounding_box(_dimmed(before, after), after, scale / 2)
    return area if area is not None and _share(area, before, scale / 2) <= MAX_SHARE else None


def _bounding_box(before: Picture, after: Picture, per_px: float) -> Area | None:
    """Returns the box around all changed patches; `per_px` is the number of pixels per CSS pixel."""
    distance = max(round(MERGE_DISTANCE_PX * per_px), 1)
    different = (cv2.absdiff(before, after) > NOISE_LEVEL).astype(np.uint8)
    joined = cv2.dilate(different, np.ones((2 * distance + 1, 2 * distance + 1), np.uint8))
    stats = cv2.connectedComponentsWithStats(joined)[2]
    thinnest = stats[:, (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT)].min(axis=1) - 2 * distance
    large = stats[1:][thinnest[1:] >= MIN_SIZE_PX * per_px]
    if not len(large):
        return None
    height, width = before.shape
    left, top = max(large[:, 0].min() + distance, 0), max(large[:, 1].min() + distance, 0)
    right = min((large[:, 0] + large[:, 2]).max() - distance, width)
    bottom = min((large[:, 1] + large[:, 3]).max() - distance, height)
    sides = (left, top, max(right - left, 1), max(bottom - top, 1))
    return Area(*(round(float(side) / per_px, 1) for side in sides))


def _dimmed(before: Picture, after: Picture) -> Picture:
    """Dims the earlier picture as much as the later one is at its edges."""
    edge = np.ones(before.shape, bool)
    height, width = before.shape
    edge[height // 12 : -height // 12, width // 12 : -width // 12] = False
    before_edge, after_edge = before[edge].astype(np.float32), after[edge].astype(np.float32)
    slope = float(np.cov(before_edge, after_edge)[0, 1] / max(float(before_edge.var()), 1.0))
    dimmed: Picture = np.clip(
        before * slope + (after_edge.mean() - slope * before_edge.mean()), 0, 255
    ).astype(np.uint8)
    return dimmed


def _share(area: Area, picture: Picture, per_px: float) -> float:
    """Computes the share of the viewport that the area takes."""
    height, width = picture.shape
    return float(area.width * area.height * per_px * per_px / (width * height))


def _grey(jpeg: bytes) -> Picture | None:
    """Decodes a picture in grey at half its size, which reduces JPEG noise; None if it is invalid."""
    if not jpeg:
        return None
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_REDUCED_GRAYSCALE_2)
    return picture.astype(np.uint8, copy=False) if picture is not None and picture.size else None
