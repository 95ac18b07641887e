"""Detects whether a page has tried to register a service worker; in a take none is run."""

import asyncio
import logging

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Frame, Page

log = logging.getLogger(__name__)

#: Time limit for each frame.
FRAME_TIMEOUT_S = 1.0
#: `init_script.js` has noted it, where no script of the page can change it.
ASKED = "() => globalThis.__sitereel?.wantsServiceWorker() === true"


class ServiceWorkers:
    """Checks one page and all of its frames until one was found to have tried."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.asked = False

    async def look(self) -> None:
        """Checks every document that is open now; those of earlier documents are known, or lost."""
        if not self.asked:
            self.asked = any(await asyncio.gather(*map(_has_asked, self._page.frames)))


async def _has_asked(frame: Frame) -> bool:
    try:
        async with asyncio.timeout(FRAME_TIMEOUT_S):
            return bool(await frame.evaluate(ASKED))
    except (TimeoutError, PlaywrightError) as exc:
        log.debug("a frame did not respond: %r", exc)
        return False
