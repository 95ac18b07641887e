"""Zoom planning: which part of the page each moment of the film shows. Pure arithmetic.

Moves are planned forwards, step by step: a move begins only when the previous one is over, so that the view
is smooth, and no move depends on what happens more than `ZOOM_AHEAD_MS` of film later.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from video.editing.composition import Box
from video.editing.cursor import Path
from video.editing.pacing import Pace
from video.editing.timeline import Area, Scroll, Step, Timeline
from video.style import CANVASES, Style

#: Largest magnification of a footage pixel, beyond which text is blurred; largest zoom factor for footage
#: with more pixels, beyond which the viewer loses orientation; smallest factor that is worth a move.
MAX_PIXEL_FACTOR = 1.35
MAX_FACTOR = 1.6
MIN_FACTOR = 1.08
#: A click that opens a page is zoomed to only a little, and zoomed out slowly: the new page is shown whole.
PAGE_FACTOR = 1.18
PAGE_OUT_MS = 900.0
#: Margin around what must be in view.
MARGIN_PX = 40.0
#: Size of the area around a click without a target box.
POINT_PX = 60.0
#: Zooming in takes as long as the pointer's movement, within bounds.
IN_MS = (700.0, 1_000.0)
OUT_MS = 700.0
#: How long the view is held after a scene's step; after a click that opens a page.
HOLD_AFTER_MS = 500.0
PAGE_HOLD_AFTER_MS = 100.0
MIN_HOLD_MS = 900.0
#: A target that follows within this is panned to instead of zooming out and in again.
MERGE_MS = 700.0
#: Least time between zooming out and in: about one move every 2.5 s, with priority for scenes.
REST_MS = 800.0
PAGE_REST_MS = 1_500.0
#: The film begins and ends with the whole page.
OPENING_MS = 1_000.0
ENDING_MS = 1_000.0
ZOOM_AHEAD_MS = max(OUT_MS, MERGE_MS)
#: Distance of the pointer's tip from the edge of the view.
POINTER_MARGIN_PX = 12.0


@dataclass(frozen=True, slots=True)
class Move:
    """A move from one view to another, in film time."""

    start_ms: float
    end_ms: float
    origin: Box
    view: Box


@dataclass(frozen=True, slots=True)
class ZoomTarget:
    """What a step zooms to: the required area, the view, timing of the moves."""

    required: Box
    view: Box
    from_ms: float
    in_ms: float
    until_ms: float
    out_ms: float = OUT_MS
    rest_ms: float = REST_MS


@dataclass(frozen=True, slots=True)
class Zoom:
    """The moves of a film, in order, and the view of each step."""

    whole: Box
    moves: tuple[Move, ...] = ()
    views: tuple[Box | None, ...] = ()

    @property
    def over_ms(self) -> float:
        """End of the last move."""
        return self.moves[-1].end_ms if self.moves else 0.0

    def at(self, film_ms: float) -> Box:
        """Computes the view at a moment of the film."""
        index = bisect_right(self.moves, film_ms, key=lambda move: move.start_ms) - 1
        if index < 0:
            return self.whole
        move = self.moves[index]
        if film_ms >= move.end_ms:
            return move.view
        fraction = ease((film_ms - move.start_ms) / (move.end_ms - move.start_ms))
        return interpolate(move.origin, move.view, fraction)


def zoom(timeline: Timeline, steps: Sequence[Step], path: Path, pace: Pace, style: Style) -> Zoom:
    """Plans the moves for the steps; none when the style has no zoom."""
    whole = Box(0.0, 0.0, float(timeline.width_px), float(timeline.height_px))
    if not style.zoom:
        return Zoom(whole, views=(None,) * len(steps))
    return _Plan(timeline, steps, path, pace, max_factor(timeline, style)).build(whole)


def max_factor(timeline: Timeline, style: Style) -> float:
    """Computes the largest zoom factor; below 1 when the footage has fewer pixels than the film."""
    return min(MAX_PIXEL_FACTOR * timeline.scale / CANVASES[style.size].scale, MAX_FACTOR)


def fit_view(required: Box, whole: Box, max_zoom: float) -> Box | None:
    """Fits the closest view around `required`; None when it is hardly smaller than the whole page."""
    factor = min(
        max_zoom,
        whole.width / (required.width + 2 * MARGIN_PX),
        whole.height / (required.height + 2 * MARGIN_PX),
    )
    if factor < MIN_FACTOR:
        return None
    width, height = whole.width / factor, whole.height / factor
    x = min(max(required.x + required.width / 2 - width / 2, 0.0), whole.width - width)
    y = min(max(required.y + required.height / 2 - height / 2, 0.0), whole.height - height)
    return Box(x, y, width, height)


def keep_pointer_in_view(view: Box, x: float, y: float, whole: Box) -> Box:
    """Shifts the view as little as necessary to keep the pointer's tip in it."""
    left = min(max(view.x, x + POINTER_MARGIN_PX - view.width), x - POINTER_MARGIN_PX)
    top = min(max(view.y, y + POINTER_MARGIN_PX - view.height), y - POINTER_MARGIN_PX)
    left = min(max(left, 0.0), whole.width - view.width)
    top = min(max(top, 0.0), whole.height - view.height)
    return view if (left, top) == (view.x, view.y) else Box(left, top, view.width, view.height)


