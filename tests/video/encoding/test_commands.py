"""The encoder's commands as values, and what a real ffmpeg makes of pictures that come by a pipe."""

import subprocess
import threading
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import psutil
import pytest

from tests.video.support.drawn import HEIGHT, WIDTH, composition_of, shots
from video.editing.composition import Caption, Chapter, Composition
from video.encoding.commands import (
    CAPTIONS_FILE,
    CHAPTERS_FILE,
    CODECS,
    FILM_FILES,
    PART_FILES,
    build,
    build_gif,
    build_mux,
    gif_size,
)
from video.encoding.ffmpeg_binary import Ffmpeg
from video.encoding.mp4_boxes import list_boxes
from video.encoding.process import EncoderProcess, run
from video.encoding.verify import CODEC_NAMES, check, probe
from video.errors import EncodingFailed
from video.finalize import mux_film
from video.rendering.colour import yuv420
from video.style import Format, Style

pytestmark = pytest.mark.anyio

GREY = yuv420(np.full((HEIGHT, WIDTH, 3), 119, np.uint8))
FORMATS: tuple[Format, ...] = ("mp4", "webm", "gif")


def film(
    frames: int,
    kind: Format = "mp4",
    *,
    captions: tuple[Caption, ...] = (),
    fps: int = 30,
    title: str = "A film",
) -> Composition:
    style = Style(name="plain", format=kind, fps=60 if fps == 60 else 30)
    end_ms = frames * 1000 / fps
    chapters = [
        Chapter(0.0, end_ms / 2, "Home"),
        Chapter(end_ms / 2, end_ms, "It's 100% «Grüße»: a=b; [c]"),
    ]
    return composition_of(shots(frames), style, captions=captions, chapters=chapters, title=title)


def encode(ffmpeg: Ffmpeg, composition: Composition, folder: Path) -> None:
    encoding = EncoderProcess(ffmpeg, composition, folder)
    for number in range(composition.film_frames):
        encoding.write(GREY if number % 2 else np.roll(GREY, number * 37))
    encoding.finish()
    mux_film(ffmpeg, composition, folder, 60)


def test_the_command_takes_raw_pictures_and_gives_one_h264_stream() -> None:
    arguments = build(film(76, fps=60))
    source = dict(pairwise(arguments[: arguments.index("-i") + 2]))
    assert source["-i"] == "pipe:0"
    assert (source["-f"], source["-pix_fmt"]) == ("rawvideo", "yuv420p")
    assert (source["-s"], source["-framerate"]) == (f"{WIDTH}x{HEIGHT}", "60")
    result = dict(pairwise(arguments[arguments.index("-i") + 2 :]))
    assert (result["-vcodec"], result["-profile:v"], result["-pix_fmt"]) == ("libx264", "high", "yuv420p")
    assert result["-g"] == "300"
    for tag in ("-colorspace", "-color_primaries", "-color_trc"):
        assert source[tag] == result[tag] == "bt709"
    assert source["-color_range"] == result["-color_range"] == "tv"
    assert PART_FILES["mp4"] in arguments


def test_the_last_step_copies_the_pictures_and_leaves_captions_off() -> None:
    arguments = build_mux(film(30, captions=(Caption(0, 900, "Open Pricing"),)))
    files = [value for key, value in pairwise(arguments) if key == "-i"]
    assert files == [CHAPTERS_FILE, CAPTIONS_FILE, PART_FILES["mp4"]]
    following = dict(pairwise(arguments))
    assert (following["-c:v"], following["-c:s"]) == ("copy", "mov_text")
    assert following["-disposition:s:0"] == "0"
    assert (following["-map_metadata"], following["-map_chapters"]) == ("0", "0")
    assert following["-movflags"] == "+faststart"


def test_a_film_without_words_has_no_subtitles() -> None:
    assert CAPTIONS_FILE not in build_mux(film(30))
    assert CAPTIONS_FILE not in build_mux(
        film(30, captions=(Caption(5, 5, "too short"), Caption(0, 900, " ")))
    )


def test_a_gif_is_drawn_from_the_file_with_colours_of_its_own() -> None:
    arguments = build_gif(film(30, "gif"))
    graph = arguments[arguments.index("-filter_complex") + 1]
    assert arguments.count("-i") == 2
    for step in ("palettegen", "paletteuse", "fps=15", "scale=640"):
        assert step in graph
    assert gif_size(film(30, "gif")) == (WIDTH, HEIGHT)


def test_every_format_is_known_everywhere() -> None:
    for table in (CODECS, FILM_FILES, PART_FILES, CODEC_NAMES):
        assert set(table) == set(FORMATS)


@pytest.mark.parametrize(
    ("kind", "frames"),
    [("mp4", 1), ("mp4", 2), ("mp4", 61), ("webm", 1), ("webm", 61), ("gif", 61), ("gif", 90)],
)
async def test_every_picture_becomes_a_frame(
    ffmpeg: Ffmpeg, tmp_path: Path, kind: Format, frames: int
) -> None:
    composition = film(frames, kind)
    encode(ffmpeg, composition, tmp_path)
    found = await probe(ffmpeg, tmp_path / FILM_FILES[kind])
    check(found, composition)
    assert found.duration_s == pytest.approx(frames / 30, abs=0.08)


