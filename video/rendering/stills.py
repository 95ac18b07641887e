"""The pictures beside a film: a poster, and a sheet that shows all of it at a glance."""

from bisect import bisect_left
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

from video.capture.frame_store import FrameStore
from video.editing.composition import Composition
from video.rendering.colour import Picture
from video.rendering.renderer import Renderer, full_page, without_overlays
from video.rendering.sprites import Sprite, rounded_rectangle
from video.typography.text import TextStyle

POSTER_FILE = "poster.png"
SHEET_FILE = "sheet.png"

SHEET_WIDTH_PX = 1600
SHEET_PICTURES = 12
#: Columns for wide, square and upright films.
WIDE_COLUMNS, SQUARE_COLUMNS, UPRIGHT_COLUMNS = 4, 4, 6
GAP_PX = 20
LABEL_PX = 17
SHEET_BACKGROUND = (46, 39, 35)
#: What has begun is shown this much later, when there is something to see of it.
AFTER_START_MS = 700.0


def write_poster(composition: Composition, frame_store: FrameStore, folder: Path) -> None:
    """Writes the first page, settled, without anything drawn over it."""
    renderer = Renderer(composition, frame_store)
    _write(
        folder / POSTER_FILE,
        renderer.render(
            without_overlays(composition.frame_specs[poster_frame(composition)], full_page(composition))
        ),
    )


def poster_frame(composition: Composition) -> int:
    """The frame that shows the first page best: a second after the title card, or just before a click."""
    shown = next((number for number, spec in enumerate(composition.frame_specs) if not spec.card), 0)
    clicked = next(
        (number for number, spec in enumerate(composition.frame_specs) if spec.ripples),
        len(composition.frame_specs),
    )
    return max(min(shown + composition.style.fps, clicked - 1), 0)


def write_sheet(composition: Composition, frame_store: FrameStore, folder: Path) -> None:
    """Writes up to twelve moments of the film in a grid, with their times."""
    numbers = sheet_frames(composition)
    canvas = composition.layout.canvas
    shape = canvas.width_px / canvas.height_px
    columns = min(
        UPRIGHT_COLUMNS if shape < 0.8 else SQUARE_COLUMNS if shape < 1.2 else WIDE_COLUMNS, len(numbers)
    )
    width = (SHEET_WIDTH_PX - GAP_PX) // (UPRIGHT_COLUMNS if shape < 0.8 else WIDE_COLUMNS) - GAP_PX
    height = round(width / shape)
    rows = -(-len(numbers) // columns)
    sheet = np.full(
        (rows * (height + GAP_PX) + GAP_PX, columns * (width + GAP_PX) + GAP_PX, 3),
        SHEET_BACKGROUND,
        np.uint8,
    )
    renderer = Renderer(composition, frame_store)
    for index, number in enumerate(numbers):
        thumbnail = cv2.resize(
            renderer.render(composition.frame_specs[number]), (width, height), interpolation=cv2.INTER_AREA
        )
        _draw_time(np.asarray(thumbnail, np.uint8), number / composition.style.fps)
        top, left = (GAP_PX + index * step for index, step in _grid(index, columns, width, height))
        sheet[top : top + height, left : left + width] = thumbnail
    _write(folder / SHEET_FILE, sheet)


def sheet_frames(composition: Composition) -> list[int]:
    """Film frames for the sheet: the beginning of every chapter and step, and what fills the longest gaps."""
    last = composition.film_frames - 1
    starts_ms = [
        *(chapter.start_ms for chapter in composition.chapters),
        *(said.start_ms for said in composition.captions),
    ]
    chosen = sorted(
        {min(round((at_ms + AFTER_START_MS) * composition.style.fps / 1000), last) for at_ms in starts_ms}
    )
    while len(chosen) > SHEET_PICTURES:
        gaps = [b - a for a, b in pairwise(chosen)]
        del chosen[gaps.index(min(gaps)) + 1]
    while len(chosen) < min(SHEET_PICTURES, composition.film_frames):
        edges = [0, *chosen, last]
        gap, start = max((b - a, a) for a, b in pairwise(edges))
        middle = start + gap // 2
        if middle in chosen:
            break
        chosen.insert(bisect_left(chosen, middle), middle)
    return chosen


def _grid(index: int, columns: int, width: int, height: int) -> tuple[tuple[int, int], tuple[int, int]]:
    return (index // columns, height + GAP_PX), (index % columns, width + GAP_PX)


def _draw_time(picture: Picture, at_s: float) -> None:
    """A time stamp in the lower left corner."""
    style = TextStyle(f"{int(at_s) // 60}:{at_s % 60:04.1f}", "medium", LABEL_PX)
    letters = style.draw([style.text])
    height, width = letters.shape[0] + 4, letters.shape[1] + 16
    words = np.zeros((height, width))
    words[2 : 2 + letters.shape[0], 8 : 8 + letters.shape[1]] = letters / 255
    body = Sprite.of((20, 16, 14), rounded_rectangle((height, width), 0, 7) * 0.78)
    Sprite.of((255, 255, 255), words).over(body).draw_on(picture, 8, picture.shape[0] - height - 8)


def _write(path: Path, picture: Picture) -> None:
    """Writes a PNG. Raises OSError when it cannot be written."""
    encoded, data = cv2.imencode(".png", picture)
    if not encoded:
        raise OSError(f"{path.name} could not be encoded.")
    path.write_bytes(data.tobytes())
