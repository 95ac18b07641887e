"""What counts as a change of what can be read, however little of the picture it takes."""

import numpy as np
import pytest

from explorer.page.visible_text import Line, text_change
from explorer.page.visual_diff import COLUMNS, ROWS


def lines(*texts: str) -> list[Line]:
    return [Line(text, 0.5, (number + 0.5) / 20) for number, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["View"], ["View", "Dense", "Only mine"]),
        (["$9 / month", "$29 / month"], ["$86 / month", "$278 / month"]),
        (["$9 / month", "$29 / month"], ["$86 / year", "$278 / year"]),
        (["9 EUR", "29 EUR"], ["86 EUR", "278 EUR"]),
        (["Terms"], ["Terms", "Whoever borrows a boat brings it back before the evening of the same day"]),
        (["Anna 3", "Ben 4", "Cleo 5"], ["Anna 30", "Ben 41", "Cleo 52"]),
    ],
    ids=["menu", "prices", "prices with another unit", "currency code", "long answer", "table of figures"],
)
def test_what_a_viewer_reads_as_a_change(before: list[str], after: list[str]) -> None:
    assert text_change(lines(*before), lines(*after)).is_scene


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            ["It is 12:59:07", "in Oslo 11:59:07", "in Rome 12:59:07"],
            ["It is 13:00:01", "in Oslo 12:00:01", "x"],
        ),
        (["1,204 visitors"], ["1,205 visitors"]),
        (
            ["Loaded 3 s ago", "Saved 5 min ago", "Sent 2 hours ago"],
            ["Loaded 4 s ago", "Saved 6 min ago", "x"],
        ),
        (["Follow"], ["Following"]),
        (["Menu", "Dense"], ["Menu"]),
    ],
    ids=["clocks", "counter", "ages", "another name", "closed"],
)
def test_what_changes_by_itself_or_only_a_name_is_no_scene(before: list[str], after: list[str]) -> None:
    assert not text_change(lines(*before), lines(*after)).is_scene


def test_figures_count_only_where_a_control_has_changed_too_unless_they_are_amounts() -> None:
    before, after = lines("Load 3", "Heat 4", "Flow 5"), lines("Load 30", "Heat 41", "Flow 52")
    assert text_change(before, after, acted=True).is_scene
    assert not text_change(before, after, acted=False).is_scene


def test_text_that_moves_by_itself_does_not_count() -> None:
    everywhere = np.ones((ROWS, COLUMNS), np.bool_)
    before, after = lines("One"), lines("Two words", "Three more words")
    assert text_change(before, after).is_scene
    assert not text_change(before, after, everywhere).is_scene
