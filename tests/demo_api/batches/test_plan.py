"""The plan of a batch: files, and requests for some of its rows."""

from typing import Any

import pytest

from actors.batches.errors import RowsInvalid
from actors.settings import Settings
from demo_api.batches.folder import free_names
from demo_api.batches.plan import Plan
from demo_api.errors import RequestInvalid
from tests.demo_api.batches.support import SCRIPT, plan_of

TEMPLATE = {"script": SCRIPT}


@pytest.fixture
def settings() -> Settings:
    return Settings()


def test_each_film_has_a_file_and_the_line_of_its_row(settings: Settings) -> None:
    csv = b'who,film.format\n"Bo\nand Co",\nM\xc3\xbcller,gif\n'

    plan = Plan.of({"template": TEMPLATE, "csv": csv, "name": "{{row}}-{{who}}"}, settings)

    assert [(film.line, film.file) for film in plan.films] == [(2, "1-Bo-and-Co.mp4"), (4, "2-Muller.gif")]
    assert plan.films[0].host == "1.1.1.1"
    assert plan.start == "http://1.1.1.1/"


def test_some_rows_alone_are_numbered_and_dated_as_among_all(settings: Settings) -> None:
    plan = plan_of(settings, *"abcdefghij", variables={"who": "x"})

    all_of_them = plan.body(range(1, 11), "2026-01-02")
    some = plan.body({2, 10}, "2026-01-02")

    assert all_of_them["rows"][0] == {"who": "a"}
    assert some["rows"] == [{"row": "02", "who": "b"}, {"row": "10", "who": "j"}]
    assert some["variables"] == {"row_count": "10", "date": "2026-01-02", "who": "x"}
    assert some["template"]["format"] == "mp4"
    assert "csv" not in some


def test_a_row_of_defaults_can_be_asked_for(settings: Settings) -> None:
    plan = Plan.of({"template": TEMPLATE, "rows": [{"who": ""}]}, settings)

    assert plan.body({1}, "2026-01-02")["rows"] == [{"row": "1"}]


def test_only_what_decides_on_the_films_changes_a_digest(settings: Settings) -> None:
    plan = plan_of(settings, "Bo")

    def changed(who: str = "Bo", **more: Any) -> list[str]:
        other = plan_of(settings, who, **more)
        return [name for name, digest in plan.digests.items() if other.digests[name] != digest]

    assert changed() == changed(max_concurrency=7, tolerated_failures=1, stop_on_error=True) == []
    assert changed("Cy") == ["rows"]
    assert changed(name="x") == changed(variables={"who": "x"}) == ["options"]
    assert changed(template={**TEMPLATE, "size": "1080p"}) == ["options"]
    assert changed(template={"script": {**SCRIPT, "title": "x"}}) == ["script"]


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        ({"template": {}, "csv": b"who\nBo"}, RowsInvalid, "no column url"),
        ({"template": {"goal": "x" * 301}, "sites": ["http://a.test"]}, RequestInvalid, "goal: .*300"),
        ({"template": TEMPLATE, "csv": b"who\nBo", "variables": {"x": "1"}}, RequestInvalid, "x: is no"),
        ({"template": TEMPLATE, "csv": b"who,x\nBo"}, RowsInvalid, "line 2, column x"),
    ],
)
def test_what_cannot_be_filmed_is_refused(
    asked: dict[str, Any], error: type[Exception], said: str, settings: Settings
) -> None:
    with pytest.raises(error, match=said):
        Plan.of(asked, settings)


def test_a_script_whose_host_a_variable_gives_has_no_start_of_its_own(settings: Settings) -> None:
    script = {**SCRIPT, "url": "http://localhost{{who}}/"}

    plan = Plan.of({"template": {"script": script}, "csv": b"url\nhttp://1.1.1.1/"}, settings)

    assert plan.start == ""


def test_doubles_get_numbers_and_names_that_are_taken_are_left() -> None:
    names = ["a.mp4", "A.mp4", "a-2.mp4", "a.gif"]

    assert free_names(names, set()) == ["a.mp4", "A-2.mp4", "a-2-2.mp4", "a.gif"]
    assert free_names(["a.mp4", "a.mp4"], {"a.mp4", "a-3.mp4"}) == ["a-2.mp4", "a-4.mp4"]
