"""The lab's pages stand in the way, move, hide and lead away as they are meant to."""

import pytest
from playwright.async_api import Page

from tests.site.conftest import Visit

#: The tests that use these pages show most of it.
pytestmark = pytest.mark.thorough


@pytest.mark.parametrize("path", ["lab/consent/", "lab/consent/shadow.html"])
def test_the_consent_banner_covers_everything_until_it_is_answered_once(visit: Visit, path: str) -> None:
    async def look(page: Page) -> tuple[bool, int, int]:
        spot = "document.elementFromPoint(640, 30).closest('header') !== null"
        free = bool(await page.evaluate(spot))
        await page.click("text=Reject all")
        after = await page.locator(".shade").count()
        await page.click("text=Rooms")
        await page.wait_for_load_state()
        return free, after, await page.locator(".shade").count()

    assert visit(path, look) == (False, 0, 0)


def test_settings_of_the_banner_unfold(visit: Visit) -> None:
    async def look(page: Page) -> bool:
        await page.click("text=Settings")
        return await page.is_visible("text=Statistics")

    assert visit("lab/consent/shadow.html", look)


def test_the_feed_grows_as_it_is_scrolled(visit: Visit) -> None:
    async def look(page: Page) -> bool:
        before = await page.locator(".post").count()
        await page.mouse.move(640, 400)
        await page.mouse.wheel(0, 4000)
        await page.wait_for_function(f"document.querySelectorAll('.post').length > {before}")
        await page.locator(".post").first.click()
        return await page.is_visible("[role=dialog]")

    assert visit("lab/feed/", look)


def test_the_framed_app_is_of_another_origin(visit: Visit) -> None:
    async def look(page: Page) -> tuple[bool, str]:
        frame = page.frame_locator("iframe")
        await frame.locator("text=Timeline").click()
        title = await frame.locator("h1").inner_text()
        return bool(await page.evaluate("document.querySelector('iframe').contentDocument === null")), title

    assert visit("lab/framed/", look) == (True, "Timeline")


def test_the_closed_root_is_closed_and_clicks_reach_into_it(visit: Visit) -> None:
    async def look(page: Page) -> tuple[bool, bool]:
        closed = await page.evaluate("document.querySelector('weather-box').shadowRoot === null")
        before = await page.screenshot()
        await page.mouse.click(400, 35)
        return bool(closed), before != await page.screenshot()

    assert visit("lab/closed/", look) == (True, True)


def test_the_board_asks_for_the_time_without_end(visit: Visit) -> None:
    async def look(page: Page) -> str:
        for _ in range(2):
            async with page.expect_response("**/api/time"):
                pass
        await page.click("text=Berths")
        return await page.inner_text("main h2 >> nth=0")

    assert visit("lab/board/", look) == "Berth 1"


def test_prices_come_through_a_socket(visit: Visit) -> None:
    async def look(page: Page) -> tuple[str, str]:
        await page.wait_for_function("document.querySelector('#last').textContent !== '-'")
        await page.click("text=Copper")
        return await page.inner_text("#state"), await page.inner_text("h1")

    assert visit("lab/ticker/", look) == ("live", "Copper")


def test_the_wizard_goes_on_and_back(visit: Visit) -> None:
    async def look(page: Page) -> list[str]:
        titles = [await page.inner_text("h1")]
        for button in ["#next"] * 5 + ["#back"]:
            await page.click(button)
            titles.append(await page.inner_text("h1"))
        return titles

    titles = visit("lab/wizard/", look)
    assert (len(set(titles)), titles[5], titles[6]) == (6, "Your plan", titles[4])


def test_menus_open_under_the_pointer_and_by_a_click(visit: Visit) -> None:
    async def look(page: Page) -> tuple[bool, bool, bool, str]:
        before = await page.is_visible("text=Glass")
        await page.hover("text=Collection")
        hovered = await page.is_visible("text=Glass")
        await page.click("button:text('Visit')")
        await page.mouse.move(640, 700)
        clicked = await page.is_visible("text=Tours")
        await page.click("text=Tours")
        await page.wait_for_url("**/tours.html")
        return before, hovered, clicked, await page.inner_text("h1")

    assert visit("lab/menus/", look) == (False, True, True, "Tours")


@pytest.mark.parametrize("label", ["My loans", "Renew a book"])
def test_plain_links_lead_to_the_sign_in_page(visit: Visit, label: str) -> None:
    async def look(page: Page) -> str:
        await page.click(f"text={label}")
        await page.wait_for_url("**/login.html")
        return await page.title()

    assert "Log in" in visit("lab/leaving/", look)
