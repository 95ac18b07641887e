"""Similarity of elements to a fingerprint, and the choice among them, with the right to refuse.

The method is Similo (doi 10.1145/3571855): a weighted sum over attributes, of which the best candidate wins.
Here the score is a share of what was attainable, and a best one that is not good enough, or not clearly
better than the next different element, is refused.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from explorer.healing.fingerprint import Fingerprint

#: A best candidate below this share, or so close before the next different one, is refused.
MIN_SCORE = 0.60
MIN_MARGIN = 0.02
#: Beyond this distance, in CSS pixels, position says nothing.
MAX_DISTANCE_PX = 100.0
#: From this share of common area on, two boxes are one thing to a person, as VON Similo has it (replicated
#: in arXiv 2505.16424).
SAME_BOX = 0.85
_WORD = re.compile(r"\w+")

Compare = Callable[[Fingerprint, Fingerprint], float]


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute: its weight, how two values compare (0 to 1), and whether the original has it."""

    weight: float
    compare: Compare
    is_known: Callable[[Fingerprint], bool]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate by its index, with its score from 0 to 1."""

    index: int
    score: float


@dataclass(frozen=True, slots=True)
class Choice:
    """The candidates, best first, and by how much the best one is ahead of the next different element."""

    ranked: tuple[Ranked, ...]
    margin: float

    @property
    def best(self) -> Ranked | None:
        """The candidate that is good enough and clearly better than all others; None if there is none."""
        first = self.ranked[0] if self.ranked else None
        return first if first and first.score >= MIN_SCORE and self.margin >= MIN_MARGIN else None


def choose(original: Fingerprint, candidates: Sequence[Fingerprint]) -> Choice:
    """Compares all candidates with the original."""
    ranked = [Ranked(index, score(original, one)) for index, one in enumerate(candidates)]
    ranked.sort(key=lambda one: -one.score)
    if not ranked:
        return Choice((), 0.0)
    first = candidates[ranked[0].index]
    other = next((one for one in ranked[1:] if not _is_same(first, candidates[one.index])), None)
    return Choice(tuple(ranked), ranked[0].score - (other.score if other else 0.0))


def score(original: Fingerprint, candidate: Fingerprint) -> float:
    """How alike they are, from 0 to 1: the share of what all known attributes could add up to."""
    known = [attribute for attribute in ATTRIBUTES if attribute.is_known(original)]
    attainable = sum(attribute.weight for attribute in known)
    reached = sum(attribute.weight * attribute.compare(original, candidate) for attribute in known)
    return reached / attainable if attainable else 0.0


def _equal(name: str, weight: float) -> Attribute:
    return Attribute(weight, lambda a, b: float(getattr(a, name) == getattr(b, name)), _has(name))


def _edited(name: str, weight: float) -> Attribute:
    """Compared by edit distance; upper and lower case are alike."""

    def compare(a: Fingerprint, b: Fingerprint) -> float:
        return Levenshtein.normalized_similarity(getattr(a, name).lower(), getattr(b, name).lower())

    return Attribute(weight, compare, _has(name))


def _worded(name: str, weight: float) -> Attribute:
    """Compared by the words that both have."""

    def compare(a: Fingerprint, b: Fingerprint) -> float:
        first, second = (set(_WORD.findall(getattr(one, name).lower())) for one in (a, b))
        return len(first & second) / max(len(first | second), 1)

    return Attribute(weight, compare, _has(name))


def _has(name: str) -> Callable[[Fingerprint], bool]:
    return lambda one: bool(getattr(one, name))


def _always(_: Fingerprint) -> bool:
    return True


def _distance(a: Fingerprint, b: Fingerprint) -> float:
    return max(0.0, MAX_DISTANCE_PX - math.hypot(a.x - b.x, a.y - b.y)) / MAX_DISTANCE_PX


def _ratio(first: float, second: float) -> float:
    return min(first, second) / max(first, second, 1.0)


def _area(a: Fingerprint, b: Fingerprint) -> float:
    return _ratio(a.width * a.height, b.width * b.height)


def _aspect(a: Fingerprint, b: Fingerprint) -> float:
    first, second = (one.width / max(one.height, 1) for one in (a, b))
    return min(first, second) / max(first, second, 0.01)


def _clickable(a: Fingerprint, b: Fingerprint) -> float:
    return float(a.clickable == b.clickable)


#: Similo's weights; what its authors compare as one text is the label here, which also names what shows none.
ATTRIBUTES = (
    _equal("tag", 1.5),
    _equal("name", 1.5),
    _equal("id", 1.5),
    _edited("label", 1.5),
    _worded("nearby", 1.5),
    _equal("test_id", 1.5),
    _equal("role", 0.5),
    _edited("text", 0.5),
    _worded("classes", 0.5),
    _edited("href", 0.5),
    _edited("alt", 0.5),
    _equal("kind", 0.5),
    _edited("placeholder", 0.5),
    _edited("path", 0.5),
    _edited("id_path", 0.5),
    Attribute(0.5, _clickable, _always),
    Attribute(0.5, _distance, _always),
    Attribute(0.5, _area, _always),
    Attribute(0.5, _aspect, _always),
)


def _is_same(a: Fingerprint, b: Fingerprint) -> bool:
    """Whether a person would call them one thing: one box, or one text that leads to one address."""
    if a.href and a.href == b.href and a.text == b.text:
        return True
    width = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
    height = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
    common = max(width, 0) * max(height, 0)
    joined = a.width * a.height + b.width * b.height - common
    return joined > 0 and common / joined >= SAME_BOX
