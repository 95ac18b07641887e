"""Frame-by-frame camera in virtual time: renders every film frame exactly once, however long it takes."""

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
#: Most calls to a page end within this, without film time.
GRACE_S = 0.02
#: After so many equal screenshots in a row the page counts as still.
STILL_AFTER_REPEATS = 1
#: A still page is checked by a screenshot this often all the same, in milliseconds of film.
MAX_UNCHECKED_MS = 1_000.0


class FrameCamera:
    """Films a page made with BeginFrame control, `fps` frames for each second of the page's own time.

    `sink` gets each frame that differs from the one before, in order; frame n carries n * 1000 / fps. While
    the picture changes, every frame is a screenshot; once it is still, the browser only reports whether it
    has changed, which takes a tenth of the time. Frames have the page's size in device pixels; `quality` is
    JPEG's, 0 to 100, and `max_bytes` caps the sum of the JPEGs.

    Film time passes only during `hold` and `during`.
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
        self._begin_frame = BeginFrameControl(page, fps, quality)
        self._frame_task: asyncio.Task[None] | None = None
        self._stopped = False
        self._holding = 0
        self._frame_number = 0
        self._changed_at_frame = 0
        self._last_screenshot = 0
        self._repeats = 0
        self._last_jpeg = b""
        self._covered = False
        #: The last picture was not delivered to the sink.
        self._undelivered = False
        self._delivered_ms = -1.0
        self.size_bytes = 0
        self.frames = 0
        #: Number of screenshots, including repeated ones.
        self.screenshots = 0
        self.lost_frames = 0
        self.full = False

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(self._begin_frame.notes)

    async def start(self) -> None:
        """Pauses the page's clocks and records the first frame. Raises FramesImpossible without one."""
        try:
            async with asyncio.timeout(FIRST_FRAME_S):
                await self._begin_frame.open()
                jpeg = await self._first_screenshot()
        except (PlaywrightError, TimeoutError) as exc:
            raise FramesImpossible("The browser does not let this page be filmed frame by frame.") from exc
        self._accept(jpeg)

    async def _first_screenshot(self) -> bytes:
        """Renders until there is a picture: the first renderings of a new page may have none."""
        while True:
            render = await self._begin_frame.render(screenshot=True)
            if render is not None and render.jpeg is not None:
                return render.jpeg
            if self._begin_frame.notes:
                raise FramesImpossible(f"The browser gave no first frame. {self._begin_frame.notes[0]}")

    async def stop(self) -> None:
        """Stops filming after the frame in progress. Safe to call on a crashed page."""
        if self._frame_task is not None:
            await asyncio.wait({self._frame_task}, timeout=STOP_LIMIT_S)
        self._stopped = True

    def now_ms(self) -> float:
        """Returns the film time of the last frame in milliseconds."""
        return self._frame_number * 1000 / self._fps

    def still_ms(self) -> float:
        """Returns the milliseconds of film since the picture last changed."""
        return (self._frame_number - self._changed_at_frame) * 1000 / self._fps

    def picture(self) -> bytes:
        """Returns the last picture as JPEG; b"" before the first."""
        return self._last_jpeg

    def cover(self, covered: bool) -> None:
        """Withholds frames from the sink while covered; delivers the current one when uncovered."""
        self._covered = covered
        self._deliver()

    async def hold(self, duration_ms: float) -> None:
        """Films for this long, in whole frames, rounded up."""
        until_ms = self.now_ms() + duration_ms - 0.01
        self._holding += 1
        try:
            while self.now_ms() < until_ms:
                await asyncio.shield(self._next_frame())
        finally:
            self._holding -= 1

    async def during(self, work: Awaitable[T]) -> T:
        """Awaits `work`, and films when it takes more than a moment of real time."""
        task = asyncio.ensure_future(work)
        try:
            await self._wait_without_filming(task)
            while not task.done():
                frame = self._next_frame()
                await asyncio.wait({task, frame}, return_when=asyncio.FIRST_COMPLETED)
                if frame.done():
                    frame.result()
                if self._holding:
                    await self._wait_without_filming(task)
            if self._frame_task is not None:
                await asyncio.shield(self._frame_task)
            return await task
        finally:
            if not task.done():
                task.add_done_callback(_retrieve_exception)
                task.cancel()

    async def _wait_without_filming(self, task: asyncio.Future[Any]) -> None:
        """Waits a moment for work, and as long as it advances film time itself with `hold`."""
        was_held = True
        while was_held and not task.done():
            was_held = self._holding > 0
            await asyncio.wait({task}, timeout=GRACE_S)

    def _next_frame(self) -> asyncio.Task[None]:
        """Returns the task of the frame in progress, or starts a new one.

        As a task of its own the frame is finished also when a caller that waits for it is cancelled.
        """
        if self._frame_task is None or self._frame_task.done():
            self._frame_task = asyncio.create_task(self._film_frame())
        return self._frame_task

    async def _film_frame(self) -> None:
        await self._begin_frame.advance()
        self._frame_number += 1
        jpeg = await self._take_picture()
        if jpeg is not None:
            self._accept(jpeg)
        self._deliver()

    async def _take_picture(self) -> bytes | None:
        """Takes the frame's picture; None when it is known to be unchanged."""
        is_moving = self._repeats < STILL_AFTER_REPEATS
        is_due = (self._frame_number - self._last_screenshot) * 1000 / self._fps >= MAX_UNCHECKED_MS
        if self.full or not (is_moving or is_due):
            render = await self._begin_frame.render(screenshot=False)
            if render is None:
                self.lost_frames += 1
            if self.full or render is None or not render.damaged:
                return None
        render = await self._begin_frame.render(screenshot=True)
        if render is None or render.jpeg is None:
            self.lost_frames += render is None  # a page that has not painted yet has none either
            return None
        self.screenshots += 1
        self._last_screenshot = self._frame_number
        self._repeats = self._repeats + 1 if render.jpeg == self._last_jpeg else 0
        if self._repeats >= STILL_AFTER_REPEATS:
            # The rendering after a screenshot always reports a change: it is done here and ignored.
            await self._begin_frame.render(screenshot=False)
        return render.jpeg

    def _accept(self, jpeg: bytes) -> None:
        """Accepts and delivers a picture, unless it repeats the last one or the footage is full."""
        if jpeg == self._last_jpeg or self.full or self._stopped:
            return
        if self.size_bytes + len(jpeg) > self._max_bytes:
            self.full = True
            return
        self._last_jpeg = jpeg
        self._changed_at_frame = self._frame_number
        self._undelivered = True
        self._deliver()

    def _deliver(self) -> None:
        """Delivers the last picture to the sink, once, and never two at the same time."""
        if not self._undelivered or self._covered or self._stopped or self.now_ms() <= self._delivered_ms:
            return
        self._undelivered = False
        self._delivered_ms = self.now_ms()
        self.size_bytes += len(self._last_jpeg)
        self.frames += 1
        self._sink(Frame(self._delivered_ms, self._last_jpeg))


def _retrieve_exception(task: asyncio.Future[Any]) -> None:
    with suppress(asyncio.CancelledError):
        task.exception()
