"""The real-time camera on real pages in a real Chromium."""

import asyncio
import io
import time
from itertools import pairwise

import pytest
from PIL import Image
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from tests.video.conftest import HEIGHT, WIDTH
from video.capture.camera import Camera
from video.capture.footage import Frame
from video.capture.screencast_camera import ScreencastCamera

pytestmark = pytest.mark.anyio

ANIMATED = """<style>@keyframes go { to { transform: translateX(400px) } }
div { width: 99px; height: 99px; background: red; animation: go 1s infinite alternate }</style><div></div>"""


def camera_on(page: Page, frames: list[Frame], max_bytes: int = 1 << 30) -> ScreencastCamera:
    return ScreencastCamera(page, frames.append, width_px=WIDTH, height_px=HEIGHT, max_bytes=max_bytes)


@pytest.mark.thorough
async def test_a_page_that_stands_still_gives_a_first_frame_and_no_more(page: Page) -> None:
    await page.set_content("<body style='background: rgb(0, 128, 128)'>")
    await asyncio.sleep(0.2)
    frames: list[Frame] = []
    camera: Camera = camera_on(page, frames)
    await camera.start()
    assert len(frames) >= 1
    seen = len(frames)
    await camera.hold(600)
    await camera.stop()
    assert len(frames) <= seen + 1
    assert camera.still_ms() >= 500
    image = Image.open(io.BytesIO(frames[0].jpeg))
    assert image.size == (WIDTH, HEIGHT)
    assert image.getpixel((50, 50)) == pytest.approx((0, 128, 128), abs=3)


@pytest.mark.thorough
async def test_an_animation_is_filmed_smoothly_with_rising_times(page: Page) -> None:
    frames: list[Frame] = []
    camera = camera_on(page, frames)
    await camera.start()
    await page.set_content(ANIMATED)
    await camera.hold(2000)
    assert camera.still_ms() < 500
    await camera.stop()
    assert len(frames) > 30
    assert all(a.at_ms < b.at_ms for a, b in pairwise(frames))
    assert frames[0].at_ms >= 0
    assert camera.now_ms() - 1000 < frames[-1].at_ms <= camera.now_ms()
    assert camera.size_bytes == sum(len(frame.jpeg) for frame in frames)


async def test_frames_and_clock_share_one_axis(page: Page) -> None:
    frames: list[Frame] = []
    camera = camera_on(page, frames)
    await page.set_content("<body style='background: white'>")
    await camera.start()
    await camera.hold(400)
    before_ms = camera.now_ms()
    await camera.during(page.evaluate("document.body.style.background = 'black'"))
    await camera.hold(400)
    after_ms = camera.now_ms()
    await camera.stop()
    dark = [
        frame for frame in frames if Image.open(io.BytesIO(frame.jpeg)).convert("L").getpixel((9, 9)) == 0
    ]
    # To a frame: a frame is dated by two clocks, between whose readings a busy machine may do something else.
    assert before_ms - 1000 / 60 <= dark[0].at_ms <= after_ms


async def test_filming_goes_on_across_navigations(page: Page) -> None:
    frames: list[Frame] = []
    camera = camera_on(page, frames)
    await camera.start()
    for colour in ("rgb(255,0,0)", "rgb(0,0,255)"):
        await page.goto(f"data:text/html,<body style='background:{colour}'>")
        await camera.hold(300)
    await camera.stop()
    image = Image.open(io.BytesIO(frames[-1].jpeg)).convert("RGB")
    assert image.getpixel((50, 50)) == pytest.approx((0, 0, 255), abs=4)


async def test_a_full_camera_takes_no_more_and_says_so(page: Page) -> None:
    frames: list[Frame] = []
    camera = camera_on(page, frames, max_bytes=30_000)
    await page.set_content(ANIMATED)
    await camera.start()
    await camera.hold(1000)
    await camera.stop()
    assert camera.full
    assert 0 < sum(len(frame.jpeg) for frame in frames) <= 30_000


