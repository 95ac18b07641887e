"""What the explorer remembers."""

from dataclasses import replace

import pytest

from explorer.state.frontier import Frontier
from explorer.types import Box, Element
from explorer.urls import page_key

HOME = "http://site.test/"


def link(href: str) -> Element:
    return Element("a", "a", "It", "link", href, "It", Box(0, 0, 10, 10))


TAB = replace(link(""), text="Tab")
BUTTON = replace(link(""), selector="button", tag="button", role="button", text="Next", label="Next")


@pytest.mark.parametrize(
    "url",
    [
        "http://site.test/docs",
        "http://site.test/docs/",
        "http://site.test/docs/index.html",
        "http://site.test/docs/index.htm",
        "HTTP://Site.Test/docs#chapter",
    ],
)
def test_spellings_of_one_page_are_one_place(url: str) -> None:
    assert page_key(url) == page_key("http://site.test/docs")


@pytest.mark.parametrize(
    "url",
    [
        "http://site.test/Docs",
        "http://site.test/docs?page=2",
        "http://site.test/docs#/route",
        "http://site.test/docs#!route",
        "http://site.test:81/docs",
        "http://site.test/docs/reindex.html",
        "http://site.test/docs/index.html/more",
    ],
)
def test_other_pages_are_other_places(url: str) -> None:
    assert page_key(url) != page_key("http://site.test/docs")


def test_a_page_whose_name_ends_in_index_is_not_its_folder() -> None:
    assert page_key("http://site.test/myindex.html") != page_key("http://site.test/my")


def test_a_page_is_new_once_and_listed_once() -> None:
    frontier = Frontier()

    first = frontier.visit(HOME, None)
    again = frontier.visit(HOME + "index.html#top", HOME)

    assert (first, again) == (True, False)
    assert frontier.visited == [HOME]


def test_depth_is_the_fewest_links_from_the_start() -> None:
    frontier = Frontier()
    frontier.visit(HOME, None)
    frontier.note_links((link(HOME + "a"),), HOME)
    frontier.visit(HOME + "a", HOME)
    frontier.note_links((link(HOME + "b"), link(HOME)), HOME + "a")
    deep = frontier.depth(HOME + "b")

    frontier.note_links((link(HOME + "b"),), HOME)

    assert (frontier.depth(HOME), frontier.depth(HOME + "a"), deep, frontier.depth(HOME + "b")) == (
        0,
        1,
        2,
        1,
    )


def test_a_page_reached_without_a_link_is_one_deeper_than_where_one_came_from() -> None:
    frontier = Frontier()
    frontier.visit(HOME, None)

    frontier.visit(HOME + "pushed", HOME)

    assert frontier.depth(HOME + "pushed") == 1


def test_links_that_lead_too_deep_are_left_out_and_buttons_never() -> None:
    frontier = Frontier()
    frontier.visit(HOME, None)
    frontier.note_links((link(HOME + "a"),), HOME)

    assert frontier.is_within_depth(link(HOME + "a"), 1)
    assert not frontier.is_within_depth(link(HOME + "a"), 0)
    assert frontier.is_within_depth(link(""), 0)


def test_the_last_page_with_something_left_is_where_to_go_back_to() -> None:
    frontier = Frontier()
    frontier.visit(HOME, None)
    frontier.visit(HOME + "a", HOME)
    frontier.visit(HOME + "b", HOME + "a")

    frontier.exhaust(HOME + "b/")
    before_a = frontier.unfinished()
    frontier.exhaust(HOME + "a")
    before_home = frontier.unfinished()
    frontier.exhaust(HOME)

    assert (before_a, before_home, frontier.unfinished()) == (HOME + "a", HOME, None)
    assert frontier.is_exhausted(HOME + "b")


