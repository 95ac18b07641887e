"""The zoom: which part of the page each moment of the film shows. Pure arithmetic.

Planned forwards, step by step: a move begins only when the one before is over, so that the view is as smooth
as one move, and nothing is decided by what comes more than `ZOOM_AHEAD_MS` of film later.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from video.editing.composition import Box
from video.editing.cursor import Path
from video.editing.pacing import Pace
from video.editing.timeline import Area, Scroll, Step, Timeline
from video.style import CANVASES, Style

#: How much a footage pixel may be enlarged: text looks soft beyond. Footage with more pixels may go closer,
#: up to the limit, beyond which the eye loses its place; less than the least is not worth a move.
MOST_FACTOR = 1.35
LIMIT_FACTOR = 1.6
LEAST_FACTOR = 1.08
#: A click that opens a page is leant towards only, and left slowly: the new page is wanted whole.
PAGE_FACTOR = 1.18
PAGE_OUT_MS = 900.0
#: Room around what must be in view.
MARGIN_PX = 40.0
#: A click on something without a box.
POINT_PX = 60.0
#: Moves in take as long as the pointer is on its way, within bounds.
IN_MS = (700.0, 1_000.0)
OUT_MS = 700.0
#: After a scene has been looked at; after a click that opens a page.
LINGER_MS = 500.0
PAGE_LINGER_MS = 100.0
LEAST_HOLD_MS = 900.0
#: What follows within this is panned to instead of going out and in again.
MERGE_MS = 700.0
#: Between a way out and the next way in: so that there is a move every 2.5 s or so, and scenes go first.
REST_MS = 800.0
PAGE_REST_MS = 1_500.0
#: The film begins and ends with the whole page.
OPENING_MS = 1_000.0
ENDING_MS = 1_000.0
ZOOM_AHEAD_MS = max(OUT_MS, MERGE_MS)
#: The pointer's tip stays this far from the edge of the view.
TIP_PX = 12.0


@dataclass(frozen=True, slots=True)
class Move:
    """From one view to another, in film time."""

    start_ms: float
    end_ms: float
    origin: Box
    goal: Box


@dataclass(frozen=True, slots=True)
class Aim:
    """What a step wants to show: the area, how close, the way there, how long, and the way back."""

    need: Box
    goal: Box
    from_ms: float
    in_ms: float
    until_ms: float
    out_ms: float = OUT_MS
    rest_ms: float = REST_MS


@dataclass(frozen=True, slots=True)
class Zoom:
    """The moves of a film, in order, and what each step is zoomed to."""

    whole: Box
    moves: tuple[Move, ...] = ()
    views: tuple[Box | None, ...] = ()

    @property
    def over_ms(self) -> float:
        """When the last move is over."""
        return self.moves[-1].end_ms if self.moves else 0.0

    def at(self, film_ms: float) -> Box:
        """The view at a moment of the film."""
        index = bisect_right(self.moves, film_ms, key=lambda move: move.start_ms) - 1
        if index < 0:
            return self.whole
        move = self.moves[index]
        if film_ms >= move.end_ms:
            return move.goal
        part = _ease((film_ms - move.start_ms) / (move.end_ms - move.start_ms))
        return _between(move.origin, move.goal, part)


def zoom(timeline: Timeline, steps: Sequence[Step], path: Path, pace: Pace, style: Style) -> Zoom:
    """Plans the moves for the steps; none when the style wants none."""
    whole = Box(0.0, 0.0, float(timeline.width_px), float(timeline.height_px))
    if not style.zoom:
        return Zoom(whole, views=(None,) * len(steps))
    return _Plan(timeline, steps, path, pace, most_factor(timeline, style)).made(whole)


def most_factor(timeline: Timeline, style: Style) -> float:
    """How close a view may go; below 1 when the footage has fewer pixels than the film as it is."""
    return min(MOST_FACTOR * timeline.scale / CANVASES[style.size].scale, LIMIT_FACTOR)


def framed(need: Box, whole: Box, most: float) -> Box | None:
    """The closest view with all of `need` in it, or None when it is hardly closer than the whole page."""
    factor = min(
        most, whole.width / (need.width + 2 * MARGIN_PX), whole.height / (need.height + 2 * MARGIN_PX)
    )
    if factor < LEAST_FACTOR:
        return None
    width, height = whole.width / factor, whole.height / factor
    x = min(max(need.x + need.width / 2 - width / 2, 0.0), whole.width - width)
    y = min(max(need.y + need.height / 2 - height / 2, 0.0), whole.height - height)
    return Box(x, y, width, height)


def with_tip(view: Box, x: float, y: float, whole: Box) -> Box:
    """The view, shifted by as little as keeps the pointer's tip in it."""
    left = min(max(view.x, x + TIP_PX - view.width), x - TIP_PX)
    top = min(max(view.y, y + TIP_PX - view.height), y - TIP_PX)
    left = min(max(left, 0.0), whole.width - view.width)
    top = min(max(top, 0.0), whole.height - view.height)
    return view if (left, top) == (view.x, view.y) else Box(left, top, view.width, view.height)


