"""The camera outside real time, on real pages in a real Chromium whose every frame it asks for."""

import asyncio
import io
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Browser, Page
from playwright.async_api import Error as PlaywrightError

from explorer.browser.chromium import find_chromium, open_browser, open_session, prepare_session
from explorer.browser.session import BrowserSession
from explorer.egress.policy import EgressPolicy
from explorer.egress.proxy import EgressProxy
from explorer.navigation.popups import Popups
from explorer.types import Brief
from tests.explorer.support.exploration import answer, greet, read_head, serving
from tests.support.markers import first, thorough
from tests.video.conftest import HEIGHT, WIDTH
from video.capture.camera import Camera, choose_camera
from video.capture.footage import Frame
from video.capture.frame_camera import FrameCamera
from video.encoding.ffmpeg_binary import Ffmpeg
from video.errors import FramesImpossible

pytestmark = pytest.mark.anyio

#: Counts every kind of time that a page has.
CLOCKS = """<style>@keyframes go { to { transform: translateX(1000px) } }
  b { display: block; width: 9px; height: 9px; background: red; animation: go 10s linear }</style><b></b>
<script>
  frames_seen = 0; ticks = 0; apart = 0; began = Date.now();
  const frame = (t) => { frames_seen++; apart = Math.max(apart, Math.abs(t - performance.now()));
    requestAnimationFrame(frame) };
  requestAnimationFrame(frame);
  setInterval(() => ticks++, 100);
  read = () => ({frames_seen, ticks, apart, date: Date.now() - began, now: performance.now(),
    x: new DOMMatrix(getComputedStyle(document.querySelector("b")).transform).e});
</script>"""

#: A picture that is another one in every frame.
RESTLESS = """<body style='margin: 0'><canvas width=640 height=360></canvas><script>
  let n = 0; const pen = document.querySelector("canvas").getContext("2d");
  const frame = () => { n++; pen.fillStyle = `rgb(${n % 2 * 200}, ${n * 7 % 256}, 90)`;
    pen.fillRect(0, 0, 640, 360); requestAnimationFrame(frame) };
  requestAnimationFrame(frame);
</script>"""


class Studio:
    """A server of `pages` (path to HTML), and a page in front of a camera."""

    def __init__(self, stage: BrowserSession, port: int, pages: dict[str, Any]) -> None:
        self.stage = stage
        self.page: Page = stage.page
        self.url = f"http://127.0.0.1:{port}/"
        self.elsewhere = f"http://localhost:{port}/"
        self.pages = pages
        self.frames: list[Frame] = []

    async def film(self, html: str = "", fps: int = 60, **more: Any) -> FrameCamera:
        """A camera that runs, on this page."""
        camera = FrameCamera(self.page, self.frames.append, fps=fps, **more)
        await camera.start()
        if html:
            await self.show(camera, html)
        return camera

    async def show(self, camera: Camera, html: str) -> None:
        self.pages["/"] = html
        await camera.during(self.page.goto(self.url))

    async def ask(self, script: str) -> Any:
        return await self.page.evaluate(script)


@asynccontextmanager
async def served(pages: dict[str, Any]) -> AsyncIterator[tuple[int, str]]:
    """Port of a server, and the proxy in front of it.

    A page may be HTML, bytes with their type, or a coroutine function that answers by itself.
    """

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first, headers = await read_head(reader)
        page = pages.get(first.split(" ")[1], "")
        if callable(page):
            await page(reader, writer, headers)
            return
        body, kind = page if isinstance(page, tuple) else (f"<!doctype html>{page}".encode(), "text/html")
        writer.write(answer(body, "200 OK", f"Content-Type: {kind}"))
        await writer.drain()

    async with serving(handle) as port:
        allowed = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        async with EgressProxy(EgressPolicy(allowed)) as proxy:
            yield port, proxy.url


def brief_of(width_px: int = WIDTH, height_px: int = HEIGHT) -> Brief:
    return Brief("http://127.0.0.1/", width_px=width_px, height_px=height_px)


@asynccontextmanager
async def opened(width_px: int = WIDTH, height_px: int = HEIGHT, **more: Any) -> AsyncIterator[Studio]:
    """A studio with a browser of its own."""
    pages: dict[str, Any] = {}
    brief, chromium = brief_of(width_px, height_px), find_chromium()
    assert chromium.kind == "headless-shell", "only headless-shell is filmed frame by frame: make setup"
    async with AsyncExitStack() as stack:
        port, proxy = await stack.enter_async_context(served(pages))
        more = {"by_frames": True, **more}
        stage = await stack.enter_async_context(open_session(brief, chromium, proxy, **more))
        yield Studio(stage, port, pages)


