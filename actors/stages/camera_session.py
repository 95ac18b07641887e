"""A browser and the camera in front of it: chosen, started, and filming."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Error as PlaywrightError

from actors.stages.spec import StageSpec
from explorer.browser.chromium import Chromium, find_chromium, open_session
from explorer.browser.liveness import watching_liveness
from explorer.browser.session import BrowserSession as BrowserStage
from explorer.errors import BrowserCrashed
from explorer.types import Brief
from video.capture.camera import Camera, CameraKind, Sink, choose_camera
from video.capture.frame_camera import FrameCamera
from video.capture.screencast_camera import ScreencastCamera
from video.errors import FramesImpossible

log = logging.getLogger(__name__)

START_LIMIT_S = 30.0
#: An error of the browser comes a moment before the news of its death.
VERDICT_S = 1.0


class BrowserLost(BrowserCrashed):
    """It died or froze before the first picture, which says nothing of how it can be filmed."""


@dataclass(frozen=True, slots=True)
class CameraSession:
    """A camera that has taken its first frame of the stage's page; `notes` say why it is this one."""

    stage: BrowserStage
    camera: Camera
    kind: CameraKind
    notes: tuple[str, ...]

    def report(self, fps: int) -> dict[str, Any]:
        """What the job tells of its camera."""
        return {
            "used": self.kind,
            "notes": [*self.notes, *self.camera.notes],
            "lost_frames": self.camera.lost_frames,
            "fps": fps,
        }


@asynccontextmanager
async def camera_session(
    order: StageSpec, brief: Brief, scale: float, proxy_url: str, sink: Sink
) -> AsyncIterator[CameraSession]:
    """Opens a browser and begins to film; closes the browser afterwards.

    A browser that turns out not to let itself be filmed frame by frame is filmed in real time, unless frames
    were asked for. Its death, or that it freezes, ends up in the stage. Raises FramesImpossible,
    BrowserMissing and BrowserCrashed.
    """
    chromium = find_chromium(order.chromium_path)
    kind, note = choose_camera(order.camera, chromium.kind)
    notes = (note,) if note else ()
    async with AsyncExitStack() as opened:
        try:
            stage, camera = await _begin(opened, order, brief, scale, chromium, proxy_url, sink, kind)
        except (FramesImpossible, BrowserCrashed) as exc:
            if order.camera == "frames" or kind == "realtime" or isinstance(exc, BrowserLost):
                raise
            log.warning("filming in real time instead: %s", exc)
            await opened.aclose()
            kind, notes = "realtime", (f"Filmed in real time: {exc}",)
            stage, camera = await _begin(opened, order, brief, scale, chromium, proxy_url, sink, kind)
        yield CameraSession(stage, camera, kind, notes)


async def _begin(
    opened: AsyncExitStack,
    order: StageSpec,
    brief: Brief,
    scale: float,
    chromium: Chromium,
    proxy_url: str,
    sink: Sink,
    kind: CameraKind,
) -> tuple[BrowserStage, Camera]:
    by_frames = kind == "frames"
    stage = await opened.enter_async_context(
        open_session(brief, chromium, proxy_url, by_frames=by_frames, scale=scale)
    )
    await opened.enter_async_context(watching_liveness(stage))
    camera: Camera
    if by_frames:
        camera = FrameCamera(stage.page, sink, fps=order.style.fps, max_bytes=order.max_footage_bytes)
    else:
        camera = ScreencastCamera(
            stage.page,
            sink,
            width_px=round(brief.width_px * scale),
            height_px=round(brief.height_px * scale),
            max_bytes=order.max_footage_bytes,
        )
    try:
        await begin(camera)
    except (FramesImpossible, BrowserCrashed) as exc:
        if (await asyncio.wait({stage.lost}, timeout=VERDICT_S))[0]:
            raise BrowserLost(f"The take was lost: {stage.lost.result()} before filming began.") from exc
        raise
    return stage, camera


async def begin(camera: Camera) -> None:
    """Raises BrowserCrashed when the first picture does not come."""
    try:
        async with asyncio.timeout(START_LIMIT_S):
            await camera.start()
    except TimeoutError as exc:
        raise BrowserCrashed(f"The browser gave no picture within {START_LIMIT_S:g} s.") from exc
    except PlaywrightError as exc:
        raise BrowserCrashed("The browser died before filming began.") from exc
