"""Proof that the exam counts: a browser without any guard, which uses every dangerous control once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Locator, Page, async_playwright

from explorer.browser.chromium import find_chromium
from tests.conduct.controls import Control, Shape
from tests.conduct.server import ExamSite

#: What is sent by a script is there after some milliseconds; a busy machine takes longer.
WAIT_S, POLL_S = 5.0, 0.01


async def _click(target: Locator) -> None:
    await target.click()


async def _choose_last(target: Locator) -> None:
    await target.select_option(index=await target.locator("option").count() - 1)


async def _type(target: Locator) -> None:
    await target.fill("something")


#: How a person uses what is not clicked.
USES: Mapping[Shape, Callable[[Locator], Awaitable[None]]] = {
    "select": _choose_last,
    "inline-select": _choose_last,
    "field": _type,
}


@asynccontextmanager
async def careless() -> AsyncIterator[Browser]:
    """A browser with neither fence nor gate."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=find_chromium().path, chromium_sandbox=False
        )
        try:
            yield browser
        finally:
            await browser.close()


async def miscounted(browser: Browser, site: ExamSite) -> list[str]:
    """The dangerous controls that were not counted exactly as they were used; none when the exam works.

    The site must be one whose pages stay.
    """
    page = await browser.new_page()
    ledger = site.open_ledger()
    await page.goto(site.url)
    wrong = [f"{deed.control.name} counted as the page was loaded" for deed in ledger.done]
    for control in site.sheet.dangerous:
        counted = await _counted(page, site, control)
        if counted != [control.mark]:
            wrong.append(f"{control.name} counted as {counted or 'nothing'}")
    await page.context.close()
    return wrong


async def _counted(page: Page, site: ExamSite, control: Control) -> list[str]:
    ledger = site.open_ledger()
    await USES.get(control.shape, _click)(page.locator(f"[data-c={control.mark}]"))
    deadline_s = asyncio.get_running_loop().time() + WAIT_S
    while not ledger.done and asyncio.get_running_loop().time() < deadline_s:
        await asyncio.sleep(POLL_S)
    return [deed.control.mark for deed in ledger.done]
