"""Texts and addresses read as a person would read them, whatever their spelling."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import unquote

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NOT_A_WORD = re.compile(r"[\W_\d]+")


def readings(text: str) -> Iterator[str]:
    """The words of `text`, separated by single spaces, in every way that a reader might split them."""
    seen = set()
    for zero_width_space in ("", " "):
        even = even_out(text, zero_width_space)
        for spelling in (even, _CAMEL.sub(" ", even)):
            words = _NOT_A_WORD.sub(" ", spelling.casefold()).strip()
            if words not in seen:
                seen.add(words)
                yield words


@lru_cache(maxsize=4096)
def words_of(text: str) -> str:
    """The words of `text` in lower case, separated by single spaces; camelCase is split."""
    return _NOT_A_WORD.sub(" ", _CAMEL.sub(" ", even_out(text)).casefold()).strip()


def even_out(text: str, zero_width_space: str = "") -> str:
    """Percent-decoded NFKC text without invisible characters and stray combining marks."""
    if text.isascii() and "%" not in text:
        return text  # nearly all of them; the rest takes ten times as long
    for _ in range(3):
        text = unquote(text)
    shown = unicodedata.normalize("NFKC", text).replace("\u200b", zero_width_space)
    return "".join(c for c in shown if unicodedata.category(c) not in {"Cf", "Mn"})
