"""Which element of a changed page is taken for the lost one, and when none is."""

from typing import Any

from explorer.healing.choice import Choice, choose
from explorer.healing.fingerprint import Fingerprint
from explorer.healing.names import name_of, words_of


def element(**told: Any) -> Fingerprint:
    usual = {"tag": "button", "role": "button", "clickable": True, "width": 80, "height": 30}
    return Fingerprint(**{**usual, "label": told.get("text", ""), **told})


def lost(among: list[Fingerprint], **told: Any) -> Fingerprint:
    """An element of a page that had these others after it."""
    one = element(**told)
    others = [name_of(other) for other in among]
    return one.model_copy(update={"others": "".join(others), "namesakes": others.count(name_of(one))})


def taken(choice: Choice) -> int | None:
    return choice.best.index if choice.best else None


CANCEL = element(text="Cancel", nearby="Profile", x=100)
SAVE = {"text": "Save", "nearby": "Profile Cancel"}


def test_a_reworded_button_is_found_beside_the_same_neighbours() -> None:
    now = [element(text="Save changes", nearby="Profile Cancel", width=120), CANCEL]

    assert taken(choose(lost([CANCEL], **SAVE), now)) == 0


def test_a_removed_button_is_refused_though_its_neighbour_is_alike_in_all_but_the_name() -> None:
    neighbour = element(text="Cancel", nearby="Profile")

    assert taken(choose(lost([], **SAVE), [neighbour])) == 0  # new to the page, and as alike as can be
    assert taken(choose(lost([neighbour], **SAVE), [neighbour])) is None


def test_a_button_that_moved_across_the_page_is_found_by_a_name_that_nothing_else_had() -> None:
    moved = element(text="Save", tag="a", role="link", nearby="Imprint Contact", x=900, y=4000, width=300)

    assert taken(choose(lost([CANCEL], **SAVE), [CANCEL, moved])) == 1


def test_the_last_of_two_twins_is_refused_where_nothing_tells_which_one_it_is() -> None:
    original = lost([element(text="Buy", nearby="Teapot")], text="Buy", nearby="Kettle")

    assert taken(choose(original, [element(text="Buy", nearby="Teapot")])) is None
    assert taken(choose(original, [element(text="Buy", nearby="Kettle", x=50)])) == 0


def test_twins_are_told_apart_by_their_order_while_none_has_gone() -> None:
    first = lost([element(text="Buy", x=300)], text="Buy", x=0)
    now = [element(text="Buy", classes="b", y=200), element(text="Buy", classes="b", x=300, y=200)]

    assert taken(choose(first, now)) == 0


def test_a_button_that_is_gone_is_not_the_heading_of_its_name() -> None:
    heading = element(tag="h2", role="heading", text="Save", nearby="Profile Cancel", clickable=False)

    assert taken(choose(lost([], **SAVE), [heading])) is None


def test_two_elements_that_are_equally_alike_are_refused() -> None:
    now = [element(text="Save all", x=400), element(text="Save all", y=400)]

    assert taken(choose(lost([], text="Save"), now)) is None


def test_an_element_and_what_fills_it_are_one_thing() -> None:
    link = element(tag="a", role="link", text="Teapot", href="/teapot")
    inner = element(tag="span", role="generic", text="Teapot", clickable=False)
    now = [link.model_copy(update={"classes": "new"}), inner]

    assert taken(choose(lost([], tag="a", role="link", text="Teapots", href="/teapot"), now)) == 0


def test_a_page_without_candidates_is_refused() -> None:
    assert choose(lost([], **SAVE), []) == Choice((), 0.0, False)


def test_a_link_that_became_a_button_keeps_its_name_and_a_field_never_shares_one_with_its_label() -> None:
    link, button = element(tag="a", role="link", text="Search"), element(text="search")
    field = element(tag="input", role="searchbox", label="Search")

    assert name_of(link) == name_of(button)
    assert name_of(field) != name_of(button)
    assert name_of(element()) == ""


def test_words_of_an_id_are_found_in_every_way_to_write_it() -> None:
    assert words_of("userEmail") == words_of("user-email") == words_of("USER_EMAIL") == {"user", "email"}
