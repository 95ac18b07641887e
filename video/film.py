"""From frames to film: the whole pipeline, top to bottom."""

import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

from video.cut import cut
from video.errors import EncoderStalled, EncodingTooSlow, FootageDamaged, NoFootage
from video.ffmpeg_binary import Ffmpeg
from video.footage import Frame
from video.live import ENCODE_LIMIT_S, LiveFilm
from video.probe import Film
from video.reel import Reel
from video.style import Style
from video.timeline import Timeline

log = logging.getLogger(__name__)

REEL_FILE = "footage.reel"
#: A simpler style does not help against these.
HOPELESS = (FootageDamaged, NoFootage, EncodingTooSlow, EncoderStalled)


async def make_film(
    frames: AsyncIterator[Frame],
    timeline: Timeline,
    folder: Path,
    ffmpeg: Ffmpeg,
    style: Style | None = None,
    *,
    limit_s: float = ENCODE_LIMIT_S,
) -> AsyncGenerator[float | Film, None]:
    """Makes the film, `poster.png`, `sheet.png` and `captions.vtt` in `folder`, an existing and empty one.

    Yields progress from 0 to 1, and last of all what the film was found to be when it was checked. Where the
    style cannot be made the film is plain, and its warnings say why.
    The folder needs room for all frames and belongs to the caller, who deletes it. Raises FootageDamaged,
    NoFootage or EncodingFailed, and then leaves no film; `limit_s` bounds the encoding.
    """
    yield 0.0
    reel = Reel(folder / REEL_FILE)
    try:
        async for frame in frames:
            reel.append(frame)
        async with aclosing(_encode(reel, timeline, folder, ffmpeg, style or Style(), limit_s)) as parts:
            async for part in parts:
                yield part
    finally:
        reel.close()
        (folder / REEL_FILE).unlink(missing_ok=True)


async def _encode(
    reel: Reel, timeline: Timeline, folder: Path, ffmpeg: Ffmpeg, style: Style, limit_s: float
) -> AsyncGenerator[float | Film, None]:
    """The film in its style, or else without any."""
    end_s, done = time.monotonic() + limit_s, 0.0
    try:
        async with aclosing(_styled(reel, timeline, folder, ffmpeg, style, limit_s)) as parts:
            async for part in parts:
                done = part if isinstance(part, float) else done
                yield part
        return
    except HOPELESS:
        raise
    except Exception as error:
        if simple(style) == style:
            raise
        log.warning("the film is made again, plain", exc_info=error)
        warning = f"The film is plain, because in the style that was asked for it failed: {error}"
    left_s = end_s - time.monotonic()
    async with aclosing(_styled(reel, timeline, folder, ffmpeg, simple(style), left_s)) as parts:
        async for part in parts:
            if isinstance(part, Film):
                yield replace(part, warnings=(warning, *part.warnings))
            elif part > done:
                yield part


async def _styled(
    reel: Reel, timeline: Timeline, folder: Path, ffmpeg: Ffmpeg, style: Style, limit_s: float
) -> AsyncGenerator[float | Film, None]:
    wanted = cut(timeline, reel.times_ms, style)
    film = LiveFilm(reel, ffmpeg, folder, nice=0)
    try:
        async with aclosing(film.finishing(wanted, limit_s=limit_s)) as parts:
            async for part in parts:
                yield part
    finally:
        await film.close()


def simple(style: Style) -> Style:
    """The style without all that could fail."""
    return replace(style, name="plain", zoom=False, captions=False, title_card=False)
