"""Scenes are told apart as a viewer would, and a storyboard is scored by them."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.benchmark.coverage.scenes import (
    Picture,
    Shot,
    dead,
    decode,
    differ,
    distinct,
    near_duplicates,
    share,
)
from tests.benchmark.coverage.score import main, read

HOME = "http://site.test/"
PAGE = "http://site.test/page.html"


def picture(changed: int = 0, value: int = 200, part: float = 1.0) -> Picture:
    """A grey picture in which this many blocks, from the top left, have another value in `part` of them."""
    drawn = np.full((720, 1280, 3), 100, np.uint8)
    for number in range(changed):
        row, column = divmod(number, 40)
        drawn[row * 24 : row * 24 + round(24 * part), column * 32 : (column + 1) * 32, 1] = value
    return drawn


def shot(changed: int = 0, url: str = HOME) -> Shot:
    return Shot(picture(changed), url)


def test_equal_pictures_share_everything() -> None:
    assert share(picture(), picture()) == 0


@pytest.mark.parametrize(
    ("changed", "value", "part", "expected"),
    [(120, 200, 1.0, 0.1), (1200, 200, 1.0, 1.0), (120, 124, 1.0, 0.0), (120, 125, 1.0, 0.1)],
    ids=["a tenth", "all", "too little to see", "just enough to see"],
)
def test_a_block_counts_when_its_pixels_moved(changed: int, value: int, part: float, expected: float) -> None:
    assert share(picture(), picture(changed, value, part)) == expected


@pytest.mark.parametrize(("part", "expected"), [(1 / 24, 0.0), (2 / 24, 0.1)])
def test_a_block_counts_when_enough_of_it_moved(part: float, expected: float) -> None:
    assert share(picture(), picture(120, part=part)) == expected


def test_other_sizes_are_scaled() -> None:
    half = np.asarray(cv2.resize(picture(), (640, 360)), np.uint8)
    assert share(half, picture()) == 0


@pytest.mark.parametrize(
    ("changed", "url", "expected"),
    [(119, HOME, False), (120, HOME, True), (47, PAGE, False), (48, PAGE, True), (119, HOME + "?q=1", False)],
)
def test_another_path_needs_less_to_be_another_scene(changed: int, url: str, expected: bool) -> None:
    assert differ(shot(), shot(changed, url)) is expected


def test_a_shot_is_compared_with_every_scene_before() -> None:
    shots = [shot(), shot(400), shot(0), shot(800), shot(400)]
    assert distinct(shots) == 3


def test_a_click_that_changed_nothing_is_dead_and_no_near_duplicate() -> None:
    shots = [shot(), shot(5), shot(60), shot(400), shot(0)]
    assert (distinct(shots), dead(shots), near_duplicates(shots)) == (2, 1, 2)


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="no picture"):
        decode(b"hello")


def storyboard(folder: Path, entries: list[tuple[str, int]]) -> None:
    for number, (_, changed) in enumerate(entries):
        cv2.imwrite(str(folder / f"{number:03}.png"), picture(changed))
    steps = [{"png": f"{n:03}.png", "url": HOME, "label": label} for n, (label, _) in enumerate(entries)]
    (folder / "steps.json").write_text(json.dumps(steps))


def test_a_storyboard_is_scored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    storyboard(tmp_path, [("", 0), ("Prices", 400), ("Prices", 400), ("Home", 0)])
    sheet = tmp_path / "sheet.png"
    assert main([str(tmp_path), "--sheet", str(sheet)]) == 0
    assert "3 clicks, 2 distinct scenes, 1 near-duplicates, 1 dead clicks" in capsys.readouterr().out
    assert cv2.imread(str(sheet)) is not None


def test_a_list_of_clicks_alone_begins_with_the_start_page(tmp_path: Path) -> None:
    storyboard(tmp_path, [("", 0), ("Prices", 400)])
    steps = json.loads((tmp_path / "steps.json").read_text())[1:]
    (tmp_path / "steps.json").write_text(json.dumps(steps))
    assert read(tmp_path).clicks == 1


def test_a_folder_without_a_storyboard_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 1
    assert "no storyboard" in capsys.readouterr().err
