"""From frames to film: the whole pipeline, top to bottom."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from pathlib import Path

from video.cut import Style, cut
from video.encoder import ENCODE_LIMIT_S, OVERLAY_FILE, SHOTS_FILE, encode, frame_file, shot_list
from video.ffmpeg_binary import Ffmpeg
from video.footage import Frame
from video.overlay import overlay
from video.probe import Film
from video.timeline import Timeline


async def make_film(
    frames: AsyncIterator[Frame],
    timeline: Timeline,
    folder: Path,
    ffmpeg: Ffmpeg,
    style: Style | None = None,
    *,
    limit_s: float = ENCODE_LIMIT_S,
) -> AsyncGenerator[float | Film, None]:
    """Makes `film.mp4` in `folder`, an existing and empty one.

    Yields progress from 0 to 1, and last of all what the film was found to be when it was checked.
    The folder needs room for all frames and belongs to the caller, who deletes it. Raises FootageDamaged,
    NoFootage or EncodingFailed, and then leaves no film; `limit_s` bounds the encoding.
    """
    yield 0.0
    times_ms = await spool(frames, folder)
    wanted = cut(timeline, times_ms, style)
    (folder / OVERLAY_FILE).write_text(overlay(wanted), encoding="utf-8")
    (folder / SHOTS_FILE).write_text(shot_list(wanted), encoding="utf-8")
    async with aclosing(encode(ffmpeg, wanted, folder, limit_s=limit_s)) as encoding:
        async for news in encoding:
            yield news


async def spool(frames: AsyncIterator[Frame], folder: Path) -> list[float]:
    """Writes each frame to a file of its own and returns their times in milliseconds."""
    times_ms: list[float] = []
    async for frame in frames:
        (folder / frame_file(len(times_ms))).write_bytes(frame.jpeg)
        times_ms.append(frame.at_ms)
    return times_ms
