"""Time limits: each action has one, and the take has two."""

import asyncio
import time
from collections.abc import Awaitable
from typing import TypeVar

from explorer.errors import PageUnresponsive, SafetyViolation
from explorer.protocols import Clock

T = TypeVar("T")

#: For any single question to the page; one that takes longer hangs.
ACTION_TIMEOUT_S = 8.0
#: Outside real time, a limit counts film time as well, up to so many times its length in real time.
MAX_SLOWDOWN = 6
SLOW_POLL_S = 0.1
#: Exploring ends this long before the hard limit: a tenth of it, within these bounds, to finish in time.
MARGIN_S = (1.0, 10.0)


class DeadlineReached(Exception):
    """The exploration should end now, so that its film is done before the hard limit."""


class Deadlines:
    """Starts at its creation; `limit_s` is the hard limit of the exploration in seconds of wall time.

    Once `may_wrap_up` is set there is a film worth keeping, and waiting raises DeadlineReached before that.
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
        """Raises at the hard limit: DeadlineReached where there is a film to keep, or SafetyViolation."""
        if self.elapsed_s() >= self.limit_s:
            if self.may_wrap_up:
                raise DeadlineReached
            limit = f"{self.limit_s:g} s"
            raise SafetyViolation(f"The exploration did not end within its runtime limit of {limit}.")

    async def do(self, work: Awaitable[T], timeout_s: float = ACTION_TIMEOUT_S) -> T:
        """Awaits one operation on the page, on camera.

        Raises PageUnresponsive after `timeout_s`, DeadlineReached or SafetyViolation when the take must end.
        """
        return await self.limit(self._clock.during(work), timeout_s)

    async def limit(self, work: Awaitable[T], timeout_s: float = ACTION_TIMEOUT_S) -> T:
        """Awaits work that uses the camera itself, or has nothing to do with the page; raises as `do`.

        Outside real time, film time does not pass while such work waits.
        """
        until_s = self.limit_s - self._margin_s if self.may_wrap_up else self.limit_s
        began_s, began_ms = self.elapsed_s(), self._clock.now_ms()
        task = asyncio.ensure_future(work)
        try:
            await asyncio.wait({task}, timeout=max(0.0, min(timeout_s, until_s - began_s)))
            while (
                not task.done()
                and self._has_film_time_left(began_s, began_ms, timeout_s)
                and self.elapsed_s() < until_s
            ):
                await asyncio.wait({task}, timeout=SLOW_POLL_S)
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

    def _has_film_time_left(self, began_s: float, began_ms: float, timeout_s: float) -> bool:
        """Whether film time passes more slowly than real time: the page gets its limit in film time."""
        filmed_s = (self._clock.now_ms() - began_ms) / 1000
        return 0 < filmed_s < timeout_s and self.elapsed_s() - began_s < MAX_SLOWDOWN * timeout_s
