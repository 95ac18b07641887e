"""Rate limit per client: GCRA, one number for each client, in this process."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from demo_api.errors import RateLimited

PERIODS_S = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
#: About 1 MB; beyond that, the least recently seen client is evicted.
MAX_CLIENTS = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    """A burst of `count` requests, and one more every `count`-th part of the period."""

    count: int
    period_s: int

    @classmethod
    def parse(cls, text: str) -> "Rate | None":
        """Parses `120/minute`; None for `off`. The settings have validated it."""
        if text == "off":
            return None
        count, _, period = text.partition("/")
        return cls(int(count), PERIODS_S[period])


class RateLimiter:
    """Keeps for each client the theoretical arrival time (TAT) of its next request."""

    def __init__(self, rate: Rate | None, now: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._now = now
        self._arrival_s: dict[str, float] = {}
        #: How many requests were rejected.
        self.rejected = 0

    def admit(self, client: str, share: float = 1.0) -> None:
        """Counts a request, or a `share` of one. Raises RateLimited; a rejected request is not counted."""
        if self._rate is None:
            return
        interval_s = share * self._rate.period_s / self._rate.count
        now = self._now()
        arrival_s = max(self._arrival_s.pop(client, now), now) + interval_s
        wait_s = arrival_s - now - self._rate.period_s
        # Half an interval of tolerance for floating-point error.
        rejected = wait_s > interval_s / 2
        self._arrival_s[client] = arrival_s - interval_s if rejected else arrival_s
        if len(self._arrival_s) > MAX_CLIENTS:
            del self._arrival_s[next(iter(self._arrival_s))]
        if rejected:
            self.rejected += 1
            raise RateLimited(
                f"More than {self._rate.count} requests in {self._rate.period_s} s came from your address. "
                "Nothing was accepted; wait a little.",
                math.ceil(wait_s),
            )
