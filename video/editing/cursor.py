"""The drawn pointer: a smooth path through the samples of the real one, its presses and its ripples."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from video.editing.composition import PagePoint, Pointer, Ripple
from video.editing.timeline import Sample, Step

#: The mouse is sampled with every frame while it moves, and a busy machine may miss some 200 ms of it; what
#: is longer is a rest. Each path begins with a sample of where the pointer was.
REST_MS = 400.0
#: After a rest the pointer takes this long to its next sample, so that it never leaps.
RESUME_MS = 1000 / 60
#: A sample is taken when the browser has acknowledged the move, 2 to 15 ms late and never equally late; the
#: weighted mean over this window (a binomial one, close to Gauss) takes the shake out of it. What was sampled
#: evenly moves by 3 px at most, and 60 ms at the end of a path are gone long before the click.
SMOOTHING_WINDOW = tuple(
    (20.0 * k, weight / 64) for k, weight in zip(range(-3, 4), (1, 6, 15, 20, 15, 6, 1), strict=True)
)
#: How far ahead of a moment its drawn place looks.
POINTER_AHEAD_MS = 60.0 + REST_MS
#: A press goes down around the click and comes up as the real one does, 80 ms later; 0 and 1 at these times.
PRESS_PHASES_MS = (-50.0, 20.0, 80.0, 210.0)
RIPPLE_MS = 450.0


class Path:
    """Where the pointer is drawn at any moment of the take."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        self._samples = sorted(samples)
        self._times = [sample.at_ms for sample in self._samples]

    def __bool__(self) -> bool:
        return bool(self._samples)

    def at(self, at_ms: float) -> PagePoint:
        """The drawn place, rounded to a hundredth of a pixel."""
        low = bisect_left(self._times, at_ms + SMOOTHING_WINDOW[0][0] - REST_MS)
        high = bisect_right(self._times, at_ms + SMOOTHING_WINDOW[-1][0] + REST_MS)
        if low == high:
            x, y = self._interpolate(at_ms)
        else:
            positions = [self._interpolate(at_ms + offset) for offset, _ in SMOOTHING_WINDOW]
            x = sum(
                position[0] * weight
                for position, (_, weight) in zip(positions, SMOOTHING_WINDOW, strict=True)
            )
            y = sum(
                position[1] * weight
                for position, (_, weight) in zip(positions, SMOOTHING_WINDOW, strict=True)
            )
        return PagePoint(round(x, 2), round(y, 2))

    def movements(self) -> Iterator[tuple[float, float]]:
        """From when to when the pointer moved without a rest."""
        first = 0
        for index in range(1, len(self._times) + 1):
            if index == len(self._times) or self._times[index] - self._times[index - 1] > REST_MS:
                yield self._times[first], self._times[index - 1]
                first = index

    def between(self, from_ms: float, to_ms: float) -> Sequence[Sample]:
        """The samples of a stretch, its ends included."""
        return self._samples[bisect_left(self._times, from_ms) : bisect_right(self._times, to_ms)]

    def _interpolate(self, at_ms: float) -> tuple[float, float]:
        """On a line between samples, at rest where it last was, before all at the first."""
        after = bisect_left(self._times, at_ms)
        if after in (0, len(self._times)):
            last = self._samples[min(after, len(self._times) - 1)]
            return last.x, last.y
        a, b = self._samples[after - 1], self._samples[after]
        resume_ms = a.at_ms if b.at_ms - a.at_ms <= REST_MS else b.at_ms - RESUME_MS
        fraction = max(at_ms - resume_ms, 0.0) / (b.at_ms - resume_ms)
        return a.x + (b.x - a.x) * fraction, a.y + (b.y - a.y) * fraction


class Clicks:
    """What clicks look like in film time."""

    def __init__(self, steps: Sequence[Step], film_times_ms: Sequence[float]) -> None:
        self._steps = steps
        self._times_ms = film_times_ms

    def pressed(self, film_ms: float) -> float:
        """How far the pointer is pressed down, from 0 to 1."""
        nearby = self._clicks_near(film_ms, -PRESS_PHASES_MS[0], PRESS_PHASES_MS[-1])
        return max((_pressed(film_ms - self._times_ms[index]) for index in nearby), default=0.0)

    def ripples(self, film_ms: float) -> tuple[Ripple, ...]:
        """The ripples that are under way."""
        return tuple(
            Ripple(step.x, step.y, round((film_ms - self._times_ms[index]) / RIPPLE_MS, 4))
            for index in self._clicks_near(film_ms, 0.0, RIPPLE_MS)
            for step in [self._steps[index]]
        )

    def _clicks_near(self, film_ms: float, ahead_ms: float, behind_ms: float) -> range:
        """The clicks that come within `ahead_ms` or were made less than `behind_ms` ago."""
        return range(
            bisect_right(self._times_ms, film_ms - behind_ms),
            bisect_right(self._times_ms, film_ms + ahead_ms),
        )


def draw(spot: PagePoint, pressed: float) -> Pointer:
    return Pointer(spot.x, spot.y, pressed)


def _pressed(age_ms: float) -> float:
    down_ms, held_ms, up_ms, gone_ms = PRESS_PHASES_MS
    if age_ms < held_ms:
        return round(_smooth((age_ms - down_ms) / (held_ms - down_ms)), 4)
    return round(_smooth((gone_ms - age_ms) / (gone_ms - up_ms)), 4)


def _smooth(t: float) -> float:
    t = min(max(t, 0.0), 1.0)
    return t * t * (3 - 2 * t)
