"""The camera protocol and the choice of camera. A camera records frames and is the film clock of the
explorer.
"""

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
        """Whether the footage has reached its size limit: no more frames are recorded."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """Irregularities, one sentence each."""
        ...

    @property
    def lost_frames(self) -> int:
        """Film frames without a picture, as far as the camera knows."""
        ...

    async def start(self) -> None:
        """Starts filming; returns when there is a first frame."""
        ...

    async def stop(self) -> None:
        """Stops filming: the sink gets no frame afterwards. Safe to call on a crashed page."""
        ...

    def now_ms(self) -> float:
        """Returns the film time in milliseconds since the camera started."""
        ...

    def still_ms(self) -> float:
        """Returns the milliseconds since the picture last changed."""
        ...

    def picture(self) -> bytes:
        """Returns the current picture as JPEG; b"" before the first."""
        ...

    def cover(self, covered: bool) -> None:
        """Withholds frames from the sink while covered; delivers the current one when uncovered."""
        ...

    async def hold(self, duration_ms: float) -> None:
        """Films for this long."""
        ...

    async def during(self, work: Awaitable[T]) -> T:
        """Films until `work` is done, and returns its result."""
        ...


def choose_camera(wanted: str, chromium_kind: str) -> tuple[CameraKind, str]:
    """Chooses the camera for `auto`, `realtime` or `frames`; returns it and why it is not the better one, or
    "".

    Raises FramesImpossible when `frames` is requested of a browser without BeginFrame control.
    """
    has_frame_control = chromium_kind == "headless-shell"
    if wanted == "frames" and not has_frame_control:
        raise FramesImpossible(
            "This browser cannot be filmed frame by frame. Install chromium-headless-shell, "
            "or film with the camera `auto` or `realtime`."
        )
    if wanted == "realtime" or has_frame_control:
        return ("realtime", "") if wanted == "realtime" else ("frames", "")
    return "realtime", "Filmed in real time: only chromium-headless-shell can be filmed frame by frame."
