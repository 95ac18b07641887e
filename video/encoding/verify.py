"""The check of a finished film, by decoding it to its last frame with ffmpeg (the wheel has no ffprobe)."""

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path

from video.editing.composition import Composition
from video.encoding.commands import GIF_FPS, PREVIEW_FPS, frames_at_rate, gif_size, preview_size
from video.encoding.ffmpeg_binary import Ffmpeg
from video.encoding.mp4_boxes import list_boxes
from video.encoding.stall_detector import StallDetector
from video.errors import EncodingFailed
from video.style import Format
from video.warnings import FilmWarning

STREAM = re.compile(
    r"Stream #0:\d+.*?: Video: (?P<codec>\w+)(?: \((?P<profile>[^)]*)\))?.*?"
    r", (?P<pix_fmt>\w+)(?:\((?P<colour>[^)]*)\))?"
    r".*?, (?P<width>\d+)x(?P<height>\d+).*?, (?P<fps>[\d.]+) fps(?:, (?P<tbr>[\d.]+) tbr)?"
)
DURATION = re.compile(r"Duration: (\d+):(\d+):([\d.]+)")
FRAMES = re.compile(r"^frame=(\d+)$", re.MULTILINE)
SUBTITLES = re.compile(r"Stream #0:\d+.*?: Subtitle: ")
CHAPTERS = re.compile(r"^ *Chapter #0:\d+", re.MULTILINE)
PROBE_LIMIT_S = 60.0
POLL_INTERVAL_S = 0.25
#: What ffmpeg calls the pictures of each format.
CODEC_NAMES: dict[Format, str] = {"mp4": "h264", "webm": "vp9", "gif": "gif"}
FORMATS: dict[str, Format] = {codec: kind for kind, codec in CODEC_NAMES.items()}


@dataclass(frozen=True, slots=True)
class FilmInfo:
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
    format: Format = "mp4"
    #: How many soft subtitle tracks and chapters it has.
    subtitles: int = 0
    chapters: int = 0
    #: What could not be made as asked.
    warnings: tuple[FilmWarning, ...] = ()


async def probe(ffmpeg: Ffmpeg, path: Path) -> FilmInfo:
    """Decodes every frame of the film at `path`. Raises EncodingFailed if that ends early or fails."""
    command = ["-hide_banner", "-nostdin", "-xerror", "-i", str(path), "-map", "0:v:0"]
    process = await asyncio.create_subprocess_exec(
        ffmpeg.path,
        # Frames are counted as they are: none is repeated or left out to make a rate.
        *[*command, "-fps_mode", "passthrough", "-f", "null", "-progress", "pipe:1", "-nostats", "-"],
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    stall_detector = StallDetector(process.pid)
    communicating = asyncio.create_task(process.communicate())
    try:
        async with asyncio.timeout(PROBE_LIMIT_S):
            while not (await asyncio.wait({communicating}, timeout=POLL_INTERVAL_S))[0]:
                stall_detector.check()
        out, err = communicating.result()
    except TimeoutError:
        raise EncodingFailed(f"Checking the film took longer than {PROBE_LIMIT_S:g} s.") from None
    finally:
        communicating.cancel()
        if process.returncode is None:
            process.kill()
            await process.wait()
    report = err.decode(errors="replace")
    if process.returncode != 0:
        raise EncodingFailed(f"The film does not decode to its last frame: {report.strip()[-500:]}")
    return _parse_report(report, out.decode(), path)


def check(film: FilmInfo, composition: Composition) -> None:
    """Raises EncodingFailed unless the film is what the cut asked for."""
    found = (film.format, film.frames, film.width, film.height, film.fps)
    wanted = expected(composition)
    if found != wanted:
        raise EncodingFailed(
            f"The film came out as {found} (format, frames, width, height, fps) instead of {wanted}."
        )


def check_preview(preview: FilmInfo, composition: Composition) -> None:
    """Raises EncodingFailed unless it is a small film of the same length, which plays before it is loaded."""
    size = (preview.width, preview.height)
    frame_difference = abs(preview.frames - frames_at_rate(composition, PREVIEW_FPS))
    if (
        size != preview_size(composition)
        or frame_difference > 1
        or preview.codec != "h264"
        or not preview.faststart
    ):
        raise EncodingFailed(
            f"It came out as {preview.codec} of {preview.frames} frames of {size[0]}x{size[1]}."
        )


def expected(composition: Composition) -> tuple[Format, int, int, int, float]:
    """Format, frames, width, height and frames a second of the film that a cut asks for."""
    if composition.style.format == "gif":
        return "gif", frames_at_rate(composition, GIF_FPS), *gif_size(composition), GIF_FPS
    canvas = composition.layout.canvas
    return (
        composition.style.format,
        composition.film_frames,
        canvas.width_px,
        canvas.height_px,
        composition.style.fps,
    )


def _parse_report(report: str, progress: str, path: Path) -> FilmInfo:
    source = report.partition("\nOutput #0")[0]
    stream, duration = STREAM.search(source), DURATION.search(source)
    frames = FRAMES.findall(progress)
    if not (stream and duration and frames):
        raise EncodingFailed(f"ffmpeg found no video in the film: {report.strip()[-500:]}")
    hours, minutes, seconds = duration.groups()
    kind = FORMATS.get(stream["codec"], "mp4")
    kinds = [kind for kind, _ in list_boxes(path)] if kind == "mp4" else []
    return FilmInfo(
        duration_s=int(hours) * 3600 + int(minutes) * 60 + float(seconds),
        frames=int(frames[-1]),
        width=int(stream["width"]),
        height=int(stream["height"]),
        # A GIF's times are whole hundredths of a second: it has a mean rate, and one that was meant.
        fps=float(stream["tbr"] if kind == "gif" and stream["tbr"] else stream["fps"]),
        pix_fmt=stream["pix_fmt"],
        colour=stream["colour"] or "",
        codec=stream["codec"],
        profile=stream["profile"] or "",
        size_bytes=path.stat().st_size,
        faststart="moov" in kinds and kinds.index("moov") < kinds.index("mdat"),
        format=kind,
        subtitles=len(SUBTITLES.findall(source)),
        chapters=len(CHAPTERS.findall(source)),
    )
