"""What a click is worth by what is known of it and what was wished for."""

import pytest

from explorer.planning.scoring import scale_by_success_rate, score_expected
from explorer.planning.wishes import goal_match, stems
from explorer.types import Box, Element, ExpectedOutcome, Wishes


def element(label: str, href: str = "") -> Element:
    return Element("#x", "a", label, "link", href, label, Box(0, 0, 10, 10))


def test_a_click_that_is_known_to_change_nothing_is_not_offered() -> None:
    assert score_expected(80, "tab", ExpectedOutcome("nothing", 0), demoted=False) is None


def test_what_shows_little_new_comes_after_everything_else() -> None:
    stale = score_expected(90, "tab", ExpectedOutcome("scene", 0.5), demoted=False)
    fresh = score_expected(10, "button", ExpectedOutcome("scene", 1.2), demoted=False)
    assert stale is not None
    assert fresh is not None
    assert stale[0] < 10 < fresh[0]


def test_what_nothing_is_known_of_keeps_its_score() -> None:
    assert score_expected(42, "button", None, demoted=False) == (42, "button")


def test_a_kind_that_never_showed_anything_loses_most_of_its_score() -> None:
    assert scale_by_success_rate(50, {"switch main": 0.0}, "switch main") == pytest.approx(10)
    assert scale_by_success_rate(50, {"switch main": 1.0}, "switch main") == pytest.approx(50)
    assert scale_by_success_rate(50, {}, "switch main") == 50


@pytest.mark.parametrize(
    ("wishes", "label", "href", "reason"),
    [
        (Wishes(goal="Show how to filter orders"), "Filters", "", "goal"),
        (Wishes(goal="Show how to filter orders"), "List", "http://h/orders/", "goal"),
        (Wishes(goal="Show how to use it"), "Show", "", ""),
        (Wishes(focus=("/docs",)), "Read", "http://h/docs/intro", "focus"),
        (Wishes(focus=("/docs",)), "Read", "http://h/docsearch", ""),
        (Wishes(focus=("price list",)), "Our price list", "", "focus"),
        (Wishes(focus=("price list",)), "Price listing", "", ""),
        (Wishes(focus=("css=#menu",)), "css=#menu", "", ""),
    ],
)
def test_goal_and_focus_raise_what_they_name(wishes: Wishes, label: str, href: str, reason: str) -> None:
    more, why = goal_match(element(label, href), wishes, "", focused=False)
    assert why == reason
    assert (more > 0) == bool(reason)


def test_more_of_the_goal_is_worth_more() -> None:
    wishes = Wishes(goal="filter orders")
    both, one = (
        goal_match(element(label), wishes, "", focused=False)[0] for label in ("Filter orders", "Orders")
    )
    assert both > one


def test_a_page_is_known_by_its_title_once_it_was_scouted() -> None:
    assert (
        goal_match(element("Go", "http://h/x"), Wishes(goal="pricing"), "Pricing plans", focused=False)[0] > 0
    )


def test_words_are_cut_to_their_stems_and_grammar_left_out() -> None:
    assert stems("How to filter the Filters") == {"filte"}
