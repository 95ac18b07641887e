"""What the keyword planner makes of the clicks before: what they have revealed, and parts of a menu."""

import pytest

from explorer.planning.base_scores import closes_dialog
from explorer.types import ExpectedOutcome
from tests.explorer.planning.test_keyword_planner import element, link, order, plans, tab


def test_what_the_click_before_has_revealed_is_used_before_its_siblings() -> None:
    other, inner = tab("Other"), element("Details", landmark="main")
    assert order(other, inner, clicks_here=2) == ["Other", "Details"]
    assert order(other, inner, clicks_here=2, revealed={"Details"}) != ["Details", "Other"], (
        "known by its key"
    )
    assert order(other, inner, clicks_here=2, revealed={inner.key}) == ["Details", "Other"]


def test_what_was_revealed_but_shows_nothing_new_is_not_preferred() -> None:
    other, inner = tab("Other"), element("Details", landmark="main")
    known = {inner.key: ExpectedOutcome("scene", 0.5)}
    found = order(other, inner, clicks_here=2, revealed={inner.key}, expected_outcomes=known)
    assert found == ["Other", "Details"]


def test_an_entry_that_has_just_come_is_ticked_off_before_the_list_is_filtered() -> None:
    tick, route = element("Toggle", role="checkbox"), link("Active", "#/active", route=True)
    assert order(route, tick, clicks_here=1) == ["Active", "Toggle"]
    assert order(route, tick, clicks_here=1, revealed={tick.key}) == ["Toggle", "Active"]


def test_each_part_of_a_menu_gets_its_turn() -> None:
    charts = [link(f"chart{n}", f"chart{n}", "nav", group="charts") for n in range(2)]
    tables, forms = link("tables", "tables", "nav", group="tables"), link("forms", "forms", "nav", group="f")
    counts = {"charts": 2, "tables": 1}
    assert order(*charts, tables, forms, row_counts=counts) == ["forms", "tables", "chart0", "chart1"]
    assert order(*charts, tables, row_counts=counts)[0] == "chart0", "a menu of two parts keeps its order"


@pytest.mark.parametrize(("shown", "first"), [(0, "orders"), (3, "orders"), (4, "home")])
def test_the_part_of_the_menu_that_the_film_began_in_comes_first(shown: int, first: str) -> None:
    home, orders = link("home", "home", "nav", group="a"), link("orders", "orders", "nav", group="shop")
    found = order(home, orders, start_group="shop", row_counts={"shop": shown})
    assert found[0] == first


@pytest.mark.parametrize("name", ["Fill color", "OK", "Undo", "Cancel (Esc)"])
def test_palettes_and_what_ends_a_change_come_after_the_parts_of_an_app(name: str) -> None:
    assert order(element(name), element("Layers")) == ["Layers", name]


def test_a_dialog_is_not_carried_out_by_the_button_that_is_called_as_what_opened_it() -> None:
    inside = [element(name, landmark="dialog") for name in ("Add server", "Advanced")]
    assert order(*inside, history=("Menu", "Add server"))[0] == "Advanced"


def test_the_list_that_a_film_begins_on_is_sorted_before_one_of_it_is_opened() -> None:
    sort, unit = (element(name, fills="select", role="combobox") for name in ("Sort orders", "Unit"))
    lamp = link("Lamp", "lamp", "main")
    assert order(lamp, unit, sort, is_deep_start=True) == ["Sort orders", "Lamp", "Unit"]


def test_the_next_month_of_a_calendar_is_a_button_though_it_is_marked_up_as_a_link() -> None:
    arrow, bare = (element(name, tag="a", role="link", landmark="main") for name in ("Next", "Other"))
    assert order(bare, arrow, clicks_here=1) == ["Next", "Other"]


def test_a_colour_is_chosen_after_other_fields() -> None:
    colour, number = element("Tint", fills="color"), element("Size", fills="number")
    assert order(colour, number) == ["Size", "Tint"]


def test_of_a_few_tabs_one_is_shown_before_other_things() -> None:
    second, other = tab("Second", group="few a"), tab("Other", group="few b")
    assert order(second, other, clicks_here=2) == ["Second", "Other"]
    assert order(second, other, clicks_here=2, row_counts={"few a": 1}) == ["Other", "Second"]


def test_settings_in_a_dialog_come_after_what_it_shows() -> None:
    size, fonts = element("Size", landmark="dialog", role="checkbox"), tab("Fonts", landmark="dialog")
    found = plans(size, fonts)
    assert [plan.selector for plan in found] == ["#Fonts", "#Size"]
    assert found[1].priority < 60, "then the dialog is closed"


def test_what_is_called_as_a_part_of_an_app_counts_though_it_changes_little_of_the_picture() -> None:
    part, other = element("Layers"), element("Lorem")
    known = {one.key: ExpectedOutcome("scene", 0.4) for one in (part, other)}
    assert order(other, part, element("Unknown"), expected_outcomes=known)[0] == "Layers"


def test_a_cross_without_a_name_closes_its_dialog() -> None:
    cross = element("", selector="#cross", landmark="dialog", hint="Close modal")
    assert closes_dialog(cross)
    assert not closes_dialog(element("Closing prices", landmark="dialog"))
