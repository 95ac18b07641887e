"""Films outside real time: every frame of the film is rendered exactly once, however long that takes."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any, TypeVar

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from video.capture.begin_frame import BeginFrameControl
from video.capture.camera import Sink
from video.capture.footage import Frame
from video.errors import FramesImpossible

T = TypeVar("T")

FIRST_FRAME_S = 10.0
STOP_LIMIT_S = 5.0
#: Most questions to a page are answered by then, and no film time passes while they are.
GRACE_S = 0.02
#: So many pictures in a row must be the same as the one before until the page counts as still.
SAME_PICTURES = 1
#: A page that stands still is looked at this often all the same, in milliseconds of film.
SAFETY_MS = 1_000.0


class FrameCamera:
    """Films a page made with BeginFrame control, `fps` frames for each second of the page's own time.

    `sink` gets each frame that differs from the one before, in order; frame n carries n * 1000 / fps. While
    the picture moves every frame is taken; once it stands still the browser only tells whether it has
    changed, which costs a tenth. Frames have the page's size in device pixels; `quality` is JPEG's, 0 to 100,
    and `max_bytes` caps the sum of the JPEGs.

    Time passes while somebody holds or waits, and only then.
    """

    def __init__(
        self,
        page: Page,
        sink: Sink,
        *,
        fps: int = 30,
        quality: int = 90,
        max_bytes: int = 512 << 20,
    ) -> None:
        self._sink = sink
        self._fps = fps
        self._max_bytes = max_bytes
        self._shutter = BeginFrameControl(page, fps, quality)
        self._flight: asyncio.Task[None] | None = None
        self._stopped = False
        self._holding = 0
        self._number = 0
        self._changed = 0
        self._shot = 0
        self._same = 0
        self._last = b""
        self._covered = False
        #: The last picture has not reached the sink.
        self._withheld = False
        self._handed_ms = -1.0
        self.size_bytes = 0
        self.frames = 0
        #: Pictures that were taken, those included that showed nothing new.
        self.shots = 0
        self.lost_frames = 0
        self.full = False

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(self._shutter.notes)

    async def start(self) -> None:
        """Stops the page's clocks and takes the first frame. Raises FramesImpossible when there is none."""
        try:
            async with asyncio.timeout(FIRST_FRAME_S):
                await self._shutter.open()
                jpeg = await self._first()
        except (PlaywrightError, TimeoutError) as exc:
            raise FramesImpossible("The browser does not let this page be filmed frame by frame.") from exc
        self._take(jpeg)

    async def _first(self) -> bytes:
        """A page that is only just made may have nothing to show in its first renderings."""
        while True:
            look = await self._shutter.look(shot=True)
            if look is not None and look.jpeg is not None:
                return look.jpeg
            if self._shutter.notes:
                raise FramesImpossible(f"The browser gave no first frame. {self._shutter.notes[0]}")

    async def stop(self) -> None:
        """Ends filming: a frame that is under way is the last. Safe to call on a page that died."""
        if self._flight is not None:
            await asyncio.wait({self._flight}, timeout=STOP_LIMIT_S)
        self._stopped = True

    def now_ms(self) -> float:
        """Film time: that of the last frame."""
        return self._number * 1000 / self._fps

    def still_ms(self) -> float:
        """Milliseconds of film since the picture last changed."""
        return (self._number - self._changed) * 1000 / self._fps

    def picture(self) -> bytes:
        """The last picture taken, as JPEG; b"" before the first."""
        return self._last

    def cover(self, covered: bool) -> None:
        """While covered, no frame reaches the sink; uncovered, the picture that there is does."""
        self._covered = covered
        self._hand_on()

    async def hold(self, duration_ms: float) -> None:
        """Films for this long, in whole frames, rounded up."""
        until_ms = self.now_ms() + duration_ms - 0.01
        self._holding += 1
        try:
            while self.now_ms() < until_ms:
                await asyncio.shield(self._next())
        finally:
            self._holding -= 1

    async def during(self, work: Awaitable[T]) -> T:
        """Awaits `work`, and films when it takes more than a moment of real time."""
        task = asyncio.ensure_future(work)
        try:
            await self._leave_alone(task)
            while not task.done():
                frame = self._next()
                await asyncio.wait({task, frame}, return_when=asyncio.FIRST_COMPLETED)
                if frame.done():
                    frame.result()
                if self._holding:
                    await self._leave_alone(task)
            if self._flight is not None:
                await asyncio.shield(self._flight)
            return await task
        finally:
            if not task.done():
                task.add_done_callback(_forget)
                task.cancel()

    async def _leave_alone(self, task: asyncio.Future[Any]) -> None:
        """Gives work its moment; while it lets time pass by itself, nobody else should."""
        held = True
        while held and not task.done():
            held = self._holding > 0
            await asyncio.wait({task}, timeout=GRACE_S)

    def _next(self) -> asyncio.Task[None]:
        """The frame that is being made, or else a new one.

        It is a task of its own: whoever waits for it may be cancelled, the frame is finished all the same.
        """
        if self._flight is None or self._flight.done():
            self._flight = asyncio.create_task(self._frame())
        return self._flight

    async def _frame(self) -> None:
        await self._shutter.advance()
        self._number += 1
        jpeg = await self._picture()
        if jpeg is not None:
            self._take(jpeg)
        self._hand_on()

    async def _picture(self) -> bytes | None:
        """The frame's picture, or None when it is known to be the same as before."""
        moving = self._same < SAME_PICTURES
        due = (self._number - self._shot) * 1000 / self._fps >= SAFETY_MS
        if self.full or not (moving or due):
            look = await self._shutter.look(shot=False)
            if look is None:
                self.lost_frames += 1
            if self.full or look is None or not look.damaged:
                return None
        look = await self._shutter.look(shot=True)
        if look is None or look.jpeg is None:
            self.lost_frames += look is None  # a page that has not painted yet has no picture either
            return None
        self.shots += 1
        self._shot = self._number
        self._same = self._same + 1 if look.jpeg == self._last else 0
        if self._same >= SAME_PICTURES:
            # The rendering after a picture always claims a change: here is one for it to claim.
            await self._shutter.look(shot=False)
        return look.jpeg

    def _take(self, jpeg: bytes) -> None:
        """Keeps a picture and hands it on, unless it is the last one again or the footage is full."""
        if jpeg == self._last or self.full or self._stopped:
            return
        if self.size_bytes + len(jpeg) > self._max_bytes:
            self.full = True
            return
        self._last = jpeg
        self._changed = self._number
        self._withheld = True
        self._hand_on()

    def _hand_on(self) -> None:
        """The sink gets the last picture, once, and never two at the same time."""
        if not self._withheld or self._covered or self._stopped or self.now_ms() <= self._handed_ms:
            return
        self._withheld = False
        self._handed_ms = self.now_ms()
        self.size_bytes += len(self._last)
        self.frames += 1
        self._sink(Frame(self._handed_ms, self._last))


def _forget(task: asyncio.Future[Any]) -> None:
    with suppress(asyncio.CancelledError):
        task.exception()
