"""The guide: shows a page around and brings the pointer to what will be clicked."""

from typing import Any

import pytest
from playwright.async_api import Page

from explorer.deadlines import DeadlineReached, Deadlines
from explorer.input.mouse import Mouse
from explorer.input.scrolling import Scroller
from explorer.types import Point
from tests.explorer.conftest import Show
from tests.explorer.support.clocks import HastyClock

TALL = "<style>body { margin: 0 } button { display: block; margin: 3000px 0 900px }</style>"


def scroller(page: Page, limit_s: float = 60) -> tuple[Scroller, Mouse]:
    clock = HastyClock()
    mouse, deadlines = Mouse(page, clock, Point(640, 400)), Deadlines(clock, limit_s)
    deadlines.may_wrap_up = True
    return Scroller(page, mouse, clock, deadlines, 720), mouse


async def reach(guided: Scroller) -> Point | None:
    await guided.show("button")
    return await guided.point_at("button")


@pytest.mark.thorough
@pytest.mark.parametrize(("height_px", "gone_px"), [(3000, 1080), (1000, 280), (760, 0), (100, 0)])
def test_a_tour_goes_down_the_page_by_so_many_screens(show: Show, height_px: int, gone_px: int) -> None:
    async def look(page: Page) -> Any:
        await scroller(page)[0].tour(2)
        return await page.evaluate("scrollY")

    scrolled_px = show(f"<style>body {{ margin: 0; height: {height_px}px }}</style>", look)

    assert scrolled_px == gone_px


@pytest.mark.thorough
def test_what_is_far_below_is_scrolled_to_and_pointed_at(show: Show) -> None:
    async def look(page: Page) -> Any:
        guided, mouse = scroller(page)
        point = await reach(guided)
        hovered = await page.evaluate("document.querySelector('button').matches(':hover')")
        return point, mouse.trail[-1], hovered

    point, last, hovered = show(TALL + "<button>It</button>", look)

    assert (last.x, last.y) == (point.x, point.y)
    assert 0 < point.y < 720
    assert hovered


@pytest.mark.parametrize(
    "html", ["<p>None", "<button hidden>It</button>", "<button disabled>It</button>", "<button>A<button>B"]
)
def test_what_cannot_be_clicked_is_not_reached(show: Show, html: str) -> None:
    async def look(page: Page) -> Any:
        return await reach(scroller(page)[0])

    assert show(html, look) is None


def test_what_moves_away_under_the_pointer_is_followed(show: Show) -> None:
    html = "<style>button { position: absolute; left: 20px; top: 20px }</style>"
    html += "<button onmouseover='this.style.left = \"400px\"'>It</button>"

    async def look(page: Page) -> Any:
        guided, mouse = scroller(page)
        return await reach(guided), mouse.trail[-1]

    point, last = show(html, look)

    assert point.x > 400
    assert (last.x, last.y) == (point.x, point.y)


def test_what_is_covered_as_soon_as_it_is_hovered_is_not_clicked(show: Show) -> None:
    html = "<button onmouseover='cover.hidden = false'>It</button>"
    html += "<div id=cover hidden style='position: fixed; inset: 0; background: #fff'></div>"

    async def look(page: Page) -> Any:
        return await reach(scroller(page)[0])

    assert show(html, look) is None


@pytest.mark.thorough
def test_a_page_that_spins_when_it_is_touched_does_not_hold_the_guide(show: Show) -> None:
    async def look(page: Page) -> Any:
        with pytest.raises(DeadlineReached):
            await reach(scroller(page, limit_s=2.5)[0])
        return True

    assert show("<button onmouseover='for (const t = Date.now(); Date.now() < t + 4000;);'>It</button>", look)


def test_a_tour_may_end_where_it_began(show: Show) -> None:
    async def look(page: Page) -> Any:
        guided, mouse = scroller(page)
        await guided.tour(2, and_back=True)
        return await page.evaluate("scrollY"), [scroll.dy for scroll in mouse.scrolls]

    assert show("<style>body { margin: 0; height: 3000px }</style>", look) == (0, [540, 540, -1080])
