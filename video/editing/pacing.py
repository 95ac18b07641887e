"""Time remapping: chooses which moments of a take the film shows, at real speed without long pauses and
loading.

The film samples the take on a fixed grid of one moment per film frame, multiples of 1000 / fps ms since the
camera started. So footage at the film's own rate is shown frame by frame, none twice and none skipped, and
pauses are cut by whole film frames: no phase shifts, and no rounding errors.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor
from typing import NamedTuple

from video.editing.timeline import Timeline
from video.style import Style

#: A longer wait for a page is loading, of which only the ends are shown.
LOADING_MS = 2_500.0
LOADING_EDGE_MS = 800.0
#: What is held for the viewer counts as activity, so often that no pause is cut out of it.
HOLD_STEP_MS = 100.0
#: At the end of a prefix this much may still change: frames arrive up to 60 ms after their capture, and a
#: page that must not be shown removes up to 50 ms.
UNSETTLED_MS = 150.0
#: Tolerance, in film frames, for times on the grid.
GRID_TOLERANCE = 1e-4


class Reading(NamedTuple):
    """When a caption appears in the take, and its reading time."""

    from_ms: float
    needs_ms: float


class Gap(NamedTuple):
    """Moments of the grid that are skipped: from `first` up to but not including `stop`."""

    first: int
    stop: int


@dataclass(frozen=True, slots=True)
class Span:
    """Film frames from number `film` on show `count` moments of the grid, from number `first` on."""

    first: int
    count: int
    film: int


@dataclass(frozen=True, slots=True)
class Pace:
    """The shown spans of a take in order; the first moment is held for `spans[0].film` frames before them."""

    fps: int
    spans: tuple[Span, ...]
    #: Number of leading film frames whose moments the rest of the take cannot change.
    settled_frames: int

    @property
    def film_frames(self) -> int:
        return self.spans[-1].film + self.spans[-1].count

    @property
    def frame_ms(self) -> float:
        return 1000 / self.fps

    def moments(self) -> Iterator[float]:
        """Yields the moment of the take that each film frame shows, in milliseconds."""
        for _ in range(self.spans[0].film):
            yield self.spans[0].first * 1000 / self.fps
        for span in self.spans:
            for number in range(span.first, span.first + span.count):
                yield number * 1000 / self.fps

    def film_ms(self, take_ms: float) -> float:
        """Maps a moment of the take to film time; skipped moments map to the edge of their gap."""
        position = take_ms * self.fps / 1000
        span = self.spans[max(bisect_right(self.spans, position, key=lambda span: span.first) - 1, 0)]
        return (span.film + min(max(position - span.first, 0.0), float(span.count))) * 1000 / self.fps


def pace(
    timeline: Timeline,
    frame_times_ms: Sequence[float],
    style: Style,
    readings: Sequence[Reading] = (),
    card_ms: float = 0.0,
) -> Pace:
    """Chooses the shown spans of a take; the first moment is held for `card_ms` more."""
    grid = _Grid(style.fps)
    start_ms, end_ms = timeline.start_ms, max(timeline.end_ms, timeline.start_ms)
    active = _activity(timeline, frame_times_ms, start_ms, end_ms)
    gaps = [gap for gap in (*_loading(timeline, grid), *_cuts(timeline, grid)) if gap.first < gap.stop]
    for before_ms, after_ms in pairwise(active):
        if after_ms - before_ms > style.max_still_ms:
            head_ms = max(
                style.max_still_ms / 2, _reading_time_left(readings, before_ms, after_ms, gaps, grid)
            )
            gap = Gap(grid.down(before_ms + head_ms), grid.up(after_ms - style.max_still_ms / 2))
            gaps += [gap] if gap.first < gap.stop else []
    if active:
        first = grid.up(max(start_ms, active[0] - style.lead_ms))
        tail_ms = max(style.tail_ms, _reading_time_left(readings, active[-1], end_ms, gaps, grid, last=True))
        last = grid.up(min(end_ms, active[-1] + tail_ms))
    else:
        first, last = grid.up(start_ms), grid.up(min(end_ms, start_ms + style.min_film_ms))
    spans = tuple(_spans(first, max(last, first), gaps, grid.up(card_ms)))
    return Pace(style.fps, spans, _settled_frames(spans, active, end_ms - UNSETTLED_MS, style, grid))


class _Grid:
    """Converts moments in milliseconds to film frames and back."""

    def __init__(self, fps: int) -> None:
        self._fps = fps

    def up(self, at_ms: float) -> int:
        return ceil(at_ms * self._fps / 1000 - GRID_TOLERANCE)

    def down(self, at_ms: float) -> int:
        return floor(at_ms * self._fps / 1000 + GRID_TOLERANCE)

    def ms(self, frames: int) -> float:
        return frames * 1000 / self._fps


def _activity(timeline: Timeline, frames: Sequence[float], start_ms: float, end_ms: float) -> list[float]:
    """Returns the moments from start to end at which something happened, ascending."""
    moments = {*frames, *(sample.at_ms for sample in timeline.pointer)}
    moments |= {step.click_ms for step in timeline.steps}
    moments |= {edge for scroll in timeline.scrolls for edge in scroll[:2]}
    for hold in timeline.holds:
        count = ceil((hold.to_ms - hold.from_ms) / HOLD_STEP_MS)
        moments |= {min(hold.from_ms + number * HOLD_STEP_MS, hold.to_ms) for number in range(count + 1)}
    return sorted(
        moment
        for moment in moments
        if start_ms < moment <= end_ms and not any(cut.from_ms < moment < cut.to_ms for cut in timeline.cuts)
    )


def _loading(timeline: Timeline, grid: _Grid) -> Iterator[Gap]:
    for wait in timeline.waits:
        if wait.to_ms - wait.from_ms > LOADING_MS:
            yield Gap(grid.down(wait.from_ms + LOADING_EDGE_MS), grid.up(wait.to_ms - LOADING_EDGE_MS))


def _cuts(timeline: Timeline, grid: _Grid) -> Iterator[Gap]:
    for cut in timeline.cuts:
        yield Gap(grid.up(cut.from_ms), grid.down(cut.to_ms))


def _reading_time_left(
    readings: Sequence[Reading],
    before_ms: float,
    after_ms: float,
    gaps: Sequence[Gap],
    grid: _Grid,
    *,
    last: bool = False,
) -> float:
    """Computes how long a pause must last so that a caption that ends in it can be read."""
    index = bisect_right(readings, before_ms, key=lambda reading: reading.from_ms) - 1
    if index < 0:
        return 0.0
    if not last and (index + 1 == len(readings) or readings[index + 1].from_ms > after_ms):
        return 0.0
    from_ms, needs_ms = readings[index]
    first, stop = grid.up(from_ms), grid.down(before_ms)
    skipped = sum(max(0, min(gap.stop, stop) - max(gap.first, first)) for gap in gaps)
    return needs_ms - grid.ms(stop - first - skipped)


def _spans(first: int, last: int, gaps: Sequence[Gap], film: int) -> Iterator[Span]:
    """Yields the spans from `first` to `last` between the gaps."""
    for gap in sorted(gaps):
        if gap.first > last:
            break
        if gap.first > first:
            yield Span(first, gap.first - first, film)
            film += gap.first - first
        first = min(max(first, gap.stop), last)
    yield Span(first, last - first + 1, film)


def _settled_frames(
    spans: Sequence[Span], active: Sequence[float], settled_ms: float, style: Style, grid: _Grid
) -> int:
    """Counts frames up to half a pause after the last settled activity: the next may come at any time."""
    known = bisect_right(active, settled_ms)
    if not known:
        return 0
    number = grid.down(min(settled_ms, active[known - 1] + style.max_still_ms / 2))
    return sum(min(max(number - span.first, 0), span.count) for span in spans) + spans[0].film
