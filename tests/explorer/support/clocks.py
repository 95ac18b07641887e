"""Clocks for tests: as time passes, cut short, by frames alone, and one that sees what is on screen."""

import asyncio
import time
from collections.abc import Awaitable
from typing import TypeVar

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

T = TypeVar("T")

#: Pictures are taken at the end of holds from this length on: shorter ones are steps of the pointer.
LOOK_FROM_MS = 45.0


class RealClock:
    """Time as it passes. The picture counts as still for `still` milliseconds, which a test may set."""

    def __init__(self, still: float = 60_000.0) -> None:
        self.still = still
        self.full = False
        self._began_s = time.monotonic()
        self._skipped_ms = 0.0

    def now_ms(self) -> float:
        return (time.monotonic() - self._began_s) * 1000 + self._skipped_ms

    def still_ms(self) -> float:
        return self.still

    def picture(self) -> bytes:
        return b""

    def cover(self, covered: bool) -> None:
        """Nobody watches."""

    async def hold(self, duration_ms: float) -> None:
        slept_ms = self._sleep_ms(duration_ms)
        await asyncio.sleep(slept_ms / 1000)
        self._skipped_ms += duration_ms - slept_ms

    def _sleep_ms(self, duration_ms: float) -> float:
        return duration_ms

    async def during(self, work: Awaitable[T]) -> T:
        return await work


class HastyClock(RealClock):
    """For whole explorations, whose looks at a page would take most of a test's time: holds are cut short."""

    def _sleep_ms(self, duration_ms: float) -> float:
        return min(0.4 * duration_ms, 60.0)


class FrameClock(RealClock):
    """Outside real time: only what is held passes, as on a camera that renders frame by frame."""

    def now_ms(self) -> float:
        return self._skipped_ms

    def _sleep_ms(self, duration_ms: float) -> float:
        return 0.0


class SeeingClock(HastyClock):
    """A camera that photographs `page` at the end of each hold, and knows how long its picture has stood."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self._picture = b""
        self._changed_ms = 0.0

    def still_ms(self) -> float:
        return self.now_ms() - self._changed_ms

    def picture(self) -> bytes:
        return self._picture

    async def hold(self, duration_ms: float) -> None:
        await super().hold(duration_ms)
        if duration_ms >= LOOK_FROM_MS:
            await self._look()

    async def _look(self) -> None:
        """A page that cannot be photographed now leaves the last picture standing, as a camera does."""
        try:
            image = await self._page.screenshot(type="jpeg", quality=90, timeout=2_000)
        except PlaywrightError:
            return
        if image != self._picture:
            self._picture, self._changed_ms = image, self.now_ms()
