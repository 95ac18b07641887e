"""The cut: which stretches of a take are shown, and what each frame of the film shows. Pure arithmetic.

The take is kept at true speed, in spans. A pause in which neither picture nor pointer moves is shortened by
leaving out its middle, where nothing can be missed; at both ends it is trimmed further. Film frame n shows
the moment n / fps: the newest footage frame captured by then.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from math import ceil

from video.errors import NoFootage
from video.timeline import Sample, Timeline

#: The mouse is sampled some 60 times a second while it moves; a longer gap between samples is a rest.
REST_MS = 100.0
#: After a rest the pointer takes this long to its next sample, so that it never leaps.
STRIDE_MS = 1000 / 60
#: Tolerance for sums of floats when a frame time is compared with a film frame's moment.
EPSILON_MS = 1e-6


@dataclass(frozen=True, slots=True)
class Style:
    """How a film is cut. Times in milliseconds of film."""

    fps: int = 30
    #: The longest pause in mid-film.
    max_still_ms: float = 800.0
    #: How long the first page is shown before anything moves, and the last one after everything has.
    lead_ms: float = 1200.0
    tail_ms: float = 1000.0
    #: A shorter film is made this long by holding its last picture.
    min_film_ms: float = 2000.0


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the take that is shown, and the film time at which it begins."""

    from_ms: float
    to_ms: float
    film_ms: float


@dataclass(frozen=True, slots=True)
class Shot:
    """A footage frame, by its index, and for how many film frames it stays."""

    frame_index: int
    film_frames: int


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the viewport, in CSS pixels."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Click:
    """A click: its place and its film time."""

    film_ms: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Cut:
    """A film ready to be drawn and encoded. `pointer` has one spot per film frame, or none at all."""

    fps: int
    width_px: int
    height_px: int
    title: str
    spans: tuple[Span, ...]
    shots: tuple[Shot, ...]
    pointer: tuple[Spot, ...] = field(repr=False)
    clicks: tuple[Click, ...] = ()

    @property
    def film_frames(self) -> int:
        """How many frames the film has."""
        return sum(shot.film_frames for shot in self.shots)

    @property
    def duration_s(self) -> float:
        """How long the film is."""
        return self.film_frames / self.fps

    def film_ms(self, take_ms: float) -> float:
        """The film time of a moment of the take; what was left out maps to the edge of the gap."""
        return film_ms(self.spans, take_ms)

    def take_ms(self, film_time_ms: float) -> float:
        """The moment of the take that a film time shows; the end is held for ever."""
        return take_ms(self.spans, film_time_ms)


def cut(timeline: Timeline, frame_times_ms: Sequence[float], style: Style | None = None) -> Cut:
    """Cuts a take whose frames were captured at `frame_times_ms` (ascending). Raises NoFootage.

    The film opens on the picture that stood at `timeline.start_ms` and shows nothing after `timeline.end_ms`.
    """
    style = style or Style()
    start_ms, end_ms = timeline.start_ms, max(timeline.end_ms, timeline.start_ms)
    if not frame_times_ms or frame_times_ms[0] > end_ms:
        raise NoFootage("The take has no frames, so there is nothing to cut; film the site again.")
    pointer = sorted(timeline.pointer)
    spans = _spans(start_ms, end_ms, _activity(timeline, frame_times_ms, start_ms, end_ms), style)
    moments = _moments(spans, style)
    clicks = [step for step in timeline.steps if start_ms <= step.click_ms <= end_ms]
    return Cut(
        fps=style.fps,
        width_px=timeline.width_px,
        height_px=timeline.height_px,
        title=timeline.title,
        spans=spans,
        shots=_shots(moments, frame_times_ms),
        pointer=tuple(_spot(pointer, at_ms) for at_ms in moments) if pointer else (),
        clicks=tuple(Click(film_ms(spans, step.click_ms), step.x, step.y) for step in clicks),
    )


def film_ms(spans: Sequence[Span], at_ms: float) -> float:
    """Maps a moment of the take to film time: rising at speed 1 inside spans, flat between them."""
    span = spans[max(bisect_right(spans, at_ms, key=lambda span: span.from_ms) - 1, 0)]
    return span.film_ms + min(max(at_ms, span.from_ms), span.to_ms) - span.from_ms


def take_ms(spans: Sequence[Span], at_film_ms: float) -> float:
    """Maps film time to a moment of the take, never beyond the last span."""
    span = spans[max(bisect_right(spans, at_film_ms, key=lambda span: span.film_ms) - 1, 0)]
    return min(span.from_ms + max(at_film_ms - span.film_ms, 0.0), span.to_ms)


def _activity(timeline: Timeline, frames: Sequence[float], start_ms: float, end_ms: float) -> list[float]:
    """The moments between start and end at which something happened, ascending."""
    moments = [
        *frames,
        *(sample.at_ms for sample in timeline.pointer),
        *(step.click_ms for step in timeline.steps),
    ]
    return sorted({moment for moment in moments if start_ms < moment <= end_ms})


def _spans(start_ms: float, end_ms: float, active: Sequence[float], style: Style) -> tuple[Span, ...]:
    if not active:
        return (Span(start_ms, min(end_ms, start_ms + style.min_film_ms), 0.0),)
    edges = [max(start_ms, active[0] - style.lead_ms)]
    for before, after in pairwise(active):
        if after - before > style.max_still_ms:
            edges += [before + style.max_still_ms / 2, after - style.max_still_ms / 2]
    edges.append(min(end_ms, active[-1] + style.tail_ms))
    spans: list[Span] = []
    film = 0.0
    for from_ms, to_ms in zip(edges[::2], edges[1::2], strict=True):
        spans.append(Span(from_ms, to_ms, film))
        film += to_ms - from_ms
    return tuple(spans)


def _moments(spans: Sequence[Span], style: Style) -> list[float]:
    """The moment of the take that each film frame shows; the last frame reaches the end of the last span."""
    length_ms = max(spans[-1].film_ms + spans[-1].to_ms - spans[-1].from_ms, style.min_film_ms)
    count = ceil(length_ms * style.fps / 1000 - EPSILON_MS) + 1
    return [take_ms(spans, number * 1000 / style.fps) for number in range(count)]


def _shots(moments: Sequence[float], frames: Sequence[float]) -> tuple[Shot, ...]:
    indexes = (max(bisect_right(frames, at_ms + EPSILON_MS) - 1, 0) for at_ms in moments)
    return tuple(Shot(index, sum(1 for _ in run)) for index, run in groupby(indexes))


def _spot(pointer: Sequence[Sample], at_ms: float) -> Spot:
    """Where the pointer is: between samples on a line, at rest where it last was, before all at the first."""
    after = bisect_left(pointer, at_ms, key=lambda sample: sample.at_ms)
    if after in (0, len(pointer)):
        return Spot(*pointer[min(after, len(pointer) - 1)][1:])
    a, b = pointer[after - 1], pointer[after]
    leave_ms = a.at_ms if b.at_ms - a.at_ms <= REST_MS else b.at_ms - STRIDE_MS
    part = max(at_ms - leave_ms, 0.0) / max(b.at_ms - leave_ms, EPSILON_MS)
    return Spot(a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part)
