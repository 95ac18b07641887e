"""Texts and addresses read as a person would read them, whatever their spelling."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import unquote

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
#: Vowels and tones of Devanagari, Thai and their kin are parts of words; Python's `\w` leaves them out.
_MARKS = "".join(chr(point) for point in range(0x900, 0xF00) if unicodedata.category(chr(point))[0] == "M")
_NOT_A_WORD = re.compile(rf"(?:[^\w{_MARKS}]|[\d_])+")
#: Accents that a letter can go without, vowel points of Hebrew and Arabic, the stroke that lengthens words.
_DROPPED_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640"
    "\u064b-\u065f\u0670\u06d6-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]"
)
_DOTLESS_I = "\u0131"
_DOT_ABOVE = "\u0307"


def readings(text: str) -> Iterator[str]:
    """The words of `text`, separated by single spaces, in every way that a reader might split them."""
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
    """The words of `text` in lower case, separated by single spaces; camelCase is split."""
    return _NOT_A_WORD.sub(" ", fold(_CAMEL.sub(" ", normalize_text(text)))).strip()


def fold(text: str) -> str:
    """The text without case; of Turkish, which writes two letters i, with one."""
    folded = text.casefold()
    return folded if text.isascii() else folded.replace(_DOTLESS_I, "i").replace(_DOT_ABOVE, "")


def normalize_text(text: str, zero_width_space: str = "") -> str:
    """Percent-decoded NFKC text without invisible characters and stray combining marks."""
    if text.isascii() and "%" not in text:
        return text  # nearly all of them; the rest takes ten times as long
    for _ in range(3):
        text = unquote(text)
    shown = unicodedata.normalize("NFKC", text).replace("\u200b", zero_width_space)
    return "".join(c for c in _DROPPED_MARKS.sub("", shown) if unicodedata.category(c) != "Cf")