class _Plan:
    """Plans the moves in one pass over the steps."""

    def __init__(
        self, timeline: Timeline, steps: Sequence[Step], path: Path, pace: Pace, max_zoom: float
    ) -> None:
        self._steps = steps
        self._path = path
        self._pace = pace
        self._max_zoom = max_zoom
        self._moves: list[Move] = []
        self._views: list[Box | None] = []
        self._timeline = timeline
        self._full_page_times: list[float] = []
        self._idle_from_ms = pace.spans[0].film * pace.frame_ms + OPENING_MS

    def build(self, whole: Box) -> Zoom:
        self._view = self._whole = whole
        targets = [self._target_of(step) for step in self._steps]
        self._full_page_times = sorted(self._find_full_page_times(targets))
        held: ZoomTarget | None = None
        for target in targets:
            if target is None:
                self._views.append(None)
                continue
            if held is not None and not self._holds_view(held, target):
                held = None
            self._views.append(self._zoom_in(target, held))
            held = target if self._views[-1] else None
        if held is not None:
            self._zoom_out(held)
        return Zoom(self._whole, tuple(self._moves), tuple(self._views))

    def _zoom_in(self, target: ZoomTarget, held: ZoomTarget | None) -> Box | None:
        """Zooms to a step's target; None when there is no time for it."""
        if held is not None and _contains(self._view, target.required):
            return self._view
        if held is None and self._moves and target.from_ms - self._idle_from_ms < target.rest_ms:
            return None
        start_ms = max(target.from_ms, self._idle_from_ms)
        self._move(start_ms, start_ms + target.in_ms, target.view)
        return target.view

    def _holds_view(self, held: ZoomTarget, target: ZoomTarget) -> bool:
        """Checks whether the view is held until the next step; otherwise zooms out."""
        zoom_out_ms = self._zoom_out_ms(held)
        full_page_ms = self._next_full_page_ms(held.from_ms)
        if full_page_ms > target.from_ms and target.from_ms <= zoom_out_ms + MERGE_MS:
            return True
        self._zoom_out(held)
        return False

    def _zoom_out(self, held: ZoomTarget) -> None:
        start_ms = self._zoom_out_ms(held)
        self._move(start_ms, start_ms + held.out_ms, self._whole)

    def _zoom_out_ms(self, held: ZoomTarget) -> float:
        full_page_ms = self._next_full_page_ms(held.from_ms)
        return max(self._idle_from_ms, min(held.until_ms, full_page_ms - OUT_MS))

    def _next_full_page_ms(self, from_ms: float) -> float:
        index = bisect_right(self._full_page_times, from_ms)
        return self._full_page_times[index] if index < len(self._full_page_times) else float("inf")

    def _move(self, start_ms: float, end_ms: float, view: Box) -> None:
        self._moves.append(Move(start_ms, end_ms, self._view, view))
        self._view, self._idle_from_ms = view, end_ms

    def _target_of(self, step: Step) -> ZoomTarget | None:
        """Computes the target of a step, or None for the whole page."""
        required = self._required_area(step)
        max_zoom = min(self._max_zoom, PAGE_FACTOR) if step.outcome == "page" else self._max_zoom
        view = fit_view(required, self._whole, max_zoom) if required else None
        if required is None or view is None:
            return None
        from_ms = self._pace.film_ms(self._pointer_start_ms(step))
        click_ms, end_ms = self._pace.film_ms(step.click_ms), self._pace.film_ms(step.end_ms)
        in_ms = min(max(click_ms - from_ms, IN_MS[0]), IN_MS[1])
        if step.outcome == "page":
            until_ms = max(click_ms + PAGE_HOLD_AFTER_MS, from_ms + in_ms)
            return ZoomTarget(required, view, from_ms, in_ms, until_ms, PAGE_OUT_MS, PAGE_REST_MS)
        return ZoomTarget(
            required, view, from_ms, in_ms, max(end_ms + HOLD_AFTER_MS, from_ms + in_ms + MIN_HOLD_MS)
        )

    def _required_area(self, step: Step) -> Box | None:
        """Returns the area that must be in view: the target, and what appeared because of the click."""
        if step.outcome == "nothing" or (step.outcome == "scene" and step.appeared is None):
            return None
        target = step.target or Area(step.x - POINT_PX / 2, step.y - POINT_PX / 2, POINT_PX, POINT_PX)
        areas = [target, Area(step.x, step.y, 0.0, 0.0)]
        areas += [step.appeared] if step.appeared and step.outcome == "scene" else []
        return _bounding_box(areas, self._whole)

    def _pointer_start_ms(self, step: Step) -> float:
        """Returns when the pointer starts to move to the click, after scrolling."""
        scrolled = (scroll.to_ms for scroll in self._scrolls_in(step.start_ms, step.click_ms))
        since_ms = max(scrolled, default=step.start_ms)
        samples = self._path.between(since_ms, step.click_ms)
        return samples[0].at_ms if samples else max(since_ms, step.click_ms - IN_MS[0])

    def _scrolls_in(self, from_ms: float, to_ms: float) -> Sequence[Scroll]:
        scrolls = self._timeline.scrolls
        first = bisect_left(scrolls, from_ms, key=lambda scroll: scroll.from_ms)
        return scrolls[first : bisect_right(scrolls, to_ms, key=lambda scroll: scroll.from_ms)]

    def _find_full_page_times(self, targets: Sequence[ZoomTarget | None]) -> Iterator[float]:
        """Yields when something begins that needs the whole page, in film time."""
        yield from (self._pace.film_ms(scroll.from_ms) for scroll in self._timeline.scrolls)
        for step, target in zip(self._steps, targets, strict=True):
            if target is None:
                yield self._pace.film_ms(self._pointer_start_ms(step))
        starts = [step.start_ms for step in self._steps]
        waits = (wait.from_ms for wait in self._timeline.waits)
        for at_ms in (*waits, *(from_ms for from_ms, _ in self._path.movements())):
            index = bisect_right(starts, at_ms) - 1
            if index < 0 or at_ms > self._steps[index].end_ms:
                yield self._pace.film_ms(at_ms)


