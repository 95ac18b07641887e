"""Backtracking: goes to an address, back to pages with more to show, and out of dead ends."""

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

#: How many times longer than on film settling may take: outside real time, on a busy machine, a frame of
#: 1/60 s of a page that never settles took 70 ms. A page that hangs is noticed earlier, by other calls.
MAX_SLOWDOWN = 10


class Backtracking:
    """Goes to other pages than by a click, on camera; each method returns when the page has settled."""

    def __init__(
        self, page: Page, settler: Settler, navigator: Navigator, deadlines: Deadlines, frontier: Frontier
    ) -> None:
        self._page = page
        self._settler = settler
        self._navigator = navigator
        self._deadlines = deadlines
        self._frontier = frontier

    async def settle(self, cap_ms: float = CAP_MS) -> None:
        """Waits until the page settles, then uncovers the camera."""
        await self._deadlines.limit(self._settler.settle(cap_ms), MAX_SLOWDOWN * cap_ms / 1000)
        self._navigator.reveal()

    async def open(self, url: str) -> None:
        """Opens `url`; a page that cannot be opened is not tried again."""
        try:
            await self._navigator.open(url)
        except (PageUnreachable, AddressRefused) as exc:
            log.info("a page could not be opened and is left out: %s", exc)
            self._frontier.exhaust(url)
        await self.settle()

    async def go_back(self) -> bool:
        """Returns to the last page that may have more to show; False when there is none."""
        back = self._frontier.unfinished()
        if back is None:
            return False
        await self.return_to(back)
        return True

    async def return_to(self, url: str) -> None:
        """Returns to a visited page; one that redirects elsewhere now is given up."""
        await self.open(url)
        if page_key(self._page.url) != page_key(url):
            self._frontier.exhaust(url)

    async def leave_dead_end(self, base_url: str, changed: bool) -> bool:
        """Tries Escape, then reloading, then the last page that may have more; False when nothing is left.

        `changed` says that clicks have changed the page since it was opened at `base_url`. Where nothing is
        open, Escape is not pressed: to some pages it is a command, such as the overview of a slide deck.
        """
        before = await self._deadlines.do(take_snapshot(self._page))
        changed_by_escape = False
        if changed or before.dialog or before.unfolded:
            await self._deadlines.do(self._page.keyboard.press("Escape"))
            await self.settle()
            after = await self._deadlines.do(take_snapshot(self._page))
            changed_by_escape = after.signature != before.signature
        exhausted = self._frontier.is_exhausted(self._page.url)
        if changed and not changed_by_escape and not exhausted:
            await self.open(base_url)
            return True
        self._frontier.exhaust(self._page.url)
        # What Escape has revealed gets one more scan; after that the page counts as done.
        return True if changed_by_escape and not exhausted else await self.go_back()
