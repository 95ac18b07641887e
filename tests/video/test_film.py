"""From drawn frames to a finished film, looked at pixel by pixel."""

from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from tests.video.conftest import HEIGHT, WIDTH, decoded, picture, stream
from video.encoder import FILM_FILE
from video.errors import FootageDamaged, NoFootage
from video.ffmpeg_binary import Ffmpeg
from video.film import make_film
from video.footage import HEADER, Frame, read_frames
from video.probe import probe
from video.timeline import Sample, Step, Timeline

pytestmark = pytest.mark.anyio

PALETTE = [
    (255, 0, 0),
    (0, 255, 0),
    (0, 0, 255),
    (214, 34, 74),
    (255, 180, 0),
    (18, 58, 107),
    (119, 119, 119),
]


def timeline(end_ms: float, pointer: tuple[Sample, ...] = (), clicks: tuple[float, ...] = ()) -> Timeline:
    steps = tuple(Step(at, at, at, "Go", "click", "u", 320.0, 180.0) for at in clicks)
    return Timeline(WIDTH, HEIGHT, 0.0, end_ms, "A test", "http://localhost/", steps, pointer)


async def film(ffmpeg: Ffmpeg, folder: Path, frames: list[Frame], story: Timeline) -> Path:
    *progress, made = [part async for part in make_film(stream(frames), story, folder, ffmpeg)]
    assert (progress[0], progress[-1]) == (0.0, 1.0)
    assert made == await probe(ffmpeg, folder / FILM_FILE)
    return folder / FILM_FILE


async def test_the_film_is_what_players_and_chat_tools_expect(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    frames = [Frame(n * 20.0, picture("white", (n * 4, 100, n * 4 + 60, 200))) for n in range(120)]
    made = await probe(ffmpeg, await film(ffmpeg, tmp_path, frames, timeline(2380)))
    assert (made.width, made.height, made.fps) == (WIDTH, HEIGHT, 30.0)
    assert made.frames == 73
    assert (made.codec, made.profile, made.pix_fmt) == ("h264", "High", "yuv420p")
    assert made.colour.startswith("tv, bt709")
    assert made.faststart


@pytest.mark.parametrize("colour", [*PALETTE, (0, 0, 0), (255, 255, 255), (0, 128, 128)])
async def test_colours_come_out_as_they_were_on_the_page(
    ffmpeg: Ffmpeg, tmp_path: Path, colour: tuple[int, int, int]
) -> None:
    pixels = decoded(ffmpeg, await film(ffmpeg, tmp_path, [Frame(0.0, picture(colour))], timeline(3000)))
    worst = np.abs(pixels[30].astype(int) - np.array(colour)).max()
    assert worst <= 4


async def test_moving_pictures_appear_at_their_time(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    frames = [Frame(n * 100.0, picture("white", (n * 20, 0, n * 20 + 19, HEIGHT))) for n in range(30)]
    pixels = decoded(ffmpeg, await film(ffmpeg, tmp_path, frames, timeline(2900)))
    for number in range(len(pixels)):
        bar = np.flatnonzero(pixels[number, 180, :, 1] < 100)
        assert bar.mean() == pytest.approx((number // 3) * 20 + 9.5, abs=1.5)


async def test_the_pointer_is_drawn_with_its_tip_at_its_place_on_every_frame(
    ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    pointer = tuple(Sample(n * 16.0, 50 + n * 3.0, 100 + n * 1.0) for n in range(150))
    path = await film(ffmpeg, tmp_path, [Frame(0.0, picture((90, 160, 90)))], timeline(2400, pointer))
    pixels = decoded(ffmpeg, path)
    for number in range(0, 70, 5):
        moment = number * 1000 / 30 / 16
        dark = np.argwhere(pixels[number].max(axis=2) < 125)
        assert dark[:, 1].min() == pytest.approx(50 + moment * 3, abs=2)
        assert dark[:, 0].min() == pytest.approx(100 + moment, abs=2)
        assert dark[:, 0].max() - dark[:, 0].min() <= 16, "one arrow, half as high as at 720 lines"
        assert (pixels[number].min(axis=2) > 200).sum() > 15, "a white body"


async def test_a_click_ripples_and_fades(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    pointer = (Sample(0.0, 320.0, 180.0),)
    story = timeline(4000, pointer, clicks=(600.0,))
    pixels = decoded(ffmpeg, await film(ffmpeg, tmp_path, [Frame(0.0, picture())], story))
    around = pixels[:, 160:200, 300:319].astype(int)
    blue = (around[..., 2] - around[..., 0]).max(axis=(1, 2))
    assert blue[:18].max() < 12
    assert blue[22] > 40
    assert blue[34:].max() < 16, "what is left of it nobody sees"


async def test_pictures_of_another_size_are_scaled_and_keep_their_colour(
    ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    story = Timeline(320, 180, 0.0, 2500.0, "t", "u")
    path = await film(ffmpeg, tmp_path, [Frame(0.0, picture((214, 34, 74)))], story)
    made = await probe(ffmpeg, path)
    assert (made.width, made.height) == (320, 180)


async def test_footage_that_was_cut_off_makes_no_film(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    async def upload() -> AsyncIterator[bytes]:
        yield HEADER + b"\0" * 8

    with pytest.raises(FootageDamaged):
        [part async for part in make_film(read_frames(upload()), timeline(2000), tmp_path, ffmpeg)]
    assert not (tmp_path / FILM_FILE).exists()


async def test_a_take_without_frames_makes_no_film(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    with pytest.raises(NoFootage):
        await film(ffmpeg, tmp_path, [], timeline(2000))
