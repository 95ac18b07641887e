"""The order of lines that are written from both sides, beside the library that everybody else asks."""

import ctypes
import random
from typing import Any

import pytest

from video.typography.bidi import base_level, levels, visual_order

#: Letters of each side, numbers of both kinds, and all kinds of what is between; no marks, on which FriBidi
#: 1.0.8 differs from the standard beside brackets.
SIGNS = "ab שב عر 12 ٣٤ .,-+%()[] 、「」日"
LTR, RTL = 0x110, 0x111
TRAILING_SPACES = 0x3


def fribidi_levels(fribidi: Any, text: str, base: int) -> list[int]:
    count = len(text)
    codes = (ctypes.c_uint32 * count)(*map(ord, text))
    types, brackets = (ctypes.c_uint32 * count)(), (ctypes.c_uint32 * count)()
    found, side = (ctypes.c_int8 * count)(), ctypes.c_uint32(RTL if base else LTR)
    fribidi.fribidi_get_bidi_types(codes, count, types)
    fribidi.fribidi_get_bracket_types(codes, count, types, brackets)
    assert fribidi.fribidi_get_par_embedding_levels_ex(types, brackets, count, ctypes.byref(side), found)
    fribidi.fribidi_reorder_line(TRAILING_SPACES, types, count, 0, side, found, None, None)
    return [*found]


@pytest.mark.thorough
def test_ten_thousand_random_lines_stand_as_fribidi_has_them() -> None:
    try:
        fribidi = ctypes.CDLL("libfribidi.so.0")
    except OSError:
        pytest.skip("FriBidi is not on this machine")
    dice = random.Random(12)
    lines = ["".join(dice.choices(SIGNS, k=dice.randint(1, 16))) for _ in range(10_000)]
    for line in lines:
        for base in (0, 1):
            assert levels(line, base) == fribidi_levels(fribidi, line, base), ascii(line)


def shown(line: str) -> str:
    return "".join(line[place] for place in visual_order(levels(line, base_level(line))))


@pytest.mark.parametrize(
    ("line", "from_left"),
    [
        ("Open page 12", "Open page 12"),
        ("שלום", "םולש"),
        ("Open שלום עולם now", "Open םלוע םולש now"),
        ("שלום Open page עולם", "םלוע Open page םולש"),
        ("מחיר 12.50", "12.50 ריחמ"),
        ("سعر ١٢", "١٢ رعس"),
        ("12:30", "12:30"),
        ("", ""),
    ],
)
def test_each_side_is_read_in_its_own_direction(line: str, from_left: str) -> None:
    assert shown(line) == from_left


def test_brackets_go_with_what_is_in_them() -> None:
    # (They are mirrored when they are drawn.)
    assert shown("Open דוח (חדש)") == "Open )שדח( חוד"
    assert shown("דוח (new)") == ")new( חוד"


def test_the_first_letter_decides_where_a_line_begins() -> None:
    assert base_level("12 (שלום) abc") == 1
    assert base_level("12 abc שלום") == 0
    assert base_level("12 …") == 0


def test_marks_stay_on_the_side_of_their_letter() -> None:
    assert levels("abc שָׁ", 0) == [0, 0, 0, 0, 1, 1, 1]


def test_a_bracket_takes_its_marks_along() -> None:
    assert levels("a (ש)\u0301", 0)[-2:] == [0, 0]
    assert levels("ש (ש)\u0301 a", 0)[4:6] == [1, 1]


def test_so_many_brackets_that_nobody_means_them_are_left_alone() -> None:
    assert levels("(" * 100 + "ש" + ")" * 100, 0)[0] == 0
