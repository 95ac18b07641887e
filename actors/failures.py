"""How an attempt at a stage ends that leads to no next stage: tried again, given up, or handed back."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping

from redis.exceptions import RedisError

from actors.broker import SendTicket
from actors.errors import PipelineError, TransitionRefused
from actors.jobs.job import BACK, QUEUE_OF, TOLD_ON, Job, Stage, Status
from actors.jobs.keys import Claim
from actors.jobs.store import Store
from actors.monitoring.counters import Counters
from actors.progress import News
from actors.settings import Settings
from video.artifacts import ARTIFACTS

log = logging.getLogger(__name__)

#: What a job tells before its exploration has begun, but for what stays told: `TOLD_ON`.
UNTOLD: News = {"metrics": "{}", "steps": "[]", "refused": "[]", "progress": 0}
#: Artifacts that a job keeps when its film fails in encoding.
OUTLIVE = frozenset(name for name, artifact in ARTIFACTS.items() if artifact.outlives_failure)
#: Failures of the machine, not of the site: another attempt may well succeed. All others would come again.
PASSING = frozenset(
    {
        "browser_crashed",
        "encoder_stalled",
        "encoding_failed",
        # Both were there when the worker began: a look at one that was killed finds none.
        "browser_missing",
        "ffmpeg_missing",
        "internal_error",
        "stage_overrun",
        "vault_full",
        "vault_unavailable",
        "worker_crashed",
        "worker_frozen",
    }
)
BACKOFF_S = (0.2, 5.0)


class StageFailed(PipelineError):
    """The child said that its stage failed; `code` is its own."""

    def __init__(self, code: str, error: str, news: Mapping[str, str | int] | None = None) -> None:
        super().__init__(error)
        self.code = code
        self.news = news or {}


class FailureHandler:
    """Ends attempts; tells the workers of jobs that wait again."""

    def __init__(self, settings: Settings, send: SendTicket, tally: Counters) -> None:
        self._settings = settings
        self._send = send
        self._tally = tally

    async def fail(self, store: Store, claim: Claim, job: Job, exc: PipelineError) -> None:
        """Lets a failed attempt be followed by another, or the job end with its cause."""
        log.warning("attempt %d of job %s failed while %s: %s", job.attempt, job.id, claim.stage, exc)
        self._tally.failed(exc.code)
        again = exc.code in PASSING and job.attempt < self._settings.max_attempts
        try:
            await (self._again if again else self._end)(store, claim, job, exc)
        except TransitionRefused:
            log.warning("job %s was taken from us before its failure could be noted", job.id)

    async def _again(self, store: Store, claim: Claim, job: Job, exc: PipelineError) -> None:
        """Puts the job back to where it waited before."""
        failure = {"stage": claim.stage, "attempt": job.attempt, "code": exc.code, "error": str(exc)}
        history = {name: told for name, told in exc.news.items() if name in TOLD_ON}
        fields = {**_untold(claim.stage), **history, "failures": json.dumps([*job.failures, failure])}
        back = BACK[claim.stage]
        await write_with_retries(lambda: store.move(claim, back, fields, keep=job.blobs, attempts="keep"))
        await self.ticket(job.id, back)

    async def _end(self, store: Store, claim: Claim, job: Job, exc: PipelineError) -> None:
        """Ends the job with an error. What a film could still be made from is kept, for a retry."""
        lasting = [
            key for key in (job.footage_key, job.timeline_key) if key and claim.stage is Stage.ENCODING
        ]
        extras = {name: key for name, key in job.extras.items() if name in OUTLIVE}
        error = str(exc)
        if exc.code in PASSING and self._settings.max_attempts > 1:
            error += f" This was the last of {self._settings.max_attempts} attempts."
        if lasting:
            error += " The footage is kept: a retry cuts the film without filming again."
        fields = {
            **exc.news,
            "error": error,
            "error_code": exc.code,
            "extras": json.dumps(extras),
        }
        keep = list({*lasting, *extras.values()})
        await write_with_retries(lambda: store.end(claim, Status.FAILED, fields, keep=keep))

    async def hand_back(self, store: Store, claim: Claim, job: Job) -> None:
        """Puts the job back into line, as if it had never been taken. If that fails its lease runs out."""
        back = BACK[claim.stage]
        try:
            await store.move(claim, back, _untold(claim.stage), keep=job.blobs, attempts="undo")
            await self.ticket(job.id, back)
        except (RedisError, TransitionRefused) as exc:
            log.warning("job %s goes back when its lease ends: %s", job.id, exc)

    async def ticket(self, job_id: str, stage: Stage) -> None:
        try:
            await asyncio.to_thread(self._send, QUEUE_OF[stage], job_id)
        except RedisError as exc:
            log.warning("the next ticket of job %s was not sent, the watchdog will: %s", job_id, exc)


async def write_with_retries(write: Callable[[], Awaitable[None]]) -> None:
    """Makes a stage's last write, however long Redis is away: a take is worth waiting for."""
    pause_s = BACKOFF_S[0]
    while True:
        try:
            return await write()
        except RedisError as exc:
            log.warning("Redis is away, trying again in %.1f s: %s", pause_s, exc)
        await asyncio.sleep(pause_s)
        pause_s = min(2 * pause_s, BACKOFF_S[1])


def _untold(stage: Stage) -> News:
    """What a job that goes back no longer tells: another exploration begins anew."""
    return dict(UNTOLD) if stage is Stage.EXPLORING else {}
