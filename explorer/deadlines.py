"""How long the explorer waits: every action has a limit of its own, and the take has two."""

import asyncio
import time
from collections.abc import Awaitable
from typing import TypeVar

from explorer.errors import PageUnresponsive, SafetyViolation
from explorer.protocols import Clock

T = TypeVar("T")

#: Any single question to the page; what takes longer is a page that hangs.
ACTION_TIMEOUT_S = 8.0
#: Outside real time, a limit counts film as well, up to so many times its length in real time.
MOST_SLOW = 6
SLOW_GLANCE_S = 0.1
#: Exploring ends this long before the hard limit (a tenth of it, within bounds), to wrap up in time.
MARGIN_S = (1.0, 10.0)


class DeadlineReached(Exception):
    """The exploration should end now, so that its film is done before the hard limit."""


class Deadlines:
    """Counts from its creation; `limit_s` is the hard limit of the exploration in seconds of wall time.

    Once `may_wrap_up` is set there is a film worth keeping, and waiting ends with TimeIsUp before that limit.
    """

    def __init__(self, clock: Clock, limit_s: float) -> None:
        self._clock = clock
        self.limit_s = limit_s
        self._margin_s = min(MARGIN_S[1], max(MARGIN_S[0], limit_s / 10))
        self._began_s = time.monotonic()
        self.may_wrap_up = False

    def elapsed_s(self) -> float:
        return time.monotonic() - self._began_s

    @property
    def nearly_over(self) -> bool:
        """True when no new step should be begun."""
        return self.elapsed_s() >= self.limit_s - self._margin_s

    def check(self) -> None:
        """Raises SafetyViolation at the hard limit."""
        if self.elapsed_s() >= self.limit_s:
            limit = f"{self.limit_s:g} s"
            raise SafetyViolation(f"The exploration did not end within its runtime limit of {limit}.")

    async def do(self, work: Awaitable[T], timeout_s: float = ACTION_TIMEOUT_S) -> T:
        """Asks one thing of the page, on camera.

        Raises PageUnresponsive after `timeout_s`, TimeIsUp or SafetyViolation when the take's time is over.
        """
        return await self.limit(self._clock.during(work), timeout_s)

    async def limit(self, work: Awaitable[T], timeout_s: float = ACTION_TIMEOUT_S) -> T:
        """The same for what uses the camera by itself, or has nothing to do with the page.

        Outside real time a film does not go on while such work waits.
        """
        until_s = self.limit_s - self._margin_s if self.may_wrap_up else self.limit_s
        began_s, began_ms = self.elapsed_s(), self._clock.now_ms()
        task = asyncio.ensure_future(work)
        try:
            await asyncio.wait({task}, timeout=max(0.0, min(timeout_s, until_s - began_s)))
            while (
                not task.done() and self._is_slow(began_s, began_ms, timeout_s) and self.elapsed_s() < until_s
            ):
                await asyncio.wait({task}, timeout=SLOW_GLANCE_S)
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait({task})
        if not task.cancelled():
            return task.result()
        self.check()
        if self.may_wrap_up and self.nearly_over:
            raise DeadlineReached
        raise PageUnresponsive("The page stopped answering.")

    def _is_slow(self, began_s: float, began_ms: float, timeout_s: float) -> bool:
        """Outside real time a busy machine may take many seconds for one of film: the page gets them all."""
        filmed_s = (self._clock.now_ms() - began_ms) / 1000
        return 0 < filmed_s < timeout_s and self.elapsed_s() - began_s < MOST_SLOW * timeout_s
