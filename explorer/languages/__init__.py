"""Word lists as data: one TOML file for each language, all with the keys that `en.toml` explains."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unicodedata import normalize

#: Marks an entry that applies only on pages in its own language.
LOCAL_PREFIX = "@"


@dataclass(frozen=True, slots=True)
class Language:
    """One language: its ISO 639-1 code, English name, whether it writes spaces, and its tables of entries."""

    code: str
    name: str
    spaced: bool
    tables: Mapping[str, Mapping[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A pattern of one language's table; `local` ones apply only on pages in this language."""

    key: str
    pattern: str
    language: Language
    local: bool


@cache
def languages() -> Mapping[str, Language]:
    """Loads all supported languages, by code."""
    files = sorted(Path(__file__).parent.glob("*.toml"))
    return {file.stem: _read(file) for file in files}


def entries(table: str) -> Iterator[Entry]:
    """Yields the entries of one table in all languages."""
    for language in languages().values():
        for key, patterns in language.tables[table].items():
            for pattern in patterns:
                yield Entry(
                    key, pattern.removeprefix(LOCAL_PREFIX), language, pattern.startswith(LOCAL_PREFIX)
                )


def _read(file: Path) -> Language:
    found = tomllib.loads(file.read_text(encoding="utf-8"))
    tables = {
        # Texts are compared in NFKC, which decomposes a Thai vowel into two characters.
        name: {key: tuple(normalize("NFKC", one) for one in row) for key, row in table.items()}
        for name, table in found.items()
        if isinstance(table, dict)
    }
    return Language(file.stem, found["name"], found["spaced"], tables)
