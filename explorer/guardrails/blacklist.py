"""Matches the blacklist and commands in labels, in all supported languages. Pure, no browser, no network."""

import re
from collections.abc import Iterator
from functools import lru_cache

from explorer.languages.normalization import normalize_text, readings, words_of
from explorer.languages.vocabulary import Found, vocabulary

#: Labels with more words than this are sentences or titles.
SHORT_WORDS = 3
#: A label that begins or ends with a command may have a few more: "Mark all messages as read".
COMMAND_WORDS = 8
#: The same in letters, for scripts that write no spaces: Thai spells its vowels out.
SHORT_CHARS, COMMAND_CHARS = 10, 16
SHORT_THAI_CHARS, COMMAND_THAI_CHARS = 20, 32
#: Longest ending after a verb in such languages.
SUFFIX_CHARS = 4
#: "Check out our blog" is an invitation; alone, joined or as a destination it is the checkout.
_CHECK_OUT = re.compile(
    r"\s*check out\s*|.*\b(?:proceed|continue|go) to check[\s_-]?out\b.*"
    r"|(?:.*[/?=&#])?check[-_]out(?:[/?&#.].*)?",
    re.DOTALL,
)
#: "Save 20 %" and "Save $5" are offers.
_OFFER = re.compile(r"\bsave\b.{0,8}[%$€£¥\d]", re.IGNORECASE)
_THAI = re.compile("[\u0e00-\u0e7f]")
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")
#: Commands that are harmless for objects on the screen only, such as a filter or a video.
_ON_SCREEN = frozenset(
    {
        "reset",
        "start",
        "restart",
        "stop",
        "pause",
        "resume",
        "clear",
        "rotate",
        "run",
        "roll_back",
        "shut_down",
    }
)
#: A newsletter's button subscribes; a link with that name leads to a page of prices.
_ONLY_WHEN_SUBMITTING = frozenset({"subscribe"})


@lru_cache(maxsize=4096)
def blacklisted(text: str, language: str = "") -> str | None:
    """Finds the blacklisted word that `text` contains as a whole word, in plain English, or None.

    `text` may be a label, an address or code: it is percent-decoded, camelCase, snake_case and kebab-case
    are split, and Unicode spelling (width, case, invisible characters) is normalized first. `language` is the
    page's, "" for unknown.
    """
    for words in readings(text):
        if found := vocabulary("forbidden").find(words, language):
            return _name(found.key)
    return "pay" if _CHECK_OUT.fullmatch(normalize_text(text).casefold()) else None


def blacklisted_title(text: str, language: str = "", titled: bool = False) -> str | None:
    """Finds the same in a link to another page, where titles are allowed: "How to delete files".

    Refused are labels of at most three words, and those that begin with the word and have three more; of
    links that are `titled` by their position, such as headings, labels of two.
    """
    word, words = blacklisted(text, language), words_of(text)
    if word is None or is_title(text, language) or (titled and words.count(" ") > 1):
        return None
    found = vocabulary("forbidden").find(words, language)
    begins = found is not None and found.start == 0 and words[found.end :].count(" ") <= SHORT_WORDS
    return word if is_short(words) or (begins and not _UNSPACED.search(words)) else None


@lru_cache(maxsize=4096)
def ends_session(text: str, language: str = "") -> str | None:
    """Finds how the whole label says that it ends the visitor's session or switches the account, or None."""
    key = vocabulary("session").whole(words_of(text), language)
    return _name(key) if key else None


@lru_cache(maxsize=4096)
def find_command(
    text: str, submits: bool = False, language: str = "", is_other_page: bool = False
) -> str | None:
    """Finds the command of a control with this short label, or None.

    `submits` says that it submits a form, `is_other_page` that it leads to another page, where no filter is
    reset.
    """
    found = next(_commands(text, submits, language, is_other_page), None)
    return _name(found.key) if found else None


def _commands(text: str, submits: bool, language: str, is_other_page: bool) -> Iterator[Found]:
    words = words_of(text)
    if _OFFER.search(text) or not _may_be_command(words):
        return
    for found in vocabulary("commands").each(words, language):
        if found.key in _ONLY_WHEN_SUBMITTING and not submits:
            continue
        suffix = SUFFIX_CHARS if _UNSPACED.search(words) else 0
        at_an_end = found.start == 0 or len(words) - found.end <= suffix
        if not (is_short(words) or at_an_end):
            continue
        rest = f"{words[: found.start]} {words[found.end :]}"
        if found.key in _ON_SCREEN and not is_other_page and _says("objects", rest, language):
            continue
        yield found


@lru_cache(maxsize=4096)
def is_question(text: str, language: str = "") -> bool:
    """Checks for a question: "Can I cancel at any time?", "How to delete files"."""
    return _says("asks", words_of(text), language)


def is_title(text: str, language: str = "") -> bool:
    """Checks for a question, or a title about the word that it contains: "Delete policy"."""
    return is_question(text, language) or _says("titles", words_of(text), language)


def is_plain_cancel(text: str, language: str = "") -> bool:
    """Checks for a label that only closes a dialog: "Cancel", not "Cancel subscription"."""
    return _is_answer("cancel", words_of(text), language)


def is_short(words: str) -> bool:
    """Checks whether so few words may be a command, wherever it stands in them."""
    return _fits(words, SHORT_WORDS, SHORT_CHARS, SHORT_THAI_CHARS)


def _may_be_command(words: str) -> bool:
    return _fits(words, COMMAND_WORDS, COMMAND_CHARS, COMMAND_THAI_CHARS)


def _fits(words: str, max_words: int, max_chars: int, max_thai_chars: int) -> bool:
    if _THAI.search(words):
        return len(words) <= max_thai_chars
    return len(words) <= max_chars if _UNSPACED.search(words) else words.count(" ") < max_words


def _says(key: str, words: str, language: str) -> bool:
    found = vocabulary("harmless").each(words.strip(), language, foreign=False)
    return any(one.key == key for one in found)


def _is_answer(key: str, words: str, language: str) -> bool:
    return any(
        found.key == key and (found.start, found.end) == (0, len(words))
        for found in vocabulary("answers").each(words, language)
    )


def _name(key: str) -> str:
    return key.replace("_", " ")
