"""Axe finds nothing in any state of the page, in light and dark, on desktop and phone."""

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from actors.jobs.store import Store
from tests.web_page.batch_scenes import SCENES as BATCH_SCENES
from tests.web_page.scenes import SCENES
from tests.web_page.visitor import Visitor

pytestmark = pytest.mark.anyio

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations", "incomplete"]}
SCREENS = {"desktop": (1280, 800), "phone": (320, 640)}


async def check(page: Page, part: str | None = None) -> list[str]:
    """Violations that axe finds on the page, or in a part of it, one a line."""
    found: dict[str, Any] = (await Axe().run(page, context=part, options=OPTIONS)).response
    return [
        f"{rule['id']}: {node['target']} {node['any'][:1] or node['all'][:1] or node['none'][:1]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


async def fits(page: Page) -> bool:
    """Whether nothing makes the page wider than its window."""
    return bool(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


async def objections(
    browser: Browser, store: Store, address: str, scheme: Any, screen: str, names: list[str]
) -> list[str]:
    """Violations of accessibility and of the window's width in these states."""
    width, height = SCREENS[screen]
    # A picture in motion has no colours that could be judged.
    context = await browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
    )
    visitor = Visitor(await context.new_page(), address)
    jobs = {name: await SCENES[name][0](store) for name in names}
    await visitor.visit()
    for job_id in jobs.values():
        await visitor.knows(job_id, f"https://{job_id or 'nobody'}.example/a/rather/long/path/to/somewhere")
    found = []
    for name, job_id in jobs.items():
        await visitor.visit(job_id)
        await visitor.sees(SCENES[name][1])
        found += [f"{name}: {line}" for line in await check(visitor.page)]
        found += [] if await fits(visitor.page) else [f"{name}: is wider than its window"]
    await context.close()
    return [*found, *visitor.complaints]


async def test_axe_objects_to_nothing_in_any_view(browser: Browser, store: Store, address: str) -> None:
    assert await objections(browser, store, address, "light", "desktop", ["start", "live"]) == []
    assert await objections(browser, store, address, "dark", "phone", ["ready", "failed"]) == []


async def batch_objections(
    browser: Browser, store: Store, address: str, scheme: Any, screen: str, names: list[str]
) -> list[str]:
    """The same in these states of the page of batches: of its form, and of batches."""
    width, height = SCREENS[screen]
    context = await browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
    )
    visitor = Visitor(await context.new_page(), address)
    found = []
    for name in names:
        await store.redis.flushdb()
        await BATCH_SCENES[name](visitor, store)
        found += [f"{name}: {line}" for line in await check(visitor.page)]
        found += [] if await fits(visitor.page) else [f"{name}: is wider than its window"]
    await context.close()
    return [*found, *visitor.complaints]


async def test_axe_objects_to_nothing_in_batches(browser: Browser, store: Store, address: str) -> None:
    names = ["problems", "filming"]
    assert await batch_objections(browser, store, address, "light", "phone", names) == []


@pytest.mark.thorough
@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_objects_to_no_state_of_a_batch_in_any_light_on_any_screen(
    scheme: str, screen: str, browser: Browser, store: Store, address: str
) -> None:
    assert await batch_objections(browser, store, address, scheme, screen, list(BATCH_SCENES)) == []


@pytest.mark.thorough
@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_objects_to_nothing_in_any_state_in_any_light_on_any_screen(
    scheme: str, screen: str, browser: Browser, store: Store, address: str
) -> None:
    assert await objections(browser, store, address, scheme, screen, list(SCENES)) == []


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.thorough)])
@pytest.mark.thorough
async def test_axe_objects_to_no_option_error_or_question(scheme: Any, visitor: Visitor) -> None:
    page = visitor.page
    await page.emulate_media(color_scheme=scheme)
    await visitor.visit()
    await page.get_by_text("More options").click()
    await page.get_by_label("Most clicks").fill("1000")
    await visitor.asks_for("")
    assert await check(page) == []

    await page.evaluate("import('/static/js/auth_dialog.js').then(({ askToken }) => { askToken(true); })")
    await page.get_by_role("dialog").wait_for()
    assert await check(page) == []