def test_what_is_left_on_other_pages_is_what_they_have_offered_and_nobody_has_tried() -> None:
    frontier = Frontier()
    for page in ("", "a", "b"):
        frontier.visit(HOME + page, None if not page else HOME)
    frontier.note_left(HOME, (link(HOME + "a"), TAB))
    frontier.note_left(HOME + "a", (TAB, link(HOME + "c")))
    frontier.note_left(HOME + "b", (link(HOME + "d"),))

    before = dict(frontier.left_elsewhere(HOME + "b"))
    frontier.mark_tried(TAB, "as it was")
    after = dict(frontier.left_elsewhere(HOME + "b/"))
    frontier.exhaust(HOME)

    assert before == {HOME: (link(HOME + "a"), TAB), HOME + "a": (TAB, link(HOME + "c"))}
    assert after == {HOME: (link(HOME + "a"),), HOME + "a": (link(HOME + "c"),)}
    assert list(dict(frontier.left_elsewhere(HOME + "b"))) == [HOME + "a"]


def test_what_was_never_tried_may_be_used_as_it_is() -> None:
    assert Frontier().usable(BUTTON, "first", 5) == BUTTON


def test_a_button_that_has_done_something_may_be_used_again_where_the_page_is_another() -> None:
    frontier = Frontier()
    frontier.mark_tried(BUTTON, "first")
    frontier.record_outcome(BUTTON, "button", "scene")

    again = frontier.usable(BUTTON, "second", 5)

    assert frontier.usable(BUTTON, "first", 5) is None
    assert again is not None
    assert again.selector == BUTTON.selector
    assert again.key != BUTTON.key


def test_each_further_use_of_a_button_counts_for_the_same_button() -> None:
    frontier = Frontier()
    for state in ("first", "second"):
        used = frontier.usable(BUTTON, state, 5)
        assert used is not None
        frontier.mark_tried(used, state)
        frontier.record_outcome(used, "button", "scene")

    assert frontier.usable(BUTTON, "second", 5) is None
    assert frontier.usable(BUTTON, "third", 2) is None
    assert frontier.usable(BUTTON, "third", 3) is not None


def test_a_button_that_once_did_nothing_is_not_used_again() -> None:
    frontier = Frontier()
    frontier.mark_tried(BUTTON, "first")
    frontier.record_outcome(BUTTON, "button", "scene")
    again = frontier.usable(BUTTON, "second", 5)
    assert again is not None
    frontier.mark_tried(again, "second")
    frontier.record_outcome(again, "button", "nothing")
    assert frontier.dead_kinds() == frozenset()

    assert frontier.usable(BUTTON, "third", 5) is None


@pytest.mark.parametrize(
    "element",
    [link(HOME + "a"), replace(TAB, reveals=True), replace(TAB, fills="select")],
    ids=["a link", "a disclosure", "a choice"],
)
def test_links_disclosures_and_choices_are_used_once(element: Element) -> None:
    frontier = Frontier()
    frontier.mark_tried(element, "first")
    frontier.record_outcome(element, "kind", "scene")

    assert frontier.usable(element, "second", 5) is None


def test_a_field_may_be_filled_in_again_where_the_page_is_another() -> None:
    frontier, field = Frontier(), replace(TAB, fills="text")
    frontier.mark_tried(field, "empty")
    frontier.record_outcome(field, "text", "scene")

    assert frontier.usable(field, "one entry", 5) is not None
    assert frontier.usable(field, "empty", 5) is None
    assert frontier.times_tried(field) == 1


def test_it_learns_which_kinds_of_control_show_something_and_how_often_each_was_used() -> None:
    frontier = Frontier()
    frontier.record_outcome(BUTTON, "button", "scene")
    frontier.record_outcome(TAB, "button", "nothing")
    frontier.record_outcome(TAB, "tab", "page")

    frontier.record_lookahead("switch", success=False)

    assert frontier.success_rates() == {"button": 2 / 3, "tab": 1.0, "switch": 0.5}
    assert frontier.kind_counts() == {"button": 2, "tab": 1}


def test_a_place_was_seen_once_it_was_visited_under_any_spelling() -> None:
    frontier = Frontier()
    frontier.visit(HOME + "a/index.html#top", None)

    assert frontier.has_seen(page_key(HOME + "a"))
    assert not frontier.has_seen(page_key(HOME))


