"""Pictures of a page, compared as a viewer would: by how many parts of the view look different."""

from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Blocks = npt.NDArray[np.bool_]

#: Half of a 720p picture: text still differs by more than `MOVED`, and a take's pictures need 50 MB in all.
WIDTH_PX, HEIGHT_PX = 640, 360
#: The measure of scene coverage: of 40x30 blocks one counts as changed when 8 % of its pixels moved by more
#: than 24 of 255, and a scene is a picture of which a tenth of the blocks differ from every other's, or
#: 4 % on another path.
COLUMNS, ROWS = 40, 30
MOVED = 24
MOVED_SHARE = 0.08
NEW_SCENE = 0.10
NEW_SCENE_ELSEWHERE = 0.04
#: Fewer blocks than this no viewer notices: a ticked box, a hovered link.
NOTICED = 0.004


def path_of(url: str) -> str:
    """What counts as the path of a picture: neither query nor fragment."""
    return urlsplit(url).path


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A settled view in colour, `HEIGHT_PX` x `WIDTH_PX` x 3, and the path that it was seen at."""

    pixels: Pixels
    path: str = ""

    @classmethod
    def decode(cls, image: bytes, path: str = "") -> "Picture | None":
        """From a JPEG or PNG; None for what is no picture, such as b""."""
        if not image:
            return None
        # OpenCV's stubs leave out that `imdecode` gives None for what it cannot read.
        colours = cast(Any, cv2.imdecode(np.frombuffer(image, np.uint8), cv2.IMREAD_COLOR))
        if colours is None:
            return None
        size = (WIDTH_PX, HEIGHT_PX)
        return cls(cv2.resize(colours, size, interpolation=cv2.INTER_AREA).astype(np.uint8), path)


def changed(one: Picture, other: Picture) -> Blocks:
    """Which blocks differ, `ROWS` x `COLUMNS`."""
    moved = (cv2.absdiff(one.pixels, other.pixels).max(axis=2) > MOVED).astype(np.float32)
    blocks = cv2.resize(moved, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA)
    return np.asarray(blocks >= MOVED_SHARE, np.bool_)


def share(one: Picture, other: Picture, restless: Blocks | None = None) -> float:
    """The part of the view, 0 to 1, that differs, without `restless` blocks, which move by themselves."""
    blocks = changed(one, other)
    return float((blocks if restless is None else blocks & ~restless).mean())
