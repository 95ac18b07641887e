"""What fields are filled with, and which are left alone."""

from datetime import date
from typing import Any, get_args

import pytest

from explorer.forms import sample_data
from explorer.forms.values import _BY_KIND, FieldValue, choose_value, finding_word, word_of
from explorer.types import Box, Element, FieldKind

TODAY = date(2026, 11, 24)
WORDS = ("Home", "Docs", "Charts", "How charts work", "Pricing")


def field(fills: FieldKind = "text", label: str = "", **more: Any) -> Element:
    tag = "select" if fills == "select" else "input"
    given = {"selector": "#it", "tag": tag, "text": "", "role": "textbox", "href": "", "label": label}
    return Element(**{**given, "box": Box(0, 0, 200, 30), "fills": fills, **more})


def fill(*given: Any, **more: Any) -> FieldValue | None:
    return choose_value(field(*given, **more), WORDS, TODAY)


def test_there_is_an_answer_for_every_kind_of_field() -> None:
    assert set(_BY_KIND) == set(get_args(FieldKind))


@pytest.mark.parametrize(
    "more",
    [
        {"fills": "search"},
        {"label": "Search"},
        {"role": "searchbox"},
        {"field_name": "q"},
        {"field_name": "searchQuery"},
        {"placeholder": "Suche …"},
        {"placeholder": "Rechercher"},
        {"placeholder": "Buscar productos"},
        {"placeholder": "Cerca"},
        {"placeholder": "Pesquisar"},
        {"placeholder": "Zoeken"},
        {"placeholder": "Szukaj"},
        {"placeholder": "Поиск"},
        {"placeholder": "サイト内検索"},
        {"placeholder": "搜索"},
        {"label": "Search by e-mail or name"},
    ],
)
def test_a_search_is_asked_for_a_word_of_the_site(more: dict[str, Any]) -> None:
    assert fill(**more) == FieldValue("type", "charts", True)
    assert fill(**more, form_method="get") == FieldValue("type", "charts", True)
    assert fill(**more, form_method="post") == FieldValue("type", "charts", False)


def test_a_filter_is_typed_and_not_sent() -> None:
    assert fill(label="Filter projects") == FieldValue("type", "charts", False)
    assert fill(placeholder="Nach Namen filtern", form_method="post") == FieldValue("type", "charts", False)
    assert fill(placeholder="Filter by name") == FieldValue("type", "charts", False)


@pytest.mark.parametrize(
    "text", ["What needs to be done?", "Add a new task", "Neue Aufgabe", "待办", "Новая задача"]
)
def test_a_new_entry_of_a_list_is_typed_and_entered(text: str) -> None:
    assert fill(placeholder=text) == FieldValue("type", sample_data.TODOS[0], True)
    assert fill(placeholder=text, form_method="get") == FieldValue("type", sample_data.TODOS[0], False)
    assert fill(placeholder=text, form_method="post") is None


@pytest.mark.parametrize(
    "more",
    [
        {"input_type": "password"},
        {"input_type": "email"},
        {"input_type": "tel"},
        {"input_type": "file"},
        {"input_type": "hidden"},
        {"autocomplete": "cc-number"},
        {"autocomplete": "shipping street-address"},
        {"autocomplete": "one-time-code"},
        {"label": "Your name"},
        {"field_name": "firstName"},
        {"field_name": "user_email"},
        {"placeholder": "Enter your e-mail to find out more"},
        {"placeholder": "Card number"},
        {"placeholder": "Passwort"},
        {"placeholder": "Votre adresse"},
        {"placeholder": "Teléfono"},
        {"placeholder": "Имя"},
        {"placeholder": "メールアドレス"},
        {"placeholder": "验证码"},
        {"placeholder": "Promo code"},
        {"placeholder": "Leave a comment", "tag": "textarea", "form_method": "post"},
        {"placeholder": "Write a message", "tag": "div"},
        {"label": "Anything", "form_method": "post"},
        {"label": "Who knows what"},
        {"fills": ""},
        {"fills": "date", "label": "Date of birth"},
        {"fills": "number", "label": "Amount", "form_method": "post"},
        {"fills": "number", "field_name": "cvv"},
    ],
)
def test_what_is_personal_secret_or_sent_is_left_alone(more: dict[str, Any]) -> None:
    assert fill(**more) is None


