"""Cameras: they turn a page into frames, and they are the clock by which an explorer waits."""

from collections.abc import Awaitable, Callable
from typing import Literal, Protocol, TypeVar

from video.capture.footage import Frame
from video.errors import FramesImpossible

T = TypeVar("T")
Sink = Callable[[Frame], None]
CameraKind = Literal["realtime", "frames"]


class Camera(Protocol):
    """Films a page from `start` to `stop`; film time 0 is the moment of `start`."""

    @property
    def full(self) -> bool:
        """True once the footage has reached its limit in bytes and no more frames are taken."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What did not go as usual, one sentence each."""
        ...

    @property
    def lost_frames(self) -> int:
        """Frames of the film for which no picture could be had, as far as the camera can tell."""
        ...

    async def start(self) -> None:
        """Begins to film; returns when there is a first frame."""
        ...

    async def stop(self) -> None:
        """Ends filming: no frame reaches the sink afterwards. Safe to call on a page that died."""
        ...

    def now_ms(self) -> float:
        """Milliseconds of film time since the camera started."""
        ...

    def still_ms(self) -> float:
        """Milliseconds since the picture last changed."""
        ...

    def picture(self) -> bytes:
        """The picture that is on screen, as JPEG; b"" before the first."""
        ...

    def cover(self, covered: bool) -> None:
        """While covered, no frame reaches the sink; uncovered, the picture that there is does."""
        ...

    async def hold(self, duration_ms: float) -> None:
        """Lets the viewer look for this long."""
        ...

    async def during(self, work: Awaitable[T]) -> T:
        """Keeps the camera running until `work` is done, and returns its result."""
        ...


def choose_camera(wanted: str, chromium_kind: str) -> tuple[CameraKind, str]:
    """Which camera films when `auto`, `realtime` or `frames` is wanted, and why not the better one, or "".

    Raises FramesImpossible when frames are wanted of a browser that has no control over them.
    """
    able = chromium_kind == "headless-shell"
    if wanted == "frames" and not able:
        raise FramesImpossible(
            "This browser cannot be filmed frame by frame. Install chromium-headless-shell, "
            "or film with the camera `auto` or `realtime`."
        )
    if wanted == "realtime" or able:
        return ("realtime", "") if wanted == "realtime" else ("frames", "")
    return "realtime", "Filmed in real time: only chromium-headless-shell can be filmed frame by frame."
