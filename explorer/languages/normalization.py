"""Normalizes Unicode and spelling of texts and URLs before they are compared."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import unquote

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
#: Vowel and tone marks of Devanagari, Thai and similar scripts are parts of words; Python's `\w` excludes
#: them.
_MARKS = "".join(chr(point) for point in range(0x900, 0xF00) if unicodedata.category(chr(point))[0] == "M")
_NOT_A_WORD = re.compile(rf"(?:[^\w{_MARKS}]|[\d_])+")
#: Combining accents, vowel points of Hebrew and Arabic, and the Arabic tatweel.
_DROPPED_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640"
    "\u064b-\u065f\u0670\u06d6-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]"
)
_DOTLESS_I = "\u0131"
_DOT_ABOVE = "\u0307"


def readings(text: str) -> Iterator[str]:
    """Yields the words of `text`, separated by single spaces, in every way that they can be split."""
    seen = set()
    for zero_width_space in ("", " "):
        normalized = normalize_text(text, zero_width_space)
        for spelling in (normalized, _CAMEL.sub(" ", normalized)):
            words = _NOT_A_WORD.sub(" ", fold(spelling)).strip()
            if words not in seen:
                seen.add(words)
                yield words


@lru_cache(maxsize=4096)
def words_of(text: str) -> str:
    """Returns the words of `text` in lower case, separated by single spaces; camelCase is split."""
    return _NOT_A_WORD.sub(" ", fold(_CAMEL.sub(" ", normalize_text(text)))).strip()


def fold(text: str) -> str:
    """Folds case, and the two Turkish letters i into one."""
    folded = text.casefold()
    return folded if text.isascii() else folded.replace(_DOTLESS_I, "i").replace(_DOT_ABOVE, "")


def normalize_text(text: str, zero_width_space: str = "") -> str:
    """Decodes percent-encoding, applies NFKC, and removes invisible characters and combining marks."""
    if text.isascii() and "%" not in text:
        return text  # nearly all texts; the rest takes ten times as long
    for _ in range(3):
        text = unquote(text)
    shown = unicodedata.normalize("NFKC", text).replace("\u200b", zero_width_space)
    return "".join(c for c in _DROPPED_MARKS.sub("", shown) if unicodedata.category(c) != "Cf")
