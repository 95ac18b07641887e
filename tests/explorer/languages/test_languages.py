"""The word lists of all languages: complete, well-formed, and of the spelling that texts are compared in."""

import re

import pytest

from explorer.languages import entries, languages
from explorer.languages.normalization import fold, words_of
from explorer.languages.overlay_phrases import says, says_only
from explorer.languages.prefixes import prefixes
from explorer.languages.vocabulary import vocabulary

CODES = [
    *("en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "ja", "zh", "sv"),
    *("no", "da", "fi", "ar", "he", "tr", "uk", "hi", "id", "vi", "th"),
]
WORDS_ONLY = ("forbidden", "session", "commands", "harmless")
SYNTAX = re.compile(r"\\[Sbd][*+]?|\(\?[:!]|\{\d+,?\d*\}|[()|?^$*+\[\].\\-]")


def test_there_are_words_for_these_languages() -> None:
    assert sorted(languages()) == sorted(CODES)


@pytest.mark.parametrize("code", CODES)
def test_each_language_has_all_tables_and_keys_and_none_is_empty(code: str) -> None:
    language, model = languages()[code], languages()["en"]

    assert {name: set(table) for name, table in language.tables.items()} == {
        name: set(table) for name, table in model.tables.items()
    }
    assert not [key for table in language.tables.values() for key, row in table.items() if not row]


@pytest.mark.parametrize(
    "table", ["forbidden", "session", "commands", "harmless", "answers", "about", "fields"]
)
def test_entries_are_patterns_without_groups_of_their_own_that_match_something(table: str) -> None:
    for entry in entries(table):
        pattern = re.compile(entry.pattern)
        assert pattern.groups == 0, entry
        assert not pattern.fullmatch(""), entry


@pytest.mark.parametrize("table", WORDS_ONLY)
def test_entries_are_spelled_as_texts_are_compared(table: str) -> None:
    wrong = []
    for entry in entries(table):
        letters = SYNTAX.sub(" ", entry.pattern)
        if words_of(letters) != " ".join(letters.split()) or "  " in entry.pattern:
            wrong.append((entry.language.code, entry.key, entry.pattern))
    assert wrong == []


@pytest.mark.parametrize("table", ["answers", "about", "fields"])
def test_other_entries_are_in_lower_case(table: str) -> None:
    wrong = [
        (entry.language.code, entry.key, entry.pattern)
        for entry in entries(table)
        if fold(re.sub(r"\\[A-Za-z]", "", entry.pattern)) != re.sub(r"\\[A-Za-z]", "", entry.pattern)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("delete(?:account)?", {"dele"}),
        ("up", {"up"}),
        ("(?:the )?end", {"the ", "end"}),
        ("^(?:[ée]crire|zap)", {"écri", "ecri", "zap"}),
        ("r?estart", {"rest", "esta"}),
        (r"\S*stop", {""}),
        (r"log\S* out", {"log"}),
        ("(?!the )end", {"end"}),
        (r"(?:a\S*|b) c", {""}),
    ],
)
def test_the_beginnings_of_an_entry_are_known(pattern: str, found: set[str]) -> None:
    assert prefixes(pattern) == found


@pytest.mark.parametrize("table", WORDS_ONLY)
def test_what_an_entry_says_is_found_by_it(table: str) -> None:
    """By their beginnings entries are found as all of them at once would find them."""
    lost = []
    for entry in entries(table):
        said = re.sub(r"\(\?![^)]*\)|[\^$]", "", entry.pattern)
        if re.search(r"[()|?\[\]*+{}\\.]", said):
            continue
        if not any(found.key == entry.key for found in vocabulary(table).each(said, entry.language.code)):
            lost.append((entry.language.code, entry.key, said))
    shared = [one for one in lost if vocabulary(table).find(one[2], one[0]) is not None]
    assert [one for one in lost if one not in shared] == []


def test_local_entries_count_only_on_pages_in_their_language() -> None:
    local = [e for e in entries("forbidden") if e.local and e.pattern.isalpha()]

    assert local
    for entry in local:
        other = "en" if entry.language.code != "en" else "de"
        assert vocabulary("forbidden").find(entry.pattern, entry.language.code)
        assert vocabulary("forbidden").find(entry.pattern, "")
        assert not vocabulary("forbidden").find(entry.pattern, other)


@pytest.mark.parametrize(
    ("key", "label", "whole"),
    [
        ("reject", "Avvisa alla", False),
        ("necessary", "Kun nødvendige", False),
        ("reject", "Tümünü reddet", False),
        ("reject", "ปฏิเสธทั้งหมด", False),
        ("close", "Schließen", True),
        ("fine", "Got it!", True),
        ("later", "Không, cảm ơn", False),
        ("cancel", "Peruuta", True),
    ],
)
def test_answers_of_overlays_are_known(key: str, label: str, whole: bool) -> None:
    assert (says_only if whole else says)(key, label)