@pytest.fixture(scope="module")
async def shared_browser() -> AsyncIterator[tuple[Browser, int, dict[str, Any]]]:
    pages: dict[str, Any] = {}
    async with AsyncExitStack() as stack:
        port, proxy = await stack.enter_async_context(served(pages))
        browser = await stack.enter_async_context(open_browser(find_chromium(), proxy, by_frames=True))
        yield browser, port, pages


@pytest.fixture
async def studio(shared_browser: tuple[Browser, int, dict[str, Any]]) -> AsyncIterator[Studio]:
    """A studio with a page of its own."""
    browser, port, pages = shared_browser
    pages.clear()
    stage = await prepare_session(browser, brief_of(), by_frames=True)
    yield Studio(stage, port, pages)
    await stage.page.context.close()


@pytest.fixture
async def own_studio() -> AsyncIterator[Studio]:
    async with opened() as one:
        yield one


def waits(seconds: float, then: str = "late") -> Any:
    """A path that answers after so long."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _: Any) -> None:
        await asyncio.sleep(seconds)
        writer.write(answer(then.encode(), "200 OK", "Content-Type: text/html"))
        await writer.drain()

    return handle


def colour(frame: Frame, at: tuple[int, int] = (300, 300)) -> tuple[int, int, int]:
    pixel = Image.open(io.BytesIO(frame.jpeg)).convert("RGB").getpixel(at)
    assert isinstance(pixel, tuple)
    red, green, blue = (int(round(float(value) / 51) * 51) for value in pixel[:3])
    return red, green, blue


@pytest.mark.parametrize("fps", first(1, [30, 60]))
async def test_every_clock_of_a_page_goes_with_the_film(studio: Studio, fps: int) -> None:
    camera = await studio.film(CLOCKS, fps)
    before, began_ms = await studio.ask("read()"), camera.now_ms()

    await camera.hold(3000)

    after, took_ms = await studio.ask("read()"), camera.now_ms() - began_ms
    gone = {name: after[name] - before[name] for name in before}
    assert took_ms == pytest.approx(3000, abs=1)
    assert gone["now"] == pytest.approx(3000, abs=5)
    assert gone["date"] == pytest.approx(3000, abs=5)
    assert gone["frames_seen"] == pytest.approx(3 * fps, abs=2)
    assert gone["ticks"] == pytest.approx(30, abs=1)
    assert gone["x"] == pytest.approx(300, abs=2)
    assert after["apart"] < 2


async def test_no_frame_is_lost_however_busy_the_machine(studio: Studio) -> None:
    camera = await studio.film(RESTLESS)
    await camera.hold(100)
    studio.frames.clear()
    burn = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(4)]
    try:
        await camera.hold(1000)
    finally:
        for process in burn:
            process.kill()
            process.wait()

    assert len(studio.frames) == 60
    assert camera.lost_frames == 0
    for one, next_one in pairwise(studio.frames):
        assert next_one.at_ms - one.at_ms == pytest.approx(1000 / 60)
        assert colour(one) != colour(next_one)


async def test_waiting_for_the_network_takes_hardly_any_film(studio: Studio) -> None:
    studio.pages["/slow"] = waits(1.5)
    camera = await studio.film(CLOCKS)
    began_ms, began_s = camera.now_ms(), time.monotonic()

    await camera.during(studio.ask("fetch('/slow').then(r => r.text())"))

    assert time.monotonic() - began_s > 1.4
    assert camera.now_ms() - began_ms < 200
    assert camera.notes == ()


async def test_a_page_that_comes_late_takes_hardly_any_film(studio: Studio) -> None:
    studio.pages["/next"] = waits(1.5, "<body style='background: rgb(0, 0, 255)'>")
    camera = await studio.film(CLOCKS)
    began_ms = camera.now_ms()

    await camera.during(studio.page.goto(f"{studio.url}next"))
    took_ms = camera.now_ms() - began_ms
    await camera.hold(100)

    assert took_ms < 300
    assert colour(studio.frames[-1]) == (0, 0, 255)


async def test_filming_goes_on_over_links_redirects_and_other_sites(studio: Studio) -> None:
    async def leave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _: Any) -> None:
        writer.write(answer(b"", "302 Found", "Location: /blue"))
        await writer.drain()

    studio.pages |= {
        "/red": "<body style='background: rgb(255, 0, 0)'><a href=/away>away</a>",
        "/away": leave,
        "/blue": f"<body style='background: rgb(0, 0, 255)'><a href={studio.elsewhere}green>far</a>",
        "/green": "<body style='background: rgb(0, 255, 0)'>" + CLOCKS,
    }
    camera = await studio.film()
    await camera.during(studio.page.goto(f"{studio.url}red"))
    await camera.hold(2000)  # film time is far ahead of the machine's now, and the next process begins there
    for path in ("blue", "green"):
        await camera.during(studio.page.click("a"))
        await camera.during(studio.page.wait_for_url(f"**/{path}"))
        await camera.hold(200)
    seen = await studio.ask("read()")
    await camera.hold(1000)
    again = await studio.ask("read()")

    colours = list(dict.fromkeys(map(colour, studio.frames)))
    assert colours[-3:] == [(255, 0, 0), (0, 0, 255), (0, 255, 0)]
    assert again["now"] - seen["now"] == pytest.approx(1000, abs=5)
    assert again["frames_seen"] - seen["frames_seen"] == pytest.approx(60, abs=2)
    assert again["apart"] < 20
    assert camera.lost_frames == 0


@pytest.mark.thorough
async def test_a_frame_of_another_site_moves_in_step(studio: Studio) -> None:
    studio.pages["/inner"] = CLOCKS
    camera = await studio.film(f"<iframe src={studio.elsewhere}inner></iframe>{CLOCKS}")
    await camera.hold(500)
    inner = studio.page.frames[1]
    before = await inner.evaluate("read()")

    await camera.hold(2000)

    after = await inner.evaluate("read()")
    assert after["now"] - before["now"] == pytest.approx(2000, abs=40)
    assert after["frames_seen"] - before["frames_seen"] == pytest.approx(120, abs=4)
    assert after["x"] - before["x"] == pytest.approx(200, abs=5)


async def test_what_waits_to_be_scrolled_into_view_comes(studio: Studio) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (640, 360), (255, 0, 255)).save(picture, "PNG")
    studio.pages["/lazy.png"] = (picture.getvalue(), "image/png")
    camera = await studio.film(
        """<body style='margin: 0'><div style='height: 5000px'></div><img loading=lazy src=/lazy.png
        width=640 height=360><p><script>seen = false; new IntersectionObserver(
        (all) => { seen ||= all[0].isIntersecting }).observe(document.querySelector("p"))</script>"""
    )
    await camera.hold(200)
    assert not await studio.ask("seen")

    await camera.during(studio.page.mouse.wheel(0, 9000))
    # Chromium decides by its own, real clock when it asks for such a picture.
    for _ in range(20):
        await studio.page.wait_for_timeout(100)
        await camera.hold(200)
        if colour(studio.frames[-1], (300, 100)) == (255, 0, 255):
            break

    assert await studio.ask("seen")
    assert colour(studio.frames[-1], (300, 100)) == (255, 0, 255)


async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, headers: dict[str, str]) -> None:
    """Answers a WebSocket's greeting, and else opens a stream of events; says nothing more."""
    if "sec-websocket-key" in headers:
        writer.write(greet(headers["sec-websocket-key"]))
    elif headers.get("accept") == "text/event-stream":
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: hello\n\n")
    await reader.read()


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("script", "stalls"),
    first(
        2,
        [
            ("void fetch('/never')", True),
            thorough("void new EventSource('/never')", True),
            ("void new WebSocket(`ws://${location.host}/never`)", False),
            (
                "void new Worker(URL.createObjectURL(new Blob(['setInterval(() => postMessage(1), 50)'])))"
                ".addEventListener('message', () => ticks)",
                False,
            ),
        ],
    ),
    ids=["long poll", "events", "socket", "worker"],
)
async def test_what_never_ends_does_not_end_the_film(studio: Studio, script: str, stalls: bool) -> None:
    studio.pages["/never"] = never
    camera = await studio.film(CLOCKS)
    await camera.during(studio.ask(script))
    before = await studio.ask("read()")

    await camera.hold(2000)

    after = await studio.ask("read()")
    assert after["now"] - before["now"] == pytest.approx(2000, abs=60)
    assert after["ticks"] - before["ticks"] == pytest.approx(20, abs=1)
    assert after["frames_seen"] - before["frames_seen"] == pytest.approx(120, abs=4)
    assert any("never done loading" in note for note in camera.notes) == stalls
    assert camera.lost_frames == 0


