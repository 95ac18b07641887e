"""Similarity of elements to a fingerprint: a share of what was attainable, from 0 to 1.

The method is Similo (doi 10.1145/3571855): a weighted sum over attributes. Which one is taken, `choice` says.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from explorer.healing.fingerprint import Fingerprint
from explorer.healing.names import use_of, words_of

#: Beyond this distance, in CSS pixels, position says nothing.
MAX_DISTANCE_PX = 100.0
#: A text that has all words of another is so alike to it, whatever else it says ("Name", "Full name").
SAME_WORDS = 0.9
#: Another tag or role of the same use, as a link that became a button.
SAME_USE = 0.5

Compare = Callable[[Fingerprint, Fingerprint], float]


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute: its weight, how two values compare (0 to 1), and whether the original has it."""

    weight: float
    compare: Compare
    is_known: Callable[[Fingerprint], bool]


def score(original: Fingerprint, candidate: Fingerprint) -> float:
    """How alike they are, from 0 to 1: the share of what all known attributes could add up to."""
    known = [attribute for attribute in ATTRIBUTES if attribute.is_known(original)]
    attainable = sum(attribute.weight for attribute in known)
    reached = sum(attribute.weight * attribute.compare(original, candidate) for attribute in known)
    return reached / attainable if attainable else 0.0


def edit_similarity(first: str, second: str) -> float:
    """By edit distance; upper and lower case are alike."""
    return Levenshtein.normalized_similarity(first.casefold(), second.casefold())


def word_similarity(first: str, second: str) -> float:
    """The share of words that both have."""
    one, other = words_of(first), words_of(second)
    return len(one & other) / max(len(one | other), 1)


def _phrase_similarity(first: str, second: str) -> float:
    one, other = words_of(first), words_of(second)
    shared = len(one & other) / max(min(len(one), len(other)), 1)
    return max(edit_similarity(first, second), SAME_WORDS * shared)


def _texts(name: str, weight: float, compare: Callable[[str, str], float]) -> Attribute:
    return Attribute(weight, lambda a, b: compare(getattr(a, name), getattr(b, name)), _has(name))


def _equal(name: str, weight: float) -> Attribute:
    return Attribute(weight, lambda a, b: float(getattr(a, name) == getattr(b, name)), _has(name))


def _of_use(name: str, weight: float) -> Attribute:
    def compare(a: Fingerprint, b: Fingerprint) -> float:
        if getattr(a, name) == getattr(b, name):
            return 1.0
        return SAME_USE if use_of(a) == use_of(b) else 0.0

    return Attribute(weight, compare, _has(name))


def _has(name: str) -> Callable[[Fingerprint], bool]:
    return lambda one: bool(getattr(one, name))


def _always(_: Fingerprint) -> bool:
    return True


def _distance(a: Fingerprint, b: Fingerprint) -> float:
    return max(0.0, MAX_DISTANCE_PX - math.hypot(a.x - b.x, a.y - b.y)) / MAX_DISTANCE_PX


def _area(a: Fingerprint, b: Fingerprint) -> float:
    first, second = a.width * a.height, b.width * b.height
    return min(first, second) / max(first, second, 1)


def _aspect(a: Fingerprint, b: Fingerprint) -> float:
    first, second = (one.width / max(one.height, 1) for one in (a, b))
    return min(first, second) / max(first, second, 0.01)


def _clickable(a: Fingerprint, b: Fingerprint) -> float:
    return float(a.clickable == b.clickable)


#: Similo's weights; what its authors compare as one text is the label here, which also names what shows none.
ATTRIBUTES = (
    _of_use("tag", 1.5),
    _texts("name", 1.5, word_similarity),
    _texts("id", 1.5, word_similarity),
    _texts("label", 1.5, _phrase_similarity),
    _texts("nearby", 1.5, word_similarity),
    _equal("test_id", 1.5),
    _of_use("role", 0.5),
    _texts("text", 0.5, _phrase_similarity),
    _texts("classes", 0.5, word_similarity),
    _texts("href", 0.5, edit_similarity),
    _texts("alt", 0.5, edit_similarity),
    _equal("kind", 0.5),
    _texts("placeholder", 0.5, edit_similarity),
    _texts("path", 0.5, edit_similarity),
    _texts("id_path", 0.5, edit_similarity),
    Attribute(0.5, _clickable, _always),
    Attribute(0.5, _distance, _always),
    Attribute(0.5, _area, _always),
    Attribute(0.5, _aspect, _always),
)
