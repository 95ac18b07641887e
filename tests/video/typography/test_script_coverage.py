"""For which scripts a machine has fonts: asked where it has one font, or no fontconfig."""

import json
from pathlib import Path

import pytest

from tests.support.fonts import INTER, only_fonts, python
from video.typography.installed_fonts import merged
from video.typography.script_coverage import all_missing, font_missing, missing_scripts, packages_for
from video.typography.unicode_scripts import SCRIPTS

PAGE = "Größe Ґанок ηλεκτρικό 港の市場 한국어 ยินดี नमस्ते العربية שלום 🐟 © 2026, 12:30 — done"


def missing_there(variables: dict[str, str], text: str = PAGE) -> list[str]:
    imports = "import json; from video.typography.script_coverage import missing_scripts"
    program = f"{imports}; print(json.dumps(missing_scripts({text!r})))"
    found = json.loads(python(program, variables))
    assert isinstance(found, list)
    return found


def test_a_machine_with_one_font_lacks_all_scripts_but_those_in_it(tmp_path: Path) -> None:
    there = only_fonts(tmp_path / "inter", [INTER])

    assert missing_there(there) == [
        "Hebrew", "Arabic", "Devanagari", "Thai", "Japanese", "Korean", "emoji"
    ]  # fmt: skip
    assert missing_there(there, "Größe Ґанок ηλεκτρικό © 2026, 12:30 — done") == []


def test_a_machine_without_fonts_lacks_even_latin(tmp_path: Path) -> None:
    assert missing_there(only_fonts(tmp_path / "none"), "Hello, 12") == ["Latin"]


def test_a_font_that_is_installed_is_no_longer_missing(tmp_path: Path) -> None:
    there = only_fonts(tmp_path / "home")
    assert missing_there(there, "Привет") == ["Cyrillic"]

    (tmp_path / "home" / "fonts" / "new.otf").write_bytes(INTER.read_bytes())

    assert missing_there(there, "Привет") == []


def test_without_fontconfig_the_usual_folders_are_looked_through(tmp_path: Path) -> None:
    (tmp_path / ".fonts").mkdir()
    (tmp_path / ".fonts" / "inter.otf").write_bytes(INTER.read_bytes())

    assert missing_there({"PATH": str(tmp_path), "HOME": str(tmp_path)}, "Привет Hello") == []


def test_here_a_text_lacks_what_the_machine_lacks() -> None:
    everything = " ".join(script.sample for script in SCRIPTS if script.name != "Chinese")

    assert {*all_missing()} - {"Chinese"} == {*missing_scripts(everything)} - {"Chinese"}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "Thai",
            "No font for Thai is installed: its letters are boxes in the film. Install fonts-noto-core.",
        ),
        (
            "Japanese",
            "No font for Japanese is installed: its letters are boxes in the film. Install fonts-noto-cjk.",
        ),
        (
            "emoji",
            "No font for emoji is installed: they are boxes in the film. Install fonts-noto-color-emoji.",
        ),
    ],
)
def test_it_is_said_what_is_missing_and_what_to_install(name: str, said: str) -> None:
    assert font_missing(name) == said


def test_each_package_is_named_once() -> None:
    assert packages_for(["Thai", "Korean", "Devanagari", "Chinese"]) == (
        "fonts-noto-core",
        "fonts-noto-cjk",
    )


def test_ranges_that_touch_or_overlap_become_one() -> None:
    assert merged([(5, 9), (1, 3), (4, 4), (8, 12), (20, 30), (22, 25)]) == [(1, 12), (20, 30)]
