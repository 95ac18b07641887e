"""Opens a browser with a camera in front of it: chooses the camera, starts both, and closes them."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from playwright.async_api import Error as PlaywrightError

from actors.stages.reports import CameraReport
from explorer.browser.chromium import Chromium, open_session
from explorer.browser.liveness import watching_liveness
from explorer.browser.session import BrowserSession
from explorer.errors import BrowserCrashed
from explorer.types import Brief
from video.capture.camera import Camera, CameraKind, Sink, choose_camera
from video.capture.frame_camera import FrameCamera
from video.capture.screencast_camera import ScreencastCamera
from video.errors import FramesImpossible
from video.style import CameraChoice

log = logging.getLogger(__name__)

START_LIMIT_S = 30.0
#: Playwright's error comes up to this much earlier than the news that the browser is dead.
LOST_WAIT_S = 1.0


class BrowserLost(BrowserCrashed):
    """The browser died or froze before the first frame, whichever camera was used."""


@dataclass(frozen=True, slots=True)
class CameraSetup:
    """What a browser and its camera are started with; `scale` is footage pixels per CSS pixel."""

    chromium: Chromium
    brief: Brief
    scale: float
    choice: CameraChoice
    fps: int
    max_footage_bytes: int
    proxy_url: str
    sink: Sink


@dataclass(frozen=True, slots=True)
class CameraSession:
    """A camera that has taken its first frame of the browser's page; `notes` say why it is this one."""

    browser: BrowserSession
    camera: Camera
    kind: CameraKind
    notes: tuple[str, ...]

    def report(self, fps: int) -> CameraReport:
        """What the job records of its camera."""
        notes = (*self.notes, *self.camera.notes)
        return CameraReport(self.kind, notes, self.camera.lost_frames, fps)


@asynccontextmanager
async def camera_session(setup: CameraSetup) -> AsyncIterator[CameraSession]:
    """Opens a browser and starts to film; closes the browser afterwards.

    A browser that cannot be filmed frame by frame is filmed in real time, unless frames were asked for. When
    it dies or freezes later, `BrowserSession.lost` says so. Raises FramesImpossible and BrowserCrashed.
    """
    kind, note = choose_camera(setup.choice, setup.chromium.kind)
    notes = (note,) if note else ()
    async with AsyncExitStack() as stack:
        try:
            browser, camera = await _start(stack, setup, kind)
        except (FramesImpossible, BrowserCrashed) as exc:
            if setup.choice == "frames" or kind == "realtime" or isinstance(exc, BrowserLost):
                raise
            log.warning("filming in real time instead: %s", exc)
            await stack.aclose()
            kind, notes = "realtime", (f"Filmed in real time: {exc}",)
            browser, camera = await _start(stack, setup, kind)
        yield CameraSession(browser, camera, kind, notes)


async def _start(
    stack: AsyncExitStack, setup: CameraSetup, kind: CameraKind
) -> tuple[BrowserSession, Camera]:
    browser = await stack.enter_async_context(
        open_session(
            setup.brief, setup.chromium, setup.proxy_url, by_frames=kind == "frames", scale=setup.scale
        )
    )
    await stack.enter_async_context(watching_liveness(browser))
    camera = _make_camera(setup, kind, browser)
    try:
        await start_camera(camera)
    except (FramesImpossible, BrowserCrashed) as exc:
        if (await asyncio.wait({browser.lost}, timeout=LOST_WAIT_S))[0]:
            raise BrowserLost(f"The take was lost: {browser.lost.result()} before filming began.") from exc
        raise
    return browser, camera


def _make_camera(setup: CameraSetup, kind: CameraKind, browser: BrowserSession) -> Camera:
    if kind == "frames":
        return FrameCamera(browser.page, setup.sink, fps=setup.fps, max_bytes=setup.max_footage_bytes)
    return ScreencastCamera(
        browser.page,
        setup.sink,
        width_px=round(setup.brief.width_px * setup.scale),
        height_px=round(setup.brief.height_px * setup.scale),
        max_bytes=setup.max_footage_bytes,
    )


async def start_camera(camera: Camera) -> None:
    """Starts the camera. Raises BrowserCrashed when the first frame does not come in time."""
    try:
        async with asyncio.timeout(START_LIMIT_S):
            await camera.start()
    except TimeoutError as exc:
        raise BrowserCrashed(f"The browser gave no picture within {START_LIMIT_S:g} s.") from exc
    except PlaywrightError as exc:
        raise BrowserCrashed("The browser died before filming began.") from exc
