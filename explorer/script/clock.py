"""The clock of a played script: as the camera's, but covered for as long as a step is off camera."""

from collections.abc import Awaitable
from typing import TypeVar

from explorer.protocols import Clock

T = TypeVar("T")


class DirectedClock:
    """Passes everything on to the camera; what uncovers it is not heard while it is off."""

    def __init__(self, camera: Clock) -> None:
        self._camera = camera
        self._is_off = False
        self._is_covered = False

    def now_ms(self) -> float:
        return self._camera.now_ms()

    def still_ms(self) -> float:
        return self._camera.still_ms()

    @property
    def full(self) -> bool:
        return self._camera.full

    def picture(self) -> bytes:
        return self._camera.picture()

    def cover(self, covered: bool) -> None:
        self._is_covered = covered
        self._camera.cover(covered or self._is_off)

    def switch(self, off: bool) -> None:
        """Switches the camera off, whatever happens on the page, or on again."""
        self._is_off = off
        self._camera.cover(self._is_covered or off)

    async def hold(self, duration_ms: float) -> None:
        await self._camera.hold(duration_ms)

    async def during(self, work: Awaitable[T]) -> T:
        return await self._camera.during(work)
