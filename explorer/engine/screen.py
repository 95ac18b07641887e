"""Reads what is on screen during a take."""

from playwright.async_api import Page

from explorer.deadlines import Deadlines
from explorer.page.snapshot import Snapshot, take_snapshot
from explorer.protocols import Clock


class Screen:
    """The page as the camera sees it."""

    def __init__(self, page: Page, clock: Clock, deadlines: Deadlines) -> None:
        self._page = page
        self._clock = clock
        self._deadlines = deadlines

    async def snapshot(self) -> Snapshot:
        """Takes a snapshot with the camera's latest picture."""
        return await self._deadlines.do(take_snapshot(self._page, self._clock.picture()))
