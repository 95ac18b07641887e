"""Cuts and encodes the film while its take still runs, so that it is ready soon after the last frame."""

import logging
from pathlib import Path

from actors.stages.timeline_builder import TimelineBuilder
from explorer.trace import Trace
from video.capture.frame_store import FrameStore
from video.editing.compose import compose
from video.editing.timeline import Timeline
from video.encoding.ffmpeg_binary import Ffmpeg
from video.encoding.verify import FilmInfo
from video.live_film import LiveFilm
from video.style import Style

log = logging.getLogger(__name__)

GIVEN_UP = "the film that is encoded while filming was given up"


class LiveCut:
    """Follows a trace as it grows. An error in here never disturbs the take: only this film is given up.

    A GIF needs all of its colours at once, so it is left to the encode stage. Close it when done.
    """

    def __init__(
        self, builder: TimelineBuilder, frames: FrameStore, style: Style, ffmpeg: Ffmpeg, work_dir: Path
    ) -> None:
        self._builder = builder
        self._frames = frames
        self._style = style
        self._film = LiveFilm(frames, ffmpeg, work_dir)
        self._usable = style.format != "gif"
        self._end_ms = 0.0

    def follow(self, trace: Trace) -> None:
        """Encodes as far as the trace so far decides how the film will look."""
        if not self._usable or trace.end_ms <= self._end_ms or not trace.visits:
            return
        self._end_ms = trace.end_ms
        try:
            timeline = self._builder.timeline(trace)
            self._film.advance(compose(timeline, self._frames.times_ms, self._style, final=False))
        except Exception as error:  # the encode stage makes the film then
            self._usable = False
            log.warning(GIVEN_UP, exc_info=error)

    async def finish(self, timeline: Timeline, limit_s: float) -> FilmInfo | None:
        """The whole film, checked; None when it has to be made from the footage."""
        if not self._usable:
            return None
        try:
            cut = compose(timeline, self._frames.times_ms, self._style)
            return await self._film.finish(cut, limit_s=limit_s)
        except Exception as error:  # the encode stage makes the film then
            self._usable = False
            log.warning(GIVEN_UP, exc_info=error)
            return None

    async def aclose(self) -> None:
        await self._film.close()
