"""Dramatiq actors for the two stages: each claims a job, supervises its stage and moves the job on."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import asdict
from typing import NoReturn

import dramatiq
from dramatiq.brokers.redis import RedisBroker

from actors.broker import ticket_sender
from actors.errors import FilmMissing, PipelineError, TransitionRefused
from actors.failures import FailureHandler, StageFailed, write_with_retries
from actors.jobs.capacity import has_capacity
from actors.jobs.job import Job
from actors.jobs.keys import Claim
from actors.jobs.secrets import forget_secrets, read_secrets
from actors.jobs.states import Stage
from actors.jobs.store import Store
from actors.monitoring.counters import Counters, Supervise, with_counters
from actors.progress import ClaimLost, Progress, keep_claim, renew_lease, take_fields
from actors.settings import Settings
from actors.slots import Slots
from actors.stages.reports import Failed, FilmEncoded, Result, TakeRecorded, Update
from actors.stages.spec import StageSpec
from actors.submission import announce
from actors.supervision.supervisor import StageOverrun, supervise
from actors.supervision.work_dirs import own_work_dir
from explorer.errors import SafetyViolation
from explorer.script.progress import ScriptInterrupted
from video.blob_store import is_complete
from video.errors import BlobStoreUnavailable

log = logging.getLogger(__name__)

#: Python, driver, browser (which may take 30 s a try) and the first frame (30 s), on a busy machine.
START_LIMIT_S = 90.0
#: The explorer ends by itself before its limit, on a busy machine a little later; this much later it must be
#: hanging, and its film is lost.
EXPLORE_GRACE_S = 30.0
#: Storing what is left, besides finishing a film that is encoded while filming; longer than a child retries
#: while Redis is away.
STORE_LIMIT_S = 120.0
#: Reading the footage before, and checking and storing the film after, the encoder's own limit.
ENCODE_GRACE_S = 180.0
#: Shorter than a lease, which is not renewed while a draft is checked.
DRAFT_RETRY_LIMIT_S = 5.0
#: A host that could not answer now is left alone for so long by batches, and longer if it says so.
SLOW_DOWN_S = 30.0


class Pipeline:
    """Declares the two actors on a broker.

    A message is only a ticket: it says that a job waits in its queue. Which one is claimed decides Redis: by
    priority, then by age.
    """

    def __init__(
        self,
        settings: Settings,
        broker: RedisBroker,
        supervise: Supervise = supervise,
        counters: Counters | None = None,
        slots: Slots | None = None,
    ) -> None:
        counters = counters or Counters()
        self._settings = settings
        self._send = ticket_sender(broker)
        self._supervise = with_counters(supervise, counters)
        self._failures = FailureHandler(settings, self._send, counters)
        self._slots = slots or Slots()
        dramatiq.actor(broker=broker, queue_name="record")(self.explore_and_record)
        dramatiq.actor(broker=broker, queue_name="encode")(self.encode)

    def explore_and_record(self, _job_id: str) -> None:
        """Films the site of the next queued job."""
        self._slots.run(Stage.EXPLORING, self._record_next)

    def encode(self, _job_id: str) -> None:
        """Makes the film of the next recorded job."""
        self._slots.run(Stage.ENCODING, self._encode_next)

    def stop(self) -> None:
        """Cancels all stages, also those that would start now; their jobs go back into their queue."""
        self._slots.stop()

    async def _record_next(self) -> None:
        """Records; publishes a film that was encoded meanwhile at once: a ticket would wait for a poll."""
        if job_id := await self._run_stage(None, Stage.QUEUED, Stage.EXPLORING, self._record):
            await self._run_stage(job_id, Stage.RECORDED, Stage.ENCODING, self._encode)

    async def _encode_next(self) -> None:
        await self._run_stage(None, Stage.RECORDED, Stage.ENCODING, self._encode)

    async def _run_stage(
        self,
        job_id: str | None,
        start: Stage,
        to: Stage,
        work: Callable[[Store, Claim, Job], Awaitable[bool]],
    ) -> str | None:
        """Claims a job and runs one stage of it; returns its id when the next stage should follow at once.

        Without `job_id` it is the first job of the queue. Returns None when there is no job to claim.
        """
        assert self._settings.redis is not None
        async with Store.opened(self._settings.redis, self._settings) as store:
            claim = await self._claim(store, job_id, start, to)
            job = await store.get(claim.job_id) if claim else None
            if claim is None or job is None:
                return None
            try:
                if self._slots.stopping:  # redis-py may have lost the cancellation
                    raise asyncio.CancelledError
                return job.id if await work(store, claim, job) else None
            except (ClaimLost, TransitionRefused):
                log.warning("job %s was taken from us while %s", job.id, to)
                await store.drop_blobs(claim)
            except PipelineError as exc:
                await self._failures.fail(store, claim, job, exc)
            except asyncio.CancelledError:
                await self._failures.hand_back(store, claim, job)
                raise
            except Exception as exc:  # a bug of ours costs one attempt, not all of them
                log.exception("job %s failed unexpectedly", job.id)
                unexpected = StageFailed("internal_error", f"Something went wrong: {exc}")
                await self._failures.fail(store, claim, job, unexpected)
            return None

    async def _claim(self, store: Store, job_id: str | None, start: Stage, to: Stage) -> Claim | None:
        if job_id is not None:
            return await store.claim(job_id, start, to)
        if start is Stage.QUEUED and not await has_capacity(store):
            log.warning("Redis has no memory left for another film: jobs wait until it has")
            return None
        claim = await store.claim_next(start, to)
        if claim is None:
            log.info("ticket ignored: no job is %s", start)
        return claim

    async def _record(self, store: Store, claim: Claim, job: Job) -> bool:
        """Explores and films; True when the film was encoded meanwhile."""
        if job.wrote and not (job.spec.script and job.spec.script.is_repeatable):
            interrupted = ScriptInterrupted("An earlier attempt has failed.")
            raise StageFailed(interrupted.code, str(interrupted))
        limits_s = {
            "start": START_LIMIT_S,
            "explore": job.spec.limits.max_runtime_s + EXPLORE_GRACE_S,
            "store": self._settings.encode_limit_s + STORE_LIMIT_S,
        }
        try:
            take, fields = await self._supervised(store, claim, job, limits_s)
        except StageOverrun as exc:
            if exc.phase != "explore":
                raise
            limit = (
                f"The exploration did not end within its runtime limit of {job.spec.limits.max_runtime_s} s"
            )
            raise StageFailed(SafetyViolation.code, f"{limit}; it was stopped by force.", exc.fields) from exc
        assert isinstance(take, TakeRecorded)
        extras = {"timeline": claim.timeline_key, **_extra_keys(claim, take)}
        keep = [claim.footage_key, *extras.values(), *([claim.film_key] if take.film else [])]
        fields = {**fields, **take_fields(claim, take, extras)}
        await write_with_retries(lambda: store.transition(claim, Stage.RECORDED, fields, keep=keep))
        if _needs_secrets(claim, job):
            await forget_secrets(store, job.id)
        if not take.film:
            await announce(self._send, claim.job_id, Stage.RECORDED)
        return take.film is not None

    async def _encode(self, store: Store, claim: Claim, job: Job) -> bool:
        if not await self._publish_draft(store, claim, job):
            await self._make_film(store, claim, job)
        return False

    async def _publish_draft(self, store: Store, claim: Claim, job: Job) -> bool:
        """Publishes the film that was encoded while filming; False when it is missing or incomplete."""
        if job.draft_key is None:
            return False
        keep, fields = list(job.extras.values()), {"progress": 100}
        try:
            if not await is_complete(store.redis, job.draft_key, give_up_s=DRAFT_RETRY_LIMIT_S):
                raise FilmMissing("chunks are missing")
            await write_with_retries(
                lambda: store.transition(claim, Stage.READY, fields, publish=job.draft_key, keep=keep)
            )
        except (FilmMissing, BlobStoreUnavailable) as exc:
            log.warning("job %s is encoded from its footage, its draft is lost: %s", job.id, exc)
            return False
        return True

    async def _make_film(self, store: Store, claim: Claim, job: Job) -> None:
        """Encodes the film from its footage and publishes it."""
        limits_s = {"start": self._settings.encode_limit_s + ENCODE_GRACE_S}
        encoded, progress = await self._supervised(store, claim, job, limits_s)
        assert isinstance(encoded, FilmEncoded)
        extras = {**job.extras, **_extra_keys(claim, encoded)}
        fields = {
            **progress,
            "film": json.dumps(asdict(encoded.film)),
            "extras": json.dumps(extras),
            "progress": 100,
        }
        keep = list(extras.values())
        await write_with_retries(
            lambda: store.transition(claim, Stage.READY, fields, publish=claim.film_key, keep=keep)
        )

    async def _supervised(
        self, store: Store, claim: Claim, job: Job, limits_s: Mapping[str, float]
    ) -> tuple[TakeRecorded | FilmEncoded, dict[str, str | int]]:
        """Runs the stage in a child and keeps the claim; returns the result and fields not written yet.

        Raises StageFailed when the child reports that, and the supervisor's errors, with those fields in the
        error's `fields`.
        """
        progress = Progress.begin(job, claim.stage)
        try:
            result = await self._run_child(store, claim, job, limits_s, progress)
            if isinstance(result, Failed):
                if result.failed_step:
                    progress.fields["failed_step"] = json.dumps(asdict(result.failed_step))
                if result.retry_after_s is not None:
                    progress.fields["retry_after_ms"] = int(1000 * max(result.retry_after_s, SLOW_DOWN_S))
                extras = {name: claim.extra_keys[name] for name in result.extras}
                raise StageFailed(result.code, result.error, extras=extras)
        except PipelineError as exc:
            await _write_last_events(store, claim, progress)
            exc.fields = progress.fields
            raise
        await _write_last_events(store, claim, progress)
        return result, progress.fields

    async def _run_child(
        self, store: Store, claim: Claim, job: Job, limits_s: Mapping[str, float], progress: Progress
    ) -> Result:
        """The result of the child; its other reports go into `progress`. Raises ClaimLost."""
        with own_work_dir("take") as work_dir:
            secrets = await read_secrets(store, job.id) if _needs_secrets(claim, job) else None
            spec = StageSpec.of(job, claim, self._settings, str(work_dir), secrets)
            ended = asyncio.Event()
            keeping = asyncio.create_task(keep_claim(store, claim, progress, ended))
            following = asyncio.create_task(_follow(self._supervise(spec, limits_s), progress))
            try:
                await asyncio.wait({keeping, following}, return_when=asyncio.FIRST_COMPLETED)
                return following.result() if following.done() else _raise_from(keeping)
            finally:
                # Not cancelled: redis-py swallows a cancellation that meets an answer, and renews for ever.
                ended.set()
                following.cancel()
                await asyncio.gather(keeping, following, return_exceptions=True)


async def _write_last_events(store: Store, claim: Claim, progress: Progress) -> None:
    """Writes the events since the lease was renewed last. Raises ClaimLost."""
    if progress.events:
        await renew_lease(store, claim, progress)


def _needs_secrets(claim: Claim, job: Job) -> bool:
    return claim.stage is Stage.EXPLORING and job.spec.has_secrets


def _extra_keys(claim: Claim, result: TakeRecorded | FilmEncoded) -> dict[str, str]:
    """The keys of the extras that a child has stored, by name."""
    return {name: claim.extra_keys[name] for name in result.extras}


async def _follow(reports: AsyncGenerator[Update | Result, None], progress: Progress) -> Result:
    """Notes all reports in `progress` until the result comes."""
    async with aclosing(reports):
        async for report in reports:
            if isinstance(report, Result):
                return report
            progress.note(report)
    raise AssertionError("a supervised stage ends with a result or an error")


def _raise_from(keeping: asyncio.Task[None]) -> NoReturn:
    keeping.result()
    raise AssertionError("the lease is renewed until the stage ends, or fails")
