"""Pages that only the wheel or keys turn are gone through slide by slide, on camera."""

import re

import pytest

from tests.explorer.support.exploration import Harness, Take
from tests.support.markers import first

COLOURS = ("#7a1f3d", "#1f4f7a", "#2f7a1f", "#7a5a1f")
#: Four slides below each other; `turn(n)` shows one of them.
DECK = """<style>html, body { margin: 0; height: 100%; overflow: hidden } section { height: 100vh }</style>
  <div id=deck>SLIDES</div><script>let n = 0, at = -1e9; const turn = (k) => {
  n = Math.max(0, Math.min(3, k)); deck.style.transform = `translateY(${-100 * n}vh)` }; TURNS</script>"""
BUTTON = "<button onclick='this.parentNode.style.background = `black`'>What is {}</button>"
WHEEL = """addEventListener("wheel", (e) => { if (performance.now() - at < 300) return;
  at = performance.now(); turn(n + Math.sign(e.deltaY)) })"""
FOLLOWS = """let y = 0; addEventListener("wheel", (e) => {
  y = Math.max(0, Math.min(3 * innerHeight, y + e.deltaY)); deck.style.transform = `translateY(${-y}px)` })"""
RIGHT = """document.addEventListener("keydown", (e) => { if (e.key === "ArrowRight") turn(n + 1) })"""
SPACE = """document.onkeydown = (e) => { if (e.key === " ") turn(n + 1) }"""


def deck_of(turns: str, *with_button: int) -> str:
    buttons = [BUTTON.format(n) if n in with_button else "" for n in range(len(COLOURS))]
    slides = "".join(
        f"<section style='background:{colour}'><h1>Slide {n}</h1>{buttons[n]}</section>"
        for n, colour in enumerate(COLOURS)
    )
    return DECK.replace("SLIDES", slides).replace("TURNS", turns)


def explore(harness: Harness, pages: dict[str, str], page: str, max_clicks: int = 10) -> Take:
    pages["/"] = page
    return harness.explore(harness.url, scout=True, max_clicks=max_clicks)


@pytest.mark.parametrize("turns", first(1, [WHEEL, RIGHT, SPACE]))
def test_all_slides_are_shown_and_what_they_offer_is_used(
    harness: Harness, pages: dict[str, str], turns: str
) -> None:
    take = explore(harness, pages, deck_of(turns, 2, 3))

    assert [step.label for step in take.steps] == ["What is 2", "What is 3"]
    assert take.trace.stop_reason == "nothing_left"


@pytest.mark.parametrize("turns", first(0, [FOLLOWS, WHEEL]))
def test_a_film_of_slides_alone_says_how_many_it_shows(
    harness: Harness, pages: dict[str, str], turns: str
) -> None:
    (warning,) = explore(harness, pages, deck_of(turns)).trace.warnings

    assert "slides of its start" in warning.message
    assert int(re.findall(r"(\d+) slides", warning.message)[0]) in range(4, 7)


@pytest.mark.thorough
def test_no_more_slides_are_turned_than_clicks_may_be_made(harness: Harness, pages: dict[str, str]) -> None:
    (warning,) = explore(harness, pages, deck_of(WHEEL), max_clicks=2).trace.warnings

    assert "no more than 3 slides" in warning.message


@pytest.mark.thorough
@pytest.mark.parametrize(
    "page",
    first(
        1,
        [
            # A map is enlarged by the wheel.
            "<body style='margin:0;overflow:hidden'>"
            "<canvas id=c style='width:100vw;height:100vh;cursor:grab'></canvas>"
            "<p style='position:fixed;top:0'>A map</p><script>let n = 0; c.onwheel = () =>"
            " document.body.style.background = ['red', 'gold', 'teal'][n++ % 3]</script>",
            # Who writes does not want to be turned.
            "<body style='overflow:hidden'><textarea autofocus></textarea><script>document.onkeydown = () =>"
            " document.body.style.background = 'red'</script>",
        ],
    ),
)
def test_what_is_no_slide_is_not_turned(harness: Harness, pages: dict[str, str], page: str) -> None:
    (warning,) = explore(harness, pages, page).trace.warnings

    assert "slide" not in warning.message
