"""What the child of a stage says: reports as they come, and a last word when it fails."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from actors.stages.timeline_builder import tell_retry
from explorer.errors import ExplorerError
from explorer.retry_policy import Retry
from video.errors import VideoError

log = logging.getLogger(__name__)

Reporter = Callable[[dict[str, Any]], None]

#: Errors that are reported, not raised; anything else is a bug and ends the child with its traceback.
TOLD = (ExplorerError, VideoError)
#: A page can make things fail without end; a take tells of this many.
MAX_RETRIES = 200


@contextmanager
def report_failure(tell: Reporter, unless: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """Reports a failure on its way out, `unless` it is one of these; of several only the first is heard."""
    try:
        yield
    except TOLD as exc:
        if not isinstance(exc, unless):
            log.warning("%s", exc, exc_info=exc.__cause__)
            tell({"kind": "failed", "code": exc.code, "error": str(exc)})
        raise


class RetryLog:
    """Tells what is tried again at once, and keeps it for the timeline; `now_ms` is the clock of the film.

    `earlier` is what attempts before have told.
    """

    def __init__(self, tell: Reporter, earlier: Iterable[Retry] = ()) -> None:
        self._tell = tell
        self.all = [*earlier]
        self.now_ms: Callable[[], float] = _before

    def note(self, retry: Retry) -> None:
        # That the film begins anew is always told: its steps would be counted twice.
        if len(self.all) < MAX_RETRIES or retry.kind == "browser":
            log.info("%s retry %d of %d: %s", retry.kind, retry.attempt, retry.limit, retry.reason)
            self.all.append(retry)
            self._tell(tell_retry(retry))

    def database(self, attempt: int, limit: int, reason: str) -> None:
        """As the vault tells it."""
        self.note(Retry(self.now_ms(), "database", attempt, limit, reason))

    def begin_anew(self) -> None:
        """The film is begun again: what is known so far happened before it."""
        self.now_ms = _before
        self.all = [replace(retry, at_ms=0.0) for retry in self.all]


def _before() -> float:
    return 0.0
