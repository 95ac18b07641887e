"""The pictures beside a film."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.video.support.drawn import (
    HEIGHT,
    PAGE,
    WIDTH,
    composition_of,
    frame_store,
    picture,
    shots,
    striped,
)
from video.editing.composition import Caption, Chapter, FrameSpec, Pointer, Ripple, VisibleCaption
from video.finalize import EXTRAS, write_extras
from video.rendering.stills import (
    POSTER_FILE,
    SHEET_FILE,
    poster_frame,
    sheet_frames,
    write_poster,
    write_sheet,
)
from video.style import Canvas, Layout


def test_the_poster_is_the_settled_page_and_nothing_else(tmp_path: Path) -> None:
    said = [Caption(0, 900, "Open")]
    drawn = FrameSpec(1, PAGE, pointer=Pointer(50.0, 50.0), visible_caption=VisibleCaption(0, 1.0))
    frame_specs = [FrameSpec(0, PAGE, card=1.0)] * 10 + [FrameSpec(0, PAGE)] * 10 + [drawn] * 60
    footage = frame_store(tmp_path, [picture("red"), picture((20, 160, 60))])
    write_poster(composition_of(frame_specs, captions=said), footage, tmp_path)
    shown = np.asarray(Image.open(tmp_path / POSTER_FILE))
    assert shown.shape == (HEIGHT, WIDTH, 3)
    assert np.abs(shown.astype(int) - (20, 160, 60)).max() <= 3


def test_the_poster_is_from_before_the_first_click() -> None:
    frame_specs = [FrameSpec(0, PAGE)] * 5 + [FrameSpec(0, PAGE, ripples=(Ripple(1, 1, 0.0),))] * 9
    assert poster_frame(composition_of(frame_specs)) == 4
    assert poster_frame(composition_of([FrameSpec(0, PAGE, card=1.0)] * 3 + shots(90))) == 33
    assert poster_frame(composition_of([FrameSpec(0, PAGE, card=1.0)])) == 0


@pytest.mark.parametrize(("width", "height"), [(640, 360), (360, 640), (400, 400)])
def test_the_sheet_shows_twelve_moments(tmp_path: Path, width: int, height: int) -> None:
    place = Layout(Canvas(width, height, 1.0), (0, 0, width, height), width, height)
    footage = frame_store(tmp_path, [striped(index) for index in range(10)])
    write_sheet(composition_of(shots(*[30] * 10), layout=place), footage, tmp_path)
    sheet = np.asarray(Image.open(tmp_path / SHEET_FILE))
    assert sheet.shape[1] <= 1600
    assert sheet.mean() > 80


@pytest.mark.parametrize("frames", [1, 2, 7, 60, 5000])
@pytest.mark.parametrize("steps", [0, 3, 40])
def test_moments_are_spread_over_the_film_and_show_its_chapters(frames: int, steps: int) -> None:
    length_ms = frames * 1000 / 30
    said = [Caption(length_ms * n / steps, length_ms, f"Step {n}") for n in range(steps)]
    composition = composition_of(shots(frames), captions=said, chapters=[Chapter(0.0, length_ms, "Home")])
    found = sheet_frames(composition)
    assert 1 <= len(found) <= 12
    assert found == sorted(set(found))
    assert 0 <= found[0] <= found[-1] < frames
    if frames > 50:
        assert len(found) == 12


def test_a_short_film_has_a_short_sheet(tmp_path: Path) -> None:
    write_sheet(composition_of(shots(1)), frame_store(tmp_path, [striped(0)]), tmp_path)
    assert Image.open(tmp_path / SHEET_FILE).width < 500


def test_what_cannot_be_made_is_a_warning(tmp_path: Path) -> None:
    broken = frame_store(tmp_path, [b"no picture"])
    warnings = write_extras(composition_of(shots(9)), broken, tmp_path)
    assert len(warnings) == len(EXTRAS)
    assert {warning.code for warning in warnings} == {"poster_missing", "sheet_missing"}
    assert all(re.match(r"The film has no (poster|sheet): Frame 0", one.message) for one in warnings)
