"""Scenes: which pictures of a site a viewer would call different, and which show nothing new.

A block counts as changed when 8 % of its pixels moved by more than 24 of 255 in any channel; two pictures are
different scenes when 10 % of the 40 x 30 blocks changed, or 4 % when they are of different paths.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH_PX, HEIGHT_PX = 1280, 720
COLUMNS, ROWS = 40, 30
MOVED = 24
BLOCK_SHARE = 0.08
SCENE_SHARE = 0.10
#: What another path needs: a page that was built on purpose, from a template that looks much the same.
PAGE_SHARE = 0.04
#: Less than this is a caret or a clock: the click before it changed nothing.
DEAD_SHARE = 0.005

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Shot:
    """A settled picture in BGR, and the address it was taken at."""

    picture: Picture = field(repr=False)
    url: str

    @property
    def path(self) -> str:
        return urlsplit(self.url).path


def decode(data: bytes) -> Picture:
    """A PNG or JPEG in the size that pictures are compared in. Raises ValueError for what is neither."""
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError("this is no picture")
    return fit(np.asarray(picture, np.uint8))


def load(file: Path) -> Picture:
    return decode(file.read_bytes())


def fit(picture: Picture) -> Picture:
    if picture.shape[:2] == (HEIGHT_PX, WIDTH_PX):
        return picture
    return np.asarray(cv2.resize(picture, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_AREA), np.uint8)


def share(a: Picture, b: Picture) -> float:
    """The part of the blocks, from 0 to 1, that differ between two pictures."""
    moved = cv2.absdiff(fit(a), fit(b)).max(axis=2) > MOVED
    blocks = moved.reshape(ROWS, HEIGHT_PX // ROWS, COLUMNS, WIDTH_PX // COLUMNS).mean(axis=(1, 3))
    return float((blocks >= BLOCK_SHARE).mean())


def differ(a: Shot, b: Shot) -> bool:
    """Whether a viewer would call these two scenes."""
    return share(a.picture, b.picture) >= (SCENE_SHARE if a.path == b.path else PAGE_SHARE)


def firsts(shots: Sequence[Shot]) -> list[int]:
    """The places of the shots that differ from every scene before them; the first shot always does."""
    found: list[int] = []
    for number, shot in enumerate(shots):
        if all(differ(shot, shots[seen]) for seen in found):
            found.append(number)
    return found


def distinct(shots: Sequence[Shot]) -> int:
    """How many scenes these shots show."""
    return len(firsts(shots))


def still(shots: Sequence[Shot]) -> list[int]:
    """The places of the shots that equal the one directly before them."""
    pairs = enumerate(pairwise(shots), start=1)
    return [number for number, (a, b) in pairs if share(a.picture, b.picture) < DEAD_SHARE]


def repeats(shots: Sequence[Shot]) -> list[int]:
    """The places of the shots that did change the picture, into one that had been seen."""
    other = {*firsts(shots), *still(shots)}
    return [number for number in range(len(shots)) if number not in other]


def dead(shots: Sequence[Shot]) -> int:
    """Clicks that changed nothing."""
    return len(still(shots))


def near_duplicates(shots: Sequence[Shot]) -> int:
    """Clicks that showed no new scene, though something changed."""
    return len(repeats(shots))
