"""Handles failed attempts: retries them, ends the job, or hands it back when the worker stops."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping

from redis.exceptions import RedisError

from actors.broker import SendTicket
from actors.errors import PipelineError, TransitionRefused
from actors.jobs.job import TOLD_ON, Job
from actors.jobs.keys import SECRETS, Claim
from actors.jobs.states import BACK, Stage, Status
from actors.jobs.store import Store
from actors.monitoring.counters import Counters
from actors.settings import Settings
from actors.submission import announce
from video.artifacts import ARTIFACTS

log = logging.getLogger(__name__)

#: The fields of a job before its exploration, except for those that it keeps: `TOLD_ON`.
INITIAL_FIELDS: Mapping[str, str | int] = {"metrics": "{}", "steps": "[]", "refused": "[]", "progress": 0}
#: Extras that a job keeps when its film fails in encoding.
KEPT_EXTRAS = frozenset(name for name, artifact in ARTIFACTS.items() if artifact.outlives_failure)
#: Failures of the machine, not of the site: another attempt may well succeed. All others would come again.
TRANSIENT_CODES = frozenset(
    {
        "browser_crashed",
        "encoder_stalled",
        "encoding_failed",
        # Both were there when the worker started: one that was killed while it was looked at is not found.
        "browser_missing",
        "ffmpeg_missing",
        "internal_error",
        "stage_overrun",
        "storage_full",
        "storage_unavailable",
        "worker_crashed",
        "worker_frozen",
    }
)
MIN_BACKOFF_S, MAX_BACKOFF_S = 0.2, 5.0


class StageFailed(PipelineError):
    """The child reported that its stage failed; `code` is its own."""

    def __init__(
        self,
        code: str,
        error: str,
        fields: Mapping[str, str | int] | None = None,
        extras: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(error)
        self.code = code
        self.fields = fields or {}
        #: Keys of what was stored of the failure, by name.
        self.extras = extras or {}


class FailureHandler:
    """Ends failed attempts, and sends tickets for jobs that wait again."""

    def __init__(self, settings: Settings, send: SendTicket, counters: Counters) -> None:
        self._settings = settings
        self._send = send
        self._counters = counters

    async def fail(self, store: Store, claim: Claim, job: Job, exc: PipelineError) -> None:
        """Puts the job back for another attempt, or ends it with its error."""
        log.warning("attempt %d of job %s failed while %s: %s", job.attempt, job.id, claim.stage, exc)
        self._counters.attempt_failed(exc.code)
        again = exc.code in TRANSIENT_CODES and job.attempt < self._settings.max_attempts
        try:
            await (self._retry if again else self._end)(store, claim, job, exc)
        except TransitionRefused:
            log.warning("job %s was taken from us before its failure could be written", job.id)

    async def _retry(self, store: Store, claim: Claim, job: Job, exc: PipelineError) -> None:
        """Puts the job back to where it waited before."""
        failure = {"stage": claim.stage, "attempt": job.attempt, "code": exc.code, "error": str(exc)}
        history = {name: value for name, value in exc.fields.items() if name in TOLD_ON}
        fields = {**_initial_fields(claim.stage), **history, "failures": json.dumps([*job.failures, failure])}
        back = BACK[claim.stage]
        await write_with_retries(
            lambda: store.transition(claim, back, fields, keep=job.blobs, attempts="keep")
        )
        await announce(self._send, job.id, back)

    async def _end(self, store: Store, claim: Claim, job: Job, exc: PipelineError) -> None:
        """Ends the job with an error. What a film can still be made from is kept for a retry."""
        footage = [
            key for key in (job.footage_key, job.timeline_key) if key and claim.stage is Stage.ENCODING
        ]
        stored = {**job.extras, **(exc.extras if isinstance(exc, StageFailed) else {})}
        extras = {name: key for name, key in stored.items() if name in KEPT_EXTRAS}
        fields = {
            **exc.fields,
            "error": self._error_text(exc, footage_kept=bool(footage)),
            "error_code": exc.code,
            "extras": json.dumps(extras),
        }
        keep = list({*footage, *extras.values()})
        await write_with_retries(lambda: store.end(claim, Status.FAILED, fields, keep=keep))
        await store.redis.delete(SECRETS + job.id)

    def _error_text(self, exc: PipelineError, *, footage_kept: bool) -> str:
        text = str(exc)
        if exc.code in TRANSIENT_CODES and self._settings.max_attempts > 1:
            text += f" This was the last of {self._settings.max_attempts} attempts."
        if footage_kept:
            text += " The footage is kept: a retry cuts the film without filming again."
        return text

    async def hand_back(self, store: Store, claim: Claim, job: Job) -> None:
        """Puts the job back into the queue as if never claimed. If that fails its lease expires."""
        back = BACK[claim.stage]
        try:
            fields = _initial_fields(claim.stage)
            await store.transition(claim, back, fields, keep=job.blobs, attempts="undo")
            await announce(self._send, job.id, back)
        except (RedisError, TransitionRefused) as exc:
            log.warning("job %s goes back when its lease expires: %s", job.id, exc)


async def write_with_retries(write: Callable[[], Awaitable[None]]) -> None:
    """Makes the last write of a stage, however long Redis is away: a take is worth waiting for."""
    pause_s = MIN_BACKOFF_S
    while True:
        try:
            return await write()
        except RedisError as exc:
            log.warning("Redis is away, trying again in %.1f s: %s", pause_s, exc)
        await asyncio.sleep(pause_s)
        pause_s = min(2 * pause_s, MAX_BACKOFF_S)


def _initial_fields(stage: Stage) -> dict[str, str | int]:
    """The fields that a job gets back when it goes back: another exploration begins with none."""
    return dict(INITIAL_FIELDS) if stage is Stage.EXPLORING else {}
