"""What the explorer remembers."""

from dataclasses import replace

import pytest

from explorer.memory import Memory, Refusals
from explorer.places import place
from explorer.text import MAX_URL_CHARS
from explorer.types import MAX_REFUSALS, Box, Element, Refusal

HOME = "http://site.test/"


def link(href: str) -> Element:
    return Element("a", "a", "It", "link", href, "It", Box(0, 0, 10, 10))


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
    assert place(url) == place("http://site.test/docs")


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
    assert place(url) != place("http://site.test/docs")


def test_a_page_whose_name_ends_in_index_is_not_its_folder() -> None:
    assert place("http://site.test/myindex.html") != place("http://site.test/my")


def test_a_page_is_new_once_and_listed_once() -> None:
    memory = Memory()

    first = memory.arrive(HOME, None)
    again = memory.arrive(HOME + "index.html#top", HOME)

    assert (first, again) == (True, False)
    assert memory.visited == [HOME]


def test_depth_is_the_fewest_links_from_the_start() -> None:
    memory = Memory()
    memory.arrive(HOME, None)
    memory.note_links((link(HOME + "a"),), HOME)
    memory.arrive(HOME + "a", HOME)
    memory.note_links((link(HOME + "b"), link(HOME)), HOME + "a")
    deep = memory.depth(HOME + "b")

    memory.note_links((link(HOME + "b"),), HOME)

    assert (memory.depth(HOME), memory.depth(HOME + "a"), deep, memory.depth(HOME + "b")) == (0, 1, 2, 1)


def test_a_page_reached_without_a_link_is_one_deeper_than_where_one_came_from() -> None:
    memory = Memory()
    memory.arrive(HOME, None)

    memory.arrive(HOME + "pushed", HOME)

    assert memory.depth(HOME + "pushed") == 1


def test_links_that_lead_too_deep_are_left_out_and_buttons_never() -> None:
    memory = Memory()
    memory.arrive(HOME, None)
    memory.note_links((link(HOME + "a"),), HOME)

    assert memory.within(link(HOME + "a"), 1)
    assert not memory.within(link(HOME + "a"), 0)
    assert memory.within(link(""), 0)


def test_the_last_page_with_something_left_is_where_to_go_back_to() -> None:
    memory = Memory()
    memory.arrive(HOME, None)
    memory.arrive(HOME + "a", HOME)
    memory.arrive(HOME + "b", HOME + "a")

    memory.exhaust(HOME + "b/")
    before_a = memory.unfinished()
    memory.exhaust(HOME + "a")
    before_home = memory.unfinished()
    memory.exhaust(HOME)

    assert (before_a, before_home, memory.unfinished()) == (HOME + "a", HOME, None)
    assert memory.is_exhausted(HOME + "b")


def test_a_better_page_is_one_that_has_something_untried_unseen_and_worth_more() -> None:
    memory = Memory()
    for page in ("", "a", "b"):
        memory.arrive(HOME + page, None if not page else HOME)
    tab = replace(link(""), text="Tab")
    memory.note_left(HOME, [(90, link(HOME + "a")), (40, link(HOME + "c"))])
    memory.note_left(HOME + "a", [(58, tab)])
    memory.note_left(HOME + "b", [(95, link(HOME + "d"))])

    before = memory.better_elsewhere(HOME + "b", 20)
    memory.tried.add(tab.fingerprint)

    assert before == HOME + "a"
    assert memory.better_elsewhere(HOME + "b", 20) == HOME
    assert memory.better_elsewhere(HOME + "b", 40) is None
    memory.exhaust(HOME)
    assert memory.better_elsewhere(HOME + "b", 20) is None


def test_a_refusal_is_kept_once_for_each_rule_and_label() -> None:
    refusals = Refusals()
    first = Refusal("auth", "Log in", "on one page", HOME)

    kept = [
        refusals.add(refusal)
        for refusal in (
            first,
            Refusal("auth", "Log in", "on another", HOME + "a"),
            Refusal("blacklist", "Log in", "by another rule"),
        )
    ]

    assert kept[0] == first
    assert kept[1] is None
    assert refusals.all() == (kept[0], kept[2])


def test_refusals_are_limited_in_number_and_length() -> None:
    refusals = Refusals()
    huge = HOME + "x" * 1_000_000

    for number in range(MAX_REFUSALS + 50):
        refusals.add(Refusal("auth", f"{number} {huge}", huge, huge))

    assert len(refusals.all()) == MAX_REFUSALS
    assert {len(kept.what) for kept in refusals.all()} == {MAX_URL_CHARS}
    assert {len(kept.page_url) for kept in refusals.all()} == {MAX_URL_CHARS}
    assert {len(kept.detail) for kept in refusals.all()} == {MAX_URL_CHARS}
