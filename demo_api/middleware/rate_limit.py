"""How often one client may ask for work: GCRA, one number a client, in this process."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from demo_api.errors import RateLimited

PERIODS_S = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
#: About 1 MB; beyond that those are forgotten who have not been here for longest.
MOST_CLIENTS = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    """`count` requests at once, and one more every `count`-th part of the period."""

    count: int
    period_s: int

    @classmethod
    def parse(cls, text: str) -> "Rate | None":
        """From `120/minute`; None for `off`. The settings have checked it."""
        if text == "off":
            return None
        count, _, period = text.partition("/")
        return cls(int(count), PERIODS_S[period])


class RateLimiter:
    """Remembers for each client when it will have paid for all that it was given."""

    def __init__(self, rate: Rate | None, now: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._now = now
        self._paid_at: dict[str, float] = {}
        #: How many requests were turned down.
        self.refused = 0

    def admit(self, client: str) -> None:
        """Counts a request. Raises RateLimited, and then it is not counted."""
        if self._rate is None:
            return
        each_s = self._rate.period_s / self._rate.count
        now = self._now()
        paid_at = max(self._paid_at.pop(client, now), now) + each_s
        wait_s = paid_at - now - self._rate.period_s
        # Half a request is for what floating point loses.
        refused = wait_s > each_s / 2
        self._paid_at[client] = paid_at - each_s if refused else paid_at
        if len(self._paid_at) > MOST_CLIENTS:
            del self._paid_at[next(iter(self._paid_at))]
        if refused:
            self.refused += 1
            raise RateLimited(
                f"More than {self._rate.count} requests in {self._rate.period_s} s came from your address. "
                "Nothing was accepted; wait a little.",
                math.ceil(wait_s),
            )
