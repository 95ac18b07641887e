"""How well a film shows text: its pictures against lossless ones of the same moments."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from tests.benchmark.frames.lossless import Lossless
from tests.benchmark.frames.screening import Screening
from tests.benchmark.frames.similarity import text_similarity

#: Pictures compared, spread evenly over those there are; each costs a screenshot.
PICTURES = 16


@dataclass(frozen=True, slots=True)
class Sharpness:
    """Mean SSIM of text, 1.0 being lossless; None when the film has no such picture."""

    scrolling: float | None
    resting: float | None


def compare(screening: Screening, originals: Lossless) -> Sharpness:
    """Compares some pictures on which the text scrolls, and some on which it rests."""
    return Sharpness(
        _mean(screening, originals, _spread(screening.scrolling())),
        _mean(screening, originals, _spread(screening.resting())),
    )


def _spread(numbers: Sequence[int]) -> list[int]:
    count = min(PICTURES, len(numbers))
    return [numbers[index * len(numbers) // count] for index in range(count)]


def _mean(screening: Screening, originals: Lossless, numbers: Sequence[int]) -> float | None:
    alike = []
    for number in numbers:
        code = screening.seen[number].code
        assert code is not None
        original = originals.text(code.page, code.offset_px)
        alike.append(text_similarity(original, screening.panels[number]))
    return fmean(alike) if alike else None
