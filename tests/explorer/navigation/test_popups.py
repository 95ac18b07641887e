"""Popups and new tabs."""

from typing import Any

import pytest
from playwright.async_api import Page

from explorer.navigation.popups import OPEN_IN_PLACE, Popups
from tests.explorer.conftest import Show
from tests.site.server import SiteServer


async def open_one(page: Page, url: str) -> None:
    """Returns when the popup has been seen, however soon it is closed."""
    async with page.context.expect_event("page"):
        await page.evaluate("url => void window.open(url)", url)


def test_a_popup_is_closed_and_its_address_told_once(show: Show) -> None:
    async def look(page: Page) -> Any:
        popups = Popups(page)
        await open_one(page, "/wanted")
        return await popups.take(), await popups.take(), len(page.context.pages)

    wanted, again, pages = show("<p>Page", look)

    assert wanted.endswith("/wanted")
    assert (again, pages) == (None, 1)


@pytest.mark.thorough
def test_of_many_popups_none_stays_open(show: Show) -> None:
    async def look(page: Page) -> Any:
        popups = Popups(page)
        seen: list[Page] = []
        page.context.on("page", lambda popup: seen.append(popup))
        await page.evaluate("for (let i = 0; i < 5; i++) window.open('/' + i)")
        while len(seen) < 5:
            await page.wait_for_timeout(5)
        return await popups.take(), [popup.is_closed() for popup in seen]

    wanted, closed = show("<p>Page", look)

    assert wanted[-1] in "01234"
    assert closed == [True] * 5


def test_a_popup_that_cannot_load_tells_what_it_wanted(show: Show) -> None:
    async def look(page: Page) -> Any:
        popups = Popups(page)
        await open_one(page, "http://no-such-name.invalid/")
        return await popups.take()

    assert show("<p>Page", look) == "http://no-such-name.invalid/"


def test_what_a_popup_asks_for_is_known_before_it_gets_an_answer(show: Show, site: SiteServer) -> None:
    async def look(page: Page) -> Any:
        popups = Popups(page)
        async with page.context.expect_event("request"):
            await page.evaluate("url => void window.open(url)", f"{site.url}lab/hang")
        return await popups.take()

    assert show("<p>Page", look) == f"{site.url}lab/hang"


def test_an_empty_popup_wanted_nothing(show: Show) -> None:
    async def look(page: Page) -> Any:
        popups = Popups(page)
        await open_one(page, "about:blank")
        return await popups.take(), len(page.context.pages)

    assert show("<p>Page", look) == (None, 1)


@pytest.mark.parametrize(
    "html",
    [
        "<a id=it target=_blank href=/next>It</a>",
        "<form target=_blank action=/next><button id=it>It</button></form>",
        "<form action=/next><button id=it formtarget=_blank>It</button></form>",
    ],
)
def test_a_new_tab_can_be_made_to_open_in_place(show: Show, html: str) -> None:
    async def look(page: Page) -> Any:
        await page.locator("#it").evaluate(OPEN_IN_PLACE)
        await page.click("#it")
        await page.wait_for_url("**/next*")
        return len(page.context.pages)

    assert show(html, look) == 1
