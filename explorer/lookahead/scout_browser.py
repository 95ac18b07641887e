"""Opens the scout's browser, behind the same proxy as the film's."""

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

from playwright.async_api import Browser
from playwright.async_api import Error as PlaywrightError

from explorer.browser.chromium import Chromium, open_browser, prepare_session
from explorer.browser.liveness import watching_liveness
from explorer.errors import BrowserCrashed
from explorer.lookahead.scout import Scout
from explorer.types import Brief

log = logging.getLogger(__name__)


@asynccontextmanager
async def open_scout(brief: Brief, chromium: Chromium, proxy_url: str) -> AsyncIterator[Scout | None]:
    """Opens a scout in a browser of its own: one that renders frame by frame shows nothing by itself.

    None when it is switched off, or does not start: a film can be made without.
    """
    async with AsyncExitStack() as opened:
        scout = None
        try:
            if brief.wishes.scout:
                browser = await opened.enter_async_context(open_browser(chromium, proxy_url))
                scout = await opened.enter_async_context(scouting(brief, browser))
                await opened.enter_async_context(watching_liveness(scout.session))
        except (BrowserCrashed, PlaywrightError) as exc:
            log.warning("nothing is tried off camera: %s", exc)
        yield scout


@asynccontextmanager
async def scouting(brief: Brief, browser: Browser) -> AsyncIterator[Scout]:
    """Opens a scout in a browser context of its own, and closes the context afterwards."""
    session = await prepare_session(browser, brief)
    try:
        scout = Scout(brief, session)
        await scout.install()
        yield scout
    finally:
        with suppress(PlaywrightError):
            await session.page.context.close()
