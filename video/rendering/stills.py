"""The pictures beside a film: a poster, and a sheet that shows all of it at a glance."""

from bisect import bisect_left
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

from video.capture.frame_store import FrameStore
from video.editing.composition import Composition
from video.rendering.colour import Picture
from video.rendering.renderer import Renderer, bare, page_of
from video.rendering.sprites import Sprite, rounded
from video.typography.text import TextStyle

POSTER_FILE = "poster.png"
SHEET_FILE = "sheet.png"

SHEET_WIDTH_PX = 1600
SHEET_PICTURES = 12
#: Columns for wide, square and upright films.
WIDE, SQUARE, UPRIGHT = 4, 4, 6
GAP_PX = 20
LABEL_PX = 17
GROUND = (46, 39, 35)
#: What has begun is shown this much later, when there is something to see of it.
LATER_MS = 700.0


def write_poster(cut: Composition, reel: FrameStore, folder: Path) -> None:
    """Writes the first page, settled, without anything drawn over it."""
    painter = Renderer(cut, reel)
    _write(folder / POSTER_FILE, painter.paint(bare(cut.looks[telling(cut)], page_of(cut))))


def telling(cut: Composition) -> int:
    """The frame that shows the first page best: a second after the title card, or just before a click."""
    shown = next((number for number, look in enumerate(cut.looks) if not look.card), 0)
    clicked = next((number for number, look in enumerate(cut.looks) if look.ripples), len(cut.looks))
    return max(min(shown + cut.style.fps, clicked - 1), 0)


def write_sheet(cut: Composition, reel: FrameStore, folder: Path) -> None:
    """Writes up to twelve moments of the film in a grid, with their times."""
    numbers = moments(cut)
    canvas = cut.layout.canvas
    shape = canvas.width_px / canvas.height_px
    columns = min(UPRIGHT if shape < 0.8 else SQUARE if shape < 1.2 else WIDE, len(numbers))
    width = (SHEET_WIDTH_PX - GAP_PX) // (UPRIGHT if shape < 0.8 else WIDE) - GAP_PX
    height = round(width / shape)
    rows = -(-len(numbers) // columns)
    sheet = np.full(
        (rows * (height + GAP_PX) + GAP_PX, columns * (width + GAP_PX) + GAP_PX, 3), GROUND, np.uint8
    )
    painter = Renderer(cut, reel)
    for place, number in enumerate(numbers):
        small = cv2.resize(painter.paint(cut.looks[number]), (width, height), interpolation=cv2.INTER_AREA)
        _label(np.asarray(small, np.uint8), number / cut.style.fps)
        top, left = (GAP_PX + index * step for index, step in _grid(place, columns, width, height))
        sheet[top : top + height, left : left + width] = small
    _write(folder / SHEET_FILE, sheet)


def moments(cut: Composition) -> list[int]:
    """Film frames for the sheet: the beginning of every chapter and step, and what fills the longest gaps."""
    last = cut.film_frames - 1
    begun = [*(chapter.start_ms for chapter in cut.chapters), *(said.start_ms for said in cut.captions)]
    wanted = sorted({min(round((at_ms + LATER_MS) * cut.style.fps / 1000), last) for at_ms in begun})
    while len(wanted) > SHEET_PICTURES:
        gaps = [b - a for a, b in pairwise(wanted)]
        del wanted[gaps.index(min(gaps)) + 1]
    while len(wanted) < min(SHEET_PICTURES, cut.film_frames):
        edges = [0, *wanted, last]
        gap, start = max((b - a, a) for a, b in pairwise(edges))
        middle = start + gap // 2
        if middle in wanted:
            break
        wanted.insert(bisect_left(wanted, middle), middle)
    return wanted


def _grid(place: int, columns: int, width: int, height: int) -> tuple[tuple[int, int], tuple[int, int]]:
    return (place // columns, height + GAP_PX), (place % columns, width + GAP_PX)


def _label(picture: Picture, at_s: float) -> None:
    """A time stamp in the lower left corner."""
    kind = TextStyle(f"{int(at_s) // 60}:{at_s % 60:04.1f}", "medium", LABEL_PX)
    letters = kind.draw([kind.text])
    height, width = letters.shape[0] + 4, letters.shape[1] + 16
    words = np.zeros((height, width))
    words[2 : 2 + letters.shape[0], 8 : 8 + letters.shape[1]] = letters / 255
    body = Sprite.of((20, 16, 14), rounded((height, width), 0, 7) * 0.78)
    Sprite.of((255, 255, 255), words).over(body).stamp(picture, 8, picture.shape[0] - height - 8)


def _write(path: Path, picture: Picture) -> None:
    """Writes a PNG. Raises OSError when it cannot be written."""
    done, data = cv2.imencode(".png", picture)
    if not done:
        raise OSError(f"{path.name} could not be encoded.")
    path.write_bytes(data.tobytes())
