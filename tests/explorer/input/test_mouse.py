"""The visitor's hand: its path is computed outside real time, its clicks and scrolls are real."""

import math
from itertools import pairwise

import pytest
from playwright.async_api import Page

from explorer.input.mouse import FRAME_MS, Mouse, curve, ease
from explorer.trace import Sample
from explorer.types import Point
from tests.explorer.conftest import Show
from tests.explorer.support.clocks import FrameClock, RealClock
from tests.support.markers import first

TALL = "<style>body { margin: 0; height: 2000px }</style>"
#: An app shell: the page itself is as high as the window, and a box in it scrolls.
SHELL = """<style>body { margin: 0; overflow: OVERFLOW } #tall { height: 2000px }
  main { height: 100vh; overflow: auto }</style><main><div id=tall>Long</div></main>"""


@pytest.mark.thorough
@pytest.mark.parametrize("end", [Point(900, 700), Point(100, 50), Point(100.5, 400), Point(640, 52)])
def test_a_movement_starts_and_ends_exactly_and_never_jumps(show: Show, end: Point) -> None:
    start = Point(100, 50.5)

    async def look(page: Page) -> list[Sample]:
        mouse = Mouse(page, FrameClock(), start)
        await mouse.place_at_start()
        await mouse.move_to(end)
        return mouse.trail

    trail = show("<p>Page", look)

    assert (trail[0].x, trail[0].y) == (start.x, start.y)
    assert math.dist((trail[-1].x, trail[-1].y), (end.x, end.y)) < 1
    distance = math.dist((start.x, start.y), (end.x, end.y))
    # Smootherstep is fastest in its middle, at 15/8 of the mean; the bow adds a little length.
    longest = 1.05 * 15 / 8 * distance * FRAME_MS / max(1, trail[-1].at_ms - trail[0].at_ms)
    for one, next_one in pairwise(trail):
        assert math.dist((one.x, one.y), (next_one.x, next_one.y)) <= longest
        assert one.at_ms <= next_one.at_ms


def test_the_page_feels_the_pointer_where_the_trail_says(show: Show) -> None:
    html = "<script>seen = []; addEventListener('mousemove', e => seen.push([e.clientX, e.clientY]))</script>"

    async def look(page: Page) -> tuple[list[Sample], list[list[float]]]:
        mouse = Mouse(page, FrameClock(), Point(10, 10))
        await mouse.move_to(Point(300, 200))
        return mouse.trail, await page.evaluate("seen")

    trail, seen = show(html, look)

    assert seen[-1] == [300, 200]
    assert (trail[-1].x, trail[-1].y) == (300, 200)


def test_a_curve_is_bowed_between_its_ends() -> None:
    start, end = Point(0, 0), Point(100, 0)

    assert (curve(start, end, 0), curve(start, end, 1)) == (start, end)
    assert 0 < curve(start, end, 0.5).y < 10


def test_easing_rests_at_both_ends() -> None:
    assert (ease(0), ease(0.5), ease(1)) == (0, 0.5, 1)
    assert ease(0.01) < 0.0001
    assert ease(0.99) > 0.9999


def test_a_click_lands_where_the_pointer_is_and_tells_when(show: Show) -> None:
    html = "<script>seen = []; addEventListener('click', e => seen.push([e.clientX, e.clientY]))</script>"

    async def look(page: Page) -> tuple[float, float, float, list[list[float]]]:
        clock = RealClock()
        mouse = Mouse(page, clock, Point(50, 60))
        await mouse.place_at_start()
        before = clock.now_ms()
        pressed = await mouse.click()
        return before, pressed, clock.now_ms(), await page.evaluate("seen")

    before, pressed, after, seen = show(html, look)

    assert before <= pressed < after
    assert seen == [[50, 60]]


@pytest.mark.thorough
@pytest.mark.parametrize(
    "html",
    first(2, [TALL, SHELL.replace("OVERFLOW", "visible"), SHELL.replace("OVERFLOW", "hidden")]),
    ids=["page", "box", "box in a locked page"],
)
def test_scrolling_goes_as_far_as_asked_and_stops_at_the_ends(show: Show, html: str) -> None:
    async def look(page: Page) -> list[float]:
        mouse = Mouse(page, RealClock(), Point(0, 0))
        told = [await mouse.scrollable_below()]
        for distance in (300, 5000, 10, -5000):
            told.append(await mouse.scroll_by(distance))
        told.append(await mouse.scrollable_below())
        return told

    assert show(html, look) == [1280, 300, 980, 0, -1280, 1280]


def test_of_nested_boxes_the_largest_is_scrolled(show: Show) -> None:
    html = """<style>body { margin: 0 } main { height: 100vh; overflow: auto } section { height: 2000px }
      aside { height: 400px; width: 800px; overflow: auto } p { height: 900px }</style>
      <main><section><aside><p>Inner</aside></section></main>"""

    async def look(page: Page) -> list[float]:
        await Mouse(page, RealClock(), Point(0, 0)).scroll_by(200)
        return [await page.evaluate(f"document.querySelector('{e}').scrollTop") for e in ("main", "aside")]

    assert show(html, look) == [200, 0]


@pytest.mark.parametrize(
    "html",
    [
        "<p>Short",
        "<style>body { overflow: hidden } p { height: 2000px }</style><p>Locked",
        "<style>div { width: 90px; height: 90px; overflow: auto } p { height: 900px }</style><div><p>Small",
    ],
    ids=["short", "locked", "only a small box"],
)
def test_what_a_visitor_would_not_scroll_stays(show: Show, html: str) -> None:
    async def look(page: Page) -> list[float]:
        mouse = Mouse(page, RealClock(), Point(0, 0))
        return [await mouse.scrollable_below(), await mouse.scroll_by(300), await page.evaluate("scrollY")]

    assert show(html, look) == [0, 0, 0]


def test_scrolling_is_smooth_even_where_the_site_has_its_own_idea_of_that(show: Show) -> None:
    html = TALL + "<style>html { scroll-behavior: smooth }</style><script>seen = [];"
    html += "addEventListener('scroll', () => seen.push(scrollY))</script>"

    async def look(page: Page) -> list[float]:
        await Mouse(page, RealClock(), Point(0, 0)).scroll_by(400)
        seen: list[float] = await page.evaluate("new Promise(d => requestAnimationFrame(() => d(seen)))")
        return seen

    seen = show(html, look)

    assert len(seen) > 3
    assert seen == sorted(seen)
    assert seen[-1] == 400


def test_a_page_that_snaps_is_scrolled_without_jumps_to_where_it_rests(show: Show) -> None:
    html = """<style>html { scroll-snap-type: y mandatory } body { margin: 0 }
      section { height: 100vh; scroll-snap-align: start }</style><section>1</section><section>2</section>
      <section>3</section><script>seen = []; addEventListener("scroll", () => seen.push(scrollY))</script>"""

    async def look(page: Page) -> tuple[float, list[float], str]:
        scrolled_px = await Mouse(page, RealClock(), Point(0, 0)).scroll_by(540)
        frames = "new Promise(d => requestAnimationFrame(() => requestAnimationFrame(() => d(seen))))"
        seen: list[float] = await page.evaluate(frames)
        return (
            scrolled_px,
            seen,
            await page.evaluate("getComputedStyle(document.documentElement).scrollSnapType"),
        )

    scrolled_px, seen, snapping = show(html, look)

    assert (scrolled_px, seen[-1], snapping) == (720, 720, "y mandatory")
    assert seen == sorted(seen)
    assert len([y for y in seen if 0 < y < 720]) > 2
