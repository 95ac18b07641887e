"""What the explorer needs from others: a clock that lets time pass on camera, and a planner."""

from collections.abc import Awaitable
from typing import Protocol, TypeVar

from explorer.types import ActionPlan, Scene

T = TypeVar("T")


class Clock(Protocol):
    """How the explorer lets time pass. A real-time camera waits; one outside real time renders frames."""

    def now_ms(self) -> float:
        """Milliseconds of film time since the camera started."""
        ...

    def still_ms(self) -> float:
        """Milliseconds since the picture last changed."""
        ...

    @property
    def full(self) -> bool:
        """True when no more can be filmed: the footage has reached its limit."""
        ...

    def picture(self) -> bytes:
        """The picture that is on screen, as JPEG; b"" from a clock without a camera."""
        ...

    def cover(self, covered: bool) -> None:
        """Covers or uncovers the camera: a covered one keeps filming its last picture."""
        ...

    async def hold(self, duration_ms: float) -> None:
        """Holds the picture for this long."""
        ...

    async def during(self, work: Awaitable[T]) -> T:
        """Keeps the camera running until `work` is done, and returns its result."""
        ...


class Planner(Protocol):
    """Ranks the elements of a scene."""

    async def plan(self, scene: Scene) -> list[ActionPlan]:
        """Returns at most five plans, best first, each for one of `scene.elements`."""
        ...
