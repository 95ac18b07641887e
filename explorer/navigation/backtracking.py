"""Ways to another page than by a click: to an address, back to where more is left, out of a dead end."""

import logging

from playwright.async_api import Page

from explorer.deadlines import Deadlines
from explorer.errors import AddressRefused, PageUnreachable
from explorer.navigation.navigator import Navigator
from explorer.page.settle import CAP_MS, Settler
from explorer.page.snapshot import take_snapshot
from explorer.state.frontier import Frontier
from explorer.urls import page_key

log = logging.getLogger(__name__)

#: So much longer than on film may settling take: outside real time, on a busy machine, a frame of 1/60 s of a
#: page that never stands still took 70 ms. A page that hangs is noticed earlier, by the questions put to it.
SLOWEST = 10


class Backtracking:
    """Goes there on camera; each way ends when the page has settled."""

    def __init__(
        self, page: Page, settler: Settler, navigator: Navigator, deadlines: Deadlines, frontier: Frontier
    ) -> None:
        self._page = page
        self._settler = settler
        self._navigator = navigator
        self._deadlines = deadlines
        self._frontier = frontier

    async def settle(self, cap_ms: float = CAP_MS) -> None:
        """Waits for the page to come to rest; from then on it is filmed, if it was not before."""
        await self._deadlines.limit(self._settler.settle(cap_ms), SLOWEST * cap_ms / 1000)
        self._navigator.reveal()

    async def open(self, url: str) -> None:
        """Straight to `url`; a page that cannot be opened is not tried again."""
        try:
            await self._navigator.open(url)
        except (PageUnreachable, AddressRefused) as exc:
            log.info("this page is left out: %s", exc)
            self._frontier.exhaust(url)
        await self.settle()

    async def go_back(self) -> bool:
        """To the last page that may have more; False when there is none."""
        back = self._frontier.unfinished()
        if back is None:
            return False
        await self.return_to(back)
        return True

    async def return_to(self, url: str) -> None:
        """To a page that was seen before; one that leads elsewhere now is given up."""
        await self.open(url)
        if page_key(self._page.url) != page_key(url):
            self._frontier.exhaust(url)

    async def leave_dead_end(self, base_url: str, changed: bool) -> bool:
        """Escape, then the page as it was, then the last that may have more; False when nothing is left.

        `changed` says that clicks have changed the page since it was opened at `base_url`.
        """
        before = await self._deadlines.do(take_snapshot(self._page))
        await self._deadlines.do(self._page.keyboard.press("Escape"))
        await self.settle()
        uncovered = (await self._deadlines.do(take_snapshot(self._page))).signature != before.signature
        known = self._frontier.is_exhausted(self._page.url)
        if changed and not uncovered and not known:
            await self.open(base_url)
            return True
        self._frontier.exhaust(self._page.url)
        # What Escape has uncovered gets one more scan; after that the page counts as done.
        return True if uncovered and not known else await self.go_back()
