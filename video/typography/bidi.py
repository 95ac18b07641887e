"""Bidi: the order of a line's parts when it is written left to right, right to left, or both.

Unicode's bidirectional algorithm (UAX 9, rules P2 to L2) without explicit embeddings, which printable text
does not have. Pillow knows it only within one font.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby

LEFT, RIGHT, ARABIC = "L", "R", "AL"
EUROPEAN, ARABIC_NUMBER = "EN", "AN"
NEUTRALS = {"B", "S", "WS", "ON"}
#: What goes with what is before it: marks, joiners.
ATTACHED_KINDS = {"NSM", "BN"}
#: Pairs whose content says to which side both belong (BidiBrackets.txt; those in use).
BRACKET_PAIRS = dict(zip("([{（［｛「『【〈《〔", ")]}）］｝」』】〉》〕", strict=True))  # noqa: RUF001
MAX_OPEN_BRACKETS = 63


def base_level(text: str) -> int:
    """1 for a text whose first letter is written from right to left, else 0 (P2, P3)."""
    strong = (kind for char in text if (kind := unicodedata.bidirectional(char)) in (LEFT, RIGHT, ARABIC))
    return int(next(strong, LEFT) != LEFT)


def levels(text: str, base: int) -> list[int]:
    """How deep each character is nested; odd levels run from right to left."""
    embedding = _embedding_of(base)
    kinds = [unicodedata.bidirectional(char) or LEFT for char in text]
    attached = [kind in ATTACHED_KINDS for kind in kinds]
    _resolve_weak(kinds, embedding)
    _resolve_brackets(text, kinds, attached, embedding)
    _resolve_neutral(kinds, embedding)
    found = [base + _level_increase(kind, base) for kind in kinds]
    for index in range(len(text) - 1, -1, -1):
        if not text[index].isspace():
            break
        found[index] = base
    return found


def visual_order(levels: Sequence[int]) -> list[int]:
    """Places in the order in which they stand, from the left (L2)."""
    order = list(range(len(levels)))
    for level in range(max(levels, default=0), 0, -1):
        depth = [levels[index] >= level for index in order]
        for start, end in _runs(depth):
            order[start:end] = reversed(order[start:end])
    return order


def _embedding_of(level: int) -> str:
    return RIGHT if level % 2 else LEFT


def _level_increase(kind: str, base: int) -> int:
    """By how much, after I1 and I2."""
    if base % 2:
        return int(kind != RIGHT)
    return {LEFT: 0, RIGHT: 1}.get(kind, 2)


def _resolve_weak(kinds: list[str], embedding: str) -> None:
    """W1 to W7, in place."""
    last = embedding
    for index, kind in enumerate(kinds):
        kinds[index] = last = last if kind in ATTACHED_KINDS else kind
    _replace_numbers(kinds, embedding, ARABIC, ARABIC_NUMBER)
    kinds[:] = [RIGHT if kind == ARABIC else kind for kind in kinds]
    _resolve_separators(kinds)
    _replace_numbers(kinds, embedding, LEFT, LEFT)


def _replace_numbers(kinds: list[str], embedding: str, after_strong: str, replacement: str) -> None:
    """European numbers behind a letter of one kind become something else (W2, W7)."""
    strong = embedding
    for index, kind in enumerate(kinds):
        if kind in (LEFT, RIGHT, ARABIC):
            strong = kind
        elif kind == EUROPEAN and strong == after_strong:
            kinds[index] = replacement


def _resolve_separators(kinds: list[str]) -> None:
    """Commas, signs and units in and around numbers belong to them, others to nothing (W4 to W6)."""
    for index in range(1, len(kinds) - 1):
        before, kind, after = kinds[index - 1 : index + 2]
        both = before == after and (before == EUROPEAN or (before == ARABIC_NUMBER and kind == "CS"))
        if kind in ("ES", "CS") and both:
            kinds[index] = before
    for start, end in _runs([kind == "ET" for kind in kinds]):
        if EUROPEAN in (kinds[start - 1] if start else "", kinds[end] if end < len(kinds) else ""):
            kinds[start:end] = [EUROPEAN] * (end - start)
    kinds[:] = ["ON" if kind in ("ES", "CS", "ET") else kind for kind in kinds]


def _resolve_brackets(text: str, kinds: list[str], attached: list[bool], embedding: str) -> None:
    """Brackets are on the side of what is in them (N0)."""
    for opening, closing in _pairs(text, kinds):
        inside = {side for kind in kinds[opening + 1 : closing] if (side := _strong(kind))}
        if not inside:
            continue
        side = embedding
        if embedding not in inside:
            before = next(
                (found for kind in reversed(kinds[:opening]) if (found := _strong(kind))), embedding
            )
            side = before if before in inside else embedding
        for index in (opening, closing):
            kinds[index] = side
            while index + 1 < len(kinds) and attached[index + 1]:
                index += 1
                kinds[index] = side


def _pairs(text: str, kinds: Sequence[str]) -> list[tuple[int, int]]:
    """Brackets that belong together (BD16)."""
    found: list[tuple[int, int]] = []
    open_brackets: list[tuple[str, int]] = []
    for index, char in enumerate(text):
        if kinds[index] != "ON":
            continue
        if char in BRACKET_PAIRS:
            if len(open_brackets) == MAX_OPEN_BRACKETS:
                return []
            open_brackets.append((BRACKET_PAIRS[char], index))
            continue
        depth = next(
            (depth for depth in range(len(open_brackets) - 1, -1, -1) if open_brackets[depth][0] == char),
            None,
        )
        if depth is not None:
            found.append((open_brackets[depth][1], index))
            del open_brackets[depth:]
    return sorted(found)


def _strong(kind: str) -> str:
    """The side that a letter or number is on, to what is between; "" for what is on none."""
    if kind in (EUROPEAN, ARABIC_NUMBER):
        return RIGHT
    return kind if kind in (LEFT, RIGHT) else ""


def _resolve_neutral(kinds: list[str], embedding: str) -> None:
    """What is between two of a side is on that side, else on that of the whole (N1, N2)."""
    for start, end in _runs([kind in NEUTRALS for kind in kinds]):
        before = _strong(kinds[start - 1]) if start else embedding
        after = _strong(kinds[end]) if end < len(kinds) else embedding
        kinds[start:end] = [before if before == after else embedding] * (end - start)


def _runs(flags: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Where those that are true begin and end."""
    index = 0
    for flag, run in groupby([*flags]):
        end = index + len([*run])
        if flag:
            yield index, end
        index = end
