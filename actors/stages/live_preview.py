"""A window on the take: small pictures of what is being filmed, while somebody is looking."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import cv2
import numpy as np
from redis.asyncio import Redis
from redis.exceptions import RedisError

from actors.jobs.events import Frame, is_watched, keep_showing, show, stop_showing
from actors.jobs.store import connect
from actors.stages.spec import StageSpec
from video.capture.frame_store import FrameStore

log = logging.getLogger(__name__)

#: At most two pictures a second. One of 576x324 has some 20 KB and takes 4 ms to make.
EVERY_S = 0.5
LONG_SIDE_PX = 576
QUALITY = 70


@asynccontextmanager
async def live_preview(
    order: StageSpec, reel: FrameStore, *, every_s: float = EVERY_S
) -> AsyncIterator[None]:
    """Shows the newest picture of the reel while it is entered. Nothing that fails here ends a take."""
    redis, closing = connect(order.redis_url), asyncio.Event()
    showing = asyncio.create_task(_show(redis, order.job_id, reel, closing, every_s))
    try:
        yield
    finally:
        # Not cancelled: redis-py swallows a cancellation that meets an answer.
        closing.set()
        await asyncio.gather(showing, return_exceptions=True)
        await redis.aclose()


async def _show(redis: Redis, job_id: str, reel: FrameStore, closing: asyncio.Event, every_s: float) -> None:
    shown = -1
    while not closing.is_set():
        try:
            watched = await is_watched(redis, job_id)
            shown = await _update(redis, job_id, reel, shown) if watched and reel.times_ms else -1
        except RedisError as exc:
            log.info("nobody sees what is filmed, Redis is away: %s", exc)
        except Exception:
            log.exception("the picture of the browser could not be made")
        with suppress(TimeoutError):
            async with asyncio.timeout(every_s):
                await closing.wait()
    with suppress(RedisError):
        await stop_showing(redis, job_id)


async def _update(redis: Redis, job_id: str, reel: FrameStore, shown: int) -> int:
    """Shows the newest picture unless it is shown already; answers its number."""
    newest = len(reel.times_ms) - 1
    if newest == shown:
        await keep_showing(redis, job_id)
        return shown
    at_ms, jpeg = reel.times_ms[newest], reel.jpeg(newest)
    width_px, height_px, small = await asyncio.to_thread(shrink, jpeg)
    await show(redis, job_id, Frame("", at_ms, width_px, height_px, small))
    return newest


def shrink(jpeg: bytes) -> tuple[int, int, bytes]:
    """Width, height and bytes of the same picture, no longer than LONG_SIDE_PX on either side."""
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_REDUCED_COLOR_2)
    assert picture is not None
    height, width = picture.shape[:2]
    scale = LONG_SIDE_PX / max(width, height)
    if scale < 1:
        width, height = round(width * scale), round(height * scale)
        picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return width, height, data.tobytes()
