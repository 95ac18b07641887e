"""What is tried again within a take, how often, and how that is told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

RetryKind = Literal["navigation", "element", "browser", "database"]

#: So often each is tried again after its first try; of the database at least so often, as long as a take
#: can wait: `video.blob_store.backoffs_s`.
LIMITS: Mapping[RetryKind, int] = {"navigation": 3, "element": 2, "browser": 1, "database": 5}


@dataclass(frozen=True, slots=True)
class Retry:
    """One further try: the moment on the clock, which one it is of at most `limit`, and what went wrong.

    `at_ms` is 0.0 for what happened before the film that counts was begun.
    """

    at_ms: float
    kind: RetryKind
    attempt: int
    limit: int
    reason: str


NoteRetry = Callable[[Retry], None]


def _untold(_: Retry) -> None:
    """For whoever does not want to know."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How persistent an exploration is, and who is told of each further try."""

    note: NoteRetry = _untold
    #: Real seconds before each further try of an address, and milliseconds of film before one of an element.
    navigation_pauses_s: tuple[float, ...] = (0.5, 1.5, 3.0)
    element_pauses_ms: tuple[float, ...] = (300.0, 700.0)
