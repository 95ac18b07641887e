"""The phrases of `walls.toml` and `error_pages.toml`, and texts made comparable with them."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

#: What stands between a page's own title and its site's name.
_BETWEEN = re.compile(r"\s+[|\u2013\u2014·•»«:/-]+\s+|\s*[|·•]\s*")
_STATUS = re.compile(r"(?<!\d)([45]\d\d)(?!\d)")


def plain(text: str) -> str:
    """In small letters, without punctuation, symbols and runs of spaces; a status stands by itself."""
    even = unicodedata.normalize("NFKC", text).lower().replace("i̇", "i")
    letters = "".join(" " if unicodedata.category(char)[0] in "PSZC" else char for char in even)
    return " ".join(_STATUS.sub(r" \1 ", letters).split())


def parts_of(title: str) -> tuple[str, ...]:
    """The first and the last part of a title, one of which may be the site's name."""
    parts = [part for part in _BETWEEN.split(title) if part.strip()]
    return tuple(dict.fromkeys((*parts[:1], *parts[-1:])))


@cache
def read_toml(name: str) -> Mapping[str, Any]:
    """A file of data beside this module."""
    return tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))


def any_of(languages: Iterable[Mapping[str, list[str]]], key: str) -> str:
    """One regular expression for the phrases of a kind in all these languages."""
    return "|".join(f"(?:{phrase})" for language in languages for phrase in language[key])


def each_of(languages: Iterable[Mapping[str, list[str]]], key: str) -> tuple[re.Pattern[str], ...]:
    """The same, one by one."""
    return tuple(map(re.compile, sorted({phrase for language in languages for phrase in language[key]})))


def count(phrases: Iterable[re.Pattern[str]], text: str) -> int:
    """How many of these a text says somewhere."""
    words = plain(text)
    return sum(bool(phrase.search(words)) for phrase in phrases)