def test_what_was_not_reached_is_tried_once_more_in_another_state() -> None:
    frontier = Frontier()
    offered = []
    for signature in ("covered", "covered", "open", "covered", "open"):
        offered.append(frontier.usable(TAB, signature, 5) == TAB)
        if offered[-1]:
            frontier.mark_tried(TAB, signature)
            frontier.note_unreached(TAB, HOME, signature)
    assert offered == [True, False, True, False, False]


def test_slides_of_one_document_are_no_deeper_than_its_first() -> None:
    frontier = Frontier()
    frontier.visit(HOME, None)
    frontier.visit(HOME + "#/1", HOME)
    frontier.visit(HOME + "#/2", HOME + "#/1")
    frontier.visit(HOME + "docs", HOME + "#/2")
    assert [frontier.depth(HOME + place) for place in ("#/1", "#/2", "docs")] == [0, 0, 1]


def test_a_control_that_is_used_again_is_left_to_try_where_it_was_not_used() -> None:
    frontier = Frontier()
    frontier.mark_tried(BUTTON, "first")
    again = frontier.usable(BUTTON, "second", 5)
    assert again is not None
    frontier.visit(HOME, None)
    frontier.note_left(HOME, (again,))
    assert list(frontier.left_elsewhere(None)) == [(HOME, (again,))]
    frontier.mark_tried(again, "second")
    assert list(frontier.left_elsewhere(None)) == [(HOME, ())]


def revealed_after(*scans: tuple[Element, ...], clicked: Element = TAB) -> frozenset[str]:
    frontier = Frontier()
    for scan in scans:
        frontier.record_place(clicked, HOME, renamed=False)
        frontier.note_offered(HOME, scan)
    return frontier.revealed(HOME)


def test_what_a_click_has_revealed_is_what_no_scan_had_found_before() -> None:
    more = replace(BUTTON, text="More")
    assert revealed_after((TAB, BUTTON)) == frozenset(), "a page that is opened reveals nothing"
    assert revealed_after((TAB,), (TAB, more)) == {more.key}
    assert revealed_after((TAB,), (TAB, more), (TAB, more)) == frozenset()


def test_the_new_name_of_the_control_that_was_clicked_is_not_revealed() -> None:
    before = replace(BUTTON, text="Play", spot="s")
    after = replace(before, text="Pause")
    assert revealed_after((before,), (after,), clicked=before) == frozenset()


def test_so_many_clicks_go_on_with_what_was_revealed() -> None:
    menu, entry, deeper, deepest = (replace(BUTTON, text=name, spot=name) for name in "abcd")
    frontier, found = Frontier(), []
    frontier.note_offered(HOME, [menu])
    for clicked, then in ((menu, entry), (entry, deeper), (deeper, deepest)):
        frontier.record_place(clicked, HOME, renamed=False)
        frontier.note_offered(HOME, [then])
        found.append(len(frontier.revealed(HOME)))
    assert found == [1, 1, 0]


def test_pages_are_counted_by_their_part_of_the_menu_on_all_pages() -> None:
    frontier = Frontier()
    frontier.record_place(replace(link(HOME + "a"), group="charts"), HOME, renamed=False)
    assert frontier.row_counts(HOME + "a")["charts"] == 1


def test_the_part_of_the_menu_that_lists_the_first_page_is_known() -> None:
    frontier = Frontier()
    frontier.note_start(HOME + "shop", [replace(link(HOME + "shop#top"), group="e-commerce")])
    frontier.note_start(HOME + "shop", [link(HOME + "shop")])
    assert frontier.start_group == "e-commerce"


def test_a_kind_that_has_done_nothing_twice_is_hopeless_until_one_of_it_does_something() -> None:
    frontier = Frontier()
    frontier.record_outcome(BUTTON, "checkbox", "nothing")
    assert frontier.dead_kinds() == {"checkbox"}
    assert frontier.hopeless_kinds() == frozenset()

    frontier.record_outcome(BUTTON, "checkbox", "nothing")
    assert frontier.hopeless_kinds() == {"checkbox"}

    frontier.record_outcome(BUTTON, "checkbox", "scene")
    assert frontier.hopeless_kinds() == frozenset()
