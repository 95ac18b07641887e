"""Decides when an exploration ends, and why."""

import logging

from explorer.browser.session import BrowserSession
from explorer.deadlines import DeadlineReached, Deadlines
from explorer.errors import PageUnresponsive
from explorer.navigation.scope_monitor import ScopeMonitor
from explorer.protocols import Clock
from explorer.types import StopReason

log = logging.getLogger(__name__)

#: A page may navigate by itself while it is scanned; one that does so without end is left alone.
MAX_INTERRUPTIONS = 5


class StopConditions:
    """`reason` is None as long as the exploration goes on."""

    def __init__(
        self,
        max_clicks: int,
        session: BrowserSession,
        clock: Clock,
        deadlines: Deadlines,
        scope_monitor: ScopeMonitor,
    ) -> None:
        self._max_clicks = max_clicks
        self._session = session
        self._clock = clock
        self._deadlines = deadlines
        self._scope_monitor = scope_monitor
        self._interruptions = 0
        self.reason: StopReason | None = None

    def check_scope(self) -> bool:
        """Whether the page on screen must not be shown; if so, that is the reason to stop."""
        self.reason = self._scope_monitor.violation() or self.reason
        return self.reason is not None

    def check_limits(self, clicks: int, page_is_visited: bool) -> bool:
        """Whether to stop now. After the last click, the page that it led to is still visited."""
        if self.reason is None:
            self.reason = self._limit_reached(clicks, page_is_visited)
        return self.reason is not None

    def _limit_reached(self, clicks: int, page_is_visited: bool) -> StopReason | None:
        if clicks >= self._max_clicks and page_is_visited:
            return "max_clicks"
        if self._deadlines.nearly_over:
            return "runtime"
        if self._session.runaway_limits.is_unstoppable:
            return "page_lost"
        return "footage_limit" if self._clock.full else None

    async def recover(self, exc: Exception) -> None:
        """Decides what follows from an interrupted step: a page that moved on by itself is scanned again.

        Whatever ends the exploration here, the film is kept, also when a busy machine notices the end of
        the time late. Raises BrowserCrashed.
        """
        self._session.check()
        log.info("a step was interrupted: %r", exc)
        if isinstance(exc, DeadlineReached) or self._deadlines.nearly_over:
            self.reason = "runtime"
        elif (
            self._interruptions >= MAX_INTERRUPTIONS
            or self._session.runaway_limits.is_unstoppable
            or (isinstance(exc, PageUnresponsive) and not await self._session.recover())
        ):
            self.reason = "page_lost"
        self._interruptions += 1
