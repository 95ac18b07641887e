"""Tracks which state of which page is on screen, and goes on from a state that has little left to show."""

from collections.abc import Callable
from dataclasses import replace

from playwright.async_api import Page

from explorer.deadlines import Deadlines
from explorer.input.mouse import Mouse
from explorer.navigation.backtracking import Backtracking
from explorer.overlays.dialogs import close_dialog, open_dialog
from explorer.protocols import Clock
from explorer.state.page_state import PageState
from explorer.types import Step
from explorer.urls import page_key


class PageStateTracker:
    """`state` is the state that the page is in: its address, and the actions since it was opened."""

    def __init__(
        self,
        page: Page,
        clock: Clock,
        deadlines: Deadlines,
        mouse: Mouse,
        backtracking: Backtracking,
        url: str,
    ) -> None:
        self._page = page
        self._clock = clock
        self._deadlines = deadlines
        self._mouse = mouse
        self._backtracking = backtracking
        self.state = PageState(url)
        self._needs_reload = False
        #: After how many clicks it last went to a better page, and last closed a dialog in which state.
        self._returned_after = -1
        self._closed_after = (-1, 0)

    def record_step(self, step: Step, filtered: bool = False, disappointed: bool = False) -> bool:
        """Records a step; `filtered` when it left out part of the page, `disappointed` when it promised more.

        True when earlier actions on the page are in the way, so that it will be loaded again.
        """
        if page_key(self._page.url) != page_key(step.page_url):
            self.state = PageState(self._page.url)
            return False
        # What a search or filter leaves out, no later click can show.
        in_the_way = disappointed and bool(self.state.actions)
        self._needs_reload = filtered or in_the_way
        self.state = replace(self.state, actions=(*self.state.actions, step.plan))
        return in_the_way

    def record_turn(self) -> None:
        """Records that the page was turned to its next slide."""
        self.state = replace(self.state, turned=self.state.turned + 1)

    async def reload_if_needed(self) -> None:
        """Opens the page again where earlier actions keep it from showing what is known of it."""
        if self._needs_reload:
            self._needs_reload = False
            await self._backtracking.open(self.state.url)
            self.state = PageState(self._page.url)

    def arrive_at(self, url: str) -> None:
        """Starts a new state if another page is on screen, however it came there."""
        if page_key(url) != page_key(self.state.url):
            self.state = PageState(url)

    async def close_dialog(self, clicks: int) -> bool:
        """Closes what a click has opened; False when there is nothing, or it stays.

        A dialog that comes back by itself is closed once after each click.
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
        """Goes to the page that `better` returns; at most once between two clicks."""
        if self._returned_after == clicks or (url := better()) is None:
            return False
        self._returned_after = clicks
        await self._backtracking.return_to(url)
        self.state = PageState(self._page.url)
        return True

    async def go_back(self) -> bool:
        """Goes to the last page that may have more to show; False when there is none."""
        found = await self._backtracking.go_back()
        self.state = PageState(self._page.url)
        return found

    async def leave_dead_end(self, reopen: bool = True) -> bool:
        """Leaves a state that offers nothing; False when nothing is left anywhere.

        A page that was changed is opened again if `reopen`.
        """
        changed = reopen and not self.state.is_initial
        left = await self._backtracking.leave_dead_end(self.state.url, changed=changed)
        self.state = PageState(self._page.url)
        return left
