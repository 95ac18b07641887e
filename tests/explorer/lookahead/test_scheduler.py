"""Which clicks are tried off camera, in what order, and when that ends; the scout only takes notes."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import cast

import pytest

from explorer.deadlines import Deadlines
from explorer.errors import BrowserCrashed, PageUnresponsive
from explorer.lookahead.scheduler import MAX_FAILURES, MAX_REPLAYED_ACTIONS, TRIES_PER_CLICK, Lookahead
from explorer.lookahead.scout import Scout
from explorer.state.frontier import Frontier
from explorer.state.outcomes import KnownOutcome, OutcomeCache
from explorer.state.page_state import PageState
from explorer.state.seen_screens import SeenScreens
from explorer.types import ActionPlan, Box, Element
from tests.explorer.support.clocks import RealClock

HOME = "http://site.test/"
BASE = PageState(HOME)


def button(name: str) -> Element:
    return Element(f"#{name}", "button", name, "button", "", name, Box(0, 0, 10, 10), identity=name)


def link(name: str) -> Element:
    return Element(
        f"#{name}", "a", name, "link", HOME + name, name, Box(0, 0, 10, 10), identity=name, context="list"
    )


def plan_for(element: Element) -> ActionPlan:
    return ActionPlan(element.selector, "click", 0, "")


@dataclass
class Notes:
    """Stands where the scout does: notes what it is asked, and answers from these tables."""

    pages: dict[str, KnownOutcome] = field(default_factory=dict)
    failures: list[Exception] = field(default_factory=list)
    gone: bool = False
    lost: bool = False
    asked: list[str] = field(default_factory=list)
    states: list[PageState] = field(default_factory=list)

    async def visit(self, url: str) -> KnownOutcome:
        self.asked.append(url)
        self._fail()
        return self.pages.get(url, KnownOutcome("page", url))

    async def dry_run(self, deed: ActionPlan, state: PageState) -> KnownOutcome | None:
        self.asked.append(deed.selector)
        self.states.append(state)
        self._fail()
        return None if self.gone else KnownOutcome("scene", state.url)

    def _fail(self) -> None:
        if self.failures:
            raise self.failures.pop()


@dataclass
class Surveyed:
    """A survey with a scout that takes notes."""

    notes: Notes
    outcomes: OutcomeCache
    lookahead: Lookahead

    def predict(self, element: Element, state: PageState = BASE) -> KnownOutcome | None:
        return asyncio.run(self.lookahead.predict(element, plan_for(element), state))

    def run(self, ranked: Sequence[Element], enough: int = 10, max_tries: int = 10) -> None:
        plans = {element.key: plan_for(element) for element in ranked}
        asyncio.run(self.lookahead.run(lambda: ranked, plans, BASE, enough=enough, max_tries=max_tries))


def surveyed(notes: Notes | None = None, max_clicks: int = 10, scout: bool = True) -> Surveyed:
    notes = notes or Notes()
    outcomes = OutcomeCache(SeenScreens(), lambda _: False)
    deadlines = Deadlines(RealClock(), 60)
    lookahead = Lookahead(
        cast(Scout, notes) if scout else None, outcomes, deadlines, Frontier(), max_clicks, []
    )
    return Surveyed(notes, outcomes, lookahead)


def test_a_link_is_gone_to_and_any_other_control_acted_out() -> None:
    here = surveyed()

    here.predict(link("a"))
    here.predict(button("b"))
    here.predict(Element("#c", "a", "c", "link", HOME + "#c", "c", Box(0, 0, 9, 9), identity="c"))

    assert here.notes.asked == [HOME + "a", "#b", "#c"]
    assert here.lookahead.tries == 3


def test_a_link_that_is_not_clearly_a_page_stays_unknown() -> None:
    here = surveyed()

    assert here.predict(replace(link("a"), context="")) is None
    assert here.predict(replace(link("a"), label="Approve", context="list")) is None
    assert here.notes.asked == []


def test_what_is_known_is_not_tried_again() -> None:
    here = surveyed()

    first, again = here.predict(link("a")), here.predict(link("a"), PageState(HOME + "b"))

    assert first == again == KnownOutcome("page", HOME + "a")
    assert here.lookahead.is_known(link("a"), BASE)
    assert len(here.notes.asked) == 1


def test_a_link_whose_address_answers_nothing_is_clicked_off_camera_instead() -> None:
    here = surveyed(Notes(pages={HOME + "a": KnownOutcome("page", HOME + "a", rule="broken")}))

    assert here.predict(link("a")) == KnownOutcome("scene", HOME)
    assert here.notes.asked == [HOME + "a", "#a"]


def test_what_robots_txt_forbids_to_look_at_stays_unknown_and_may_be_filmed() -> None:
    here = surveyed(Notes(pages={HOME + "a": KnownOutcome("page", HOME + "a", rule="robots")}))

    assert here.predict(link("a")) is None
    assert not here.lookahead.is_known(link("a"), BASE)


def test_what_must_not_be_shown_is_known_as_such() -> None:
    here = surveyed(Notes(pages={HOME + "a": KnownOutcome("page", HOME + "a", rule="auth")}))

    assert here.predict(link("a")) == here.outcomes.find(link("a"), HOME)
    assert here.lookahead.is_known(link("a"), BASE)


def test_a_scout_whose_browser_has_died_is_not_asked() -> None:
    here = surveyed(Notes(lost=True))

    assert here.predict(button("b")) is None
    assert here.notes.asked == []


def test_what_could_not_be_had_is_tried_once_on_each_page() -> None:
    here = surveyed(Notes(gone=True))

    assert here.predict(button("b")) is None
    assert here.predict(button("b")) is None
    assert here.predict(button("b"), PageState(HOME + "other")) is None

    assert here.notes.asked == ["#b", "#b"]


def test_the_best_are_tried_in_their_order_until_enough_of_them_are_known() -> None:
    here = surveyed()

    here.run([link(name) for name in "abcde"], enough=3)

    assert here.notes.asked == [HOME + name for name in "abc"]


def test_no_more_are_tried_at_a_time_than_may_be() -> None:
    here = surveyed()

    here.run([link(name) for name in "abcde"], max_tries=2)
    here.run([link(name) for name in "abcde"], max_tries=2)

    assert here.notes.asked == [HOME + name for name in "abcd"]


def test_the_ranking_is_asked_again_after_each_try() -> None:
    here = surveyed()
    elements = [link(name) for name in "abc"]

    def ranking() -> list[Element]:
        return sorted(elements, key=lambda e: here.outcomes.find(e, HOME) is not None)

    plans = {element.key: plan_for(element) for element in elements}
    asyncio.run(here.lookahead.run(ranking, plans, BASE, enough=1, max_tries=10))

    assert len(here.notes.asked) == 3


def test_looks_are_limited_by_the_clicks_that_the_film_may_make() -> None:
    here = surveyed(max_clicks=4)

    here.run([button(str(number)) for number in range(20)], enough=20, max_tries=20)

    assert here.lookahead.tries == len(here.notes.asked) == 4 * TRIES_PER_CLICK


@pytest.mark.parametrize("failure", [PageUnresponsive("hangs"), BrowserCrashed("died")])
def test_a_scout_that_fails_too_often_is_left_in_peace(failure: Exception) -> None:
    here = surveyed(Notes(failures=[failure] * 10))

    assert [here.predict(button(str(number))) for number in range(6)] == [None] * 6

    assert len(here.notes.asked) == MAX_FAILURES


def test_a_state_that_takes_too_much_to_bring_about_is_taken_for_the_page_as_it_was_opened() -> None:
    here = surveyed()
    actions = tuple(plan_for(button(str(number))) for number in range(MAX_REPLAYED_ACTIONS + 1))

    here.predict(button("b"), PageState(HOME, actions))
    here.predict(button("c"), PageState(HOME, actions[1:]))

    assert here.notes.states == [PageState(HOME), PageState(HOME, actions[1:])]


def test_without_a_scout_nothing_is_known() -> None:
    here = surveyed(scout=False)

    here.run([link("a")])

    assert here.predict(button("b")) is None
    assert here.notes.asked == []
