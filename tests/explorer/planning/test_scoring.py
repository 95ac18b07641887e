"""What a click is worth by what is known of it and what was wished for."""

import pytest

from explorer.planning.scoring import discounted, foreseen, stems, wished
from explorer.types import Box, Element, Prospect, Wishes


def element(label: str, href: str = "") -> Element:
    return Element("#x", "a", label, "link", href, label, Box(0, 0, 10, 10))


def test_a_click_that_is_known_to_change_nothing_is_not_offered() -> None:
    assert foreseen(80, "tab", Prospect("nothing", 0), demoted=False) is None


def test_what_shows_little_new_comes_after_everything_else() -> None:
    stale = foreseen(90, "tab", Prospect("scene", 0.5), demoted=False)
    fresh = foreseen(10, "button", Prospect("scene", 1.2), demoted=False)
    assert stale is not None
    assert fresh is not None
    assert stale[0] < 10 < fresh[0]


def test_what_nothing_is_known_of_keeps_its_score() -> None:
    assert foreseen(42, "button", None, demoted=False) == (42, "button")


def test_a_kind_that_never_showed_anything_loses_most_of_its_score() -> None:
    assert discounted(50, {"switch main": 0.0}, "switch main") == pytest.approx(10)
    assert discounted(50, {"switch main": 1.0}, "switch main") == pytest.approx(50)
    assert discounted(50, {}, "switch main") == 50


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
    more, why = wished(element(label, href), wishes, "", focused=False)
    assert why == reason
    assert (more > 0) == bool(reason)


def test_more_of_the_goal_is_worth_more() -> None:
    wishes = Wishes(goal="filter orders")
    both, one = (
        wished(element(label), wishes, "", focused=False)[0] for label in ("Filter orders", "Orders")
    )
    assert both > one


def test_a_page_is_known_by_its_title_once_it_was_scouted() -> None:
    assert wished(element("Go", "http://h/x"), Wishes(goal="pricing"), "Pricing plans", focused=False)[0] > 0


def test_words_are_cut_to_their_stems_and_grammar_left_out() -> None:
    assert stems("How to filter the Filters") == {"filte"}