class _Plan:
    """Goes through the steps once, keeping what is in view."""

    def __init__(
        self, timeline: Timeline, steps: Sequence[Step], path: Path, pace: Pace, most: float
    ) -> None:
        self._steps = steps
        self._path = path
        self._pace = pace
        self._most = most
        self._moves: list[Move] = []
        self._views: list[Box | None] = []
        self._timeline = timeline
        self._wide: list[float] = []
        self._free_ms = pace.spans[0].film * pace.frame_ms + OPENING_MS

    def made(self, whole: Box) -> Zoom:
        self._view = self._whole = whole
        aims = [self._aim(step) for step in self._steps]
        self._wide = sorted(self._wide_times(aims))
        held: Aim | None = None
        for aim in aims:
            if aim is None:
                self._views.append(None)
                continue
            if held is not None and not self._stays(held, aim):
                held = None
            self._views.append(self._go(aim, held))
            held = aim if self._views[-1] else None
        if held is not None:
            self._leave(held)
        return Zoom(self._whole, tuple(self._moves), tuple(self._views))

    def _go(self, aim: Aim, held: Aim | None) -> Box | None:
        """Moves to what a step wants; None when there is no time for it."""
        if held is not None and _holds(self._view, aim.need):
            return self._view
        if held is None and self._moves and aim.from_ms - self._free_ms < aim.rest_ms:
            return None
        start_ms = max(aim.from_ms, self._free_ms)
        self._move(start_ms, start_ms + aim.in_ms, aim.goal)
        return aim.goal

    def _stays(self, held: Aim, aim: Aim) -> bool:
        """Whether the view is held from one step to the next; if not, it is left."""
        leave_ms = self._leave_ms(held)
        wide_ms = self._next_wide(held.from_ms)
        if wide_ms > aim.from_ms and aim.from_ms <= leave_ms + MERGE_MS:
            return True
        self._leave(held)
        return False

    def _leave(self, held: Aim) -> None:
        start_ms = self._leave_ms(held)
        self._move(start_ms, start_ms + held.out_ms, self._whole)

    def _leave_ms(self, held: Aim) -> float:
        wide_ms = self._next_wide(held.from_ms)
        return max(self._free_ms, min(held.until_ms, wide_ms - OUT_MS))

    def _next_wide(self, from_ms: float) -> float:
        index = bisect_right(self._wide, from_ms)
        return self._wide[index] if index < len(self._wide) else float("inf")

    def _move(self, start_ms: float, end_ms: float, goal: Box) -> None:
        self._moves.append(Move(start_ms, end_ms, self._view, goal))
        self._view, self._free_ms = goal, end_ms

    def _aim(self, step: Step) -> Aim | None:
        """What the step wants to show, or None if that is the whole page."""
        need = self._need(step)
        most = min(self._most, PAGE_FACTOR) if step.outcome == "page" else self._most
        goal = framed(need, self._whole, most) if need else None
        if need is None or goal is None:
            return None
        from_ms = self._pace.film_ms(self._sets_off_ms(step))
        click_ms, end_ms = self._pace.film_ms(step.click_ms), self._pace.film_ms(step.end_ms)
        in_ms = min(max(click_ms - from_ms, IN_MS[0]), IN_MS[1])
        if step.outcome == "page":
            until_ms = max(click_ms + PAGE_LINGER_MS, from_ms + in_ms)
            return Aim(need, goal, from_ms, in_ms, until_ms, PAGE_OUT_MS, PAGE_REST_MS)
        return Aim(need, goal, from_ms, in_ms, max(end_ms + LINGER_MS, from_ms + in_ms + LEAST_HOLD_MS))

    def _need(self, step: Step) -> Box | None:
        """What must be in view: the target, and what came up because of the click."""
        if step.outcome == "nothing" or (step.outcome == "scene" and step.appeared is None):
            return None
        target = step.target or Area(step.x - POINT_PX / 2, step.y - POINT_PX / 2, POINT_PX, POINT_PX)
        areas = [target, Area(step.x, step.y, 0.0, 0.0)]
        areas += [step.appeared] if step.appeared and step.outcome == "scene" else []
        return _around(areas, self._whole)

    def _sets_off_ms(self, step: Step) -> float:
        """When the pointer begins its way to the click, after the page was scrolled to it."""
        scrolled = (scroll.to_ms for scroll in self._scrolls_in(step.start_ms, step.click_ms))
        since_ms = max(scrolled, default=step.start_ms)
        way = self._path.between(since_ms, step.click_ms)
        return way[0].at_ms if way else max(since_ms, step.click_ms - IN_MS[0])

    def _scrolls_in(self, from_ms: float, to_ms: float) -> Sequence[Scroll]:
        scrolls = self._timeline.scrolls
        first = bisect_left(scrolls, from_ms, key=lambda scroll: scroll.from_ms)
        return scrolls[first : bisect_right(scrolls, to_ms, key=lambda scroll: scroll.from_ms)]

    def _wide_times(self, aims: Sequence[Aim | None]) -> Iterator[float]:
        """When something begins that wants the whole page, in film time."""
        yield from (self._pace.film_ms(scroll.from_ms) for scroll in self._timeline.scrolls)
        for step, aim in zip(self._steps, aims, strict=True):
            if aim is None:
                yield self._pace.film_ms(self._sets_off_ms(step))
        starts = [step.start_ms for step in self._steps]
        waits = (wait.from_ms for wait in self._timeline.waits)
        for at_ms in (*waits, *(from_ms for from_ms, _ in self._path.strokes())):
            index = bisect_right(starts, at_ms) - 1
            if index < 0 or at_ms > self._steps[index].end_ms:
                yield self._pace.film_ms(at_ms)


