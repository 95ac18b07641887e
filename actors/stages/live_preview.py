"""Publishes small pictures of what is being filmed, while somebody watches."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import cv2
import numpy as np
from redis.asyncio import Redis
from redis.exceptions import RedisError

from actors.jobs.connection import connect
from actors.jobs.events import Frame, is_watched, keep_showing, show, stop_showing
from video.capture.frame_store import FrameStore

log = logging.getLogger(__name__)

#: At most two pictures a second. One of 576x324 has some 20 KB and takes 4 ms to make.
INTERVAL_S = 0.5
MAX_SIDE_PX = 576
JPEG_QUALITY = 70


@asynccontextmanager
async def live_preview(
    redis_url: str, job_id: str, frames: FrameStore, *, interval_s: float = INTERVAL_S
) -> AsyncIterator[None]:
    """Publishes the newest frame while it is entered. No error in here ends a take."""
    redis, closing = connect(redis_url), asyncio.Event()
    publishing = asyncio.create_task(_publish(redis, job_id, frames, closing, interval_s))
    try:
        yield
    finally:
        # Not cancelled: redis-py swallows a cancellation that meets an answer.
        closing.set()
        await asyncio.gather(publishing, return_exceptions=True)
        await redis.aclose()


async def _publish(
    redis: Redis, job_id: str, frames: FrameStore, closing: asyncio.Event, interval_s: float
) -> None:
    shown = -1
    while not closing.is_set():
        try:
            watched = await is_watched(redis, job_id)
            shown = await _update(redis, job_id, frames, shown) if watched and frames.times_ms else -1
        except RedisError as exc:
            log.info("no live preview, Redis is away: %s", exc)
        except Exception:  # a take does not fail with its preview
            log.exception("the live preview could not be made")
        with suppress(TimeoutError):
            async with asyncio.timeout(interval_s):
                await closing.wait()
    with suppress(RedisError):
        await stop_showing(redis, job_id)


async def _update(redis: Redis, job_id: str, frames: FrameStore, shown: int) -> int:
    """Publishes the newest frame unless it is published already; returns its index."""
    newest = len(frames.times_ms) - 1
    if newest == shown:
        await keep_showing(redis, job_id)
        return shown
    at_ms, jpeg = frames.times_ms[newest], frames.jpeg(newest)
    width_px, height_px, small = await asyncio.to_thread(shrink, jpeg)
    await show(redis, job_id, Frame("", at_ms, width_px, height_px, small))
    return newest


def shrink(jpeg: bytes) -> tuple[int, int, bytes]:
    """Scales a picture down to at most MAX_SIDE_PX on either side; returns width, height and JPEG bytes."""
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_REDUCED_COLOR_2)
    assert picture is not None
    height, width = picture.shape[:2]
    scale = MAX_SIDE_PX / max(width, height)
    if scale < 1:
        width, height = round(width * scale), round(height * scale)
        picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return width, height, data.tobytes()
