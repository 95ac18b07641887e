"""Finds words of all languages in a text, with the tables of `explorer/languages/` as patterns.

One pattern of all entries of a table takes a second to compile, and 0.3 ms per text. Entries are indexed by
prefix instead, and compiled when a text first has a word with that prefix.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from explorer.languages import Entry, entries
from explorer.languages.prefixes import PREFIX_CHARS, prefixes

#: Scripts that write no spaces between words.
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"(?<!\S)\S")


#: Before a language: entries of no other language.
ONLY_PREFIX = "only "
#: Instead of a language: entries of all languages but the local ones.
ALL_LANGUAGES = "-"
#: The tables that are applied to labels and URLs.
TABLES = ("forbidden", "session", "commands", "harmless")


@dataclass(frozen=True, slots=True)
class Found:
    """An entry's key, and its position in the words."""

    key: str
    start: int
    end: int


class Vocabulary:
    """One table in all languages, applied to texts as `normalization.words_of` returns them.

    `language` is that of the page, "" for unknown: then local entries of all languages apply too.
    """

    def __init__(self, table: str) -> None:
        selected = list(entries(table))
        self._unspaced = _compile([e for e in selected if not e.language.spaced], "{}")
        self._by_prefix: dict[str, list[Entry]] = defaultdict(list)
        for entry in selected:
            for prefix in prefixes(entry.pattern) if entry.language.spaced else ():
                self._by_prefix[prefix].append(entry)
        self._patterns: dict[tuple[str, str], _Pattern | None] = {}

    def find(self, words: str, language: str = "") -> Found | None:
        """Finds the first entry in the text, as whole words."""
        return next(self.each(words, language), None)

    def each(self, words: str, language: str = "", foreign: bool = True) -> Iterator[Found]:
        """Yields the entries in the text, in order; without `foreign`, of the page's language and English
        only.
        """
        language = language if foreign or not language else f"{ONLY_PREFIX}{language}"
        for place in _WORD.finditer(words):
            for pattern in self._patterns_at(words, place.start(), language):
                if found := pattern.match(words, place.start()):
                    yield found
        if self._unspaced and _UNSPACED.search(words):
            yield from self._unspaced.each(words)

    def whole(self, words: str, language: str = "") -> str | None:
        """Returns the key of the entry that matches the whole text, or None."""
        patterns = list(self._patterns_at(words, 0, language))
        if self._unspaced and _UNSPACED.search(words):
            patterns.append(self._unspaced)
        return next((key for pattern in patterns if (key := pattern.whole(words))), None)

    def _patterns_at(self, words: str, at: int, language: str) -> Iterator["_Pattern"]:
        """Yields the patterns that may match there, those with the longest prefix first."""
        for length in range(PREFIX_CHARS, -1, -1):
            prefix = words[at : at + length]
            if (
                len(prefix) == length
                and prefix in self._by_prefix
                and (found := self._pattern(prefix, language))
            ):
                yield found

    def _pattern(self, prefix: str, language: str) -> "_Pattern | None":
        if (prefix, language) not in self._patterns:
            applicable = [entry for entry in self._by_prefix[prefix] if _applies(entry, language)]
            self._patterns[prefix, language] = _compile(applicable, r"(?:{})(?!\S)")
        return self._patterns[prefix, language]


def _applies(entry: Entry, language: str) -> bool:
    """Checks whether an entry applies on a page in this language."""
    if language.startswith(ONLY_PREFIX) and entry.language.code not in {
        language.removeprefix(ONLY_PREFIX),
        "en",
    }:
        return False
    return not entry.local or language.removeprefix(ONLY_PREFIX) in {"", entry.language.code}


class _Pattern:
    """Some entries as one regular expression, with a group for each key."""

    def __init__(self, expression: str, keys: Sequence[str]) -> None:
        self._expression = re.compile(expression)
        self._keys = keys

    def match(self, words: str, at: int) -> Found | None:
        found = self._expression.match(words, at)
        return self._found(found) if found else None

    def whole(self, words: str) -> str | None:
        found = self._expression.fullmatch(words)
        return self._found(found).key if found else None

    def each(self, words: str) -> Iterator[Found]:
        return map(self._found, self._expression.finditer(words))

    def _found(self, match: re.Match[str]) -> Found:
        return Found(self._keys[(match.lastindex or 1) - 1], match.start(), match.end())


def _compile(selected: Sequence[Entry], template: str) -> _Pattern | None:
    by_key: dict[str, list[str]] = defaultdict(list)
    for entry in selected:
        by_key[entry.key].append(entry.pattern)
    if not by_key:
        return None
    # The longest first: "log out everywhere" before "log out".
    groups = (
        template.format("|".join(sorted(patterns, key=len, reverse=True))) for patterns in by_key.values()
    )
    return _Pattern("|".join(f"({group})" for group in groups), tuple(by_key))


@cache
def vocabulary(table: str) -> Vocabulary:
    """Returns the vocabulary of a table."""
    return Vocabulary(table)


def load() -> None:
    """Loads the word lists, which takes half a second; call it early, in a thread."""
    for table in TABLES:
        vocabulary(table)
