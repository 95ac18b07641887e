"""The short version of `python -m tests.conduct`: every control is judged, and two pages are explored."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, get_args

import httpx
import pytest

from tests.conduct.controls import (
    VIEWING,
    Address,
    Clue,
    Control,
    Shape,
    every_control,
    every_sheet,
)
from tests.conduct.exam import count_all, theatre_of
from tests.conduct.judging import Judgement, judge
from tests.conduct.layout import mostly_danger, page_of
from tests.conduct.marks import Marks
from tests.conduct.report import mistakes, takes_table
from tests.conduct.server import ExamSite, controls_at
from tests.conduct.takes import explore
from tests.conduct.thresholds import LANGUAGES, LEAST_BY_CLUE, LEAST_CONTROLS, LEAST_IN_LANGUAGE
from tests.explorer.support.exploration import Harness
from tests.support.markers import thorough

#: A library in another language than it declares.
SHORT_TAKES = ("sv-library",)
SHORT_CLICKS = 4
#: One that has buttons, links, pictures and forms.
SHORT_COUNT = ("fi-board",)
#: Paths that say nothing of what happens there.
NEUTRAL = re.compile(r"/[nk]/\d+")


SHEETS = {sheet.name: sheet for sheet in every_sheet()}


def named(*short: str) -> list[Any]:
    """All pages; those that are not `short` are left to `make test-all`."""
    return [name if name in short else thorough(name) for name in SHEETS]


@pytest.fixture(scope="module")
def hall() -> Iterator[tuple[Harness, dict[str, ExamSite]]]:
    """Browsers, and every page of the exam for them to visit."""
    with theatre_of(every_sheet()) as (harness, opened):
        yield harness, {site.sheet.name: site for site in opened}


@pytest.fixture(scope="module")
def marks(hall: tuple[Harness, dict[str, ExamSite]]) -> Marks:
    harness, places = hall
    return Marks(judge(harness, list(places.values())))


def test_nothing_that_acts_may_be_clicked(marks: Marks) -> None:
    let_through = [one for one in marks.wrong if one.control.dangerous]

    assert marks.refuses_enough, mistakes(Marks(let_through))


def test_what_only_sounds_like_it_may_be_clicked(marks: Marks) -> None:
    turned_down = [one for one in marks.wrong if not one.control.dangerous]

    assert marks.allows_enough, mistakes(Marks(turned_down))


def test_every_control_is_seen(marks: Marks) -> None:
    assert not marks.unseen, mistakes(Marks(marks.unseen))


@pytest.mark.parametrize("page", named(*SHORT_TAKES))
@pytest.mark.thorough
def test_a_take_does_nothing_where_little_but_danger_is_left(
    hall: tuple[Harness, dict[str, ExamSite]], page: str
) -> None:
    harness, places = hall

    with places[page].showing(mostly_danger(SHEETS[page])):
        outing = explore(harness, places[page], seed=0, max_clicks=SHORT_CLICKS)

    assert not outing.done, takes_table([outing])
    assert outing.clicks, "it clicked what it may"


@pytest.mark.parametrize("page", named(*SHORT_COUNT))
def test_whatever_is_done_is_counted(page: str) -> None:
    assert count_all([SHEETS[page]]) == []


def test_a_mistake_fails_the_exam_and_is_named() -> None:
    acts = next(control for control in every_control() if control.dangerous)
    sounds = next(control for control in every_control() if not control.dangerous)

    for mistake in (
        Marks([Judgement(acts, found=True, allowed=True)]),
        Marks([Judgement(sounds, found=True, allowed=False, rule="blacklist")]),
        Marks([Judgement(acts, found=False, allowed=False)]),
        Marks(miscounted=[acts.name]),
    ):
        assert not mistake.passed
        assert mistakes(mistake)
    assert Marks([Judgement(acts, found=True, allowed=False)]).passed


def test_the_film_is_told_from_what_is_tried_off_camera() -> None:
    sheet = SHEETS["en-plant"]
    first, second = sheet.dangerous[:2]

    with ExamSite(sheet) as site, visitor(site) as film, visitor(site) as scout:
        film.get("/")
        scout.get("/")
        scout.post(first.to)
        film.get(second.to)
        done = [(deed.who, deed.method, deed.control) for deed in site.ledger.done]

    assert done == [("look-ahead", "POST", first), ("film", "GET", second)]
    assert site.ledger.pages_of("film") == {"/"}


def test_whoever_has_left_sees_nothing_but_that() -> None:
    sheet = SHEETS["en-account"]
    leave = next(control for control in sheet.dangerous if control.ends_session)

    with ExamSite(sheet) as site, visitor(site) as film, visitor(site) as scout:
        film.get("/")
        scout.get(leave.to)
        pages = [film.get("/").text, scout.get("/").text]

    assert sheet.title in pages[0]
    assert sheet.title not in pages[1]


def test_the_exam_is_as_large_as_it_has_to_be() -> None:
    for dangerous in (True, False):
        controls = [control for control in every_control() if control.dangerous == dangerous]
        by_language = Counter(control.language for control in controls)

        assert len(controls) >= LEAST_CONTROLS
        assert set(by_language) == set(LANGUAGES)
        assert min(by_language.values()) >= LEAST_IN_LANGUAGE
    assert {control.shape for control in every_control()} == set(get_args(Shape))


@pytest.mark.parametrize("clue", get_args(Clue))
def test_each_clue_is_often_the_only_one(clue: Clue) -> None:
    alone = [control for control in every_control() if control.dangerous and control.clues == (clue,)]

    assert len(alone) >= LEAST_BY_CLUE[clue]


@pytest.mark.parametrize("name", SHEETS)
def test_a_control_has_no_clue_beyond_those_it_names(name: str) -> None:
    for control in SHEETS[name].dangerous:
        said = bool(control.text or control.tip or control.aria)
        queried = "?" in control.to

        assert "path" in control.clues or queried or NEUTRAL.fullmatch(control.to), control.name
        assert "query" in control.clues or not queried or "path" in control.clues, control.name
        assert ("icon" in control.clues) <= bool(control.icon), control.name
        assert ("text" in control.clues) <= said, control.name
        assert control.clues != ("icon",) or not said, control.name


@pytest.mark.parametrize("name", SHEETS)
def test_an_address_tells_which_control_was_used(name: str) -> None:
    sheet = SHEETS[name]

    for control in sheet.controls:
        if control.shape not in VIEWING:
            expected = control if control.dangerous else None
            assert controls_at(sheet.dangerous, Address.of(control.to)) == expected
            assert controls_at(sheet.dangerous, Address.of(f"{control.to}{glue(control)}v=1")) == expected


@pytest.mark.parametrize("name", SHEETS)
def test_a_page_never_tells_what_a_control_is(name: str) -> None:
    sheet = SHEETS[name]

    html = page_of(sheet)

    assert len(re.findall(r' data-c="c\d+"', html)) == len(sheet.controls)
    assert "danger" not in html
    assert "harmless" not in html


def visitor(site: ExamSite) -> httpx.Client:
    """Somebody with cookies of his own, who asks for pages."""
    return httpx.Client(base_url=site.url, headers={"Sec-Fetch-Dest": "document"})


def glue(control: Control) -> str:
    return "&" if "?" in control.to else "?"
