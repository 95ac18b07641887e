"""`sitereel doctor` on fonts: which scripts have no font, and how to fix that."""

import re
from pathlib import Path

import pytest

from tests.support.fonts import INTER, only_fonts, python, without_shaping
from video.typography.script_coverage import all_missing, packages_for

DOCTOR = "import sys; from demo_api.cli.main import main; sys.argv[1:] = ['doctor']; main()"


def lines_of_doctor(variables: dict[str, str]) -> dict[str, str]:
    """Returns the doctor's lines, by part."""
    found: dict[str, str] = {}
    for row in python(DOCTOR, {"COLUMNS": "2000", "NO_COLOR": "1"} | variables).splitlines():
        cells = [cell.strip() for cell in re.split("[│┃]", row)]
        if len(cells) > 4 and cells[2]:
            found[cells[2]] = " | ".join((cells[1], cells[3], cells[4]))
    return found


@pytest.mark.thorough
def test_each_script_without_a_font_is_named_with_what_to_install(tmp_path: Path) -> None:
    said = lines_of_doctor(only_fonts(tmp_path / "inter", [INTER]))["Fonts"]

    assert said.startswith("fair | none for Armenian, Georgian, Hebrew, Arabic,")
    for name in ("Thai", "Devanagari", "Japanese", "Korean", "Chinese", "emoji"):
        assert name in said
    for name in ("Latin", "Greek", "Cyrillic"):
        assert name not in said
    assert "`apt-get install fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji`" in said


@pytest.mark.thorough
def test_fonts_are_in_order_only_where_every_script_has_one() -> None:
    missing = all_missing()

    said = lines_of_doctor({})["Fonts"]

    assert said.startswith("fair" if missing else "ok")
    assert all(name in said for name in (*missing, *packages_for(missing)))


@pytest.mark.thorough
def test_site_files_are_listed(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text("hosts: [shop.example]")

    said = lines_of_doctor({"SITES_DIR": str(tmp_path)})["Site files"]

    assert said.startswith(f"ok | 1 in {tmp_path}: shop.yaml")


@pytest.mark.thorough
def test_missing_text_shaping_is_reported(tmp_path: Path) -> None:
    said = lines_of_doctor(without_shaping(tmp_path / "libraries"))["Text shaping"]

    assert said.startswith("fair")
    assert "libfribidi0" in said
