"""Compares screenshots block by block: which share of the view looks different to a viewer."""

from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Blocks = npt.NDArray[np.bool_]

#: Half of a 720p picture: text still differs by more than `PIXEL_DIFFERENCE`, and a take's pictures need 50
#: MB in all.
WIDTH_PX, HEIGHT_PX = 640, 360
#: The measure of scene coverage: one of 40x30 blocks has changed when 8 % of its pixels differ by more than
#: 24 of 255; a picture is a new scene when a tenth of its blocks differ from every other picture's, or 4 % on
#: another path.
COLUMNS, ROWS = 40, 30
PIXEL_DIFFERENCE = 24
BLOCK_CHANGED_SHARE = 0.08
NEW_SCENE_SHARE = 0.10
NEW_SCENE_SHARE_OTHER_PATH = 0.04
#: A viewer does not notice a smaller share: a ticked box, a hovered link.
NOTICEABLE_SHARE = 0.004


def path_of(url: str) -> str:
    """Returns the path of a URL, without query and fragment."""
    return urlsplit(url).path


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A screenshot of a settled page, `HEIGHT_PX` x `WIDTH_PX` x 3, and the path of the page."""

    pixels: Pixels
    path: str = ""

    @classmethod
    def decode(cls, image: bytes, path: str = "") -> "Picture | None":
        """Decodes a JPEG or PNG; None for what is neither, such as b""."""
        if not image:
            return None
        # OpenCV's stubs do not say that `imdecode` returns None for what it cannot decode.
        image_bgr = cast(Any, cv2.imdecode(np.frombuffer(image, np.uint8), cv2.IMREAD_COLOR))
        if image_bgr is None:
            return None
        size = (WIDTH_PX, HEIGHT_PX)
        return cls(cv2.resize(image_bgr, size, interpolation=cv2.INTER_AREA).astype(np.uint8), path)


def changed_blocks(one: Picture, other: Picture) -> Blocks:
    """Computes which blocks differ, `ROWS` x `COLUMNS`."""
    differs = (cv2.absdiff(one.pixels, other.pixels).max(axis=2) > PIXEL_DIFFERENCE).astype(np.float32)
    blocks = cv2.resize(differs, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA)
    return np.asarray(blocks >= BLOCK_CHANGED_SHARE, np.bool_)


def changed_share(one: Picture, other: Picture, animated: Blocks | None = None) -> float:
    """Computes the share of the view, 0 to 1, that differs, without `animated` blocks, which change by
    themselves.
    """
    blocks = changed_blocks(one, other)
    return float((blocks if animated is None else blocks & ~animated).mean())
