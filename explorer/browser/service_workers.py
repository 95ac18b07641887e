"""Service workers: whether a page has asked for one. In a take none is run, and the page goes on without."""

import asyncio
import logging

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Frame, Page

log = logging.getLogger(__name__)

#: A frame that does not answer is not waited for.
FRAME_TIMEOUT_S = 1.0
#: `init_script.js` has noted it, where no script of the page can change it.
ASKED = "() => globalThis.__sitereel?.wantsServiceWorker() === true"


class ServiceWorkers:
    """Looks at one page with all of its frames, until one of them was found to have asked."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.asked = False

    async def look(self) -> None:
        """Asks every document that is open now: what an earlier one has asked for is known, or lost."""
        if not self.asked:
            self.asked = any(await asyncio.gather(*map(_has_asked, self._page.frames)))


async def _has_asked(frame: Frame) -> bool:
    try:
        async with asyncio.timeout(FRAME_TIMEOUT_S):
            return bool(await frame.evaluate(ASKED))
    except (TimeoutError, PlaywrightError) as exc:
        log.debug("a frame could not be asked: %r", exc)
        return False
