"""Small pictures of what is being filmed, made while somebody looks and not otherwise."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from actors.jobs.events import FIRST, Frame, listen
from actors.jobs.store import Store
from actors.stages.live_preview import live_preview, shrink
from video.capture.footage import Frame as Shot
from video.capture.frame_store import FrameStore

pytestmark = pytest.mark.anyio

WITHIN_S = 10.0


def jpeg(width_px: int, height_px: int, grey: int = 200) -> bytes:
    return cv2.imencode(".jpg", np.full((height_px, width_px, 3), grey, np.uint8))[1].tobytes()


def grey_of(frame: Frame) -> int:
    """To the nearest ten: JPEG is no better."""
    picture = cv2.imdecode(np.frombuffer(frame.jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    assert picture.shape == (frame.height_px, frame.width_px)
    return round(float(picture.mean()) / 10) * 10


@pytest.fixture
def reel(tmp_path: Path) -> Iterator[FrameStore]:
    reel = FrameStore(tmp_path / "reel")
    yield reel
    reel.close()


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not await true():
            await asyncio.sleep(0.01)


async def next_frame(store: Store, after: str = FIRST) -> Frame:
    async with asyncio.timeout(WITHIN_S):
        while True:
            _, frame = await listen(store.redis, "j1", FIRST, after, 100)
            if frame:
                return frame


@pytest.mark.parametrize(
    ("filmed", "shown"),
    [
        ((1152, 648), (576, 324)),
        ((2304, 1296), (576, 324)),
        ((1080, 1920), (324, 576)),
        ((400, 300), (200, 150)),
    ],
)
def test_pictures_keep_their_shape_and_are_small(filmed: tuple[int, int], shown: tuple[int, int]) -> None:
    width_px, height_px, small = shrink(jpeg(*filmed))
    assert (width_px, height_px) == shown
    assert grey_of(Frame("", 0, width_px, height_px, small)) == 200


async def test_whoever_looks_sees_the_newest_picture_and_the_next(
    redis_url: str, reel: FrameStore, store: Store
) -> None:
    reel.append(Shot(0.0, jpeg(640, 360, 50)))
    reel.append(Shot(33.3, jpeg(640, 360, 100)))
    async with live_preview(redis_url, "j1", reel, interval_s=0.02):
        first = await next_frame(store)
        reel.append(Shot(66.7, jpeg(640, 360, 150)))
        second = await next_frame(store, first.id)

    assert (first.at_ms, grey_of(first)) == (33.3, 100)
    assert (second.at_ms, grey_of(second)) == (66.7, 150)
    # Nothing of it is left
    assert not await store.redis.exists("demo:frames:j1")


async def test_nobody_looks_and_no_picture_is_made(redis_url: str, reel: FrameStore, store: Store) -> None:
    reel.append(Shot(0.0, jpeg(640, 360)))
    async with live_preview(redis_url, "j1", reel, interval_s=0.01):
        # It has asked many times by now whether somebody looks
        async def asked() -> bool:
            stats = await store.redis.info("commandstats")
            return int(stats.get("cmdstat_exists", {"calls": 0})["calls"]) > 5

        await until(asked)
        assert not await store.redis.exists("demo:frames:j1")


async def test_a_picture_that_cannot_be_made_ends_nothing(
    redis_url: str, reel: FrameStore, store: Store
) -> None:
    reel.append(Shot(0.0, b"no picture"))
    async with live_preview(redis_url, "j1", reel, interval_s=0.01):
        await listen(store.redis, "j1", FIRST, FIRST, 50)
        reel.append(Shot(1.0, jpeg(640, 360, 80)))
        assert grey_of(await next_frame(store)) == 80
