"""The typist: what a page gets from fields that are filled on camera."""

from dataclasses import replace
from typing import Any, get_args

import pytest
from playwright.async_api import Page

from explorer.forms.values import FieldValue
from explorer.input.form_filler import KEY_INTERVALS_MS, FormFiller
from explorer.input.mouse import Mouse
from explorer.protocols import Clock
from explorer.types import Box, Element, FieldKind, Point
from tests.explorer.conftest import Show
from tests.explorer.support.exploration import FrameClock, RealClock
from tests.support.markers import thorough

PAGE = """<style>body { margin: 0 } #it { position: absolute; left: 100px; top: 100px; width: 300px;
    height: 30px }
  </style><script>heard = []; sent = [];
  for (const name of ["input", "change", "keydown"]) addEventListener(name, (e) => heard.push(name));
  addEventListener("submit", (e) => { e.preventDefault(); sent.push(new FormData(e.target).get("q")) });
  </script>"""


def field(fills: FieldKind, tag: str = "input", value: str = "") -> Element:
    return Element("#it", tag, "", "textbox", "", "", Box(100, 100, 300, 30), fills=fills, value=value)


def filled(show: Show, html: str, element: Element, filling: FieldValue, clock: Clock | None = None) -> Any:
    async def look(page: Page) -> Any:
        time = clock or RealClock()
        mouse = Mouse(page, time, Point(600, 500))
        began_ms = time.now_ms()
        await FormFiller(page, time, mouse).fill(element, filling, Point(250, 115))
        value = await page.evaluate("it.value ?? it.innerText")
        heard, sent = await page.evaluate("[heard, sent]")
        return value, heard, sent, time.now_ms() - began_ms, len(mouse.trail)

    return show(PAGE + html, look)


def test_every_kind_of_field_has_a_way_to_be_filled(show: Show) -> None:
    async def look(page: Page) -> set[str]:
        clock = RealClock()
        return set(FormFiller(page, clock, Mouse(page, clock, Point(0, 0)))._handlers)

    assert show(PAGE, look) == set(get_args(FieldKind))


@pytest.mark.parametrize("clock", [RealClock(), FrameClock()], ids=["real", "frames"])
def test_a_search_is_typed_key_by_key_and_sent(show: Show, clock: Clock) -> None:
    html = "<form><input id=it name=q></form>"

    value, heard, sent, took_ms, moves = filled(
        show, html, field("search"), FieldValue("type", "charts", True), clock
    )

    assert (value, sent) == ("charts", ["charts"])
    assert heard.count("input") == 6
    assert took_ms > 6 * min(KEY_INTERVALS_MS)
    assert moves > 5


@pytest.mark.thorough
def test_what_a_search_held_before_is_replaced_and_an_editor_keeps_its_own(show: Show) -> None:
    old = field("search", value="old")
    editor = field("text", "div")

    assert filled(show, "<input id=it value=old>", old, FieldValue("type", "new"))[0] == "new"
    assert "kept" in filled(show, "<div id=it contenteditable>kept", editor, FieldValue("type", "Hello"))[0]
    assert (
        "Hello" in filled(show, "<div id=it contenteditable></div>", editor, FieldValue("type", "Hello"))[0]
    )


def test_nothing_is_sent_unless_told(show: Show) -> None:
    html = "<form><input id=it name=q></form>"

    assert filled(show, html, field("text"), FieldValue("type", "charts", False))[2] == []


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("date", "2026-11-15"),
        thorough("time", "14:30"),
        thorough("month", "2026-11"),
        thorough("week", "2026-W46"),
        ("datetime", "2026-11-15T14:30"),
        ("color", "#2a9d8f"),
        thorough("number", "4"),
    ],
)
def test_values_of_every_kind_arrive_and_are_heard_of(show: Show, kind: FieldKind, value: str) -> None:
    html = f"<input id=it type={'datetime-local' if kind == 'datetime' else kind}>"

    found, heard, *_ = filled(show, html, field(kind), FieldValue("type", value))

    assert found == value
    assert "input" in heard


@pytest.mark.parametrize("clock", [RealClock(), FrameClock()], ids=["real", "frames"])
def test_a_slider_is_dragged(show: Show, clock: Clock) -> None:
    html = "<input id=it type=range min=0 max=100 step=10 value=20 style='margin:0'>"

    value, heard, _, _, moves = filled(show, html, field("range"), FieldValue("type", "70"), clock)

    assert value == "70"
    assert heard.count("input") > 1
    assert moves > 10


def test_a_slider_that_cannot_be_dragged_is_set(show: Show) -> None:
    html = """<input id=it type=range value=20 style="width:30px;height:300px;writing-mode:vertical-lr">"""

    assert filled(show, html, field("range"), FieldValue("type", "70"))[0] == "70"


def test_an_option_is_chosen_and_heard_of(show: Show) -> None:
    html = "<select id=it><option value=a>Last week<option value=b>Last year</select>"

    value, heard, *_ = filled(show, html, field("select", "select"), FieldValue("choose", "Last year"))

    assert value == "b"
    assert {"input", "change"} <= set(heard)


@pytest.mark.parametrize(
    "html",
    [
        "<div id=it>Not a field</div>",
        "<input id=it onclick='secret.focus()'><input id=secret type=password>",
        "<input id=it disabled>",
    ],
)
def test_keys_go_into_no_other_place_than_a_field_for_text(show: Show, html: str) -> None:
    async def look(page: Page) -> Any:
        clock = RealClock()
        form_filler = FormFiller(page, clock, Mouse(page, clock, Point(600, 500)))
        await form_filler.fill(
            replace(field("text"), value=""), FieldValue("type", "abc", True), Point(250, 115)
        )
        return await page.evaluate("[heard, sent]")

    assert show(PAGE + html, look) == [[], []]