@pytest.mark.parametrize("kind", ["mp4", "webm"])
async def test_captions_and_chapters_travel_in_the_file(ffmpeg: Ffmpeg, tmp_path: Path, kind: Format) -> None:
    captions = (Caption(0, 900, "Open “Pricing” & «Grüße»"), Caption(900, 1900, "Search"))
    encode(ffmpeg, film(60, kind, captions=captions, title="100% a=b; c"), tmp_path)
    path = tmp_path / FILM_FILES[kind]
    found = await probe(ffmpeg, path)
    assert (found.subtitles, found.chapters) == (1, 2)
    described = subprocess.run([ffmpeg.path, "-i", str(path)], capture_output=True).stderr.decode()
    assert "title           : 100% a=b; c" in described
    assert "It's 100% «Grüße»: a=b; [c]" in described
    subtitle = next(line for line in described.splitlines() if "Subtitle" in line)
    assert "(default)" not in subtitle, "nobody sees them twice"
    words = subprocess.run(
        [ffmpeg.path, "-v", "error", "-i", str(path), "-map", "0:s", "-f", "srt", "-"], capture_output=True
    ).stdout.decode()
    assert "Open “Pricing” & «Grüße»" in words
    assert "00:00:00,900 --> 00:00:01,900" in words


async def test_an_mp4_starts_before_it_is_loaded(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    encode(ffmpeg, film(30), tmp_path)
    kinds = [kind for kind, _ in list_boxes(tmp_path / FILM_FILES["mp4"])]
    assert kinds.index("moov") < kinds.index("mdat")


def test_a_player_can_jump_to_every_five_seconds_of_a_film_that_stands_still(
    ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    composition = film(500)
    encoding = EncoderProcess(ffmpeg, composition, tmp_path)
    for _ in range(500):
        encoding.write(GREY)
    encoding.finish()
    assert encoding.frames == 500
    command = [ffmpeg.path, "-v", "error", "-skip_frame", "nokey", "-i", str(tmp_path / PART_FILES["mp4"])]
    command += ["-fps_mode", "passthrough", "-enc_time_base", "1/30", "-f", "framecrc", "-"]
    listed = subprocess.run(command, capture_output=True, check=True, text=True).stdout.splitlines()
    times = [int(line.split(",")[1]) for line in listed if not line.startswith("#")]
    assert times == [0, 150, 300, 450]


def test_an_ffmpeg_that_gives_up_is_told_with_its_last_words(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    path = tmp_path / "failing"
    path.write_text("#!/bin/sh\necho 'no such encoder' >&2\nexit 3\n")
    path.chmod(0o755)
    encoding = EncoderProcess(replace(ffmpeg, path=str(path)), film(9), tmp_path)
    time.sleep(0.2)
    with pytest.raises(EncodingFailed, match="filmed, but ffmpeg ended with code 3: no such encoder"):
        encoding.write(GREY)
    encoding.kill()


def test_an_ffmpeg_that_fails_at_the_end_is_told_too(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    path = tmp_path / "failing"
    path.write_text("#!/bin/sh\ncat > /dev/null\necho 'disk full' >&2\nexit 4\n")
    path.chmod(0o755)
    encoding = EncoderProcess(replace(ffmpeg, path=str(path)), film(9), tmp_path)
    encoding.write(GREY)
    with pytest.raises(EncodingFailed, match="code 4: disk full"):
        encoding.finish()


def test_an_ffmpeg_that_does_not_start_is_a_clear_error(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    broken = replace(ffmpeg, path="/nowhere/ffmpeg")
    with pytest.raises(EncodingFailed, match="did not start"):
        EncoderProcess(broken, film(9), tmp_path)
    with pytest.raises(EncodingFailed, match="did not start"):
        run(broken, [], tmp_path, 1)


def test_killing_ends_ffmpeg_and_a_write_that_waits_for_it(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    path = tmp_path / "hanging"
    path.write_text(f"#!/bin/sh\necho partial > {PART_FILES['mp4']}\nexec sleep 600\n")
    path.chmod(0o755)
    encoding = EncoderProcess(replace(ffmpeg, path=str(path)), film(900), tmp_path)
    failures: list[Exception] = []

    def write() -> None:
        try:
            for _ in range(900):
                encoding.write(GREY)
        except EncodingFailed as error:
            failures.append(error)

    writing = threading.Thread(target=write)
    writing.start()
    while not (tmp_path / PART_FILES["mp4"]).exists() or not sleepers():
        writing.join(0.02)
    encoding.kill()
    writing.join(5)
    assert not writing.is_alive()
    assert len(failures) == 1
    assert sleepers() == []
    assert not (tmp_path / PART_FILES["mp4"]).exists()


def test_a_step_that_takes_too_long_is_stopped(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    path = tmp_path / "hanging"
    path.write_text("#!/bin/sh\nexec sleep 600\n")
    path.chmod(0o755)
    with pytest.raises(EncodingFailed, match=r"longer than 0\.3 s"):
        run(replace(ffmpeg, path=str(path)), [], tmp_path, 0.3)
    assert sleepers() == []


def sleepers() -> list[int]:
    return [process.pid for process in psutil.Process().children(recursive=True) if process.name() == "sleep"]


async def test_chapters_that_ffmpeg_refuses_do_not_cost_the_film(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    composition = replace(film(30), chapters=(Chapter(900.0, 100.0, "backwards"),))
    encoding = EncoderProcess(ffmpeg, composition, tmp_path)
    for _ in range(30):
        encoding.write(GREY)
    encoding.finish()
    (warning,) = mux_film(ffmpeg, composition, tmp_path, 60)
    assert warning.code == "subtitles_missing"
    assert "neither subtitles nor chapters" in warning.message
    assert (await probe(ffmpeg, tmp_path / FILM_FILES["mp4"])).frames == 30
