"""Dialogs: seen for what they are, and closed without deciding anything."""

from typing import Any

import pytest
from playwright.async_api import Page

from explorer.input.mouse import Mouse
from explorer.overlays.dialogs import OpenDialog, close_dialog, open_dialog
from explorer.overlays.search import note_layers
from explorer.protocols import Clock
from explorer.types import Point
from tests.explorer.conftest import Show
from tests.explorer.support.exploration import FrameClock, RealClock


@pytest.fixture
def show(show_in_shared_page: Show) -> Show:
    return show_in_shared_page


CROSS = "\u00d7"
PAGE = """<style>body { margin: 0 } .veil { position: fixed; inset: 0; background: #0008; z-index: 8 }
  .box { position: fixed; left: 340px; top: 160px; width: 600px; height: 300px; background: #fff; z-index: 9 }
  .menu { position: absolute; left: 20px; top: 120px; width: 200px; height: 200px; background: #eee }
  </style><header><nav><a href=/one>Products</a></nav></header><main><h1>A shop of things</h1>
  <p>Things that people buy, and more words than a few.</p></main><script>pressed = [];
  addEventListener("click", (e) => { if (e.target.matches("button")) pressed.push(e.target.innerText) },
    true);
  const away = () => document.querySelectorAll(".gone").forEach((n) => n.remove());
  const onEscape = () => addEventListener("keydown", (e) => { if (e.key === "Escape") away() });</script>"""
NATIVE = "<dialog id=d><h2>Add a thing</h2><form><input></form></dialog><script>d.showModal()</script>"
ROLE = f"""<div class="veil gone"></div><div class="box gone" role=dialog aria-label=Details>More of it
  <button onclick="away()" aria-label=Close>{CROSS}</button><button>Save</button></div>"""
MENU = """<button aria-expanded=true aria-haspopup=menu
    style="position:absolute;top:90px;left:20px">File</button>
  <div class="menu gone" role=menu aria-label=File><div
    role=menuitem>Open</div></div><script>onEscape()</script>"""
DROPDOWN = """<div><button aria-expanded=true style="position:absolute;top:90px;left:20px">Bell</button>
  <div class="menu gone">Alerts, three of them</div></div>
  <script>addEventListener("mousedown", (e) => { if (!e.target.closest(".menu")) away() })</script>"""
UNSAID = (
    """<div class="veil gone" onclick="away()"></div><div class="box gone"><h3>Cart</h3>Three things</div>"""
)
LIGHTBOX = """<div class="veil gone" onclick="away()"><img alt="A red chair"
    style="position:absolute;left:200px;
  top:60px;width:900px;height:600px" src="data:image/svg+xml,<svg
    xmlns='http://www.w3.org/2000/svg'/>"></div>"""
POPOVER = (
    "<div popover id=p style='width:300px;height:200px'>A hint of it</div><script>p.showPopover()</script>"
)
ALERT = """<div class="veil gone"></div><div class="box gone" role=alertdialog>It was copied.
  <button onclick="away()">OK</button></div>"""
CANCELLABLE = """<div class="veil gone"></div><div class="box gone" role=dialog><h2>New project</h2><input>
  <button>Create</button><button onclick="away()">Cancel</button></div>"""


@pytest.mark.parametrize(
    ("html", "kind", "label"),
    [
        (NATIVE, "dialog", "Add a thing"),
        (ROLE, "dialog", "Details"),
        (MENU, "menu", "File"),
        (DROPDOWN, "menu", "Alerts, three of them"),
        (UNSAID, "dialog", "Cart"),
        (LIGHTBOX, "lightbox", "A red chair"),
        (POPOVER, "dialog", "A hint of it"),
    ],
)
def test_what_is_open_is_told_and_closed(show: Show, html: str, kind: str, label: str) -> None:
    async def look(page: Page) -> Any:
        clock = RealClock()
        found = await open_dialog(page)
        closed = await close_dialog(page, clock, Mouse(page, clock, Point(640, 400)))
        return found, closed, await open_dialog(page)

    found, closed, after = show(PAGE + html, look)

    assert isinstance(found, OpenDialog)
    assert (found.kind, found.label) == (kind, label)
    assert (closed, after) == (True, None)


