"""A clock that films nothing: it keeps a picture of each moment at which the explorer may look back."""

import asyncio
import time
from bisect import bisect_right
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import TypeVar

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

T = TypeVar("T")

#: Holds are cut short: what a viewer looks at longer changes nothing, but hover effects and menus need some.
HOLD_PART, HOLD_MOST_MS = 0.4, 60.0
#: A picture costs 25 to 60 ms on two cores: one at the end of each longer hold, and of what takes longer than
#: a pointer's move, keeps `picture()` as fresh as a camera's without one for every frame of a movement.
LONG_HOLD_MS = 50.0
LONG_WORK_MS = 120.0
PICTURE_TIMEOUT_MS = 2_000.0


@dataclass(frozen=True, slots=True)
class Frame:
    """A JPEG, when it was new on the clock, and the address of the page."""

    at_ms: float
    picture: bytes = field(repr=False)
    url: str


class StillClock:
    """Real time with short holds; `held_s` was waited for a viewer's sake, `shooting_s` spent on pictures."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._began_s = time.monotonic()
        self._skipped_ms = 0.0
        self._frames: list[Frame] = []
        self._changed_ms = 0.0
        self.full = False
        self.held_s = 0.0
        self.shooting_s = 0.0

    def now_ms(self) -> float:
        return (time.monotonic() - self._began_s) * 1000 + self._skipped_ms

    def still_ms(self) -> float:
        return self.now_ms() - self._changed_ms

    def picture(self) -> bytes:
        return self._frames[-1].picture if self._frames else b""

    def at(self, moment_ms: float) -> Frame | None:
        """The last picture not later than this, or the first one; None before any."""
        if not self._frames:
            return None
        return self._frames[max(0, bisect_right(self._frames, moment_ms, key=lambda f: f.at_ms) - 1)]

    def cover(self, covered: bool) -> None:
        """Nobody watches."""

    async def hold(self, duration_ms: float) -> None:
        slept_ms = min(HOLD_PART * duration_ms, HOLD_MOST_MS)
        await asyncio.sleep(slept_ms / 1000)
        self._skipped_ms += duration_ms - slept_ms
        self.held_s += slept_ms / 1000
        if duration_ms >= LONG_HOLD_MS:
            await self._shoot()

    async def during(self, work: Awaitable[T]) -> T:
        began_s = time.monotonic()
        result = await work
        if (time.monotonic() - began_s) * 1000 >= LONG_WORK_MS:
            await self._shoot()
        return result

    async def _shoot(self) -> None:
        began_s = time.monotonic()
        try:
            picture = await self._page.screenshot(
                type="jpeg", quality=90, timeout=PICTURE_TIMEOUT_MS, caret="initial"
            )
        except PlaywrightError:
            return  # between two documents there is nothing to see
        finally:
            self.shooting_s += time.monotonic() - began_s
        last = self._frames[-1] if self._frames else None
        if last is None or last.picture != picture or last.url != self._page.url:
            self._changed_ms = self.now_ms()
            self._frames.append(Frame(self._changed_ms, picture, self._page.url))
