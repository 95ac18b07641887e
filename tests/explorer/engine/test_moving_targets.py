"""Targets that move are hit, or nothing is claimed; what enters a page late is waited for."""

import pytest
from playwright.async_api import Page

from explorer.page.discovery import Press, aim_at, end_aim, find_click_point
from tests.explorer.support.clocks import RealClock
from tests.explorer.support.discovery_browser import DiscoveryBrowser
from tests.explorer.support.exploration import Harness
from tests.support.markers import first

#: What is clicked says so.
HIT = "onclick='document.body.append(`Here it is`)'"
FLOATS = f"""<style>@keyframes float {{ 50% {{ transform: translate(700px, 200px) }} }}
  button {{ animation: float 4s linear infinite; font-size: 20px }}</style><button {HIT}>Catch me</button>"""
#: It is somewhere else whenever `moves` was called, and something else lies where it was.
FLEES = """<button id=b style='position:fixed;left:100px;top:100px;width:90px;height:40px'>Catch me</button>
  <div id=d style='position:fixed;inset:0;z-index:-1'></div>
  <script>hits = []; d.onpointerdown = d.onclick = () => hits.push("page");
  moves = () => b.style.left = b.style.left === "100px" ? "700px" : "100px";
  b.onclick = () => { hits.push("button"); document.body.append("Caught") }</script>"""
ENTERS = [
    "<style>@keyframes up { from { opacity: 0; transform: translateY(90px) } }"
    f" button {{ animation: up 1s 1.4s both }}</style><button {HIT}>Come in</button>",
    f"<button style='opacity:0' {HIT}>Come in</button><script>const b = document.querySelector('button');"
    "setTimeout(() => { const fade = () => { b.style.opacity = Number(b.style.opacity) + 0.04;"
    " if (b.style.opacity < 1) requestAnimationFrame(fade) }; fade() }, 900)</script>",
]


@pytest.mark.thorough
def test_a_target_that_never_stands_still_is_hit(harness: Harness, pages: dict[str, str]) -> None:
    pages["/"] = FLOATS

    (step, *_) = harness.explore(harness.url, clock=RealClock(0), max_clicks=1).steps

    assert (step.label, step.outcome) == ("Catch me", "scene")


def test_a_press_that_misses_its_target_reaches_nothing_else(browser: DiscoveryBrowser) -> None:
    async def look(page: Page) -> tuple[Press, Press, list[str]]:
        await aim_at(page, "#b")
        await page.evaluate("moves()")
        await page.mouse.click(145, 120)
        missed = await end_aim(page, "#b")
        await aim_at(page, "#b")
        point = await find_click_point(page, "#b")
        assert point is not None
        await page.mouse.click(point.x, point.y)
        return missed, await end_aim(page, "#b"), await page.evaluate("hits")

    assert browser.show(FLEES, look) == ("missed", "reached", ["button"])


@pytest.mark.thorough
def test_a_target_that_is_never_reached_is_not_claimed(harness: Harness, pages: dict[str, str]) -> None:
    pages["/"] = FLEES + "<script>setInterval(moves, 25)</script>"

    take = harness.explore(harness.url, max_clicks=2)

    assert all(step.outcome != "nothing" for step in take.steps)


@pytest.mark.thorough
@pytest.mark.parametrize("page", first(1, ENTERS))
def test_what_enters_late_is_clicked(harness: Harness, pages: dict[str, str], page: str) -> None:
    pages["/"] = page

    take = harness.explore(harness.url, clock=RealClock(0), max_clicks=1)

    assert [step.label for step in take.steps] == ["Come in"]
