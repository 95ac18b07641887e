"""How much of a page's motion is in a film of it: from the codes in the film's pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from statistics import median

from tests.benchmark.frames.codes import CLOCK_WRAP_MS, PAINTED_WRAP, Code

#: When the page's clock runs ahead of the film's by more than this, something was cut out in between.
CUT_MS = 500.0


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture of the film: when it is shown, and what it says of itself, if that can be read."""

    at_ms: float
    code: Code | None


@dataclass(frozen=True, slots=True)
class Motion:
    """What a viewer sees of a page that never stands still.

    `distinct_per_s` counts different pictures per second of film. `repeated` is the share of the film's
    pictures that show what the one before showed: each is a frame that this film has lost. `skipped` is the
    share of the pictures that the page painted and the film does not have: half of them for a film of 30
    pictures a second of a page that painted 60. `judder_ms` says how unevenly time passes: the root of the
    mean square by which the page's clock moves more or less than the film's from picture to picture.
    """

    film_s: float
    distinct_per_s: float
    repeated: float
    skipped: float
    judder_ms: float
    unreadable: int
    last_clock_ms: int | None


def measure(seen: Sequence[Seen]) -> Motion:
    """`seen` are all pictures of a film, in order."""
    steps = [_Step.between(*pair) for pair in pairwise(seen)]
    known = [step for step in steps if step is not None]
    within = [step for step in known if not step.cut]
    shown_s = sum(step.film_ms for step in within) / 1000
    new = sum(step.painted > 0 for step in within)
    painted = sum(step.painted for step in within)
    errors = [(step.clock_ms - step.film_ms) ** 2 for step in within]
    codes = [each.code for each in seen if each.code]
    return Motion(
        film_s=_length_s(seen),
        distinct_per_s=new / shown_s if shown_s else 0.0,
        repeated=1 - new / len(within) if within else 0.0,
        skipped=1 - new / painted if painted else 0.0,
        judder_ms=sqrt(sum(errors) / len(errors)) if errors else 0.0,
        unreadable=len(seen) - len(codes),
        last_clock_ms=codes[-1].clock_ms if codes else None,
    )


@dataclass(frozen=True, slots=True)
class _Step:
    """From one picture to the next on the same page: pictures painted, and milliseconds on two clocks."""

    painted: int
    clock_ms: float
    film_ms: float

    @property
    def cut(self) -> bool:
        return self.clock_ms - self.film_ms > CUT_MS

    @classmethod
    def between(cls, one: Seen, other: Seen) -> "_Step | None":
        """None across two pages and where a code is missing."""
        if one.code is None or other.code is None or one.code.page != other.code.page:
            return None
        painted = (other.code.painted - one.code.painted) % PAINTED_WRAP
        if painted > PAINTED_WRAP // 2:  # the same page, loaded anew
            return None
        clock_ms = (other.code.clock_ms - one.code.clock_ms) % CLOCK_WRAP_MS
        return cls(painted, clock_ms, other.at_ms - one.at_ms)


def _length_s(seen: Sequence[Seen]) -> float:
    """With the last picture shown as long as pictures are."""
    if len(seen) < 2:
        return 0.0
    usual_ms = median(other.at_ms - one.at_ms for one, other in pairwise(seen))
    return (seen[-1].at_ms - seen[0].at_ms + usual_ms) / 1000
