"""Loads the phrases of `walls.toml` and `error_pages.toml`, and normalizes texts to compare with them."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

#: Separators between a page's title and its site's name.
_BETWEEN = re.compile(r"\s+[|\u2013\u2014·•»«:/-]+\s+|\s*[|·•]\s*")
_STATUS = re.compile(r"(?<!\d)([45]\d\d)(?!\d)")


def plain(text: str) -> str:
    """Normalizes to lower case without punctuation, symbols and repeated spaces; a status becomes a word."""
    even = unicodedata.normalize("NFKC", text).lower().replace("i̇", "i")
    letters = "".join(" " if unicodedata.category(char)[0] in "PSZC" else char for char in even)
    return " ".join(_STATUS.sub(r" \1 ", letters).split())


def parts_of(title: str) -> tuple[str, ...]:
    """Returns the first and the last part of a title, one of which may be the site's name."""
    parts = [part for part in _BETWEEN.split(title) if part.strip()]
    return tuple(dict.fromkeys((*parts[:1], *parts[-1:])))


@cache
def read_toml(name: str) -> Mapping[str, Any]:
    """Loads a data file of this package."""
    return tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))


def any_of(languages: Iterable[Mapping[str, list[str]]], key: str) -> str:
    """Joins the phrases of a kind in all these languages to one regular expression."""
    return "|".join(f"(?:{phrase})" for language in languages for phrase in language[key])


def each_of(languages: Iterable[Mapping[str, list[str]]], key: str) -> tuple[re.Pattern[str], ...]:
    """Compiles the phrases of a kind in all these languages one by one."""
    return tuple(map(re.compile, sorted({phrase for language in languages for phrase in language[key]})))


def count(phrases: Iterable[re.Pattern[str]], text: str) -> int:
    """Counts how many of these phrases a text contains."""
    words = plain(text)
    return sum(bool(phrase.search(words)) for phrase in phrases)
