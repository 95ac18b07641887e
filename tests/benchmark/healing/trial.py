"""One trial of healing in a browser: the element that is right, and what `heal` takes for it."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, ElementHandle, JSHandle, Page, Route, async_playwright

from explorer.browser.chromium import find_chromium
from explorer.healing.fingerprint import Fingerprint, Healed
from explorer.healing.healer import heal
from explorer.page.frames import ENTER_FRAME
from tests.benchmark.healing.cases import Verdict

KIN = (Path(__file__).parent / "kin.js").read_text(encoding="utf-8")
SETTLE_MS = 250
LOAD_TIMEOUT_MS = 20_000


@dataclass(frozen=True, slots=True)
class Trial:
    """What one call of `heal` did; `healed` is what it named."""

    verdict: Verdict
    healed: Healed | None
    took_ms: float


@asynccontextmanager
async def a_browser() -> AsyncIterator[Browser]:
    """A Chromium that is closed when left."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=find_chromium().path, args=["--no-sandbox"]
        )
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def a_page(browser: Browser) -> AsyncIterator[Page]:
    """A page that reaches loopback only, closed when left."""
    context = await browser.new_context(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    page = await context.new_page()
    await page.route("**/*", _only_loopback)
    try:
        yield page
    finally:
        await context.close()


async def visit(page: Page, url: str) -> None:
    """Opens the address and lets its scripts build the page."""
    await page.goto(url, wait_until="load", timeout=LOAD_TIMEOUT_MS)
    await page.wait_for_timeout(SETTLE_MS)


async def attempt(page: Page, original: Fingerprint, kin: JSHandle | None) -> Trial:
    """Heals; any element of the list `kin` is right, and none at all where the element is gone."""
    started = time.perf_counter()
    healed = await heal(page, original)
    took_ms = (time.perf_counter() - started) * 1000
    if healed is None:
        return Trial(Verdict.REFUSED, None, took_ms)
    is_right = kin is not None and await _is_among(page, healed.selector, kin)
    return Trial(Verdict.RIGHT if is_right else Verdict.WRONG, healed, took_ms)


async def kin_of(element: ElementHandle) -> JSHandle:
    """All that a person would take for this element."""
    return await element.evaluate_handle(KIN)


async def _is_among(page: Page, selector: str, kin: JSHandle) -> bool:
    """No element of these pages is looked for within a frame."""
    found = None if ENTER_FRAME in selector else await page.query_selector(selector)
    return found is not None and bool(await kin.evaluate("(kin, found) => kin.includes(found)", found))


async def _only_loopback(route: Route) -> None:
    if route.request.url.startswith("http://127.0.0.1:"):
        await route.continue_()
    else:
        await route.abort()
