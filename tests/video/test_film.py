"""From drawn frames to a finished film, looked at pixel by pixel."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray

from tests.support.markers import thorough
from tests.video.conftest import stream
from tests.video.support.drawn import picture
from video.capture.footage import HEADER, Frame, read_frames
from video.editing.timeline import Area, Sample, Step, Timeline, Visit
from video.encoding.commands import FILM_FILE
from video.encoding.ffmpeg_binary import Ffmpeg
from video.encoding.verify import FilmInfo, probe
from video.errors import EncodingFailed, EncodingTooSlow, FootageDamaged, NoFootage
from video.film import make_film, plain_style
from video.style import Format, Size, Style

pytestmark = pytest.mark.anyio

WIDTH, HEIGHT = 1280, 720
PLAIN = plain_style(Style())
PALETTE = [
    (255, 0, 0),
    (0, 255, 0),
    (0, 0, 255),
    (214, 34, 74),
    (255, 180, 0),
    (18, 58, 107),
    (119, 119, 119),
]


def drawn(colour: object = "white", box: tuple[int, int, int, int] | None = None) -> bytes:
    return picture(colour, box, size=(WIDTH, HEIGHT))


def timeline(end_ms: float, pointer: tuple[Sample, ...] = (), clicks: tuple[float, ...] = ()) -> Timeline:
    steps = tuple(Step(at, at, at, "Go", "click", "u", 640.0, 360.0, role="link") for at in clicks)
    return Timeline(
        WIDTH,
        HEIGHT,
        0.0,
        end_ms,
        "A test",
        "http://localhost/",
        steps=steps,
        pointer=pointer,
        theme="#2266aa",
        visits=(Visit(0.0, "http://localhost/", "A test"),),
    )


async def made(
    ffmpeg: Ffmpeg, folder: Path, frames: Iterable[Frame], story: Timeline, style: Style = PLAIN
) -> FilmInfo:
    *progress, film = [part async for part in make_film(stream(frames), story, folder, ffmpeg, style)]
    parts = [part for part in progress if isinstance(part, float)]
    assert (parts[0], parts[-1]) == (0.0, 1.0)
    assert parts == sorted(parts)
    assert isinstance(film, FilmInfo)
    return film


async def pixels(
    ffmpeg: Ffmpeg, folder: Path, frames: Iterable[Frame], story: Timeline, style: Style = PLAIN
) -> NDArray[np.uint8]:
    """The frames of a film as RGB, converted by the BT.709 tags that it carries."""
    film = await made(ffmpeg, folder, frames, story, style)
    convert = "scale=in_color_matrix=bt709:in_range=tv:out_range=full:flags=accurate_rnd+full_chroma_int"
    command = [ffmpeg.path, "-v", "error", "-i", str(folder / FILM_FILE), "-vf", convert, "-f", "rawvideo"]
    process = await asyncio.create_subprocess_exec(*command, "-pix_fmt", "rgb24", "-", stdout=-1)
    raw, _ = await process.communicate()
    return np.frombuffer(raw, np.uint8).reshape(-1, film.height, film.width, 3)


async def test_the_film_is_what_players_and_chat_tools_expect(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    frames = [Frame(n * 20.0, drawn("white", (n * 4, 100, n * 4 + 60, 200))) for n in range(120)]
    film = await made(ffmpeg, tmp_path, frames, timeline(2380))
    assert replace(await probe(ffmpeg, tmp_path / FILM_FILE), warnings=film.warnings) == film
    assert (film.width, film.height, film.fps) == (WIDTH, HEIGHT, 30.0)
    assert (film.codec, film.profile, film.pix_fmt) == ("h264", "High", "yuv420p")
    assert film.colour.startswith("tv, bt709")
    assert film.faststart
    assert film.warnings == ()
    beside = {path.name for path in tmp_path.iterdir()}
    assert beside >= {FILM_FILE, "preview.mp4", "poster.png", "sheet.png", "captions.vtt"}
    assert not [name for name in beside if "part" in name or "reel" in name]


@pytest.mark.parametrize(
    "colour",
    [PALETTE[0], *map(thorough, (*PALETTE[1:], (0, 0, 0), (255, 255, 255), (0, 128, 128)))],
)
@pytest.mark.thorough
async def test_colours_come_out_as_they_were_on_the_page(
    ffmpeg: Ffmpeg, tmp_path: Path, colour: tuple[int, int, int]
) -> None:
    shown = await pixels(ffmpeg, tmp_path, [Frame(0.0, drawn(colour))], timeline(3000))
    worst = np.abs(shown[30].astype(int) - np.array(colour)).max()
    assert worst <= 4


async def test_moving_pictures_appear_at_their_time(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    frames = [Frame(n * 100.0, drawn("white", (n * 40, 0, n * 40 + 39, HEIGHT))) for n in range(30)]
    shown = await pixels(ffmpeg, tmp_path, frames, timeline(2900))
    for number in range(0, 87, 3):
        bar = np.flatnonzero(shown[number + 1, 360, :, 1] < 100)
        assert bar.mean() == pytest.approx(number // 3 * 40 + 19.5, abs=1.5)


@pytest.mark.thorough
async def test_a_click_ripples_under_a_pointer_and_fades(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    story = timeline(4000, (Sample(0.0, 640.0, 360.0),), clicks=(600.0,))
    shown = await pixels(ffmpeg, tmp_path, [Frame(0.0, drawn())], story)
    around = shown[:, 330:390, 610:638].astype(int)
    blue = (around[..., 2] - around[..., 0]).max(axis=(1, 2))
    assert blue[:18].max() < 12
    assert blue[22] > 40
    assert blue[40:].max() < 16, "what is left of it nobody sees"
    assert (shown[5, 355:400, 635:670].max(axis=2) < 100).sum() > 20, "the pointer's outline"


SIZES: list[tuple[Size, int, int]] = [
    ("720p", 1280, 720),
    ("1080p", 1920, 1080),
    ("vertical", 1080, 1920),
    ("square", 1080, 1080),
]


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("size", "width", "height"), [SIZES[0], thorough(*SIZES[1]), SIZES[2], thorough(*SIZES[3])]
)
async def test_a_take_can_be_cut_in_every_size_whatever_it_was_filmed_for(
    ffmpeg: Ffmpeg, tmp_path: Path, size: Size, width: int, height: int
) -> None:
    shown = await pixels(
        ffmpeg, tmp_path, [Frame(0.0, drawn((214, 34, 74)))], timeline(1500), replace(PLAIN, size=size)
    )
    assert shown.shape[1:3] == (height, width)
    red = np.abs(shown[10].astype(int) - np.array((214, 34, 74))).max(axis=2) <= 60
    rows, columns = np.flatnonzero(red.any(axis=1)), np.flatnonzero(red.any(axis=0))
    tall, wide = rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1
    assert wide / tall == pytest.approx(WIDTH / HEIGHT, rel=0.01)
    assert wide == pytest.approx(width, abs=2)
    assert rows[0] == pytest.approx(height - 1 - rows[-1], abs=2)


@pytest.mark.thorough
async def test_a_studio_film_sets_the_page_on_the_sites_colour(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    style = Style(title_card=False, zoom=False)
    story = timeline(3000, (Sample(0.0, 200.0, 200.0),), clicks=(1000.0,))
    shown = await pixels(ffmpeg, tmp_path, [Frame(0.0, drawn())], story, style)
    assert tuple(shown[5, 360, 640]) == pytest.approx((255, 255, 255), abs=3)
    red, green, blue = (int(value) for value in shown[5, 700, 1260])
    assert blue > green > red, "the theme is blue"
    film = await probe(ffmpeg, tmp_path / FILM_FILE)
    assert (film.subtitles, film.chapters) == (1, 1)


FORMATS: list[tuple[Format, str, str]] = [("webm", "film.webm", "vp9"), ("gif", "film.gif", "gif")]


@pytest.mark.parametrize(("kind", "file", "codec"), [thorough(*FORMATS[0]), FORMATS[1]])
async def test_other_formats(ffmpeg: Ffmpeg, tmp_path: Path, kind: Format, file: str, codec: str) -> None:
    frames = [Frame(n * 50.0, drawn("white", (n * 40, 0, n * 40 + 39, HEIGHT))) for n in range(30)]
    film = await made(ffmpeg, tmp_path, frames, timeline(2000), Style(format=kind))
    assert (film.format, film.codec) == (kind, codec)
    assert (tmp_path / file).stat().st_size == film.size_bytes
    assert (await probe(ffmpeg, tmp_path / "preview.mp4")).codec == "h264"
    assert not [path for path in tmp_path.iterdir() if "part" in path.name]


async def test_a_style_that_cannot_be_painted_gives_a_plain_film_and_a_warning(
    ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    """A size that is no number, which no page should give, breaks the zoom but not the page."""
    story = timeline(3000, (Sample(0.0, 200.0, 200.0), Sample(600.0, 300.0, 200.0)), clicks=(1000.0,))
    nowhere = Area(float("nan"), 100.0, 90.0, 20.0)
    broken = replace(story, steps=(replace(story.steps[0], target=nowhere, appeared=nowhere),))
    film = await made(ffmpeg, tmp_path, [Frame(0.0, drawn())], broken, Style())
    assert (film.width, film.height) == (WIDTH, HEIGHT)
    (warning,) = film.warnings
    assert warning.code == "style_simplified"
    assert "plain" in warning.message
    assert (tmp_path / "preview.mp4").exists()


async def test_footage_that_was_cut_off_makes_no_film(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    async def upload() -> AsyncIterator[bytes]:
        yield HEADER + b"\0" * 8

    with pytest.raises(FootageDamaged):
        [part async for part in make_film(read_frames(upload()), timeline(2000), tmp_path, ffmpeg)]
    assert [*tmp_path.iterdir()] == []


async def test_a_take_without_frames_makes_no_film(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    with pytest.raises(NoFootage):
        await made(ffmpeg, tmp_path, [], timeline(2000))


async def test_pictures_that_are_none_make_no_film(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    with pytest.raises(FootageDamaged, match="Frame 0"):
        await made(ffmpeg, tmp_path, [Frame(0.0, b"this is no JPEG" * 50)], timeline(2000), Style())
    assert [*tmp_path.iterdir()] == []


async def test_an_ffmpeg_that_does_not_start_is_a_clear_error(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    with pytest.raises(EncodingFailed, match="did not start"):
        await made(replace(ffmpeg, path="/nowhere"), tmp_path, [Frame(0.0, drawn())], timeline(2000), Style())


def hanging_ffmpeg(ffmpeg: Ffmpeg, folder: Path) -> Ffmpeg:
    """An ffmpeg that writes a partial film and then never ends."""
    path = folder / "hanging"
    path.write_text("#!/bin/sh\necho partial > film.part.mp4\necho frame=3\nexec sleep 600\n")
    path.chmod(0o755)
    return replace(ffmpeg, path=str(path))


def sleepers() -> list[int]:
    return [process.pid for process in psutil.Process().children(recursive=True) if process.name() == "sleep"]


async def test_the_time_limit_ends_everything(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    hanging = hanging_ffmpeg(ffmpeg, tmp_path)
    making = make_film(stream([Frame(0.0, drawn())]), timeline(9000), tmp_path, hanging, limit_s=0.5)
    with pytest.raises(EncodingTooSlow, match=r"limit of 0\.5 s"):
        [part async for part in making]
    assert sleepers() == []
    assert [path.name for path in tmp_path.iterdir()] == ["hanging"]


async def test_closing_the_generator_ends_everything(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    hanging = hanging_ffmpeg(ffmpeg, tmp_path)
    async with aclosing(make_film(stream([Frame(0.0, drawn())]), timeline(9000), tmp_path, hanging)) as parts:
        async for part in parts:
            if isinstance(part, float) and part > 0:
                break
        assert len(sleepers()) == 1
    assert sleepers() == []
    assert [path.name for path in tmp_path.iterdir()] == ["hanging"]


async def test_cancelling_the_task_ends_everything(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    hanging = hanging_ffmpeg(ffmpeg, tmp_path)
    task = asyncio.create_task(made(hanging, tmp_path, [Frame(0.0, drawn())], timeline(9000)))
    while not sleepers():
        await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sleepers() == []
    assert [path.name for path in tmp_path.iterdir()] == ["hanging"]