def _bounding_box(areas: Sequence[Area], whole: Box) -> Box:
    left = min(max(min(area.x for area in areas), 0.0), whole.width)
    top = min(max(min(area.y for area in areas), 0.0), whole.height)
    right = min(max(max(area.x + area.width for area in areas), left), whole.width)
    bottom = min(max(max(area.y + area.height for area in areas), top), whole.height)
    return Box(left, top, right - left, bottom - top)


def _contains(view: Box, required: Box) -> bool:
    """Checks whether `required` is in view, with half the usual margin unless the page ends there."""
    margin = MARGIN_PX / 2
    return (
        view.x <= max(required.x - margin, 0.0)
        and view.y <= max(required.y - margin, 0.0)
        and required.x + required.width + margin <= view.x + view.width + margin / 2
        and required.y + required.height + margin <= view.y + view.height + margin / 2
    )


def interpolate(a: Box, b: Box, fraction: float) -> Box:
    """The view between two others."""
    return Box(
        a.x + (b.x - a.x) * fraction,
        a.y + (b.y - a.y) * fraction,
        a.width + (b.width - a.width) * fraction,
        a.height + (b.height - a.height) * fraction,
    )


def ease(t: float) -> float:
    """Smootherstep: velocity and acceleration are zero at both ends (Perlin 2002)."""
    return t * t * t * (t * (6 * t - 15) + 10)
