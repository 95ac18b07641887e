"""The encoder's command as a value, and what a real ffmpeg makes of it."""

import asyncio
import subprocess
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import psutil
import pytest

from tests.video.conftest import HEIGHT, WIDTH, picture
from video.cut import Cut, Shot, Span
from video.encoder import (
    FILM_FILE,
    OVERLAY_FILE,
    PART_FILE,
    SHOTS_FILE,
    build,
    encode,
    frame_file,
    shot_list,
)
from video.errors import EncodingFailed
from video.ffmpeg_binary import Ffmpeg
from video.overlay import overlay
from video.probe import Film, probe

pytestmark = pytest.mark.anyio

COUNTS = (1, 1, 2, 7, 1, 24, 1, 3, 31, 5)


def film(counts: tuple[int, ...] = COUNTS, title: str = "A film", fps: int = 30) -> Cut:
    shots = tuple(Shot(index, count) for index, count in enumerate(counts))
    return Cut(fps, WIDTH, HEIGHT, title, (Span(0.0, 1000.0, 0.0),), shots, ())


def lay_out(folder: Path, cut: Cut, jpeg: Callable[[int], bytes]) -> None:
    for shot in cut.shots:
        (folder / frame_file(shot.frame_index)).write_bytes(jpeg(shot.frame_index))
    (folder / SHOTS_FILE).write_text(shot_list(cut))
    (folder / OVERLAY_FILE).write_text(overlay(cut))


def striped(index: int) -> bytes:
    return picture("white", (index * 50, 0, index * 50 + 40, HEIGHT))


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("*.mp4")}


def test_the_command_is_one_pass_to_h264_with_exact_length() -> None:
    arguments = build(film())
    assert arguments[arguments.index("-f") : arguments.index("-i") + 2] == [
        *("-f", "concat", "-safe", "0", "-i", SHOTS_FILE)
    ]
    graph = arguments[arguments.index("-filter_complex") + 1]
    steps = ["scale", "format=yuvj420p", "colorspace", "fps=30", f"ass={OVERLAY_FILE}"]
    assert [graph.index(step) for step in steps] == sorted(graph.index(step) for step in steps)
    following = dict(pairwise(arguments))
    assert following["-frames:v"] == "76"
    assert following["-vcodec"] == "libx264"
    assert following["-profile:v"] == "high"
    assert following["-g"] == "150"
    assert following["-movflags"] == "+faststart"
    assert following["-metadata"] == "title=A film"


def test_durations_in_the_shot_list_add_up_without_drift() -> None:
    lines = shot_list(film((1,) * 9000)).splitlines()
    durations = [float(line.split()[1]) for line in lines if line.startswith("duration")]
    assert sum(durations[:9000]) == pytest.approx(300.0, abs=1e-6)


def test_any_title_of_a_page_can_be_an_argument() -> None:
    arguments = build(film(title=" a\0b\n\ud83d  Grüße "))
    assert "title=a b Grüße" in arguments


async def test_every_picture_is_there_for_exactly_its_frames(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    cut = film(title="It's 100% «Grüße»: a=b, [c]; 'd'")
    lay_out(tmp_path, cut, striped)
    *progress, made = [part async for part in encode(ffmpeg, cut, tmp_path)]
    assert isinstance(made, Film)
    assert (made.frames, made.width, made.height, made.fps) == (76, WIDTH, HEIGHT, 30)
    assert made.duration_s == pytest.approx(76 / 30, abs=0.02)
    parts = [part for part in progress if isinstance(part, float)]
    assert parts == sorted(parts)
    assert progress[-1] == 1.0
    assert left(tmp_path) == {FILM_FILE}


@pytest.mark.parametrize("counts", [(61,), (1,), (1, 1), (1, 500), (500, 1)])
async def test_lengths_are_exact_at_the_extremes(
    ffmpeg: Ffmpeg, tmp_path: Path, counts: tuple[int, ...]
) -> None:
    cut = film(counts)
    lay_out(tmp_path, cut, striped)
    async for _ in encode(ffmpeg, cut, tmp_path):
        pass
    assert (await probe(ffmpeg, tmp_path / FILM_FILE)).frames == sum(counts)


async def test_a_player_can_jump_to_every_five_seconds_of_a_film_that_stands_still(
    ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    cut = film((500,))
    lay_out(tmp_path, cut, striped)
    async for _ in encode(ffmpeg, cut, tmp_path):
        pass
    command = [ffmpeg.path, "-v", "error", "-skip_frame", "nokey", "-i", str(tmp_path / FILM_FILE)]
    command += ["-fps_mode", "passthrough", "-enc_time_base", "1/30", "-f", "framecrc", "-"]
    listed = subprocess.run(command, capture_output=True, check=True, text=True).stdout.splitlines()
    times = [int(line.split(",")[1]) for line in listed if not line.startswith("#")]
    assert times == [0, 150, 300, 450]


async def test_garbage_instead_of_pictures_fails_with_ffmpegs_words_and_leaves_nothing(
    ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    cut = film()
    lay_out(tmp_path, cut, lambda index: b"this is no JPEG" * 50)
    with pytest.raises(EncodingFailed, match=r"site was filmed, but ffmpeg ended with code \d+: .*"):
        [part async for part in encode(ffmpeg, cut, tmp_path)]
    assert left(tmp_path) == set()


async def test_an_ffmpeg_that_does_not_start_is_a_clear_error(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    with pytest.raises(EncodingFailed, match="did not start"):
        [part async for part in encode(replace(ffmpeg, path="/nowhere/ffmpeg"), film(), tmp_path)]
    assert left(tmp_path) == set()


async def test_a_film_of_another_length_than_the_cut_is_not_passed_off(
    ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    lay_out(tmp_path, film((5, 5)), striped)
    with pytest.raises(EncodingFailed, match="instead of"):
        [part async for part in encode(ffmpeg, film((5, 50)), tmp_path)]
    assert left(tmp_path) == set()


def hanging_ffmpeg(ffmpeg: Ffmpeg, folder: Path) -> Ffmpeg:
    """An ffmpeg that writes a partial film and then never ends."""
    path = folder / "hanging"
    path.write_text(f"#!/bin/sh\necho partial > {PART_FILE}\necho frame=3\nexec sleep 600\n")
    path.chmod(0o755)
    return replace(ffmpeg, path=str(path))


def sleepers() -> list[int]:
    return [process.pid for process in psutil.Process().children(recursive=True) if process.name() == "sleep"]


async def test_the_time_limit_kills_ffmpeg_and_removes_the_partial_film(
    ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    with pytest.raises(EncodingFailed, match=r"limit of 0\.5 s"):
        [part async for part in encode(hanging_ffmpeg(ffmpeg, tmp_path), film(), tmp_path, limit_s=0.5)]
    assert sleepers() == []
    assert left(tmp_path) == set()


async def test_closing_the_generator_kills_ffmpeg_and_removes_the_partial_film(
    ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    async with aclosing(encode(hanging_ffmpeg(ffmpeg, tmp_path), film(), tmp_path)) as progress:
        part = await anext(progress)
        assert isinstance(part, float)
        assert 0 < part < 1
        assert len(sleepers()) == 1
    assert sleepers() == []
    assert left(tmp_path) == set()


async def test_cancelling_the_task_kills_ffmpeg(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    async def consume() -> None:
        async with aclosing(encode(hanging_ffmpeg(ffmpeg, tmp_path), film(), tmp_path)) as progress:
            async for _ in progress:
                pass

    task = asyncio.create_task(consume())
    while not sleepers():
        await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sleepers() == []
    assert left(tmp_path) == set()