async def test_what_comes_and_goes_behind_a_cover_is_never_seen(page: Page) -> None:
    frames: list[Frame] = []
    camera = camera_on(page, frames)
    await camera.start()
    await camera.hold(200)
    camera.cover(True)
    for colour in ("red", "lime"):
        await page.set_content(f"<body style='background: {colour}'>")
        await camera.hold(300)
    covered = len(frames)
    assert camera.still_ms() < 600
    camera.cover(False)
    await camera.hold(100)
    await camera.stop()
    seen = [Image.open(io.BytesIO(frame.jpeg)).convert("RGB").getpixel((50, 50)) for frame in frames]
    assert [pixel for pixel in seen if pixel == pytest.approx((255, 0, 0), abs=4)] == []
    assert seen[covered] == pytest.approx((0, 255, 0), abs=4)
    assert all(a.at_ms < b.at_ms for a, b in pairwise(frames))
    assert camera.size_bytes == sum(len(frame.jpeg) for frame in frames)


async def test_nothing_arrives_after_stop(page: Page) -> None:
    frames: list[Frame] = []
    camera = camera_on(page, frames)
    await page.set_content(ANIMATED)
    await camera.start()
    await camera.stop()
    seen = len(frames)
    await asyncio.sleep(0.3)
    assert len(frames) == seen


async def test_stopping_on_a_page_that_is_gone_keeps_the_take(page: Page) -> None:
    frames: list[Frame] = []
    camera = camera_on(page, frames)
    await camera.start()
    await page.close()
    await camera.stop()
    assert frames


async def test_a_page_that_is_gone_cannot_be_filmed(page: Page) -> None:
    await page.close()
    with pytest.raises(PlaywrightError):
        await camera_on(page, []).start()


def deliver(camera: ScreencastCamera, age_ms: float) -> None:
    """A frame of the screencast, delivered now and stamped with a wall clock `age_ms` ago."""
    draw_on = time.time() * 1000 - age_ms
    camera._on_frame(
        {"data": b"jpeg", "timestamp": draw_on, "viewportWidth": WIDTH, "viewportHeight": HEIGHT}
    )


async def test_frames_that_repeat_a_timestamp_or_come_out_of_order_are_dropped(page: Page) -> None:
    frames: list[Frame] = []
    camera = camera_on(page, frames)
    await camera.start()
    await camera.hold(400)
    frames.clear()
    deliver(camera, 50)
    deliver(camera, 300)
    assert len(frames) == 1
    draw_on = time.time() * 1000
    for _ in range(2):
        camera._on_frame(
            {"data": b"jpeg", "timestamp": draw_on, "viewportWidth": WIDTH, "viewportHeight": HEIGHT}
        )
    assert len(frames) == 2


@pytest.mark.parametrize("jump_ms", [-3_600_000, 3_600_000])
async def test_a_wall_clock_that_is_set_in_mid_take_moves_no_frame(page: Page, jump_ms: float) -> None:
    frames: list[Frame] = []
    camera = camera_on(page, frames)
    await camera.start()
    await camera.hold(400)
    deliver(camera, 30)
    await camera.hold(100)
    deliver(camera, 30 + jump_ms)
    assert frames[-1].at_ms - frames[-2].at_ms == pytest.approx(100, abs=40)


async def test_a_frame_can_be_had_from_a_page_that_gives_none(page: Page) -> None:
    await page.set_content("<body style='background: rgb(0, 128, 128)'>")
    frames: list[Frame] = []
    await camera_on(page, frames)._force_frame()
    image = Image.open(io.BytesIO(frames[0].jpeg))
    assert image.size == (WIDTH, HEIGHT)
    assert image.getpixel((50, 50)) == pytest.approx((0, 128, 128), abs=3)


async def test_work_returns_its_result_and_its_error(page: Page) -> None:
    camera = camera_on(page, [])
    assert await camera.during(asyncio.sleep(0, "done")) == "done"
    with pytest.raises(PlaywrightError):
        await camera.during(page.evaluate("throw new Error('no')"))
