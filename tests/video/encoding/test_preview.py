"""The small film beside the film: the same pictures, fewer and smaller, at no cost to the film."""

import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.video.conftest import stream
from tests.video.support.drawn import HEIGHT, WIDTH, composition_of, frame_store, picture, shots
from video.capture.footage import Frame
from video.editing.composition import Composition
from video.editing.timeline import Timeline, Visit
from video.encoding.commands import (
    PREVIEW_FILE,
    PREVIEW_FPS,
    PREVIEW_KEYFRAME_INTERVAL_S,
    PREVIEW_PART,
    WATERMARK_HEIGHT_PX,
    WATERMARK_WIDTH_PX,
    build,
    preview_size,
)
from video.encoding.ffmpeg_binary import Ffmpeg
from video.encoding.process import EncoderProcess
from video.encoding.verify import FilmInfo, check_preview, probe
from video.encoding.watermark import watermark, write_watermark
from video.errors import EncodingFailed, RenderingFailed
from video.film import Attempt, make_film, plain_style, simplify
from video.finalize import finalize_preview
from video.live_film import LiveFilm
from video.rendering.colour import yuv420
from video.style import Format, Size, Style, layout

pytestmark = pytest.mark.anyio

GREY = np.full((HEIGHT, WIDTH, 3), 119, np.uint8)
PLAIN = plain_style(Style())


def encode(ffmpeg: Ffmpeg, composition: Composition, folder: Path, *, preview: bool) -> bytes:
    """The film's pictures, encoded; a bar moves over them."""
    folder.mkdir()
    write_watermark(folder)
    encoding = EncoderProcess(ffmpeg, composition, folder, preview=preview)
    for number in range(composition.film_frames):
        shown = GREY.copy()
        shown[:, number * 4 : number * 4 + 40] = 20
        encoding.write(yuv420(shown))
    encoding.finish()
    assert encoding.frames == composition.film_frames
    return next(path for path in folder.glob("film.part.*")).read_bytes()


def test_the_preview_is_a_second_output_and_the_film_is_made_as_without() -> None:
    composition = composition_of(shots(30), PLAIN)
    alone, both = build(composition), build(composition, preview=True)
    film = both[both.index("[s0]") + 1 : both.index("-map", both.index("[s0]"))]
    assert film == alone[alone.index("-i") + 2 :][: len(film)]
    assert both.index("film.part.mp4") < both.index(PREVIEW_PART), "progress counts the first output"
    assert not [part for part in alone if "preview" in part or "filter" in part]


@pytest.mark.thorough
@pytest.mark.parametrize(("kind", "fps"), [("mp4", 30), ("mp4", 60), ("gif", 30)])
async def test_the_film_has_the_same_bytes_with_a_preview_and_without(
    ffmpeg: Ffmpeg, tmp_path: Path, kind: Format, fps: int
) -> None:
    composition = composition_of(shots(100), replace(PLAIN, format=kind, fps=60 if fps == 60 else 30))
    film = encode(ffmpeg, composition, tmp_path / "alone", preview=False)
    assert encode(ffmpeg, composition, tmp_path / "both", preview=True) == film

    found = await probe(ffmpeg, tmp_path / "both" / PREVIEW_PART)
    check_preview(found, composition)
    assert (found.codec, found.pix_fmt, found.fps) == ("h264", "yuv420p", PREVIEW_FPS)
    assert found.colour.startswith("tv, bt709")
    assert found.faststart
    assert found.duration_s == pytest.approx(100 / fps, abs=0.07)
    assert found.size_bytes < len(film)


SIZES: list[tuple[Size, tuple[int, int]]] = [
    ("720p", (640, 360)),
    ("1080p", (640, 360)),
    ("vertical", (360, 640)),
    ("square", (480, 480)),
]


@pytest.mark.parametrize(("size", "small"), SIZES)
def test_a_preview_has_the_films_shape_and_about_as_many_pixels_whatever_that_is(
    size: Size, small: tuple[int, int]
) -> None:
    style = replace(PLAIN, size=size)
    assert preview_size(composition_of(shots(9), style, layout(style))) == small


