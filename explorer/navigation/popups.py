"""Closes popups and new tabs, and keeps their address to open it in the one page."""

import asyncio
import logging

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, Request

from explorer.navigation.scope_monitor import FAILED

log = logging.getLogger(__name__)

ADDRESS_TIMEOUT_S = 2.0
#: With more open at once, their addresses are not waited for.
MAX_AWAITED = 4
#: The browser's own pages: an empty one, and one that could not be loaded.
OWN_PAGES = ("about:", FAILED)

#: Makes a link or form open in place instead of in a new tab.
OPEN_IN_PLACE = """
(element) => {
  element.removeAttribute("formtarget");
  for (let e = element; e; e = e.parentElement) e.removeAttribute("target");
}
"""


class Popups:
    """Closes every page but the first; `take` returns the first address that a popup has requested."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._url: str | None = None
        self._taken_url: str | None = None
        self._closing: set[asyncio.Task[None]] = set()
        page.context.on("page", self._opened)
        page.context.on("request", self._requested)

    async def take(self) -> str | None:
        """Returns the address that a popup has requested since the last call, or None."""
        if self._closing:
            await asyncio.wait(self._closing)
        self._taken_url, self._url = self._url, None
        return self._taken_url

    def _requested(self, request: Request) -> None:
        """Notes a popup's request, which is seen at once; the popup itself only once it is answered."""
        if not request.is_navigation_request():
            return
        try:
            ours = request.frame.page is self._page or request.frame.parent_frame is not None
        except PlaywrightError:
            ours = False  # the page of this frame is only just opening
        if not ours:
            self._note(request.url)

    def _note(self, url: str) -> None:
        if self._url is None and url != self._taken_url and not url.startswith(OWN_PAGES):
            self._url = url

    def _opened(self, popup: Page) -> None:
        if popup is self._page:
            return
        task = asyncio.create_task(self._close(popup))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _close(self, popup: Page) -> None:
        try:
            async with asyncio.timeout(ADDRESS_TIMEOUT_S if len(self._closing) <= MAX_AWAITED else 0):
                while self._url is None and popup.url in ("", "about:blank") and not popup.is_closed():
                    await asyncio.sleep(0.02)
        except TimeoutError:
            log.debug("a popup opened without an address")
        self._note(popup.url or "about:blank")
        try:
            await popup.close()
        except PlaywrightError as exc:
            log.debug("a popup was gone before it could be closed: %s", exc)
