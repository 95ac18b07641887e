"""A browser plays and seeks in a preview, and the film can still be exported."""

from pathlib import Path

import httpx
import numpy as np
import pytest
from playwright.async_api import Page, Response, async_playwright

from actors.jobs.store import Store
from actors.settings import Settings
from tests.conftest import Serve
from tests.support.jobs import ready
from tests.video.conftest import chromium
from tests.video.support.drawn import HEIGHT, WIDTH, composition_of, shots
from video.encoding.commands import PREVIEW_PART
from video.encoding.ffmpeg_binary import find_ffmpeg
from video.encoding.process import EncoderProcess
from video.encoding.watermark import write_watermark
from video.rendering.colour import yuv420

pytestmark = pytest.mark.anyio

SECONDS = 8
PAGE = "<!doctype html><title>A film</title><video src='/demo/preview/j1' preload=metadata muted></video>"
#: How bright the picture is that the video shows.
BRIGHTNESS = """video => {
    const canvas = new OffscreenCanvas(1, 1), pen = canvas.getContext('2d');
    pen.drawImage(video, 100, 100, 10, 10, 0, 0, 1, 1);
    return pen.getImageData(0, 0, 1, 1).data[0];
}"""
JUMP = """(video, to) => new Promise((jumped, failed) => {
    video.onseeked = () => jumped(video.currentTime);
    video.onerror = () => failed(video.error.message);
    video.currentTime = to;
})"""
PLAY = """video => new Promise((played, failed) => {
    const from = video.currentTime;
    video.ontimeupdate = () => video.currentTime > from + 0.3 && played(video.currentTime);
    video.play().catch(failed);
})"""


def preview(folder: Path) -> bytes:
    """Each second is a little brighter than the one before; some noise makes it large."""
    write_watermark(folder)
    encoding = EncoderProcess(find_ffmpeg(), composition_of(shots(SECONDS * 30)), folder, preview=True)
    noise = np.random.default_rng(1)
    for number in range(SECONDS * 30):
        if number % 15 == 0:
            shown = np.full((HEIGHT, WIDTH, 3), 20 + number // 30 * 25, np.uint8)
            shown[250:] = noise.integers(0, 255, (HEIGHT - 250, WIDTH, 3), np.uint8)
        encoding.write(yuv420(shown))
    encoding.finish()
    return (folder / PREVIEW_PART).read_bytes()


async def at_home(page: Page, address: str) -> list[Response]:
    """Opens a page of the API's own origin that has the video on it; lists what it is answered."""
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer) if "preview" in answer.url else None)
    await page.route("**/a-page", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    await page.goto(f"{address}/a-page")
    await page.wait_for_function("document.querySelector('video').readyState > 0")
    return answers


@pytest.mark.thorough
async def test_a_browser_plays_a_preview_and_jumps_to_wherever_it_likes(
    settings: Settings, store: Store, serve: Serve, tmp_path: Path
) -> None:
    await ready(store, b"a film", extras={"preview": preview(tmp_path)})
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox"], chromium_sandbox=False
        )
        with serve(settings) as address:
            page = await browser.new_page()
            answers = await at_home(page, address)
            video = await page.query_selector("video")
            assert video
            assert await video.evaluate("video => video.seekable.end(0)") == pytest.approx(SECONDS, abs=0.1)
            for second in (7, 2, 5, 0):
                assert await video.evaluate(JUMP, second + 0.5) == pytest.approx(second + 0.5)
                assert await video.evaluate(BRIGHTNESS) == pytest.approx(20 + second * 25, abs=8)
            assert await video.evaluate(PLAY) > 0.5
            assert {answer.status for answer in answers} == {206}

            # The link opened by itself plays too
            await page.goto(f"{address}/demo/preview/j1")
            await page.wait_for_function("document.querySelector('video').currentTime > 0")
            await browser.close()
            assert httpx.get(f"{address}/demo/export/j1").content == b"a film"
