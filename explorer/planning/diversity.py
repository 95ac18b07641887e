"""Chooses the best of a ranking so that they differ: each choice makes its siblings less attractive."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from explorer.planning.base_scores import folder_of
from explorer.types import Element, Scene

#: A scan proposes at most this many plans.
MAX_PLANS = 5
#: What each page costs that was seen in the same folder, up to five: little in a navigation, whose order
#: is a ranking already.
SEEN_SIBLING_PENALTY, SEEN_NAVIGATION_SIBLING_PENALTY, MAX_SEEN_SIBLINGS = 8, 3, 5
#: What a sibling among the chosen plans costs, likewise.
CHOSEN_SIBLING_PENALTY, CHOSEN_NAVIGATION_SIBLING_PENALTY = 14.0, 4.0


@dataclass(frozen=True, slots=True)
class Ranked:
    """One offered element with its score (higher is better), why, and the family it shares with siblings."""

    element: Element
    score: float
    why: str
    family: str


def diversified(ranked: list[Ranked], scene: Scene) -> Iterator[Ranked]:
    """The best few, where each choice makes its siblings less attractive, as do siblings seen before."""
    seen = Counter(folder_of(url) for url in scene.visited_urls)
    rest = [_less_seen_siblings(one, seen[folder_of(one.element.href)]) for one in ranked]
    for _ in range(min(MAX_PLANS, len(rest))):
        best = max(rest, key=lambda one: one.score)
        yield best
        rest = [
            replace(one, score=one.score - _sibling_penalty(one)) if one.family == best.family else one
            for one in rest
            if one is not best
        ]


def _less_seen_siblings(one: Ranked, siblings_seen: int) -> Ranked:
    if not _is_deep(one):
        return one
    is_navigation = one.element.landmark == "nav"
    each = SEEN_NAVIGATION_SIBLING_PENALTY if is_navigation else SEEN_SIBLING_PENALTY
    return replace(one, score=one.score - each * min(MAX_SEEN_SIBLINGS, siblings_seen))


def _sibling_penalty(one: Ranked) -> float:
    is_navigation = one.element.landmark in {"nav", "header"} and not _is_deep(one)
    return CHOSEN_NAVIGATION_SIBLING_PENALTY if is_navigation else CHOSEN_SIBLING_PENALTY


def _is_deep(one: Ranked) -> bool:
    return bool(one.element.href) and folder_of(one.element.href).count("/") > 0
