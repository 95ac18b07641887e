"""The choice among elements of a changed page, with the right to refuse: a wrong one is worse than none.

All numbers are from one half of `python -m tests.benchmark.healing`, which is run on the other half as well.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from explorer.healing.fingerprint import Fingerprint
from explorer.healing.names import is_used_alike, name_of, split_names, words_of
from explorer.healing.similarity import edit_similarity, score, word_similarity

#: The least score of the best candidate, with the least margin to the next different one that it needs then:
#: where both share words or an address, and where all that they share is looks and place.
IN_COMMON = ((0.60, 0.02), (0.45, 0.15))
UNLIKE = ((0.80, 0.02), (0.65, 0.20))
#: One of several of a name needs this much to be told from the others, where some have come or gone.
NAMESAKE_MARGIN = 0.15
#: So many words beside two elements of one name are common where they are one.
SAME_CONTEXT = 0.5
#: So alike are two forms of one word, such as "Information" and "Informational".
SAME_WORD = 0.7
#: The share of all words, and of those of the shorter text, from which on one is the other reworded.
REWORDED = 0.2
REWORDED_SHORT = 0.6
#: From this share of common area on, two boxes are one thing to a person, as VON Similo has it (replicated
#: in arXiv 2505.16424).
SAME_BOX = 0.85
#: Addresses that lead nowhere, which many links have.
_NOWHERE = re.compile(r"#?!?|javascript:.*")


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate by its index, with its score from 0 to 1."""

    index: int
    score: float


@dataclass(frozen=True, slots=True)
class Choice:
    """Candidates, best first; by how much the best is ahead of the next different one; if it `is_clear`."""

    ranked: tuple[Ranked, ...]
    margin: float
    is_clear: bool

    @property
    def best(self) -> Ranked | None:
        """The candidate that is good enough and clearly better than all others; None if there is none."""
        return self.ranked[0] if self.is_clear else None


def choose(original: Fingerprint, candidates: Sequence[Fingerprint]) -> Choice:
    """Compares all candidates with the original, but those that stood beside it on the old page.

    An element that is called like another one of the old page is that one. Of 430 removed elements that had a
    lookalike, 137 were taken for another one before this was known, and 13 now.
    """
    own = name_of(original)
    elsewhere = frozenset(split_names(original.others)) - {own}
    ranked = [
        Ranked(index, score(original, one))
        for index, one in enumerate(candidates)
        if is_used_alike(original, one) and name_of(one) not in elsewhere
    ]
    ranked.sort(key=lambda one: -one.score)
    if not ranked:
        return Choice((), 0.0, False)
    first = candidates[ranked[0].index]
    other = next((one for one in ranked[1:] if not _is_same(first, candidates[one.index])), None)
    margin = ranked[0].score - (other.score if other else 0.0)
    is_clear = _is_clear(original, first, ranked[0].score, margin)
    if original.namesakes and own and name_of(first) == own:
        alike = _different([one.index for one in ranked if name_of(candidates[one.index]) == own], candidates)
        is_clear = _is_in_order(original, first, alike) or (
            is_clear and margin >= NAMESAKE_MARGIN and _is_in_place(original, first)
        )
    return Choice(tuple(ranked), margin, is_clear)


def _is_clear(original: Fingerprint, best: Fingerprint, score: float, margin: float) -> bool:
    needed = IN_COMMON if _has_in_common(original, best) else UNLIKE
    return any(score >= least and margin >= ahead for least, ahead in needed)


def _has_in_common(one: Fingerprint, other: Fingerprint) -> bool:
    """Whether they share something that tells an element from its neighbours."""
    if _has_same_address(one, other) or edit_similarity(one.label, other.label) >= SAME_WORD:
        return True
    said, now = (words_of(f"{each.label} {each.text} {each.alt} {each.placeholder}") for each in (one, other))
    common = len(said & now)
    if not (said and now):
        return not (said or now)
    return common >= REWORDED * len(said | now) or common >= REWORDED_SHORT * min(len(said), len(now))


def _has_same_address(one: Fingerprint, other: Fingerprint) -> bool:
    """Whether they share an attribute that few elements of a page share."""
    if any(getattr(one, name) == getattr(other, name) != "" for name in ("id", "name", "test_id")):
        return True
    leads = not _NOWHERE.fullmatch(one.href)
    return leads and _page_of(one.href) == _page_of(other.href)


def _page_of(href: str) -> str:
    """The last part of an address without its extension: releases move pages and rename folders."""
    path, _, query = href.partition("?")
    last = path.rstrip("/").rpartition("/")[2]
    return f"{last.partition('.')[0]}?{query}"


def _is_in_place(original: Fingerprint, best: Fingerprint) -> bool:
    """Whether its address or what stands beside it tells it from others that are called like it."""
    nearby = word_similarity(original.nearby, best.nearby)
    return nearby >= SAME_CONTEXT or _has_same_address(original, best)


def _is_in_order(original: Fingerprint, best: Fingerprint, namesakes: Sequence[Fingerprint]) -> bool:
    """Whether as many are called like it as before, and the best is the one that stands where it stood."""
    return len(namesakes) == original.namesakes + 1 and _is_same(namesakes[original.rank], best)


def _different(indexes: Sequence[int], candidates: Sequence[Fingerprint]) -> list[Fingerprint]:
    """One of each that a person would call one thing, in the order of the page."""
    found: list[Fingerprint] = []
    for index in sorted(indexes):
        if not any(_is_same(candidates[index], known) for known in found):
            found.append(candidates[index])
    return found


def _is_same(a: Fingerprint, b: Fingerprint) -> bool:
    """Whether a person would call them one thing: one box, or one text that leads to one address."""
    if a.text and a.href == b.href and a.text == b.text and not _NOWHERE.fullmatch(a.href):
        return True
    width = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
    height = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
    common = max(width, 0) * max(height, 0)
    joined = a.width * a.height + b.width * b.height - common
    return joined > 0 and common / joined >= SAME_BOX
