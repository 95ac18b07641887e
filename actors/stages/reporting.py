"""Reports what goes wrong in a stage: retries as they happen, and the failure that ends it."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from actors.stages.reports import Failed, Reporter, RetryStarted, rounded
from explorer.errors import ExplorerError
from explorer.retry_policy import Retry
from explorer.script.progress import StepFailed
from video.errors import VideoError

log = logging.getLogger(__name__)

#: Errors that are reported, not raised; anything else is a bug and ends the child with its traceback.
REPORTED_ERRORS = (ExplorerError, VideoError)
#: A page can make things fail without end; a take reports this many.
MAX_RETRIES = 200


@contextmanager
def report_failure(report: Reporter, unless: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """Reports an error before it is raised further, `unless` it is one of these.

    The supervisor reads no further than the first failure, so nested uses do no harm.
    """
    try:
        yield
    except REPORTED_ERRORS as exc:
        if not isinstance(exc, unless):
            log.warning("%s", exc, exc_info=exc.__cause__)
            if isinstance(exc, StepFailed):
                report(Failed(exc.code, str(exc), exc.failed, exc.extras))
            else:
                report(Failed(exc.code, str(exc), retry_after_s=getattr(exc, "retry_after_s", None)))
        raise


class RetryLog:
    """Reports each retry at once and keeps it for the timeline; `now_ms` is the clock of the film.

    `earlier` are the retries of earlier attempts at this job.
    """

    def __init__(self, report: Reporter, earlier: Iterable[Retry] = ()) -> None:
        self._report = report
        self.all = [*earlier]
        self.now_ms: Callable[[], float] = _before_the_film

    def note(self, retry: Retry) -> None:
        # A new browser is always reported: the steps so far would be counted twice.
        if len(self.all) < MAX_RETRIES or retry.kind == "browser":
            log.info("%s retry %d of %d: %s", retry.kind, retry.attempt, retry.limit, retry.reason)
            self.all.append(rounded(retry))
            self._report(RetryStarted(rounded(retry)))

    def note_database(self, attempt: int, limit: int, reason: str) -> None:
        """Notes a retry of a request to Redis, as the blob store reports it."""
        self.note(Retry(self.now_ms(), "database", attempt, limit, reason))

    def restart(self) -> None:
        """Dates all retries before the film, which begins again with a new browser."""
        self.now_ms = _before_the_film
        self.all = [replace(retry, at_ms=0.0) for retry in self.all]


def _before_the_film() -> float:
    return 0.0