@pytest.mark.parametrize(("html", "pressed"), [(ALERT, ["OK"]), (CANCELLABLE, ["Cancel"]), (ROLE, [CROSS])])
@pytest.mark.parametrize("clock", [RealClock(), FrameClock()], ids=["real", "frames"])
def test_a_dialog_is_closed_by_what_decides_nothing(
    show: Show, html: str, pressed: list[str], clock: Clock
) -> None:
    async def look(page: Page) -> Any:
        mouse = Mouse(page, clock, Point(640, 700))
        return await close_dialog(page, clock, mouse), await page.evaluate("pressed"), len(mouse.trail)

    closed, noted, moved = show(PAGE + html, look)

    assert (closed, noted) == (True, pressed)
    assert moved > 5


def test_a_dialog_that_only_asks_for_a_decision_stays_open(show: Show) -> None:
    html = """<div class=veil></div><div class=box role=dialog>Delete
    it?<button>Yes</button><button>OK</button>
      </div>"""

    async def look(page: Page) -> Any:
        clock = RealClock()
        closed = await close_dialog(page, clock, Mouse(page, clock, Point(640, 700)))
        return closed, await page.evaluate("pressed")

    assert show(PAGE + html, look) == (False, [])


def test_the_panel_and_not_its_wrapper_is_what_a_viewer_sees(show: Show) -> None:
    html = """<div role=dialog style="position:fixed;inset:0;z-index:9;background:#0008">
      <div style="position:absolute;left:100px;top:50px;width:500px;height:300px">Hello</div></div>"""

    async def look(page: Page) -> Any:
        return await open_dialog(page)

    box = show(PAGE + html, look).box

    assert (box.x, box.y, box.width, box.height) == (100, 50, 500, 300)


@pytest.mark.parametrize(
    "html",
    [
        "",
        """<div role=dialog hidden>Later</div><dialog>Closed</dialog>""",
        """<nav><button aria-expanded=true>Guides</button><ul role=menu><li role=menuitem>One</ul></nav>""",
        """<aside style="position:fixed;left:0;top:0;bottom:0;width:240px;background:#eee">Side</aside>""",
        """<aside style="position:fixed;left:0;top:0;bottom:0;width:240px;background:#eee"><ul role=menu><li
        role=menuitem>One<li role=menuitem>Two</ul></aside>""",
        """<button aria-expanded=true aria-controls=side>Toggle</button><div id=side style="position:fixed;
        left:0;top:0;bottom:0;width:240px;background:#eee">Side</div>""",
        """<header style="position:fixed;left:0;right:0;top:0;height:60px;background:#eee">Top</header>""",
        """<div style="position:fixed;inset:0;background:#fff"><main><h1>An app</h1><p>All of
    it.</main></div>""",
    ],
)
def test_a_page_without_any_is_told_from_one_with(show: Show, html: str) -> None:
    async def look(page: Page) -> Any:
        return await open_dialog(page)

    assert show(PAGE + html, look) is None


def test_a_panel_that_a_click_has_opened_is_a_dialog_if_a_button_closes_it(show: Show) -> None:
    html = """<style>#panel { position: absolute; left: 200px; top: 200px; width: 400px; height: 300px }
      #panel { z-index: 5; background: #eee }</style><button onclick="panel.hidden = false">Fill</button>
      <div id=panel hidden>Change colour <input value="#ffffff"> <button>OK</button>
      <button onclick="panel.hidden = true">Cancel</button></div>"""

    async def look(page: Page) -> tuple[OpenDialog | None, OpenDialog | None, bool]:
        await note_layers(page, asked=False)
        await page.get_by_text("Fill").click()
        unasked = await open_dialog(page)
        await note_layers(page, asked=True)
        asked = await open_dialog(page)
        clock = RealClock()
        await close_dialog(page, clock, Mouse(page, clock, Point(640, 700)))
        return unasked, asked, await page.locator("#panel").is_hidden()

    unasked, asked, is_gone = show(html, look)

    assert unasked is None
    assert asked is not None
    assert (asked.kind, is_gone) == ("dialog", True)
