"""The table of scripts, and what a text is said to be written in."""
# ruff: noqa: RUF001

import unicodedata
from itertools import pairwise

import pytest

from video.typography.unicode_scripts import SCRIPTS, Script, is_emoji, script_of, scripts_in

NAMES = [script.name for script in SCRIPTS]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Größe Łódź Tiếng Việt", ["Latin"]),
        ("Ελληνικά Українська", ["Greek", "Cyrillic"]),
        ("Հայերեն ქართული", ["Armenian", "Georgian"]),
        ("سوق שוק", ["Hebrew", "Arabic"]),
        ("हिन्दी বাংলা தமிழ்", ["Devanagari", "Bengali", "Tamil"]),
        ("ภาษาไทย ພາສາ ខ្មែរ မြန်မာ", ["Thai", "Lao", "Khmer", "Burmese"]),
        ("港の市場", ["Japanese"]),
        ("한국어 大韓民國", ["Korean"]),
        ("中文菜单", ["Chinese"]),
        ("港の市場 中文菜单", ["Japanese", "Chinese"]),
        ("★ 🐟", ["symbols", "emoji"]),
        ("12:30, © — … 「」（）", []),
        ("\ue000 \U0010ffff \u0378", []),
    ],
)
def test_a_text_is_written_in_the_scripts_of_its_letters(text: str, names: list[str]) -> None:
    assert [script.name for script in scripts_in(text)] == names


def test_every_script_has_a_name_of_its_own_and_no_code_point_belongs_to_two() -> None:
    ranges = sorted(ends for script in SCRIPTS for ends in script.ranges)

    assert len({*NAMES}) == len(NAMES)
    assert all(first <= last for first, last in ranges)
    assert all(before[1] < after[0] for before, after in pairwise(ranges))


@pytest.mark.parametrize("script", SCRIPTS, ids=NAMES)
def test_a_sample_is_written_in_its_script(script: Script) -> None:
    others = {"Chinese"} if script.name == "Japanese" else set()

    found = {found.name for char in script.sample if (found := script_of(char))}

    assert found - others == {script.name}
    assert script in scripts_in(script.sample)
    assert all(unicodedata.category(char)[0] in "LMS" for char in script.sample if char != "①")


def test_only_pictures_are_emoji() -> None:
    assert all(map(is_emoji, "😀🚀🏽🇯"))
    assert not any(map(is_emoji, "a1★→中"))
