"""When a page counts as settled, on pages of the test site, whose server answers as slowly as told."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from playwright.async_api import Page

from explorer.errors import PageUnresponsive
from explorer.page.settle import CAP_MS, Settler
from tests.explorer.conftest import Show
from tests.explorer.support.clocks import RealClock
from tests.site.server import SiteServer

Settled = Callable[[str, Callable[[Page, Settler, RealClock], Awaitable[Any]]], Any]


@pytest.fixture(scope="module")
def site() -> Iterator[SiteServer]:
    with SiteServer() as server:
        yield server


@pytest.fixture
def settled(show: Show, site: SiteServer) -> Settled:
    """`settled(path, look)` opens a page of the site with a settler installed, and lets `look` see both."""

    def run(path: str, look: Callable[[Page, Settler, RealClock], Awaitable[Any]]) -> Any:
        async def opened(page: Page) -> Any:
            clock = RealClock()
            settler = Settler(page, clock, evaluate_timeout_s=5.0)
            await settler.install()
            await page.goto(site.url + path, wait_until="commit")
            return await look(page, settler, clock)

        return show("", opened)

    return run


@pytest.mark.parametrize("path", ["lab/dead.html", "index.html", "lab/polling.html"])
def test_a_page_that_rests_is_not_waited_for_up_to_the_cap(settled: Settled, path: str) -> None:
    async def look(page: Page, settler: Settler, clock: RealClock) -> tuple[bool, float]:
        return await settler.settle(), clock.now_ms()

    quiet, took_ms = settled(path, look)

    assert quiet
    assert took_ms < CAP_MS


def test_late_content_is_waited_for(settled: Settled) -> None:
    async def look(page: Page, settler: Settler, clock: RealClock) -> tuple[bool, str]:
        return await settler.settle(), await page.inner_text("body")

    quiet, text = settled("lab/slow.html", look)

    assert quiet
    assert "The content is here" in text


def test_every_answer_to_a_click_is_waited_for_though_all_come_from_one_address(settled: Settled) -> None:
    ask = "n => void fetch('/api/slow?ms=500').then(() => { document.title = `answer ${n}` })"

    async def look(page: Page, settler: Settler, clock: RealClock) -> list[str]:
        await settler.settle()
        titles = []
        for n in range(3):
            await page.evaluate(ask, n)
            await settler.settle()
            titles.append(await page.title())
        return titles

    assert settled("lab/dead.html", look) == ["answer 0", "answer 1", "answer 2"]


def test_a_new_page_is_waited_for_however_slowly_it_comes(settled: Settled) -> None:
    async def look(page: Page, settler: Settler, clock: RealClock) -> str:
        await settler.settle()
        await page.evaluate("void setTimeout(() => { location.href = '/api/slow?ms=2600' }, 50)")
        await settler.settle()
        return page.url

    assert "/api/slow" in settled("lab/dead.html", look)


def test_an_answer_that_never_comes_is_not_waited_for(settled: Settled) -> None:
    async def look(page: Page, settler: Settler, clock: RealClock) -> bool:
        await page.evaluate("void fetch('/api/slow?ms=30000')")
        return await settler.settle()

    assert settled("lab/dead.html", look)


@pytest.mark.parametrize("unrest", ["text", "picture"])
def test_what_never_rests_costs_the_cap_once(settled: Settled, unrest: str) -> None:
    async def look(page: Page, settler: Settler, clock: RealClock) -> list[bool]:
        if unrest == "text":
            await page.evaluate("void setInterval(() => document.body.append('.'), 30)")
        else:
            clock.still = 0.0
        return [await settler.settle(700) for _ in range(3)]

    assert settled("lab/dead.html", look) == [False, True, True]


def test_what_has_come_to_rest_is_waited_for_again(settled: Settled) -> None:
    async def look(page: Page, settler: Settler, clock: RealClock) -> list[bool]:
        found = []
        for still in (0.0, 60_000.0, 0.0):
            clock.still = still
            found.append(await settler.settle(700))
        return found

    assert settled("lab/dead.html", look) == [False, True, False]


def test_a_page_that_navigates_while_it_settles_is_settled_on_the_new_one(settled: Settled) -> None:
    async def look(page: Page, settler: Settler, clock: RealClock) -> tuple[bool, str]:
        await page.evaluate("void setTimeout(() => { location.href = '/about.html' }, 100)")
        return await settler.settle(), await page.title()

    quiet, title = settled("lab/dead.html", look)

    assert quiet
    assert "About" in title


@pytest.mark.thorough
def test_a_page_that_spins_is_unresponsive(settled: Settled) -> None:
    async def look(page: Page, settler: Settler, clock: RealClock) -> bool:
        await settler.settle()
        await page.evaluate(
            "void setTimeout(() => { for (const t = Date.now(); Date.now() < t + 9000;); }, 50)"
        )
        with pytest.raises(PageUnresponsive):
            await settler.settle()
        return True

    assert settled("lab/dead.html", look)