@pytest.mark.thorough
async def test_a_video_plays_in_step(studio: Studio, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    source = ["-f", "lavfi", "-i", "testsrc=size=320x240:rate=30:duration=6", "-c:v", "libvpx", "-b:v", "1M"]
    subprocess.run([ffmpeg.path, "-v", "error", *source, str(tmp_path / "v.webm")], check=True)
    studio.pages["/v.webm"] = ((tmp_path / "v.webm").read_bytes(), "video/webm")
    camera = await studio.film("<video muted autoplay src=/v.webm></video>" + CLOCKS)
    await camera.hold(500)
    before = await studio.ask("document.querySelector('video').currentTime")

    await camera.hold(2000)

    after = await studio.ask("document.querySelector('video').currentTime")
    assert after - before == pytest.approx(2, abs=0.3)
    assert camera.lost_frames == 0


@pytest.mark.thorough
async def test_a_page_that_stands_still_costs_few_pictures(studio: Studio) -> None:
    camera = await studio.film("<h1>Still")
    await camera.hold(500)
    screenshots, pictures = camera.screenshots, camera.frames

    await camera.hold(4000)

    assert camera.frames == pictures
    assert camera.screenshots - screenshots <= 17
    assert camera.still_ms() > 4000


@pytest.mark.thorough
@pytest.mark.parametrize("fps", first(1, [30, 60]))
@pytest.mark.parametrize("delay_ms", [thorough(510), 777, thorough(1250)])
async def test_a_change_after_a_rest_is_in_the_very_next_frame(
    studio: Studio, fps: int, delay_ms: int
) -> None:
    camera = await studio.film("<body style='background: rgb(255, 255, 255)'>", fps)
    await camera.hold(1000)
    await studio.ask(f"void setTimeout(() => {{ document.body.style.background = 'black' }}, {delay_ms})")
    asked_ms = camera.now_ms()

    await camera.hold(2000)

    dark = next(frame for frame in studio.frames if colour(frame) == (0, 0, 0))
    assert asked_ms + delay_ms - 2 <= dark.at_ms <= asked_ms + delay_ms + 1000 / fps + 2


async def test_questions_take_no_film(studio: Studio) -> None:
    camera = await studio.film("<h1>Still")
    await camera.hold(500)
    before_ms = camera.now_ms()

    for n in range(5):
        assert await camera.during(studio.ask(f"{n} + 1")) == n + 1

    assert camera.now_ms() - before_ms <= 100


async def test_the_pointer_is_felt_in_the_frame_that_it_is_given(studio: Studio) -> None:
    camera = await studio.film(
        "<style>div { width: 600px; height: 330px } div:hover { background: black }</style><div></div>"
    )
    await camera.hold(500)
    before_ms = camera.now_ms()

    await camera.during(asyncio.gather(studio.page.mouse.move(300, 50), camera.hold(10)))

    assert camera.now_ms() - before_ms <= 2 * 1000 / 60 + 1
    assert colour(studio.frames[-1]) == (0, 0, 0)
    # On a busy machine the answer to the move comes after its frame, and the camera has gone on by one.
    assert before_ms < studio.frames[-1].at_ms <= camera.now_ms() <= studio.frames[-1].at_ms + 1000 / 60 + 1


@pytest.mark.thorough
async def test_work_that_is_broken_off_in_mid_frame_leaves_a_camera_that_films(studio: Studio) -> None:
    camera = await studio.film(RESTLESS)
    for n in range(40):
        try:
            async with asyncio.timeout(n / 1000):
                await camera.during(studio.ask("new Promise(() => {})"))
        except TimeoutError:
            pass
    studio.frames.clear()

    await camera.hold(500)

    assert len(studio.frames) >= 30
    assert (camera.notes, camera.lost_frames) == ((), 0)


async def test_work_returns_its_result_and_its_error(studio: Studio) -> None:
    camera = await studio.film("<h1>Page")

    assert await camera.during(asyncio.sleep(0.05, "done")) == "done"
    with pytest.raises(PlaywrightError, match="no such thing"):
        await camera.during(studio.ask("setTimeout(() => 0, 99) && Promise.reject('no such thing')"))


async def test_a_page_whose_process_dies_keeps_the_take(own_studio: Studio) -> None:
    camera = await own_studio.film(RESTLESS)
    await camera.hold(200)
    crash = asyncio.ensure_future(own_studio.page.goto("chrome://crash"))
    await asyncio.wait_for(own_studio.stage.lost, 20)

    await camera.hold(200)
    await camera.stop()

    assert len(own_studio.frames) > 10
    assert "its process died" in camera.notes[0]
    crash.cancel()
    await asyncio.gather(crash, return_exceptions=True)


async def test_a_page_that_hangs_does_not_hang_the_camera(own_studio: Studio) -> None:
    camera = await own_studio.film(CLOCKS)
    await own_studio.ask("void setTimeout(() => { while (true); }, 100)")

    async with asyncio.timeout(30):
        await camera.hold(1000)
        await camera.stop()

    assert any("filmed in real time" in note for note in camera.notes)
    assert camera.lost_frames > 0


async def test_a_full_camera_takes_no_more_and_says_so(studio: Studio) -> None:
    camera = await studio.film(RESTLESS, max_bytes=20_000)
    await camera.hold(500)

    assert camera.full
    assert 0 < sum(len(frame.jpeg) for frame in studio.frames) <= 20_000
    assert camera.now_ms() > 500


async def test_what_comes_and_goes_behind_a_cover_is_never_seen(studio: Studio) -> None:
    camera = await studio.film("<body style='background: rgb(0, 0, 255)'>")
    await camera.hold(200)
    studio.frames.clear()
    camera.cover(True)
    for red, green in ((255, 0), (0, 255)):
        await studio.ask(f"document.body.style.background = 'rgb({red}, {green}, 0)'")
        await camera.hold(200)
    covered, now_ms = len(studio.frames), camera.now_ms()
    camera.cover(False)
    await studio.ask("document.body.style.background = 'rgb(255, 255, 0)'")
    await camera.hold(200)

    assert [colour(frame) for frame in studio.frames] == [(0, 255, 0), (255, 255, 0)]
    assert covered == 0
    assert now_ms == studio.frames[0].at_ms < studio.frames[1].at_ms


async def test_nothing_arrives_after_stop(studio: Studio) -> None:
    camera = await studio.film(RESTLESS)
    await camera.stop()
    seen = len(studio.frames)
    await camera.hold(100)

    assert len(studio.frames) == seen


@pytest.mark.thorough
@pytest.mark.parametrize("scale", [1, 1.5, thorough(2)])
@pytest.mark.parametrize("size", [(1152, 648), thorough((484, 864)), thorough((720, 720))], ids=str)
async def test_pictures_have_the_devices_pixels(size: tuple[int, int], scale: float) -> None:
    async with opened(*size, scale=scale) as studio:
        camera = await studio.film("<h1>Sharp")
        await camera.hold(50)
        told = await studio.ask("[innerWidth, innerHeight, devicePixelRatio]")

    assert told == [*size, scale]
    for frame in studio.frames:
        assert Image.open(io.BytesIO(frame.jpeg)).size == (size[0] * scale, size[1] * scale)


@pytest.mark.thorough
async def test_a_page_without_frame_control_is_refused() -> None:
    async with opened(by_frames=False) as studio:
        with pytest.raises(FramesImpossible):
            await studio.film()


def test_auto_takes_frames_where_the_browser_can() -> None:
    assert choose_camera("auto", "headless-shell") == ("frames", "")
    assert choose_camera("realtime", "headless-shell") == ("realtime", "")
    assert choose_camera("frames", "headless-shell") == ("frames", "")
    kind, why = choose_camera("auto", "chromium")
    assert kind == "realtime"
    assert "headless-shell" in why
    with pytest.raises(FramesImpossible, match="Install chromium-headless-shell"):
        choose_camera("frames", "chromium")


@pytest.mark.parametrize("opens", first(1, ["/wanted", "about:blank"]))
async def test_a_popup_is_folded_in_and_the_film_goes_on(studio: Studio, opens: str) -> None:
    camera = await studio.film(RESTLESS)
    popups = Popups(studio.page)
    await camera.during(studio.ask(f"void window.open('{opens}')"))
    await camera.hold(300)

    wanted = await camera.during(popups.take())
    studio.frames.clear()
    await camera.hold(200)

    assert wanted == (f"{studio.url}wanted" if opens == "/wanted" else None)
    assert len(studio.page.context.pages) == 1
    assert len(studio.frames) == 12
    assert camera.lost_frames == 0
