"""A film that is made while its take still runs is the film that would have been made afterwards."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from tests.video.conftest import decoded
from tests.video.support.drawn import PAGE, composition_of, frame_store, picture, shots, striped
from video.capture.footage import Frame
from video.capture.frame_store import FrameStore
from video.editing.composition import Caption, Composition, FrameSpec, Pointer, VisibleCaption
from video.encoding.commands import FILM_FILE
from video.encoding.ffmpeg_binary import Ffmpeg
from video.errors import EncoderStalled, EncodingFailed, EncodingTooSlow, FootageDamaged, LiveFilmStale
from video.live_film import LiveFilm
from video.style import Style

pytestmark = pytest.mark.anyio

COUNTS = (10, 1, 2, 7, 1, 24, 1, 3, 31, 5)


def prefix(composition: Composition, frames: int, settled: int) -> Composition:
    return replace(composition, frame_specs=composition.frame_specs[:frames], settled_frames=settled)


@asynccontextmanager
async def live(footage: FrameStore, ffmpeg: Ffmpeg, folder: Path) -> AsyncIterator[LiveFilm]:
    film = LiveFilm(footage, ffmpeg, folder)
    try:
        yield film
    finally:
        await film.close()


async def encoded(film: LiveFilm, frames: int) -> None:
    end_s = time.monotonic() + 10
    while film.frames < frames and time.monotonic() < end_s:
        await asyncio.sleep(0.01)
    assert film.frames == frames


def made(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"test.reel"}


async def test_parts_that_are_settled_are_encoded_before_the_take_ends(
    ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    footage = frame_store(tmp_path, [striped(index) for index in range(len(COUNTS))])
    whole = composition_of(shots(*COUNTS))
    async with live(footage, ffmpeg, tmp_path) as film:
        film.advance(prefix(whole, 20, 12))
        await encoded(film, 12)
        film.advance(prefix(whole, 50, 45))
        await encoded(film, 45)
        found = await film.finish(whole)
    assert (found.frames, found.width, found.height) == (85, 640, 360)
    pixels = decoded(ffmpeg, tmp_path / FILM_FILE)
    for number, spec in enumerate(whole.frame_specs):
        assert pixels[number, 100, spec.frame_index * 50 + 20, 0] < 60
    assert made(tmp_path) >= {FILM_FILE, "poster.png", "sheet.png", "captions.vtt"}


async def test_frames_may_come_while_earlier_ones_are_painted(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    footage = frame_store(tmp_path, [striped(0)])
    async with live(footage, ffmpeg, tmp_path) as film:
        for index in range(1, 8):
            film.advance(composition_of(shots(*[3] * index), settled_frames=3 * index - 2))
            footage.append(Frame(index * 100.0, striped(index)))
        assert (await film.finish(composition_of(shots(*[3] * 8)))).frames == 24


async def test_of_several_cuts_the_newest_counts(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    footage = frame_store(tmp_path, [striped(index) for index in range(4)])
    whole = composition_of(shots(5, 5, 5, 5))
    async with live(footage, ffmpeg, tmp_path) as film:
        for settled in range(1, 20):
            film.advance(prefix(whole, 20, settled))
        await encoded(film, 19)
        assert (await film.finish(whole)).frames == 20


async def test_a_take_of_which_nothing_was_settled_is_made_at_its_end(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    footage = frame_store(tmp_path, [striped(0)])
    async with live(footage, ffmpeg, tmp_path) as film:
        film.advance(composition_of(shots(30), settled_frames=0))
        assert (await film.finish(composition_of(shots(40)))).frames == 40


CAPTIONS = (Caption(0, 1000, "Open Pricing"), Caption(1000, 2000, "Open Docs"))
SAYING = [FrameSpec(0, PAGE, Pointer(9.0, 9.0), visible_caption=VisibleCaption(0, 1.0))] * 20


@pytest.mark.parametrize(
    "end",
    [
        composition_of(
            [FrameSpec(0, PAGE, Pointer(9.5, 9.0), visible_caption=VisibleCaption(0, 1.0))] * 40,
            captions=CAPTIONS,
        ),
        composition_of(SAYING[:5], captions=CAPTIONS),
        composition_of(SAYING * 2, captions=[replace(CAPTIONS[0], text="Open Prices")]),
        composition_of(SAYING * 2, captions=[replace(CAPTIONS[0], anchor="top")]),
        composition_of(SAYING * 2, captions=CAPTIONS, theme="#123456"),
        composition_of(SAYING * 2, Style(name="plain", fps=60), captions=CAPTIONS),
    ],
    ids=["another pointer", "shorter", "other words", "elsewhere", "another colour", "another style"],
)
async def test_a_film_that_should_have_begun_otherwise_is_refused(
    ffmpeg: Ffmpeg, tmp_path: Path, end: Composition
) -> None:
    async with live(frame_store(tmp_path, [striped(0)]), ffmpeg, tmp_path) as film:
        film.advance(composition_of(SAYING, captions=CAPTIONS, settled_frames=10))
        await encoded(film, 10)
        with pytest.raises(LiveFilmStale):
            await film.finish(end)
    assert made(tmp_path) == set()


async def test_captions_that_nobody_saw_yet_may_still_change(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    end = [replace(CAPTIONS[0], end_ms=1500.0), Caption(1000, 2000, "Open Blog")]
    async with live(frame_store(tmp_path, [striped(0)]), ffmpeg, tmp_path) as film:
        film.advance(composition_of(SAYING, captions=CAPTIONS, settled_frames=10))
        await encoded(film, 10)
        assert (await film.finish(composition_of(SAYING * 2, captions=end))).frames == 40


async def test_what_goes_wrong_while_filming_is_told_at_the_end(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    footage = frame_store(tmp_path, [striped(0), b"no picture"])
    async with live(footage, ffmpeg, tmp_path) as film:
        film.advance(composition_of(shots(5, 5), settled_frames=9))
        await encoded(film, 5)
        film.advance(composition_of(shots(5, 15), settled_frames=19))
        with pytest.raises(FootageDamaged, match="Frame 1"):
            await film.finish(composition_of(shots(5, 25)))
    assert made(tmp_path) == set()


async def test_an_ffmpeg_that_does_not_start_is_told_at_the_end(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    broken = replace(ffmpeg, path="/nowhere/ffmpeg")
    async with live(frame_store(tmp_path, [striped(0)]), broken, tmp_path) as film:
        film.advance(composition_of(shots(5), settled_frames=5))
        with pytest.raises(EncodingFailed, match="did not start"):
            await film.finish(composition_of(shots(9)))


async def test_a_film_that_takes_too_long_is_stopped(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nexec sleep 600\n")
    slow.chmod(0o755)
    async with live(frame_store(tmp_path, [striped(0)]), replace(ffmpeg, path=str(slow)), tmp_path) as film:
        with pytest.raises(EncodingTooSlow, match=r"limit of 0\.3 s"):
            await film.finish(composition_of(shots(90)), limit_s=0.3)
    assert made(tmp_path) == {"slow"}


async def test_a_live_film_that_nobody_finishes_leaves_nothing(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    async with live(frame_store(tmp_path, [picture()]), ffmpeg, tmp_path) as film:
        film.advance(composition_of(shots(50), settled_frames=50))
        await encoded(film, 50)
    assert made(tmp_path) == set()


async def test_a_frozen_encoder_is_noticed_and_ended(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    path = tmp_path / "ffmpeg"
    path.write_text(f'#!/bin/sh\necho $$ > {tmp_path}/pid\nkill -STOP $$\nexec {ffmpeg.path} "$@"\n')
    path.chmod(0o755)
    footage = frame_store(tmp_path, [striped(index) for index in range(3)])
    film = LiveFilm(footage, replace(ffmpeg, path=str(path)), tmp_path, stall_limit_s=0.5)
    try:
        with pytest.raises(EncoderStalled, match="stood still"):
            await film.finish(composition_of(shots(3, 3, 3)))
    finally:
        await film.close()

    assert not psutil.pid_exists(int((tmp_path / "pid").read_text()))


async def test_an_encoder_that_waits_for_pictures_is_not_taken_for_frozen(
    ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    footage = frame_store(tmp_path, [striped(index) for index in range(len(COUNTS))])
    whole = composition_of(shots(*COUNTS))
    film = LiveFilm(footage, ffmpeg, tmp_path, stall_limit_s=1.0)
    try:
        film.advance(prefix(whole, 20, 12))
        await encoded(film, 12)
        await asyncio.sleep(1.5)
        made_film = await film.finish(whole)
    finally:
        await film.close()

    assert made_film.frames == whole.film_frames
