"""Events of a playing explorer, or the end of the browser or of the upload, whichever comes first."""

import asyncio
from typing import Any

from playwright.async_api import Error as PlaywrightError

from actors.stages.upload import FootageUpload
from explorer.browser.session import BrowserSession
from explorer.script.player import Event, Events

#: Playwright's error comes up to this much earlier than the news that the browser is dead, which takes as
#: long as a missed heartbeat.
LOST_WAIT_S = 4.0
#: How long the explorer may take to end once it is cancelled.
CANCEL_WAIT_S = 5.0


async def next_event(events: Events, browser: BrowserSession, upload: FootageUpload) -> Event:
    """The explorer's next event. Raises BrowserCrashed or the upload's error when one of them ends first."""
    upcoming = asyncio.create_task(anext(events))
    ends: set[asyncio.Future[Any]] = {upcoming, browser.lost, upload.task}
    try:
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        if not upcoming.done():
            browser.check()
            await upload.task
        return await upcoming
    except PlaywrightError:
        await asyncio.wait({browser.lost}, timeout=LOST_WAIT_S)
        browser.check()
        raise
    finally:
        if not upcoming.done():
            upcoming.cancel()
            await asyncio.wait({upcoming}, timeout=CANCEL_WAIT_S)
