"""Real-time camera on the browser's screencast: works with any Chromium, but may lose frames."""

import asyncio
import time
from collections.abc import Awaitable
from contextlib import suppress
from typing import TypeVar

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, ScreencastFrame

from video.capture.camera import Sink
from video.capture.footage import Frame

T = TypeVar("T")

#: A still page delivers its only picture within some 20 ms of the start.
FIRST_FRAME_WAIT_S = 0.5
SCREENSHOT_LIMIT_MS = 5_000
STOP_LIMIT_S = 5.0
#: Assumed age of a frame at delivery, until the first was measured (20 to 60 ms were seen).
DEFAULT_AGE_MS = 40.0
#: A larger age, or one below 0, means that the wall clock was set between capture and delivery.
MAX_AGE_MS = 10_000.0


class ScreencastCamera:
    """Films in real time with the browser's screencast: a JPEG whenever the picture has changed.

    `sink` gets each frame, in order and never two at the same time, and must not block. `max_bytes` caps the
    sum of the JPEGs. Frames are `width_px` x `height_px` device pixels: at a device scale beyond 1 more
    than the page has in CSS pixels. `quality` is JPEG's, 0 to 100.

    Frames carry the wall clock of their capture. Each is placed on the monotonic film clock by its age at
    delivery, so setting or slewing the wall clock during a take moves no frame.
    """

    def __init__(
        self,
        page: Page,
        sink: Sink,
        *,
        width_px: int = 1280,
        height_px: int = 720,
        quality: int = 90,
        max_bytes: int = 512 << 20,
    ) -> None:
        self._page = page
        self._sink = sink
        self._width_px = width_px
        self._height_px = height_px
        self._quality = quality
        self._max_bytes = max_bytes
        self._started_s = 0.0
        self._last_ms = -1.0
        self._last_jpeg = b""
        self._covered = False
        #: The last picture was not delivered to the sink.
        self._undelivered = False
        self._last_timestamp = 0.0
        self._age_ms = DEFAULT_AGE_MS
        self._stopped = False
        self._received_ms = 0.0
        self._first_frame = asyncio.Event()
        self.size_bytes = 0
        self.frames = 0
        self.full = False
        self.notes: tuple[str, ...] = ()
        #: Unknown to this camera.
        self.lost_frames = 0

    async def start(self) -> None:
        """Starts filming and returns when there is a first frame, a screenshot if the screencast gives none.

        Raises playwright's Error if the page was closed or already has a screencast.
        """
        self._started_s = time.monotonic()
        await self._page.screencast.start(
            on_frame=self._on_frame,
            quality=self._quality,
            size={"width": self._width_px, "height": self._height_px},
        )
        try:
            await asyncio.wait_for(self._first_frame.wait(), FIRST_FRAME_WAIT_S)
        except TimeoutError:
            await self._force_frame()

    async def stop(self) -> None:
        """Stops filming. A crashed page or browser is no error: the frames so far are kept."""
        self._stopped = True
        with suppress(PlaywrightError, TimeoutError):
            await asyncio.wait_for(self._page.screencast.stop(), STOP_LIMIT_S)

    def now_ms(self) -> float:
        """Returns the milliseconds since `start`, on the same axis as the frames' `at_ms`."""
        return (time.monotonic() - self._started_s) * 1000

    def still_ms(self) -> float:
        """Returns the milliseconds since the screencast last sent a frame."""
        return self.now_ms() - self._received_ms

    def picture(self) -> bytes:
        """Returns the last picture as JPEG; b"" before the first."""
        return self._last_jpeg

    def cover(self, covered: bool) -> None:
        """Withholds frames from the sink while covered; delivers the current one when uncovered."""
        self._covered = covered
        self._deliver()

    async def hold(self, duration_ms: float) -> None:
        """Waits in real time."""
        await asyncio.sleep(max(duration_ms, 0) / 1000)

    async def during(self, work: Awaitable[T]) -> T:
        """Awaits `work`; the screencast runs by itself."""
        return await work

    def _on_frame(self, frame: ScreencastFrame) -> None:
        """Handles one frame of the screencast, unless it repeats a timestamp (which happens)."""
        received_at_ms, self._received_ms = time.time() * 1000, self.now_ms()
        if self._stopped or frame["timestamp"] == self._last_timestamp:
            return
        self._last_timestamp = frame["timestamp"]
        age_ms = received_at_ms - self._last_timestamp
        if 0 <= age_ms <= MAX_AGE_MS:
            self._age_ms = age_ms
        self._accept(self._received_ms - self._age_ms, frame["data"])

    def _accept(self, at_ms: float, jpeg: bytes) -> None:
        """Accepts and delivers a frame, unless it is older than the last one or the footage is full."""
        at_ms = max(at_ms, 0.0)
        if at_ms <= self._last_ms or self.full:
            return
        if self.size_bytes + len(jpeg) > self._max_bytes:
            self.full = True
            return
        self._last_ms = at_ms
        self._last_jpeg = jpeg
        self._undelivered = True
        self._deliver()
        self._first_frame.set()

    def _deliver(self) -> None:
        """Delivers the last picture to the sink, once."""
        if not self._undelivered or self._covered or self._stopped:
            return
        self._undelivered = False
        self.size_bytes += len(self._last_jpeg)
        self.frames += 1
        self._sink(Frame(self._last_ms, self._last_jpeg))

    async def _force_frame(self) -> None:
        jpeg = await self._page.screenshot(
            type="jpeg", quality=self._quality, scale="device", timeout=SCREENSHOT_LIMIT_MS
        )
        if not self._first_frame.is_set():
            self._accept(self.now_ms(), jpeg)
