"""Where a take stands on the site, and how it goes on from a state that has little left to show."""

import logging
from collections.abc import Callable
from dataclasses import replace

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from explorer.deadlines import Deadlines
from explorer.errors import PageUnresponsive
from explorer.input.mouse import Mouse
from explorer.navigation.backtracking import Backtracking
from explorer.overlays.dialogs import close_dialog, open_dialog
from explorer.overlays.dismissal import dismiss_overlays
from explorer.page.settle import Settler
from explorer.protocols import Clock
from explorer.state.page_state import PageState
from explorer.trace import Wait
from explorer.types import Step
from explorer.urls import page_key

log = logging.getLogger(__name__)

CLEAR_TIMEOUT_S = 20.0


class PageStateTracker:
    """`state` is the state that the page is in: its address, and what was done there since it was opened."""

    def __init__(
        self,
        page: Page,
        clock: Clock,
        mouse: Mouse,
        settler: Settler,
        deadlines: Deadlines,
        backtracking: Backtracking,
        url: str,
        left: Callable[[str], None],
    ) -> None:
        self._page = page
        self._clock = clock
        self._mouse = mouse
        self._settler = settler
        self._deadlines = deadlines
        self._backtracking = backtracking
        #: Told the kinds of obstacles that stay.
        self._left = left
        self.state = PageState(url)
        self._returned_after = -1
        self._astray = False
        self._closed_after = (-1, 0)

    def acted(self, step: Step, filtered: bool = False, disappointed: bool = False) -> bool:
        """Notes a step; `filtered` when it left out part of the page, `disappointed` when it promised more.

        True when what had been done there before is in the way, so that the page will be opened anew.
        """
        if page_key(self._page.url) != page_key(step.page_url):
            self.state = PageState(self._page.url)
            return False
        # What a search or filter leaves out, no later click can show.
        in_the_way = disappointed and bool(self.state.actions)
        self._astray = filtered or in_the_way
        self.state = replace(self.state, actions=(*self.state.actions, step.plan))
        return in_the_way

    async def start_over_if_astray(self) -> None:
        """Opens the page anew where what was done on it stands in the way of what is known of it."""
        if self._astray:
            self._astray = False
            await self._backtracking.open(self.state.url)
            self.state = PageState(self._page.url)

    def come_to(self, url: str) -> None:
        """The page that is on screen, however it came there."""
        if page_key(url) != page_key(self.state.url):
            self.state = PageState(url)

    async def clear_view(self) -> None:
        """Banners, tours and boxes that come before the page go away, as a polite visitor would do it."""
        began_ms = self._clock.now_ms()
        try:
            cleared = await self._deadlines.limit(
                dismiss_overlays(self._page, self._clock, left=self._left), CLEAR_TIMEOUT_S
            )
        except (PageUnresponsive, PlaywrightError) as exc:
            log.info("the view was not cleared: %r", exc)  # many pages open themselves anew after an answer
            cleared = []
            await self._backtracking.settle()
        if cleared:
            await self._backtracking.settle()
            self._settler.waits.append(Wait(began_ms, self._clock.now_ms()))

    async def close_dialog(self, clicks: int) -> bool:
        """Closes what a click has opened; False when there is nothing, or it does not go.

        One that comes back by itself is closed once after each click.
        """
        if self._closed_after == (clicks, len(self.state.actions)):
            return False
        self._closed_after = (clicks, len(self.state.actions))
        if await self._deadlines.do(open_dialog(self._page)) is None:
            return False
        if not await self._deadlines.limit(close_dialog(self._page, self._clock, self._mouse)):
            return False
        await self._backtracking.settle()
        self.state = replace(self.state, actions=self.state.actions[:-1])
        return True

    async def go_to_better(self, better: Callable[[], str | None], clicks: int) -> bool:
        """To the page that `better` names; between two such ways there is one click at least."""
        if self._returned_after == clicks or (url := better()) is None:
            return False
        self._returned_after = clicks
        await self._backtracking.return_to(url)
        self.state = PageState(self._page.url)
        return True

    async def go_back(self) -> bool:
        """To the last page that may have more; False when there is none."""
        gone = await self._backtracking.go_back()
        self.state = PageState(self._page.url)
        return gone

    async def leave_dead_end(self) -> bool:
        """Out of a state that offers nothing; False when nothing is left anywhere."""
        left = await self._backtracking.leave_dead_end(self.state.url, changed=bool(self.state.actions))
        self.state = PageState(self._page.url)
        return left
