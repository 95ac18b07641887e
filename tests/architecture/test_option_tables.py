"""Options and artifacts stand in docs/, in the page's form and among warnings as they are declared."""

import re
from pathlib import Path
from typing import get_args

import pytest

from actors.options import ExplorationOptions, FilmOptions, declared
from demo_api.routes.static_files import STATIC
from tests.architecture.option_tables import DOCS, ROWS, TABLE, with_tables
from video.artifacts import ARTIFACTS
from video.warnings import MISSING

FORM = (STATIC / "index.html").read_text()
DOCUMENTS = sorted(DOCS.rglob("*.md"))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(DOCS)))
def test_tables_of_options_are_as_the_code_declares_them(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert text == with_tables(text), "write them anew: python -m tests.architecture.option_tables"


def test_every_table_stands_in_some_document() -> None:
    found = {name for path in DOCUMENTS for _, name, _ in TABLE.findall(path.read_text(encoding="utf-8"))}

    assert found == set(ROWS)


@pytest.mark.parametrize("name", ["style", "size", "format", "fps"])
def test_the_form_offers_the_values_that_there_are(name: str) -> None:
    radios = re.findall(rf'<input type="radio" name="{name}" value="([^"]+)"', FORM)
    select = re.search(rf'<select id="{name}".*?</select>', FORM, re.DOTALL)
    offered = radios or re.findall(r'<option value="([^"]+)"', select[0] if select else "")

    assert sorted(offered) == sorted(map(str, get_args(FilmOptions.model_fields[name].annotation)))


@pytest.mark.parametrize("name", ["max_clicks", "max_depth", "max_runtime"])
def test_the_form_has_the_bounds_that_there_are(name: str) -> None:
    parts = ExplorationOptions.model_fields[name].metadata
    least, most = (next(getattr(one, key) for one in parts if hasattr(one, key)) for key in ("ge", "le"))
    field = re.search(rf'<input id="{name}"[^>]*>', FORM)

    assert field
    assert f'min="{least}" max="{most}"' in field[0]


def test_every_artifact_has_a_warning_for_when_it_is_missing() -> None:
    assert set(MISSING) == set(ARTIFACTS) - {"timeline", "screenshot"}


def test_every_option_is_declared_for_some_panel() -> None:
    assert all(option.panel for _, _, option in declared())
