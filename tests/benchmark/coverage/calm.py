"""The settled picture of a page in real time: nothing changes any more, and two pictures are equal."""

import asyncio
import time

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from tests.benchmark.coverage.finder import ORACLE
from tests.benchmark.coverage.scenes import DEAD_SHARE, Picture, decode, share

CAP_S = 3.0
QUIET_MS = 200.0
GLANCE_S = 0.12
#: What a click does begins within this time on the pages measured; a request that is slower keeps it loading.
FLOOR_S = 0.15


async def settled_picture(page: Page) -> Picture:
    """The picture once it rests, or what is there after `CAP_S`. Raises PlaywrightError without a page."""
    deadline = time.monotonic() + CAP_S
    await asyncio.sleep(FLOOR_S)
    await _loaded(page)
    picture = await look(page)
    while time.monotonic() < deadline:
        await asyncio.sleep(GLANCE_S)
        quiet = await _quiet(page)
        before, picture = picture, await look(page)
        if quiet and share(before, picture) < DEAD_SHARE:
            break
    return picture


async def rest(page: Page) -> None:
    """Waits on the way to a state that was seen before: until its document is quiet, pictures aside."""
    deadline = time.monotonic() + CAP_S
    await _loaded(page)
    while not await _quiet(page) and time.monotonic() < deadline:
        await asyncio.sleep(GLANCE_S / 2)


async def look(page: Page) -> Picture:
    """The picture as it is. Playwright hides the caret with a style of its own, which looks like a change."""
    return decode(await page.screenshot(type="jpeg", quality=92, animations="allow", caret="initial"))


async def _loaded(page: Page) -> None:
    try:
        await page.wait_for_load_state("load", timeout=CAP_S * 1000)
    except PlaywrightError:
        return  # it is looked at as it is


async def _quiet(page: Page) -> bool:
    """Pages that never rest are told by their pictures alone, which are equal already."""
    try:
        return bool(await page.evaluate(f"({ORACLE}?.quietMs() ?? 1e9) >= {QUIET_MS}"))
    except PlaywrightError:
        return False
