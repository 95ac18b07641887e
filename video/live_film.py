"""Incremental film: renders and encodes settled frames while the take still runs."""

import asyncio
import logging
import os
import threading
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import replace
from pathlib import Path

import numpy as np

from video.capture.frame_store import FrameStore
from video.editing.composition import Composition, FrameSpec
from video.encoding.commands import TEMPORARY_FILES
from video.encoding.ffmpeg_binary import Ffmpeg
from video.encoding.process import EncoderProcess
from video.encoding.stall_detector import STALL_LIMIT_S
from video.encoding.verify import FilmInfo
from video.encoding.watermark import write_watermark
from video.errors import EncodingFailed, EncodingTooSlow, LiveFilmStale, RenderingFailed, VideoError
from video.finalize import finish_film
from video.rendering.colour import yuv420
from video.rendering.renderer import Renderer

log = logging.getLogger(__name__)

ENCODE_LIMIT_S = 120.0
#: Niceness of renderer and ffmpeg while the browser runs.
LIVE_NICE = 15
POLL_INTERVAL_S = 0.05
JOIN_TIMEOUT_S = 5.0
#: Share of the progress for encoding; the rest is muxing and verification.
ENCODING_SHARE = 0.9


class LiveFilm:
    """Makes one film in `folder`; frames that the rest of the take cannot change are encoded early.

    A thread renders and encodes; `advance` only gives it a newer composition. Its errors are kept for
    `finish`, so that they do not interrupt filming. Must be closed, whatever happened.
    """

    def __init__(
        self,
        frame_store: FrameStore,
        ffmpeg: Ffmpeg,
        folder: Path,
        *,
        preview: bool = True,
        nice: int = LIVE_NICE,
        stall_limit_s: float = STALL_LIMIT_S,
    ) -> None:
        self._frame_store, self._ffmpeg, self._folder, self._nice = frame_store, ffmpeg, folder, nice
        self._preview, self._stall_limit_s = preview, stall_limit_s
        self._changed = threading.Condition()
        self._composition: Composition | None = None
        self._current: Composition | None = None
        self._final = self._closed = False
        self._error: Exception | None = None
        self._thread: threading.Thread | None = None
        self._encoder: EncoderProcess | None = None
        self._rendered: _RenderedFrames | None = None
        #: How many film frames were sent to ffmpeg.
        self.frames = 0

    def advance(self, composition: Composition) -> None:
        """Continues the film up to `composition.settled_frames`.

        Returns at once; only the newest composition counts.
        """
        with self._changed:
            self._composition = composition
            self._changed.notify()
        if self._thread is None and composition.settled_frames:
            self._thread = threading.Thread(target=self._run, name="live film", daemon=True)
            self._thread.start()

    async def finish(self, composition: Composition, *, limit_s: float = ENCODE_LIMIT_S) -> FilmInfo:
        """Encodes the rest of the final composition and returns the verified film; see
        `finish_with_progress`.
        """
        async with aclosing(self.finish_with_progress(composition, limit_s=limit_s)) as parts:
            async for part in parts:
                if isinstance(part, FilmInfo):
                    return part
        raise EncodingFailed("The film was not finished.")

    async def finish_with_progress(
        self, composition: Composition, *, limit_s: float = ENCODE_LIMIT_S
    ) -> AsyncGenerator[float | FilmInfo, None]:
        """Encodes the rest of the final composition; yields progress from 0 to 1, and finally the film.

        Raises LiveFilmStale when the final composition does not begin with the frames that were encoded
        before, EncodingTooSlow after `limit_s`, EncoderStalled when ffmpeg makes no progress, and the errors
        of rendering and encoding. Then there is no film.
        """
        end_s = time.monotonic() + limit_s
        self._final = True
        self.advance(replace(composition, settled_frames=composition.film_frames))
        while self._thread and self._thread.is_alive():
            if time.monotonic() > end_s:
                raise EncodingTooSlow(
                    f"The site was filmed, but encoding took longer than its limit of {limit_s:g} s "
                    "and was stopped."
                )
            if self._encoder:
                self._encoder.check(self.frames)
            yield (self._encoder.frames if self._encoder else 0) / composition.film_frames * ENCODING_SHARE
            await asyncio.sleep(POLL_INTERVAL_S)
        if self._error:
            raise self._error
        yield ENCODING_SHARE
        left_s = end_s - time.monotonic()
        film = await finish_film(
            self._ffmpeg, composition, self._frame_store, self._folder, left_s, preview=self._preview
        )
        yield 1.0
        yield film

    async def close(self) -> None:
        """Stops thread and encoder, and removes unfinished files."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._encoder:
            await asyncio.to_thread(self._encoder.kill)
        if self._thread:
            await asyncio.to_thread(self._thread.join, JOIN_TIMEOUT_S)
        for file in TEMPORARY_FILES:
            (self._folder / file).unlink(missing_ok=True)

    def _run(self) -> None:
        """Runs in the thread: encodes each newest composition until the final one, or an error."""
        with suppress(OSError):
            # On Linux a thread has its own niceness.
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), self._nice)
        try:
            while composition := self._wait_for_composition():
                self._encode_settled(composition)
            if self._encoder and not self._closed:
                self._encoder.finish()
        except Exception as error:  # nobody waits for this thread: whoever asks for the film is told
            self._error = error if isinstance(error, VideoError) else _rendering_failed(error)
            if not self._closed:
                log.warning("The incremental film was stopped: %s", error, exc_info=error)
            self._closed = True
        finally:
            if self._closed and self._encoder:
                self._encoder.kill()

    def _wait_for_composition(self) -> Composition | None:
        """Waits for a composition that was not encoded yet; None after the final one."""
        with self._changed:
            while not self._closed:
                if self._composition is not self._current:
                    self._current = self._composition
                    return self._composition
                if self._final:
                    return None
                self._changed.wait()
        return None

    def _encode_settled(self, composition: Composition) -> None:
        """Encodes the newly settled frames, until there is a newer composition."""
        if self._rendered is None:
            if self._preview:
                write_watermark(self._folder)
            self._encoder = EncoderProcess(
                self._ffmpeg,
                composition,
                self._folder,
                preview=self._preview,
                nice=self._nice,
                stall_limit_s=self._stall_limit_s,
            )
            self._rendered = _RenderedFrames(composition, self._frame_store)
        assert self._encoder
        self._rendered.continue_with(composition)
        while (
            self.frames < composition.settled_frames and self._composition is composition and not self._closed
        ):
            self._encoder.write(self._rendered.render(composition.frame_specs[self.frames]))
            self.frames += 1


class _RenderedFrames:
    """The frames that were rendered, and the check that a later composition still begins with them."""

    def __init__(self, composition: Composition, frame_store: FrameStore) -> None:
        self._composition = composition
        self._renderer = Renderer(composition, frame_store)
        self._frame_specs: list[FrameSpec] = []
        self._shown_captions: set[int] = set()
        self._planes = np.zeros(0, np.uint8)

    def continue_with(self, composition: Composition) -> None:
        """Switches to a newer composition. Raises LiveFilmStale when it begins differently."""
        if (
            _common_content(composition) != _common_content(self._composition)
            or [*composition.frame_specs[: len(self._frame_specs)]] != self._frame_specs
        ):
            raise LiveFilmStale("The end of the take changed how its film begins.")
        if any(
            _caption_content(composition, index) != _caption_content(self._composition, index)
            for index in self._shown_captions
        ):
            raise LiveFilmStale("The end of the take changed a caption that was already rendered.")
        self._composition = composition
        self._renderer.captions = composition.captions

    def render(self, spec: FrameSpec) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        """Renders the next frame to YUV planes."""
        if not self._frame_specs or spec != self._frame_specs[-1]:
            self._planes = yuv420(self._renderer.render(spec))
        self._frame_specs.append(spec)
        if spec.visible_caption:
            self._shown_captions.add(spec.visible_caption.caption)
        return self._planes


def _common_content(composition: Composition) -> tuple[object, ...]:
    """Returns everything that is in all frames of a composition."""
    return (
        composition.style,
        composition.layout,
        composition.title,
        composition.url,
        composition.theme,
        composition.icon,
        composition.frame_specs[0],
    )


def _caption_content(composition: Composition, index: int) -> tuple[str, str] | None:
    if index >= len(composition.captions):
        return None
    return composition.captions[index].text, composition.captions[index].anchor


def _rendering_failed(error: Exception) -> RenderingFailed:
    failure = RenderingFailed(f"The site was filmed, but rendering its film failed: {error!r}.")
    failure.__cause__ = error
    return failure