def _around(areas: Sequence[Area], whole: Box) -> Box:
    left = min(max(min(area.x for area in areas), 0.0), whole.width)
    top = min(max(min(area.y for area in areas), 0.0), whole.height)
    right = min(max(max(area.x + area.width for area in areas), left), whole.width)
    bottom = min(max(max(area.y + area.height for area in areas), top), whole.height)
    return Box(left, top, right - left, bottom - top)


def _holds(view: Box, need: Box) -> bool:
    """True when all of `need` is in view, with half the usual room around it unless the page ends there."""
    room = MARGIN_PX / 2
    return (
        view.x <= max(need.x - room, 0.0)
        and view.y <= max(need.y - room, 0.0)
        and need.x + need.width + room <= view.x + view.width + room / 2
        and need.y + need.height + room <= view.y + view.height + room / 2
    )


def _between(a: Box, b: Box, part: float) -> Box:
    return Box(
        a.x + (b.x - a.x) * part,
        a.y + (b.y - a.y) * part,
        a.width + (b.width - a.width) * part,
        a.height + (b.height - a.height) * part,
    )


def _ease(t: float) -> float:
    """Smootherstep: velocity and acceleration are zero at both ends (Perlin 2002)."""
    return t * t * t * (t * (6 * t - 15) + 10)
