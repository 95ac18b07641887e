"""How long the explorer waits: every action has a limit of its own, and the take has two."""

import asyncio
import time
from collections.abc import Awaitable
from typing import TypeVar

from explorer.errors import PageUnresponsive, SafetyViolation
from explorer.types import Clock

T = TypeVar("T")

#: Any single question to the page; what takes longer is a page that hangs.
ACTION_TIMEOUT_S = 8.0
#: Exploring ends this long before the hard limit (a tenth of it, within bounds), to wrap up in time.
MARGIN_S = (1.0, 10.0)


class TimeIsUp(Exception):
    """The exploration should end now, so that its film is done before the hard limit."""


class Patience:
    """Counts from its creation; `limit_s` is the hard limit of the exploration in seconds of wall time.

    Once `may_wrap_up` is set there is a film worth keeping, and waiting ends with TimeIsUp before that limit.
    """

    def __init__(self, clock: Clock, limit_s: float) -> None:
        self._clock = clock
        self._limit_s = limit_s
        self._margin_s = min(MARGIN_S[1], max(MARGIN_S[0], limit_s / 10))
        self._began_s = time.monotonic()
        self.may_wrap_up = False

    def elapsed_s(self) -> float:
        return time.monotonic() - self._began_s

    @property
    def nearly_over(self) -> bool:
        """True when no new step should be begun."""
        return self.elapsed_s() >= self._limit_s - self._margin_s

    def check(self) -> None:
        """Raises SafetyViolation at the hard limit."""
        if self.elapsed_s() >= self._limit_s:
            limit = f"{self._limit_s:g} s"
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
        until_s = self._limit_s - self._margin_s if self.may_wrap_up else self._limit_s
        left_s = max(0.0, until_s - self.elapsed_s())
        try:
            async with asyncio.timeout(min(timeout_s, left_s)):
                return await work
        except TimeoutError as exc:
            self.check()
            if self.may_wrap_up and self.nearly_over:
                raise TimeIsUp from exc
            raise PageUnresponsive("The page stopped answering.") from exc
