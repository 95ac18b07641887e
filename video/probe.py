"""The check of a finished film, by decoding it to its last frame with ffmpeg (the wheel has no ffprobe)."""

import asyncio
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from video.cut import Cut
from video.errors import EncodingFailed
from video.ffmpeg_binary import Ffmpeg

STREAM = re.compile(
    r"Stream #0:0.*?: Video: (?P<codec>\w+)(?: \((?P<profile>[^)]*)\))?.*?"
    r", (?P<pix_fmt>\w+)\((?P<colour>[^)]*)\)"
    r".*?, (?P<width>\d+)x(?P<height>\d+).*?, (?P<fps>[\d.]+) fps"
)
DURATION = re.compile(r"Duration: (\d+):(\d+):([\d.]+)")
FRAMES = re.compile(r"^frame=(\d+)$", re.MULTILINE)
PROBE_LIMIT_S = 60.0


@dataclass(frozen=True, slots=True)
class Film:
    """What a film file really is; `colour` is ffmpeg's note on range and matrix, such as `tv, bt709`."""

    duration_s: float
    frames: int
    width: int
    height: int
    fps: float
    pix_fmt: str
    colour: str
    codec: str
    profile: str
    size_bytes: int
    faststart: bool


async def probe(ffmpeg: Ffmpeg, path: Path) -> Film:
    """Decodes every frame of the MP4 at `path`. Raises EncodingFailed if that ends early or with an error."""
    command = ["-hide_banner", "-nostdin", "-xerror", "-i", str(path), "-map", "0:v:0"]
    process = await asyncio.create_subprocess_exec(
        ffmpeg.path,
        *[*command, "-f", "null", "-progress", "pipe:1", "-nostats", "-"],
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, err = await asyncio.wait_for(process.communicate(), PROBE_LIMIT_S)
    except TimeoutError:
        raise EncodingFailed(f"Checking the film took longer than {PROBE_LIMIT_S:g} s.") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    report = err.decode(errors="replace")
    if process.returncode != 0:
        raise EncodingFailed(f"The film does not decode to its last frame: {report.strip()[-500:]}")
    return _film(report, out.decode(), path)


def check(film: Film, cut: Cut) -> None:
    """Raises EncodingFailed unless the film is what the cut asked for."""
    found = (film.frames, film.width, film.height, film.fps)
    wanted = (cut.film_frames, cut.width_px, cut.height_px, cut.fps)
    if found != wanted:
        raise EncodingFailed(
            f"The film came out as {found} (frames, width, height, fps) instead of {wanted}."
        )


def boxes(path: Path) -> Iterator[tuple[str, int]]:
    """The kind and size in bytes of each top-level box of an MP4, in order."""
    with path.open("rb") as file:
        while len(head := file.read(8)) == 8:
            size, kind = struct.unpack(">I4s", head)
            skip = size - 8
            if size == 1:
                size = struct.unpack(">Q", file.read(8))[0]
                skip = size - 16
            yield kind.decode("latin-1"), size
            if size == 0 or skip < 0:
                return
            file.seek(skip, 1)


def _film(report: str, progress: str, path: Path) -> Film:
    stream, duration = STREAM.search(report), DURATION.search(report)
    frames = FRAMES.findall(progress)
    if not (stream and duration and frames):
        raise EncodingFailed(f"ffmpeg found no video in the film: {report.strip()[-500:]}")
    hours, minutes, seconds = duration.groups()
    kinds = [kind for kind, _ in boxes(path)]
    return Film(
        duration_s=int(hours) * 3600 + int(minutes) * 60 + float(seconds),
        frames=int(frames[-1]),
        width=int(stream["width"]),
        height=int(stream["height"]),
        fps=float(stream["fps"]),
        pix_fmt=stream["pix_fmt"],
        colour=stream["colour"],
        codec=stream["codec"],
        profile=stream["profile"] or "",
        size_bytes=path.stat().st_size,
        faststart="moov" in kinds and kinds.index("moov") < kinds.index("mdat"),
    )
