"""The live film: painted and encoded while the take still runs, as far as is known how it will look."""

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
from video.encoding.commands import WORK_FILES
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
#: How much less of the processor than the browser the painter and ffmpeg claim while both run.
LIVE_NICE = 15
POLL_S = 0.05
JOIN_LIMIT_S = 5.0
#: Of the progress, what the encoding takes; the rest is putting together and the check.
ENCODING_SHARE = 0.9


class LiveFilm:
    """Makes one film in `folder`, in which the parts of the take that are settled can be encoded early.

    A thread paints and encodes; `advance` only tells it how far. What goes wrong there is kept for `finish`:
    filming must not suffer from it. Close it when done, whatever happened.
    """

    def __init__(
        self,
        reel: FrameStore,
        ffmpeg: Ffmpeg,
        folder: Path,
        *,
        preview: bool = True,
        nice: int = LIVE_NICE,
        stall_limit_s: float = STALL_LIMIT_S,
    ) -> None:
        self._reel, self._ffmpeg, self._folder, self._nice = reel, ffmpeg, folder, nice
        self._preview, self._stall_limit_s = preview, stall_limit_s
        self._news = threading.Condition()
        self._cut: Composition | None = None
        self._followed: Composition | None = None
        self._final = self._closed = False
        self._error: Exception | None = None
        self._thread: threading.Thread | None = None
        self._encoding: EncoderProcess | None = None
        self._made: _Made | None = None
        #: How many film frames have gone to ffmpeg.
        self.frames = 0

    def advance(self, cut: Composition) -> None:
        """Lets the film go on to `cut.settled_frames`. Returns at once; of several cuts the newest counts."""
        with self._news:
            self._cut = cut
            self._news.notify()
        if self._thread is None and cut.settled_frames:
            self._thread = threading.Thread(target=self._work, name="live film", daemon=True)
            self._thread.start()

    async def finish(self, cut: Composition, *, limit_s: float = ENCODE_LIMIT_S) -> FilmInfo:
        """Encodes the rest of the final cut and returns the film, checked; see `finishing`."""
        async with aclosing(self.finishing(cut, limit_s=limit_s)) as parts:
            async for part in parts:
                if isinstance(part, FilmInfo):
                    return part
        raise EncodingFailed("The film was not finished.")

    async def finishing(
        self, cut: Composition, *, limit_s: float = ENCODE_LIMIT_S
    ) -> AsyncGenerator[float | FilmInfo, None]:
        """Encodes the rest of the final cut; yields progress from 0 to 1, and last of all the film.

        Raises LiveFilmStale when the final cut does not begin with what was encoded before, EncodingTooSlow
        after `limit_s`, EncoderStalled when ffmpeg stands still, and whatever went wrong while painting or
        encoding. Then there is no film.
        """
        end_s = time.monotonic() + limit_s
        self._final = True
        self.advance(replace(cut, settled_frames=cut.film_frames))
        while self._thread and self._thread.is_alive():
            if time.monotonic() > end_s:
                raise EncodingTooSlow(
                    f"The site was filmed, but encoding took longer than its limit of {limit_s:g} s "
                    "and was stopped."
                )
            if self._encoding:
                self._encoding.check(self.frames)
            yield (self._encoding.frames if self._encoding else 0) / cut.film_frames * ENCODING_SHARE
            await asyncio.sleep(POLL_S)
        if self._error:
            raise self._error
        yield ENCODING_SHARE
        left_s = end_s - time.monotonic()
        film = await finish_film(self._ffmpeg, cut, self._reel, self._folder, left_s, preview=self._preview)
        yield 1.0
        yield film

    async def close(self) -> None:
        """Ends whatever still runs, and removes what was not finished."""
        with self._news:
            self._closed = True
            self._news.notify()
        if self._encoding:
            await asyncio.to_thread(self._encoding.kill)
        if self._thread:
            await asyncio.to_thread(self._thread.join, JOIN_LIMIT_S)
        for file in WORK_FILES:
            (self._folder / file).unlink(missing_ok=True)

    def _work(self) -> None:
        """The thread: follows the newest cut until one is final, or something goes wrong."""
        with suppress(OSError, AttributeError):
            # On Linux a thread has a priority of its own.
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), self._nice)
        try:
            while cut := self._next():
                self._follow(cut)
            if self._encoding and not self._closed:
                self._encoding.finish()
        except Exception as error:
            self._error = error if isinstance(error, VideoError) else _failed(error)
            if not self._closed:
                log.warning("The live film was given up: %s", error, exc_info=error)
            self._closed = True
        finally:
            if self._closed and self._encoding:
                self._encoding.kill()

    def _next(self) -> Composition | None:
        """A cut that was not followed yet; None when the last one was."""
        with self._news:
            while not self._closed:
                if self._cut is not self._followed:
                    self._followed = self._cut
                    return self._cut
                if self._final:
                    return None
                self._news.wait()
        return None

    def _follow(self, cut: Composition) -> None:
        """Encodes what the cut adds, until there is a newer one."""
        if self._made is None:
            if self._preview:
                write_watermark(self._folder)
            self._encoding = EncoderProcess(
                self._ffmpeg,
                cut,
                self._folder,
                preview=self._preview,
                nice=self._nice,
                stall_limit_s=self._stall_limit_s,
            )
            self._made = _Made(cut, self._reel)
        assert self._encoding
        self._made.follow(cut)
        while self.frames < cut.settled_frames and self._cut is cut and not self._closed:
            self._encoding.write(self._made.paint(cut.looks[self.frames]))
            self.frames += 1


class _Made:
    """What of the film was painted, and whether a later cut still begins with it."""

    def __init__(self, cut: Composition, reel: FrameStore) -> None:
        self._cut = cut
        self._painter = Renderer(cut, reel)
        self._looks: list[FrameSpec] = []
        self._said: set[int] = set()
        self._planes = np.zeros(0, np.uint8)

    def follow(self, cut: Composition) -> None:
        """Goes on with this cut. Raises LiveFilmStale when it would have begun otherwise."""
        if _frame(cut) != _frame(self._cut) or [*cut.looks[: len(self._looks)]] != self._looks:
            raise LiveFilmStale("The end of the take changed how its film begins.")
        if any(_words(cut, index) != _words(self._cut, index) for index in self._said):
            raise LiveFilmStale("The end of the take changed a caption that was already painted.")
        self._cut = cut
        self._painter.captions = cut.captions

    def paint(self, look: FrameSpec) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        """The planes of the next look."""
        if not self._looks or look != self._looks[-1]:
            self._planes = yuv420(self._painter.paint(look))
        self._looks.append(look)
        if look.words:
            self._said.add(look.words.caption)
        return self._planes


def _frame(cut: Composition) -> tuple[object, ...]:
    """All that is in every picture of a cut."""
    return cut.style, cut.layout, cut.title, cut.url, cut.theme, cut.icon, cut.looks[0]


def _words(cut: Composition, index: int) -> tuple[str, str] | None:
    if index >= len(cut.captions):
        return None
    return cut.captions[index].text, cut.captions[index].anchor


def _failed(error: Exception) -> RenderingFailed:
    failure = RenderingFailed(f"The site was filmed, but painting its film failed: {error!r}.")
    failure.__cause__ = error
    return failure
