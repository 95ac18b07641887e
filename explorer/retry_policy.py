"""What is retried within a take, how often, and who is notified."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

RetryKind = Literal["navigation", "element", "browser", "database"]

#: Retries after the first try. The database is retried at least so often, as long as a take can wait:
#: `video.blob_store.backoffs_s`.
LIMITS: Mapping[RetryKind, int] = {"navigation": 3, "element": 2, "browser": 1, "database": 5}


@dataclass(frozen=True, slots=True)
class Retry:
    """One retry: the moment on the clock, its number of at most `limit`, and what went wrong.

    `at_ms` is 0.0 for retries before the final film began.
    """

    at_ms: float
    kind: RetryKind
    attempt: int
    limit: int
    reason: str


NoteRetry = Callable[[Retry], None]


def _ignore(_: Retry) -> None:
    """Notifies nobody."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often an exploration retries, and who is notified of each retry."""

    note: NoteRetry = _ignore
    #: Pauses before each retry: of an address in real seconds, of an element in milliseconds of film.
    navigation_pauses_s: tuple[float, ...] = (0.5, 1.5, 3.0)
    element_pauses_ms: tuple[float, ...] = (300.0, 700.0)
