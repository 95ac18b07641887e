"""The lab's apps work as their visitors expect, and their dangerous buttons do write."""

from collections.abc import Callable

import pytest
from playwright.async_api import Page

from tests.site.conftest import Visit

#: The tests that use these pages show most of it.
pytestmark = pytest.mark.thorough

Written = Callable[[], int]


def test_the_canvas_is_drawn_anew_by_its_toolbar(visit: Visit) -> None:
    async def look(page: Page) -> bool:
        pixels = "document.querySelector('canvas').toDataURL()"
        before = await page.evaluate(pixels)
        await page.click("[title='Draw rays']")
        return bool(before != await page.evaluate(pixels))

    assert visit("lab/canvas/", look)


def test_the_shop_filters_searches_and_shows_a_product(visit: Visit) -> None:
    async def look(page: Page) -> tuple[int, int, str]:
        await page.click("text=Bowls")
        bowls = await page.locator(".goods").count()
        await page.fill("input", "alba")
        alba = await page.locator(".goods").count()
        await page.locator(".goods").first.click()
        return bowls, alba, await page.inner_text("[role=dialog] h1")

    assert visit("lab/shop/", look) == (6, 1, "Alba bowl")


def test_the_list_shows_nothing_before_something_is_typed(visit: Visit) -> None:
    async def look(page: Page) -> tuple[bool, bool, int]:
        before = await page.is_visible("#plan")
        await page.fill("#add", "Water the plants")
        await page.press("#add", "Enter")
        after = await page.is_visible("#plan")
        await page.click("text=Done")
        return before, after, await page.locator("li").count()

    assert visit("lab/todo/", look) == (False, True, 0)


def test_the_icons_of_the_admin_have_no_names_but_for_two(visit: Visit) -> None:
    async def look(page: Page) -> tuple[int, int, str]:
        icons, named = page.locator("aside > *"), page.locator("aside > [title]")
        await page.click(".icon-calendar")
        return await icons.count(), await named.count(), await page.inner_text("h1")

    assert visit("lab/admin/", look) == (10, 2, "October")


def test_the_router_speaks_another_language_and_turns_dark(visit: Visit) -> None:
    async def look(page: Page) -> tuple[str, str]:
        await page.click("#theme")
        await page.click("button[lang=de]")
        return await page.inner_text("[role=tab] >> nth=1"), await page.evaluate("document.body.className")

    assert visit("lab/device/", look) == ("Funk", "dark")


@pytest.mark.parametrize(
    ("path", "selector"),
    [
        ("lab/admin/", ".icon-bin"),
        ("lab/admin/", ".icon-power"),
        ("lab/device/", "[title=Restart]"),
        ("lab/device/", "text=Factory reset"),
        ("lab/canvas/", "[aria-label^=Erase]"),
    ],
)
def test_what_is_dangerous_writes(visit: Visit, written: Written, path: str, selector: str) -> None:
    async def look(page: Page) -> None:
        async with page.expect_response("**/api/danger"):
            await page.click(selector)

    visit(path, look)
    assert written() == 1


def test_buying_writes(visit: Visit, written: Written) -> None:
    async def look(page: Page) -> None:
        await page.locator(".goods").first.click()
        async with page.expect_response("**/api/danger"):
            await page.click("text=Buy now")

    visit("lab/shop/", look)
    assert written() == 1
