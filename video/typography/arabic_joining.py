"""Arabic joining: text for what merely puts one glyph beside the next, without a shaping library.

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
LAM, ALEF_FORMS = "\u0644", "\u0622\u0623\u0625\u0627"
#: These join on both sides and have one form.
DUAL_JOINING_FORMLESS = "\u0640\u200d"
#: Joiners and places to break, which are nothing to be seen.
#: Vowel signs of India and its neighbours that are written behind their consonant, and drawn before it.
PRE_BASE_VOWELS = frozenset(
    "\u093f\u09bf\u09c7\u09c8\u0a3f\u0abf\u0b47\u0bc6\u0bc7\u0bc8\u0d46\u0d47\u0d48\u0dd9\u1031\u17c1\u17c2\u17c3"
)
INVISIBLE = str.maketrans(dict.fromkeys("\u200b\u200c\u200d", ""))
OPENING, CLOSING = "([{<«‹（［｛「『【〈《〔", ")]}>»›）］｝」』】〉》〕"  # noqa: RUF001
MIRRORED = str.maketrans(OPENING + CLOSING, CLOSING + OPENING)


def to_visual(text: str, right_to_left: bool, has_glyph: Callable[[str], bool]) -> str:
    """Text of one direction as it stands from left to right; `has_glyph` tells which forms the font has."""
    if not right_to_left:
        return text.translate(INVISIBLE)
    return "".join(reversed(clusters(join_arabic(text, has_glyph).translate(INVISIBLE)))).translate(MIRRORED)


def move_pre_base_vowels(text: str) -> str:
    """The text with those vowels before their consonants, for fonts that have each letter as it stands."""
    return "".join(map(_move_in_cluster, clusters(text)))


def _move_in_cluster(cluster: str) -> str:
    decomposed = unicodedata.normalize("NFD", cluster)
    return (
        cluster
        if PRE_BASE_VOWELS.isdisjoint(decomposed)
        else "".join(sorted(decomposed, key=lambda char: char not in PRE_BASE_VOWELS))
    )


def join_arabic(text: str, has_glyph: Callable[[str], bool]) -> str:
    """Arabic letters in the forms that they take beside each other, where `has_glyph` says that there are
    such.
    """
    units = _units(text)
    letters = [(index, unit) for index, unit in enumerate(units) if not unicodedata.combining(unit[0])]
    previous = ""
    for (index, unit), (_, following) in zip(letters, [*letters[1:], (0, "")], strict=False):
        joined = _joins_next(previous), _joins_previous(following)
        shape = _shape(unit, *joined)
        form = _forms().get(unit, {}).get(shape, unit)
        units[index] = form if has_glyph(form) else unit
        previous = unit
    return "".join(units)


def _units(text: str) -> list[str]:
    """Single characters, but lam with an alef behind it as one: both share a form."""
    units: list[str] = []
    for char in text:
        if char in ALEF_FORMS and units and units[-1] == LAM:
            units[-1] += char
        else:
            units.append(char)
    return units


def _shape(unit: str, joins_previous: bool, joins_next: bool) -> str:
    """How a letter is drawn that may be joined to the one after which, and the one before which it stands."""
    joins_previous, joins_next = joins_previous and _joins_previous(unit), joins_next and _joins_next(unit)
    return (
        MEDIAL
        if joins_previous and joins_next
        else FINAL
        if joins_previous
        else INITIAL
        if joins_next
        else ISOLATED
    )


def _joins_next(unit: str) -> bool:
    """True when it joins what follows it."""
    return unit != "" and (unit in DUAL_JOINING_FORMLESS or INITIAL in _forms().get(unit, {}))


def _joins_previous(unit: str) -> bool:
    """True when what it follows may join it."""
    return unit != "" and (unit in DUAL_JOINING_FORMLESS or FINAL in _forms().get(unit, {}))


@lru_cache(maxsize=1)
def _forms() -> dict[str, dict[str, str]]:
    """The forms of each letter, and of lam with each alef, by shape: from Unicode's decompositions."""
    forms: dict[str, dict[str, str]] = {}
    for char in _presentation_forms():
        shape, *codes = unicodedata.decomposition(char).split() or [""]
        letters = "".join(chr(int(code, 16)) for code in codes)
        if shape in SHAPES and (len(letters) == 1 or letters in {LAM + alef for alef in ALEF_FORMS}):
            forms.setdefault(letters, {}).setdefault(shape, char)
    return forms


def _presentation_forms() -> Iterable[str]:
    return (chr(code) for block in BLOCKS for code in block)
