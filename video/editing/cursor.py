"""Cursor path: smooths the samples of the real pointer, and computes presses and ripples."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from video.editing.composition import PagePoint, Ripple
from video.editing.timeline import Sample, Step

#: The mouse is sampled with every frame while it moves, and a busy machine may miss some 200 ms; a longer gap
#: is a rest. Each movement begins with a sample of the pointer's position.
REST_MS = 400.0
#: After a rest the pointer moves to its next sample within this time, so that it never jumps.
RESUME_MS = 1000 / 60
#: A sample is taken when the browser has acknowledged the move, with a jitter of 2 to 15 ms; the weighted
#: mean over this window (binomial, close to a Gaussian) smooths it. Evenly sampled movements change by 3 px
#: at most, and the 60 ms at the end of a path are over long before the click.
SMOOTHING_WINDOW = tuple(
    (20.0 * k, weight / 64) for k, weight in zip(range(-3, 4), (1, 6, 15, 20, 15, 6, 1), strict=True)
)
#: How far after a moment samples may influence the drawn position.
POINTER_AHEAD_MS = 60.0 + REST_MS
#: Phases of a press around the click: begins, is down, is released (80 ms later, as the real one), ends.
PRESS_PHASES_MS = (-50.0, 20.0, 80.0, 210.0)
RIPPLE_MS = 450.0


class Path:
    """The drawn position of the pointer at any moment of the take."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        self._samples = sorted(samples)
        self._times = [sample.at_ms for sample in self._samples]

    def __bool__(self) -> bool:
        return bool(self._samples)

    def at(self, at_ms: float) -> PagePoint:
        """Computes the drawn position, rounded to a hundredth of a pixel."""
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
        """Yields begin and end of each movement without a rest."""
        first = 0
        for index in range(1, len(self._times) + 1):
            if index == len(self._times) or self._times[index] - self._times[index - 1] > REST_MS:
                yield self._times[first], self._times[index - 1]
                first = index

    def between(self, from_ms: float, to_ms: float) -> Sequence[Sample]:
        """Returns the samples of an interval, its ends included."""
        return self._samples[bisect_left(self._times, from_ms) : bisect_right(self._times, to_ms)]

    def _interpolate(self, at_ms: float) -> tuple[float, float]:
        """Interpolates between samples; at the last position during a rest, at the first one before all
        samples.
        """
        after = bisect_left(self._times, at_ms)
        if after in (0, len(self._times)):
            last = self._samples[min(after, len(self._times) - 1)]
            return last.x, last.y
        a, b = self._samples[after - 1], self._samples[after]
        resume_ms = a.at_ms if b.at_ms - a.at_ms <= REST_MS else b.at_ms - RESUME_MS
        fraction = max(at_ms - resume_ms, 0.0) / (b.at_ms - resume_ms)
        return a.x + (b.x - a.x) * fraction, a.y + (b.y - a.y) * fraction


class Clicks:
    """Presses and ripples of the clicks in film time."""

    def __init__(self, steps: Sequence[Step], film_times_ms: Sequence[float]) -> None:
        self._steps = steps
        self._times_ms = film_times_ms

    def pressed(self, film_ms: float) -> float:
        """Computes how far the pointer is pressed, from 0 to 1."""
        nearby = self._clicks_near(film_ms, -PRESS_PHASES_MS[0], PRESS_PHASES_MS[-1])
        return max((_pressed(film_ms - self._times_ms[index]) for index in nearby), default=0.0)

    def ripples(self, film_ms: float) -> tuple[Ripple, ...]:
        """Returns the visible ripples."""
        return tuple(
            Ripple(step.x, step.y, round((film_ms - self._times_ms[index]) / RIPPLE_MS, 4))
            for index in self._clicks_near(film_ms, 0.0, RIPPLE_MS)
            for step in [self._steps[index]]
        )

    def _clicks_near(self, film_ms: float, ahead_ms: float, behind_ms: float) -> range:
        """Returns the clicks within the next `ahead_ms` or the last `behind_ms`."""
        return range(
            bisect_right(self._times_ms, film_ms - behind_ms),
            bisect_right(self._times_ms, film_ms + ahead_ms),
        )


def _pressed(age_ms: float) -> float:
    down_ms, held_ms, up_ms, gone_ms = PRESS_PHASES_MS
    if age_ms < held_ms:
        return round(_smooth((age_ms - down_ms) / (held_ms - down_ms)), 4)
    return round(_smooth((gone_ms - age_ms) / (gone_ms - up_ms)), 4)


def _smooth(t: float) -> float:
    t = min(max(t, 0.0), 1.0)
    return t * t * (3 - 2 * t)