@pytest.mark.parametrize(
    ("kind", "more", "value"),
    [
        ("number", {}, "3"),
        ("number", {"bounds": "0 10 1"}, "4"),
        ("number", {"bounds": "5  "}, "7"),
        ("number", {"bounds": " 1 0.5"}, "0"),
        ("range", {}, "70"),
        ("range", {"value": "70"}, "30"),
        ("range", {"bounds": "10 20 5"}, "15"),
        ("range", {"bounds": "0 1 0.1"}, "0.7"),
        ("range", {"bounds": "0 1 any"}, "0.7"),
        ("date", {}, "2026-11-15"),
        ("date", {"label": "From"}, "2026-11-06"),
        ("date", {"label": "End date"}, "2026-11-24"),
        ("date", {"bounds": "2026-11-20 2026-12-31 "}, "2026-11-21"),
        ("date", {"bounds": "2020-01-01 2025-12-31 "}, "2025-12-31"),
        ("time", {}, "14:30"),
        ("month", {}, "2026-11"),
        ("month", {"bounds": "2027-01 2027-06 "}, "2027-01"),
        ("week", {}, "2026-W46"),
        ("datetime", {}, "2026-11-15T14:30"),
        ("color", {}, sample_data.COLOUR),
    ],
)
def test_numbers_and_dates_are_plausible_and_within_bounds(
    kind: FieldKind, more: dict[str, Any], value: str
) -> None:
    assert fill(kind, **more) == FieldValue("type", value, False)


@pytest.mark.parametrize(
    ("options", "chosen"),
    [
        (("Last 7 days", "Last 30 days", "Last year"), "Last 30 days"),
        (("Newest", "Select …", "All", "Oldest"), "Oldest"),
        (("10", "25", "50", "100"), "100"),
        (("Bulk actions", "Delete", "Mark as read"), "Mark as read"),
        (("Alle", "Offen"), "Offen"),
        (("Only one",), None),
        (("English", "Deutsch", "Français"), None),
        (("Red", "—", "None"), None),
    ],
)
def test_an_option_is_chosen_that_changes_something(options: tuple[str, ...], chosen: str | None) -> None:
    assert fill("select", options=options) == (FieldValue("choose", chosen) if chosen else None)


@pytest.mark.parametrize("label", ["Language", "Currency", "Country", "Theme", "Sprache", "Idioma", "言語"])
def test_pickers_of_language_and_look_are_left_alone(label: str) -> None:
    assert fill("select", label=label, options=("A thing", "B thing", "C thing")) is None


def test_an_editor_gets_a_friendly_paragraph() -> None:
    assert fill(tag="div", label="Editor content") == FieldValue("type", sample_data.PARAGRAPH)


def test_the_word_is_one_that_says_something() -> None:
    assert (
        word_of(("Home", "The menu", "Search", "Lighting", "PRICES", "Prices of lighting", "prices"))
        == "prices"
    )
    assert word_of(("图表", "首页")) == "图表"
    assert word_of(()) == sample_data.SEARCH


def test_a_word_is_searched_for_that_finds_some_of_what_is_listed() -> None:
    rows = ("Aldersund Mora River", "Birkholm Mora River", "Castel Tiria River", "Dunmarsh Volta River")
    assert finding_word(rows) == "mora"
    assert finding_word(rows[:2]) == "", "two rows are no list"
    assert finding_word(("Same", "Same", "Same")) == ""


def test_what_a_text_holds_already_is_not_written_over() -> None:
    assert fill(tag="textarea", label="Source") == FieldValue("type", sample_data.PARAGRAPH)
    assert fill(tag="textarea", label="Source", state="filled=true") is None
    assert fill(tag="textarea", label="Search", state="filled=true") is not None
