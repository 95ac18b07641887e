"""What an operator says of a consent box: its button is found, and held to the rules of all answers."""

from typing import Any

import pytest
from playwright.async_api import Page

from explorer.overlays.dismissal import Dismissed, dismiss_overlays
from explorer.overlays.search import note_layers
from tests.explorer.conftest import Show
from tests.explorer.support.exploration import FrameClock

SITE = """<style>body { margin: 0 } .box { position: fixed; left: 340px; top: 160px; width: 600px;
  padding: 24px; background: #fff; z-index: 10 }</style><main><h1>A shop of things</h1>
  <p>Things that people buy, and more words than a few.</p><button>Add to cart</button></main>
  <script>pressed = []; addEventListener("click", (e) => {
    pressed.push(e.target.innerText);
    if (e.target.dataset.go !== undefined) document.querySelectorAll(".gone").forEach((n) => n.remove());
    }, true)</script>"""
#: Nothing in it is in a word list, nor a button by its markup.
ODD = """<div class="box gone">Zibul blem smarg, ot vexna lim rubo tarsis. Gromp, ot kelna subo.
  <p data-go id=no>Nelp</p><p data-go>Smarg</p></div>"""
WALL = """<div class="box gone">We use cookies. Accept, or read without tracking with a subscription.
  <button data-go>Accept all</button><button>Subscribe now for $4.99</button></div>"""


def answered(show: Show, html: str, *hints: str, asked: bool = False) -> tuple[list[Dismissed], list[str]]:
    """What dismissing finds, and what was pressed; with `asked`, a click has brought it up."""

    async def look(page: Page) -> Any:
        if asked:
            await page.evaluate("document.querySelector('.box').hidden = true")
            await note_layers(page, asked=False)
            await page.evaluate("document.querySelector('.box').hidden = false")
            await note_layers(page, asked=True)
        return await dismiss_overlays(page, FrameClock(), hints=hints), await page.evaluate("pressed")

    found, pressed = show(SITE + html, look)
    return found, pressed


def test_a_box_that_no_word_list_knows_stays_without_a_hint(show_in_shared_page: Show) -> None:
    assert answered(show_in_shared_page, ODD) == ([], [])


@pytest.mark.parametrize(
    ("hint", "html"),
    [
        ("nelp", ODD),
        ("css=#no", ODD.replace('class="box gone"', 'class="gone"')),
        (
            "css=.inner p",
            ODD.replace(">Zibul", "><span></span>Zibul")
            + """<script>const root = document.querySelector(".box span").attachShadow({mode: "open"});
            root.innerHTML = "<div class=inner><p>Nelp</p></div>";
            root.querySelector("p").onclick = () => document.querySelector(".box").remove();</script>""",
        ),
        ("css=:::", ODD.replace("Nelp", "Reject all cookies").replace("<p", "<button")),
    ],
    ids=["words", "selector, in the page", "selector, in a shadow root", "a selector that is none"],
)
def test_a_hint_finds_the_button(show_in_shared_page: Show, hint: str, html: str) -> None:
    (found,), _ = answered(show_in_shared_page, html, hint)

    assert found.kind == "consent"
    assert found.how == ("reject" if hint == "css=:::" else "hint")


@pytest.mark.parametrize(
    ("hint", "html"),
    [
        ("css=#no", ODD.replace("Nelp", "Delete account")),
        ("css=#no", ODD.replace("<p data-go id=no>Nelp</p>", "<a href=/away id=no>Nelp</a>")),
        (
            "Nelp",
            ODD.replace(
                "<p data-go id=no>Nelp</p>", "<form method=post action=/x><button id=no>Nelp</button></form>"
            ),
        ),
        ("Accept all", WALL),
        ("Nelp", ODD.replace("Zibul", "<input type=password>")),
    ],
    ids=["what deletes", "a link away", "what writes", "pay or accept", "a sign-in"],
)
def test_a_hint_leads_to_nothing_that_no_answer_may_do(
    show_in_shared_page: Show, hint: str, html: str
) -> None:
    assert answered(show_in_shared_page, html, hint) == ([], [])


def test_a_hint_closes_nothing_that_a_click_of_the_film_has_opened(show_in_shared_page: Show) -> None:
    assert answered(show_in_shared_page, ODD, "Nelp", asked=True) == ([], [])
