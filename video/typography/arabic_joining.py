"""Joining: text for what merely puts one glyph beside the next, without a shaping library.

Arabic letters become Unicode's presentation forms, which are joined, and what is written from right to left
is turned round. That is legible in every script, and right in most.
"""

import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache

from video.typography.line_breaking import clusters

#: Both blocks of Arabic presentation forms.
BLOCKS = (range(0xFB50, 0xFE00), range(0xFE70, 0xFEFF))
ISOLATED, FINAL, INITIAL, MEDIAL = SHAPES = ("<isolated>", "<final>", "<initial>", "<medial>")
LAM, ALEFS = "\u0644", "\u0622\u0623\u0625\u0627"
#: These join on both sides and have one form.
STRETCHES = "\u0640\u200d"
#: Joiners and places to break, which are nothing to be seen.
#: Vowel signs of India and its neighbours that are written behind their consonant, and drawn before it.
EARLY = frozenset(
    "\u093f\u09bf\u09c7\u09c8\u0a3f\u0abf\u0b47\u0bc6\u0bc7\u0bc8\u0d46\u0d47\u0d48\u0dd9\u1031\u17c1\u17c2\u17c3"
)
UNSEEN = str.maketrans(dict.fromkeys("\u200b\u200c\u200d", ""))
OPENING, CLOSING = "([{<«‹（［｛「『【〈《〔", ")]}>»›）］｝」』】〉》〕"  # noqa: RUF001
MIRRORED = str.maketrans(OPENING + CLOSING, CLOSING + OPENING)


def visual(text: str, backwards: bool, has: Callable[[str], bool]) -> str:
    """Text of one direction as it stands from left to right; `has` tells which forms the font has."""
    if not backwards:
        return text.translate(UNSEEN)
    return "".join(reversed(clusters(join_arabic(text, has).translate(UNSEEN)))).translate(MIRRORED)


def early_first(text: str) -> str:
    """The text with those vowels before their consonants, for fonts that have each letter as it stands."""
    return "".join(map(_early_first, clusters(text)))


def _early_first(cluster: str) -> str:
    apart = unicodedata.normalize("NFD", cluster)
    return cluster if EARLY.isdisjoint(apart) else "".join(sorted(apart, key=lambda char: char not in EARLY))


def join_arabic(text: str, has: Callable[[str], bool]) -> str:
    """Arabic letters in the forms that they take beside each other, where `has` says that there are such."""
    units = _units(text)
    letters = [(place, unit) for place, unit in enumerate(units) if not unicodedata.combining(unit[0])]
    last = ""
    for (place, unit), (_, following) in zip(letters, [*letters[1:], (0, "")], strict=False):
        joined = _reaches(last), _is_reached(following)
        shape = _shape(unit, *joined)
        form = _forms().get(unit, {}).get(shape, unit)
        units[place] = form if has(form) else unit
        last = unit
    return "".join(units)


def _units(text: str) -> list[str]:
    """Single characters, but lam with an alef behind it as one: both share a form."""
    units: list[str] = []
    for char in text:
        if char in ALEFS and units and units[-1] == LAM:
            units[-1] += char
        else:
            units.append(char)
    return units


def _shape(unit: str, after: bool, before: bool) -> str:
    """How a letter is drawn that may be joined to the one after which, and the one before which it stands."""
    after, before = after and _is_reached(unit), before and _reaches(unit)
    return MEDIAL if after and before else FINAL if after else INITIAL if before else ISOLATED


def _reaches(unit: str) -> bool:
    """True when it joins what follows it."""
    return unit != "" and (unit in STRETCHES or INITIAL in _forms().get(unit, {}))


def _is_reached(unit: str) -> bool:
    """True when what it follows may join it."""
    return unit != "" and (unit in STRETCHES or FINAL in _forms().get(unit, {}))


@lru_cache(maxsize=1)
def _forms() -> dict[str, dict[str, str]]:
    """The forms of each letter, and of lam with each alef, by shape: from Unicode's decompositions."""
    forms: dict[str, dict[str, str]] = {}
    for char in _presentation_forms():
        shape, *codes = unicodedata.decomposition(char).split() or [""]
        letters = "".join(chr(int(code, 16)) for code in codes)
        if shape in SHAPES and (len(letters) == 1 or letters in {LAM + alef for alef in ALEFS}):
            forms.setdefault(letters, {}).setdefault(shape, char)
    return forms


def _presentation_forms() -> Iterable[str]:
    return (chr(code) for block in BLOCKS for code in block)
