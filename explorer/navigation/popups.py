"""Popups and new tabs are folded back into the one page: closed, and their address remembered."""

import asyncio
import logging

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, Request

from explorer.navigation.scope_monitor import FAILED

log = logging.getLogger(__name__)

ADDRESS_TIMEOUT_S = 2.0
#: Of so many at once no address is waited for.
MANY = 4
#: Addresses of the browser's own: an empty page, and one that could not be loaded.
NOWHERE = ("about:", FAILED)

#: Makes a link or form open in place instead of in a new tab.
OPEN_IN_PLACE = """
(element) => {
  element.removeAttribute("formtarget");
  for (let e = element; e; e = e.parentElement) e.removeAttribute("target");
}
"""


class Popups:
    """Closes every page but the first; `take` gives the first address that one wanted to open."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._wanted: str | None = None
        self._taken: str | None = None
        self._closing: set[asyncio.Task[None]] = set()
        page.context.on("page", self._opened)
        page.context.on("request", self._requested)

    async def take(self) -> str | None:
        """The address that a popup has asked for since the last call, or None."""
        if self._closing:
            await asyncio.wait(self._closing)
        self._taken, self._wanted = self._wanted, None
        return self._taken

    def _requested(self, request: Request) -> None:
        """What a popup asks for is seen at once; it itself is told of only when an answer comes."""
        if not request.is_navigation_request():
            return
        try:
            ours = request.frame.page is self._page or request.frame.parent_frame is not None
        except PlaywrightError:
            ours = False  # the page of this frame is only just opening
        if not ours:
            self._want(request.url)

    def _want(self, url: str) -> None:
        if self._wanted is None and url != self._taken and not url.startswith(NOWHERE):
            self._wanted = url

    def _opened(self, popup: Page) -> None:
        if popup is self._page:
            return
        task = asyncio.create_task(self._fold(popup))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _fold(self, popup: Page) -> None:
        try:
            async with asyncio.timeout(ADDRESS_TIMEOUT_S if len(self._closing) <= MANY else 0):
                while self._wanted is None and popup.url in ("", "about:blank") and not popup.is_closed():
                    await asyncio.sleep(0.02)
        except TimeoutError:
            log.debug("a popup opened without an address")
        self._want(popup.url or "about:blank")
        try:
            await popup.close()
        except PlaywrightError as exc:
            log.debug("a popup was gone before it could be closed: %s", exc)
