"""Finalizes a film: muxes subtitles and chapters, verifies it, and writes preview, poster and sheet."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from video.capture.frame_store import FrameStore
from video.editing.composition import Composition
from video.encoding.commands import (
    CAPTIONS_FILE,
    CHAPTERS_FILE,
    FILM_FILES,
    PART_FILES,
    PREVIEW_FILE,
    PREVIEW_PART,
    build_gif,
    build_mux,
)
from video.encoding.ffmpeg_binary import Ffmpeg
from video.encoding.mp4_boxes import hide_subtitles
from video.encoding.process import run
from video.encoding.subtitles import chapters_metadata, webvtt
from video.encoding.verify import FilmInfo, check, check_preview, probe
from video.errors import EncoderStalled, EncodingFailed, VideoError
from video.rendering.stills import write_poster, write_sheet
from video.warnings import FilmWarning, missing

log = logging.getLogger(__name__)

#: Optional files: the film does not fail with them.
EXTRAS: dict[str, Callable[[Composition, FrameStore, Path], None]] = {
    "poster": write_poster,
    "sheet": write_sheet,
}


async def finish_film(
    ffmpeg: Ffmpeg,
    composition: Composition,
    frame_store: FrameStore,
    folder: Path,
    limit_s: float,
    *,
    preview: bool = False,
) -> FilmInfo:
    """Muxes what was encoded in `folder` to the film file, and writes `poster.png`, `sheet.png`,
    `captions.vtt`.

    `preview` says that one was encoded too, which then becomes `preview.mp4`.

    Raises EncodingFailed when the film does not match the composition, and then deletes it.
    """
    path = folder / FILM_FILES[composition.style.format]
    # They run concurrently with muxing and verification.
    extras = asyncio.create_task(asyncio.to_thread(write_extras, composition, frame_store, folder))
    previewing = asyncio.create_task(finalize_preview(ffmpeg, composition, folder, made=preview))
    try:
        mux_warnings = await asyncio.to_thread(mux_film, ffmpeg, composition, folder, limit_s)
        film = await probe(ffmpeg, path)
        check(film, composition)
    except BaseException:  # cancelled as well: half a film must not be taken for a whole one
        path.unlink(missing_ok=True)
        raise
    finally:
        (folder / PART_FILES[composition.style.format]).unlink(missing_ok=True)
        warnings = (*await previewing, *await extras)
    return replace(film, warnings=(*mux_warnings, *warnings))


async def finalize_preview(
    ffmpeg: Ffmpeg, composition: Composition, folder: Path, *, made: bool
) -> tuple[FilmWarning, ...]:
    """Verifies the preview, and returns a warning if it fails. Removes one of an earlier attempt."""
    part, path = folder / PREVIEW_PART, folder / PREVIEW_FILE
    path.unlink(missing_ok=True)
    if not made:
        return ()
    try:
        check_preview(await probe(ffmpeg, part), composition)
        part.rename(path)
    except (VideoError, OSError) as error:
        log.warning("no preview", exc_info=error)
        return (missing("preview", error),)
    return ()


def mux_film(
    ffmpeg: Ffmpeg, composition: Composition, folder: Path, limit_s: float
) -> tuple[FilmWarning, ...]:
    """Muxes the film file, if necessary without subtitles and chapters; returns warnings."""
    end_s = time.monotonic() + limit_s
    try:
        _mux(ffmpeg, composition, folder, limit_s)
    except EncoderStalled:
        raise
    except EncodingFailed as error:
        without_text = replace(composition, captions=(), chapters=())
        if without_text == composition or composition.style.format == "gif":
            raise
        _mux(ffmpeg, without_text, folder, end_s - time.monotonic())
        return (FilmWarning("subtitles_missing", f"The film has neither subtitles nor chapters: {error}"),)
    return ()


def _mux(ffmpeg: Ffmpeg, composition: Composition, folder: Path, limit_s: float) -> None:
    (folder / CAPTIONS_FILE).write_text(webvtt(composition), encoding="utf-8", errors="replace")
    (folder / CHAPTERS_FILE).write_text(chapters_metadata(composition), encoding="utf-8", errors="replace")
    if composition.style.format == "gif":
        run(ffmpeg, build_gif(composition), folder, limit_s)
        return
    run(ffmpeg, build_mux(composition), folder, limit_s)
    if composition.style.format == "mp4":
        hide_subtitles(folder / FILM_FILES["mp4"])


def write_extras(composition: Composition, frame_store: FrameStore, folder: Path) -> tuple[FilmWarning, ...]:
    """Writes poster and sheet; returns warnings for those that failed."""
    warnings = []
    for name, write in EXTRAS.items():
        try:
            write(composition, frame_store, folder)
        except Exception as error:  # a film does not fail with its poster
            log.warning("no %s", name, exc_info=error)
            warnings.append(missing(name, error))
    return tuple(warnings)
