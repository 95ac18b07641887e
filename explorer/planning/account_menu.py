"""Tells menus of somebody's account, which show nothing of what a site is for."""

from functools import lru_cache

from explorer.languages.normalization import words_of
from explorer.languages.vocabulary import Vocabulary
from explorer.types import ExpectedOutcome

_FORBIDDEN = Vocabulary("forbidden")
_CACHED_TEXTS = 500


def is_account_menu(expected: ExpectedOutcome | None) -> bool:
    """Whether what a click is known to open offers to sign out."""
    return expected is not None and expected.outcome != "page" and _ends_session(expected.words)


@lru_cache(_CACHED_TEXTS)
def _ends_session(text: str) -> bool:
    return any(found.key == "log_out" for found in _FORBIDDEN.each(words_of(text)))
