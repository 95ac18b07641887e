"""What one tool's films of the clock pages are worth: one of them made alone, or four at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from tests.benchmark.frames.codes import CLOCK_WRAP_MS
from tests.benchmark.frames.lossless import Lossless
from tests.benchmark.frames.motion import Motion, measure
from tests.benchmark.frames.projector import Undecodable
from tests.benchmark.frames.screening import screen
from tests.benchmark.frames.sharpness import Sharpness, compare
from tests.benchmark.meter import Meter
from tests.benchmark.shot import Shot


@dataclass(frozen=True, slots=True)
class Watched:
    """A film that could be played to its end."""

    motion: Motion
    sharpness: Sharpness
    blank_start: bool
    size_bytes: int
    wall_s: float
    after_s: float | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The films that there are, why others were lost, and what all of them together used.

    `missing` says what a tool lacks that was not asked to film.
    """

    watched: tuple[Watched, ...] = ()
    lost: tuple[str, ...] = ()
    cpu_s: float = 0.0
    peak_bytes: int = 0
    missing: str | None = None

    @property
    def film_s(self) -> float:
        """All films together."""
        return sum(each.motion.film_s for each in self.watched)


def judge(shots: Sequence[Shot], meter: Meter, originals: Lossless) -> Verdict:
    """`shots` were made at the same time, and nothing else was."""
    watched, lost = [], [shot.lost for shot in shots if shot.lost]
    for shot in shots:
        try:
            watched += [_watch(shot, originals)] if shot.film else []
        except Undecodable as exc:
            lost.append(f"cannot be played: {exc}")
    span = min(shot.wall.from_s for shot in shots), max(shot.wall.to_s for shot in shots)
    return Verdict(tuple(watched), tuple(lost), meter.cpu_s(*span), meter.peak_bytes(*span))


def _watch(shot: Shot, originals: Lossless) -> Watched:
    assert shot.film is not None
    screening = screen(shot.film)
    motion = measure(screening.seen)
    after_s = shot.after_s
    if after_s is None and motion.last_clock_ms is not None:
        after_s = (shot.ended_ms - motion.last_clock_ms) % CLOCK_WRAP_MS / 1000
    return Watched(
        motion=motion,
        sharpness=compare(screening, originals),
        blank_start=screening.blank_start,
        size_bytes=shot.film.stat().st_size,
        wall_s=shot.wall.length_s,
        after_s=after_s,
    )


def mean(values: Sequence[float | None]) -> float | None:
    """Of those that are known."""
    known = [value for value in values if value is not None]
    return fmean(known) if known else None
