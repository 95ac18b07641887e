"""Words that no click may say: pure, no browser, no network."""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from explorer.spelling import even_out, readings, words_of
from explorer.verbs import (
    CANCELS,
    COMMANDS,
    COMMANDS_CJK,
    ICONS,
    ICONS_ALONE,
    ROUTES,
    STRICT,
    STRICT_CJK,
    SUBSCRIBES,
    WHOLE_COMMANDS,
)

#: Labels with more words than this are sentences or titles.
SHORT_WORDS = 3
#: The same where no spaces are written.
SHORT_CJK_CHARS = 8
#: "Check out our blog" is an invitation; alone, joined or as a destination it is the till.
_CHECK_OUT = re.compile(
    r"\s*check out\s*|.*\b(?:proceed|continue|go) to check[\s_-]?out\b.*"
    r"|(?:.*[/?=&#])?check[-_]out(?:[/?&#.].*)?",
    re.DOTALL,
)
_ASKS = re.compile(r"(?:how|why|what|when|where|who|wie|warum|comment|pourquoi|cómo|come|como|hoe|jak|как)\b")
#: "Save 20 %" and "Save $5" are offers.
_OFFER = re.compile(r"\bsave\b.{0,8}[%$€£¥\d]", re.IGNORECASE)
_BETWEEN = re.compile(r"[/?&=#;:,.()]+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


class _Words:
    """A table of words as one pattern: some 100 patterns over 400 elements took half a second."""

    def __init__(self, spaced: Iterable[tuple[str, str]], joined: Iterable[tuple[str, str]] = ()) -> None:
        table = [(word, rf"(?<!\S)(?:{pattern})(?!\S)") for word, pattern in spaced]
        table += joined
        self._names = [word for word, _ in table]
        self._pattern = re.compile("|".join(f"({pattern})" for _, pattern in table))

    def find(self, words: str) -> str | None:
        found = self._pattern.search(words)
        return self._names[(found.lastindex or 1) - 1] if found else None


_STRICT = _Words(STRICT, STRICT_CJK)
_COMMANDS = _Words(COMMANDS, COMMANDS_CJK)
_ROUTES = _Words([("a change", ROUTES)])
_SUBSCRIBES = re.compile(SUBSCRIBES)
_ICONS = re.compile(rf"(?<!\S)(?:{ICONS})(?!\S)")
_ICONS_ALONE = re.compile(rf"(?<!\S)(?:{ICONS}|{ICONS_ALONE})(?!\S)")


@lru_cache(maxsize=4096)
def blacklisted(text: str) -> str | None:
    """The blacklisted word that `text` contains as a whole word, in plain English, or None.

    `text` may be a label, an address or code: it is percent-decoded, camelCase, snake_case and kebab-case
    are split, and Unicode look (width, case, invisible characters) is evened out first.
    """
    for words in readings(text):
        if word := _STRICT.find(words):
            return word
    return "checkout" if _CHECK_OUT.fullmatch(even_out(text).casefold()) else None


def blacklisted_title(text: str) -> str | None:
    """The same for a link to another page, of which a title says nothing: "How to delete files".

    Refused are labels of at most three words, and of four that begin with the word.
    """
    word = blacklisted(text)
    words = words_of(text)
    if word is None or _ASKS.match(words):
        return None
    first = blacklisted(words.partition(" ")[0])
    return word if is_short(words) or (first and words.count(" ") == SHORT_WORDS) else None


@lru_cache(maxsize=4096)
def blacklisted_address(part: str) -> str | None:
    """The same for what an address says: of each of its segments, names and values.

    One is an action when it has at most two words, or three that begin with it: `/delete-my-account`,
    `?do=delete7`, but not `/docs/how-to-delete-files`.
    """
    whole = even_out(part)
    if _CHECK_OUT.fullmatch(whole.casefold()):
        return "checkout"
    segments = [segment for segment in _BETWEEN.split(whole) if segment]
    pairs = [f"{one} {other}" for one, other in pairwise(segments)]
    for segment in segments:
        if (word := blacklisted(segment)) and _is_action(segment):
            return word
    for segment in (*segments, *pairs):
        words = words_of(segment)
        if (found := _ROUTES.find(words)) and is_short(words):
            return found
    return None


@lru_cache(maxsize=4096)
def commanded(text: str, submits: bool = False) -> str | None:
    """The command that a button with this short label would give, or None; `submits` says it sends a form."""
    words = words_of(text)
    if not is_short(words) or _OFFER.search(text):
        return None
    if words in WHOLE_COMMANDS:
        return words
    if submits and _SUBSCRIBES.fullmatch(words):
        return "subscribe"
    return _COMMANDS.find(words)


def is_plain_cancel(text: str) -> bool:
    """Whether this is only the way out of a dialog: "Cancel", not "Cancel subscription"."""
    return words_of(text) in CANCELS


def destructive_icon(icon: str, alone: bool) -> str | None:
    """The word by which an icon's name says that it destroys or ends; `alone` when nothing else names it."""
    found = (_ICONS_ALONE if alone else _ICONS).search(words_of(icon))
    return found.group() if found else None


def is_short(words: str) -> bool:
    if _CJK.search(words):
        return len(words) <= SHORT_CJK_CHARS
    return words.count(" ") < SHORT_WORDS


def _is_action(segment: str) -> bool:
    words = words_of(segment).split(" ")
    return len(words) < SHORT_WORDS or (len(words) == SHORT_WORDS and blacklisted(words[0]) is not None)
