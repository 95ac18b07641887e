"""The encoder: one ffmpeg pass from JPEG frames and overlay to an H.264 MP4. Only importer of ffmpeg-python.

Everything happens inside one folder, which is ffmpeg's working directory, so that no path needs escaping:
`000000.jpg` …, `shots.ffconcat`, `overlay.ass`, `film.part.mp4` and, when it has proved good, `film.mp4`.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

import ffmpeg as graph

from video.cut import Cut, Shot
from video.errors import EncodingFailed
from video.ffmpeg_binary import Ffmpeg
from video.probe import Film, check, probe

SHOTS_FILE = "shots.ffconcat"
OVERLAY_FILE = "overlay.ass"
PART_FILE = "film.part.mp4"
FILM_FILE = "film.mp4"

ENCODE_LIMIT_S = 120.0
LAST_LINES = 12
#: Of the progress, what the encoding takes; the rest is the check of the film.
ENCODING_SHARE = 0.95

#: JPEG is full range BT.601; players expect HD video in limited range BT.709. `colorspace` does that straight
#: from YUV to YUV; `scale`, by way of RGB, is as exact (both within 1.5 of 255) at three times the time.
COLOURS = {
    "ispace": "smpte170m",
    "irange": "pc",
    "iprimaries": "bt709",
    "itrc": "bt709",
    "all": "bt709",
    "range": "tv",
    "format": "yuv420p",
}
#: A page that scrolls moves far from frame to frame. By itself the preset looks for a block's origin within
#: 16 px, and draws it anew; 128 px save a third of the bytes where much is scrolled. Looking 40 frames ahead
#: spends the bytes on what will stand still and be read (table: CONTRIBUTING.md).
X264 = {
    "vcodec": "libx264",
    "preset": "veryfast",
    "crf": 23,
    "profile:v": "high",
    "x264-params": "me=umh:merange=128:rc-lookahead=40",
}
#: The longest way between two pictures to which a player can jump.
SEEK_S = 5


def frame_file(index: int) -> str:
    """The file name of a footage frame."""
    return f"{index:06d}.jpg"


def shot_list(cut: Cut) -> str:
    """The concat script that shows each footage frame for its number of film frames.

    `option framerate` gives each image a time base of one film frame; with the default of 1/25 s the
    durations are rounded and frames get lost. Sums are rounded, not durations, so that no error adds up.
    The last picture is listed twice because the demuxer guesses the duration of the last entry; `build`
    stops after the wanted number of frames.
    """
    lines = ["ffconcat version 1.0"]
    start = 0
    for shot in [*cut.shots, Shot(cut.shots[-1].frame_index, 1)]:
        end = start + shot.film_frames
        duration_us = round(end * 1e6 / cut.fps) - round(start * 1e6 / cut.fps)
        lines += [f"file {frame_file(shot.frame_index)}", f"option framerate {cut.fps}"]
        lines += [f"duration {duration_us / 1e6:.6f}"]
        start = end
    return "\n".join([*lines, ""])


def build(cut: Cut) -> list[str]:
    """The arguments for ffmpeg, without its path, to be run in the folder. Pure."""
    picture = (
        graph.input(SHOTS_FILE, format="concat", safe=0)
        .filter("scale", cut.width_px, cut.height_px)
        .filter("format", "yuvj420p")
        .filter("colorspace", **COLOURS)
        .filter("fps", cut.fps)
        .filter("ass", OVERLAY_FILE)
    )
    output = graph.output(
        picture,
        PART_FILE,
        **X264,
        **{
            "g": SEEK_S * cut.fps,
            "frames:v": cut.film_frames,
            "metadata": f"title={plain(cut.title)}",
            "movflags": "+faststart",
        },
    )
    output = output.global_args("-hide_banner", "-nostdin", "-nostats", "-loglevel", "warning")
    arguments: list[str] = output.global_args("-progress", "pipe:1").overwrite_output().get_args()
    return arguments


def plain(title: str) -> str:
    """A title that can be an argument: scripts can give a page one with NULs or halves of characters."""
    return " ".join("".join(char if char.isprintable() else " " for char in title).split())


async def encode(
    ffmpeg: Ffmpeg, cut: Cut, folder: Path, *, limit_s: float = ENCODE_LIMIT_S
) -> AsyncGenerator[float | Film, None]:
    """Encodes what lies in `folder` to `film.mp4` there and checks it.

    Yields progress from 0 to 1, and last of all the film as it was found to be.

    Raises EncodingFailed when ffmpeg does not start, fails, takes longer than `limit_s` or writes a film that
    is not what the cut asked for. Closing the generator kills ffmpeg. Whatever ends it early leaves no film.
    """
    part = folder / PART_FILE
    try:
        async with aclosing(_run(ffmpeg, build(cut), folder, limit_s)) as frames:
            async for done in frames:
                yield min(done / cut.film_frames, 1.0) * ENCODING_SHARE
        film = await probe(ffmpeg, part)
        check(film, cut)
        part.rename(folder / FILM_FILE)
    finally:
        part.unlink(missing_ok=True)
    yield 1.0
    yield film


async def _run(
    ffmpeg: Ffmpeg, arguments: list[str], folder: Path, limit_s: float
) -> AsyncGenerator[int, None]:
    """Runs ffmpeg, yielding how many frames it has written."""
    try:
        process = await asyncio.create_subprocess_exec(
            ffmpeg.path,
            *arguments,
            cwd=folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
    except OSError as error:
        raise EncodingFailed(f"The site was filmed, but ffmpeg did not start: {error}.") from error
    assert process.stdout is not None
    assert process.stderr is not None
    last_lines: deque[str] = deque(maxlen=LAST_LINES)
    listening = asyncio.create_task(_listen(process.stderr, last_lines))
    out_of_time = asyncio.Event()
    alarm = asyncio.get_running_loop().call_later(limit_s, _stop, process, out_of_time)
    try:
        async for line in process.stdout:
            key, _, value = line.decode().strip().partition("=")
            if key == "frame":
                yield int(value)
        await listening
        if await process.wait() != 0:
            raise EncodingFailed(_reason(process.returncode, out_of_time.is_set(), limit_s, last_lines))
    finally:
        alarm.cancel()
        if process.returncode is None:
            process.kill()
            await process.wait()
        listening.cancel()


def _stop(process: asyncio.subprocess.Process, out_of_time: asyncio.Event) -> None:
    if process.returncode is None:
        out_of_time.set()
        process.kill()


async def _listen(stream: asyncio.StreamReader, last_lines: deque[str]) -> None:
    async for line in stream:
        last_lines.append(line.decode(errors="replace").rstrip())


def _reason(code: int | None, out_of_time: bool, limit_s: float, last_lines: deque[str]) -> str:
    if out_of_time:
        return (
            f"The site was filmed, but encoding took longer than its limit of {limit_s:g} s and was stopped."
        )
    return " ".join([f"The site was filmed, but ffmpeg ended with code {code}:", *last_lines])
