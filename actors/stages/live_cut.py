"""The film as it is made while its take still runs, so that it is ready soon after the last frame."""

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

GIVEN_UP = "the film that was made while filming is given up"


class LiveCut:
    """Follows a story as it grows; what goes wrong here never disturbs the take, only this film is given up.

    A GIF needs all of its colours at once, so it is left to the next stage. Close it when done.
    """

    def __init__(
        self, narrator: TimelineBuilder, reel: FrameStore, style: Style, ffmpeg: Ffmpeg, folder: Path
    ) -> None:
        self._narrator = narrator
        self._reel = reel
        self._style = style
        self._live = LiveFilm(reel, ffmpeg, folder)
        self._good = style.format != "gif"
        self._end_ms = 0.0

    def follow(self, story: Trace) -> None:
        """Lets the film go on as far as the story so far decides how it will look."""
        if not self._good or story.end_ms <= self._end_ms or not story.visits:
            return
        self._end_ms = story.end_ms
        try:
            self._live.advance(
                compose(self._narrator.timeline(story), self._reel.times_ms, self._style, final=False)
            )
        except Exception as error:
            self._good = False
            log.warning(GIVEN_UP, exc_info=error)

    async def finish(self, timeline: Timeline, limit_s: float) -> FilmInfo | None:
        """The whole film, checked; None when it is better made anew from the footage."""
        if not self._good:
            return None
        try:
            return await self._live.finish(
                compose(timeline, self._reel.times_ms, self._style), limit_s=limit_s
            )
        except Exception as error:
            self._good = False
            log.warning(GIVEN_UP, exc_info=error)
            return None

    async def aclose(self) -> None:
        await self._live.close()
