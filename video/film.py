"""Makes a film from footage and timeline: the whole pipeline, top to bottom."""

import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path

from video.capture.footage import Frame
from video.capture.frame_store import FrameStore
from video.editing.compose import compose
from video.editing.timeline import Timeline
from video.encoding.ffmpeg_binary import Ffmpeg
from video.encoding.verify import FilmInfo
from video.errors import (
    EncoderStalled,
    EncodingFailed,
    EncodingTooSlow,
    FootageDamaged,
    NoFootage,
    RenderingFailed,
)
from video.live_film import ENCODE_LIMIT_S, LiveFilm
from video.style import Style
from video.warnings import FilmWarning

log = logging.getLogger(__name__)

FRAME_STORE_FILE = "footage.reel"
#: Errors that a simpler style cannot avoid.
NOT_RETRIED = (FootageDamaged, NoFootage, EncodingTooSlow, EncoderStalled)


async def make_film(
    frames: AsyncIterator[Frame],
    timeline: Timeline,
    folder: Path,
    ffmpeg: Ffmpeg,
    style: Style | None = None,
    *,
    limit_s: float = ENCODE_LIMIT_S,
) -> AsyncGenerator[float | FilmInfo, None]:
    """Makes the film and `preview.mp4`, `poster.png`, `sheet.png`, `captions.vtt` in an empty folder.

    Yields progress from 0 to 1, and finally the verified properties of the film. If the style fails, the film
    is plain, and extras that fail are left out; the warnings say why. The folder needs space for all frames
    and belongs to the caller, who deletes it. Raises FootageDamaged, NoFootage or EncodingFailed, and then
    leaves no film; `limit_s` bounds the encoding.
    """
    yield 0.0
    frame_store = FrameStore(folder / FRAME_STORE_FILE)
    try:
        async for frame in frames:
            frame_store.append(frame)
        async with aclosing(
            _encode_with_fallbacks(frame_store, timeline, folder, ffmpeg, style or Style(), limit_s)
        ) as parts:
            async for part in parts:
                yield part
    finally:
        frame_store.close()
        (folder / FRAME_STORE_FILE).unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Attempt:
    """The style of one attempt, and whether it includes a preview."""

    style: Style
    preview: bool = True


async def _encode_with_fallbacks(
    frame_store: FrameStore, timeline: Timeline, folder: Path, ffmpeg: Ffmpeg, style: Style, limit_s: float
) -> AsyncGenerator[float | FilmInfo, None]:
    """Encodes the film in its style, and simplifies it after each failure."""
    end_s, progress, warnings = time.monotonic() + limit_s, 0.0, list[FilmWarning]()
    attempt, left_s = Attempt(style), limit_s
    while True:
        try:
            async with aclosing(
                _encode_attempt(frame_store, timeline, folder, ffmpeg, attempt, left_s)
            ) as parts:
                async for part in parts:
                    if isinstance(part, FilmInfo):
                        yield replace(part, warnings=(*warnings, *part.warnings))
                    elif part >= progress:
                        yield (progress := part)
            return
        except NOT_RETRIED:
            raise
        except Exception as error:  # a bug in drawing, for instance, may not concern a simpler film
            attempt, warning = simplify(attempt, error)
            log.warning("%s", warning.message, exc_info=error)
            warnings.append(warning)
            left_s = end_s - time.monotonic()


async def _encode_attempt(
    frame_store: FrameStore,
    timeline: Timeline,
    folder: Path,
    ffmpeg: Ffmpeg,
    attempt: Attempt,
    limit_s: float,
) -> AsyncGenerator[float | FilmInfo, None]:
    composition = compose(timeline, frame_store.times_ms, attempt.style)
    film = LiveFilm(frame_store, ffmpeg, folder, preview=attempt.preview, nice=0)
    try:
        async with aclosing(film.finish_with_progress(composition, limit_s=limit_s)) as parts:
            async for part in parts:
                yield part
    finally:
        await film.close()


def simplify(attempt: Attempt, error: Exception) -> tuple[Attempt, FilmWarning]:
    """Returns a simpler attempt after an error, and its warning; raises the error when none is left."""
    encoding = isinstance(error, EncodingFailed) and not isinstance(error, RenderingFailed)
    if attempt.preview and encoding:
        why = f"The film has no preview, because encoding failed with one: {error}"
        return replace(attempt, preview=False), FilmWarning("preview_missing", why)
    if (simpler := plain_style(attempt.style)) != attempt.style:
        why = f"The film is plain, because in the style that was asked for it failed: {error}"
        return replace(attempt, style=simpler), FilmWarning("style_simplified", why)
    raise error


def plain_style(style: Style) -> Style:
    """Returns the style without everything that could fail."""
    return replace(style, name="plain", zoom=False, captions=False, title_card=False)
