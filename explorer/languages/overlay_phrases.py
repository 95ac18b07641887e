"""Phrases of overlays' answers and questions in all languages, for scripts and planners."""

import re
import unicodedata
from functools import cache
from typing import Any

from explorer.languages import entries
from explorer.languages.normalization import fold

#: Word boundaries.
_BEFORE, _AFTER = r"(?<![^\W_])", r"(?![^\W_])"
#: Typographic apostrophes, and accents used as such.
_APOSTROPHES = {ord(mark): "'" for mark in "\u2019`\u00b4"}


@cache
def tables(codes: frozenset[str] | None = None) -> dict[str, dict[str, dict[str, list[str]]]]:
    """Returns the tables `answers` and `about` of these languages, or of all.

    Entries of languages that write spaces are `spaced`, those of the others `joined`.
    """
    found: dict[str, dict[str, dict[str, list[str]]]] = {}
    for table in ("answers", "about"):
        for entry in entries(table):
            if codes is not None and entry.language.code not in codes:
                continue
            row = found.setdefault(table, {}).setdefault(entry.key, {"spaced": [], "joined": []})
            row["spaced" if entry.language.spaced else "joined"].append(entry.pattern)
    return found


def says(key: str, text: str) -> bool:
    """Checks whether a label contains this answer."""
    return _pattern(key, whole=False).search(_normalize(text)) is not None


def begins(key: str, text: str) -> bool:
    """Checks whether a label begins or ends with this answer: "Close shop", "Sulje kauppa"."""
    words = _normalize(text)
    return any(
        found.start() == 0 or found.end() == len(words) for found in _pattern(key, False).finditer(words)
    )


def says_only(key: str, text: str) -> bool:
    """Checks whether a label is only this answer."""
    return _pattern(key, whole=True).fullmatch(_normalize(text)) is not None


def _normalize(text: str) -> str:
    """Normalizes a text as in the tables: NFKC, lower case, single spaces, straight apostrophes."""
    normalized = fold(unicodedata.normalize("NFKC", text))
    return " ".join(normalized.translate(_APOSTROPHES).split())


@cache
def _pattern(key: str, whole: bool) -> re.Pattern[str]:
    row: Any = tables()["answers"][key]
    spaced, joined = "|".join(row["spaced"]), "|".join(row["joined"])
    found = f"(?:{spaced})" if whole else f"{_BEFORE}(?:{spaced}){_AFTER}"
    return re.compile(f"(?:{found}{'|' + joined if joined else ''}){'[.!…]*' if whole else ''}")