@pytest.mark.thorough
def test_a_player_finds_a_whole_picture_every_few_seconds(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    encode(ffmpeg, composition_of(shots(400), PLAIN), tmp_path / "film", preview=True)
    command = [ffmpeg.path, "-v", "error", "-skip_frame", "nokey"]
    command += ["-i", str(tmp_path / "film" / PREVIEW_PART)]
    command += ["-fps_mode", "passthrough", "-enc_time_base", "1/15", "-f", "framecrc", "-"]
    listed = subprocess.run(command, capture_output=True, check=True, text=True).stdout.splitlines()
    times = [int(line.split(",")[1]) / PREVIEW_FPS for line in listed if not line.startswith("#")]
    assert max(np.diff([*times, 400 / 30])) <= PREVIEW_KEYFRAME_INTERVAL_S


def test_it_says_in_its_corner_what_it_is(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    encode(ffmpeg, composition_of(shots(60), PLAIN), tmp_path / "film", preview=True)
    command = [ffmpeg.path, "-v", "error", "-i", str(tmp_path / "film" / PREVIEW_PART), "-f", "rawvideo"]
    raw = subprocess.run([*command, "-pix_fmt", "gray", "-"], capture_output=True, check=True).stdout
    shown = np.frombuffer(raw, np.uint8).reshape(-1, HEIGHT, WIDTH)
    assert len(shown) == 30
    for still in shown[:, HEIGHT - 30 :, WIDTH - 72 :]:
        assert still.max() > 200, "white letters"
        assert still.min() < 95, "on a dark ground"
    assert np.ptp(shown[:, : HEIGHT - 40, WIDTH - 100 :].astype(int)) < 30, "and nothing elsewhere"


def test_the_mark_leaves_most_of_the_picture_to_be_seen() -> None:
    opacity = watermark()[-WATERMARK_WIDTH_PX * WATERMARK_HEIGHT_PX :]
    assert opacity.max() > 200
    assert opacity.mean() < 128


async def test_a_live_film_leaves_a_preview_and_nothing_else_of_it(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    composition = composition_of(shots(30, 40), PLAIN)
    film = LiveFilm(frame_store(tmp_path, [picture("white"), picture("black")]), ffmpeg, tmp_path)
    film.advance(replace(composition, settled_frames=20))
    found = await film.finish(composition)
    await film.close()
    assert found.warnings == ()
    check_preview(await probe(ffmpeg, tmp_path / PREVIEW_FILE), composition)
    assert not [*tmp_path.glob("*part*")]


def failing_ffmpeg(ffmpeg: Ffmpeg, folder: Path, pattern: str) -> Ffmpeg:
    """An ffmpeg that cannot do what its arguments ask for where they are like this."""
    path = folder / "failing"
    refusal = f'case "$*" in {pattern}) echo no such thing >&2; exit 3;; esac'
    path.write_text(f'#!/bin/sh\n{refusal}\nexec {ffmpeg.path} "$@"\n')
    path.chmod(0o755)
    return replace(ffmpeg, path=str(path))


async def made(ffmpeg: Ffmpeg, folder: Path, style: Style) -> FilmInfo:
    story = Timeline(WIDTH, HEIGHT, 0.0, 2000.0, "A", "http://a/", visits=(Visit(0.0, "http://a/", "A"),))
    making = make_film(stream([Frame(0.0, picture("white"))]), story, folder, ffmpeg, style)
    *_, film = [part async for part in making]
    assert isinstance(film, FilmInfo)
    return film


@pytest.mark.thorough
@pytest.mark.parametrize("pattern", ["*overlay=*", "*-xerror*preview.part*"])
async def test_a_film_whose_preview_cannot_be_made_comes_without_it_in_its_full_style(
    ffmpeg: Ffmpeg, tmp_path: Path, pattern: str
) -> None:
    """Where ffmpeg fails at once, and where only the check finds out."""
    folder = tmp_path / "take"
    folder.mkdir()
    broken = failing_ffmpeg(ffmpeg, tmp_path, pattern)
    film = await made(broken, folder, Style(title_card=False))
    (warning,) = film.warnings
    assert warning.code == "preview_missing"
    assert warning.message.startswith("The film has no preview")
    assert (film.width, film.subtitles + film.chapters) == (1280, 1)
    assert not [*folder.glob("*preview*")]


async def test_what_is_no_preview_is_not_kept(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    composition = composition_of(shots(60), PLAIN)
    # One of an attempt before goes as well
    (tmp_path / PREVIEW_FILE).write_bytes(b"old")
    (tmp_path / PREVIEW_PART).write_bytes(b"no film")
    (warning,) = await finalize_preview(ffmpeg, composition, tmp_path, made=True)
    assert warning.code == "preview_missing"
    assert warning.message.startswith("The film has no preview")
    assert not (tmp_path / PREVIEW_FILE).exists()


@pytest.mark.parametrize("change", [{"frames": 25}, {"width": 320}, {"codec": "hevc"}, {"faststart": False}])
def test_a_preview_that_is_something_else_is_noticed(change: dict[str, object]) -> None:
    composition = composition_of(shots(60), PLAIN)
    good = FilmInfo(2.0, 30, WIDTH, HEIGHT, 15.0, "yuv420p", "", "h264", "High", 9, faststart=True)
    check_preview(good, composition)
    with pytest.raises(EncodingFailed):
        check_preview(replace(good, **change), composition)  # type: ignore[arg-type]


def test_the_preview_is_the_first_thing_to_go_and_the_style_the_last() -> None:
    encoding, painting, style = EncodingFailed("code 3"), RenderingFailed("no"), Style()
    bare, warning = simplify(Attempt(style), encoding)
    assert (bare, warning.code) == (Attempt(style, preview=False), "preview_missing")
    plain, warning = simplify(bare, encoding)
    assert (plain, warning.code) == (Attempt(plain_style(style), preview=False), "style_simplified")
    with pytest.raises(EncodingFailed):
        simplify(plain, encoding)
    # What cannot be painted is not the preview's fault
    assert simplify(Attempt(style), painting)[0] == Attempt(plain_style(style))
    with pytest.raises(RenderingFailed):
        simplify(Attempt(plain_style(style)), painting)
