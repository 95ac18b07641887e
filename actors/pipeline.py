"""The line: two thin actors that claim a job, supervise one stage of it and move it on."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Mapping
from contextlib import aclosing, suppress
from typing import Any, NoReturn

import dramatiq
from dramatiq.brokers.redis import RedisBroker

from actors.broker import ticket_sender
from actors.errors import FilmMissing, PipelineError, TransitionRefused
from actors.failures import FailureHandler, StageFailed, write_with_retries
from actors.jobs.capacity import has_capacity
from actors.jobs.job import Job, Stage
from actors.jobs.keys import Claim
from actors.jobs.store import Store
from actors.monitoring.counters import Counters, Report, Supervise, with_counters
from actors.progress import RECORD_SHARE, ClaimLost, News, Progress, keep_claim, renew_lease
from actors.settings import Settings
from actors.stages.spec import StageSpec
from actors.supervision.supervisor import StageOverrun, supervise
from actors.supervision.work_dirs import own_work_dir
from explorer.errors import SafetyViolation
from video.blob_store import is_whole
from video.errors import BlobStoreUnavailable

log = logging.getLogger(__name__)

#: Python, driver, browser (which may take 30 s a try) and the first picture (30 s), on a busy machine.
START_LIMIT_S = 90.0
#: The explorer ends by itself at its limit; this much later it must be hanging.
EXPLORE_GRACE_S = 5.0
#: Storing what is left, besides finishing a film that is encoded while filming; longer than a child goes on
#: trying while Redis is away.
STORE_LIMIT_S = 120.0
#: Reading the footage before, and probing and storing the film after, the encoder's own limit.
ENCODE_GRACE_S = 180.0
#: Shorter than a lease: nobody renews the claim while a draft is looked at.
DRAFT_PATIENCE_S = 5.0


class Pipeline:
    """Declares the actors on a broker. A message is only a ticket: it says that somebody waits in its queue.

    Which job that is decides the line in Redis: by priority, then by who has come first.
    """

    def __init__(
        self,
        settings: Settings,
        broker: RedisBroker,
        supervise: Supervise = supervise,
        tally: Counters | None = None,
    ) -> None:
        tally = tally or Counters()
        self._settings = settings
        self._supervise = with_counters(supervise, tally)
        self._stopping = False
        self._running: dict[asyncio.Task[Any], asyncio.AbstractEventLoop] = {}
        self._endings = FailureHandler(settings, ticket_sender(broker), tally)
        dramatiq.actor(broker=broker, queue_name="record")(self.explore_and_record)
        dramatiq.actor(broker=broker, queue_name="encode")(self.encode)

    def explore_and_record(self, _job_id: str) -> None:
        """Films the site of the job that is first in line."""
        self._run(self._film())

    def encode(self, _job_id: str) -> None:
        """Cuts the film of the recorded job that is first in line."""
        self._run(self._stage(None, Stage.RECORDED, Stage.ENCODING, self._encode))

    def stop(self) -> None:
        """Ends all stages, also those that would begin now; their jobs go back into line."""
        self._stopping = True
        for task, loop in list(self._running.items()):
            with suppress(RuntimeError):  # it ended while we looked
                loop.call_soon_threadsafe(task.cancel)

    def _run(self, stage: Coroutine[None, None, Any]) -> None:
        async def main() -> None:
            task = asyncio.create_task(stage)
            self._running[task] = asyncio.get_running_loop()
            if self._stopping:
                task.cancel()
            try:
                await asyncio.wait({task})
            finally:
                del self._running[task]
            if not task.cancelled():
                task.result()

        asyncio.run(main())

    async def _film(self) -> None:
        """Records; a film that was encoded meanwhile is published at once: a ticket would wait for a poll."""
        if job_id := await self._stage(None, Stage.QUEUED, Stage.EXPLORING, self._record):
            await self._stage(job_id, Stage.RECORDED, Stage.ENCODING, self._encode)

    async def _stage(
        self,
        job_id: str | None,
        start: Stage,
        to: Stage,
        work: Callable[[Store, Claim, Job], Awaitable[bool]],
    ) -> str | None:
        """Does one stage of a job, if there is one; answers its id when the next one should follow at once.

        Without `job_id` it is the job that is first in line.
        """
        assert self._settings.redis is not None
        async with Store.opened(self._settings.redis, self._settings) as store:
            claim = await self._claim(store, job_id, start, to)
            job = await store.get(claim.job_id) if claim else None
            if claim is None or job is None:
                return None
            try:
                return job.id if await work(store, claim, job) else None
            except (ClaimLost, TransitionRefused):
                log.warning("job %s was taken from us while %s", job.id, to)
                await store.drop(claim)
            except PipelineError as exc:
                await self._endings.fail(store, claim, job, exc)
            except asyncio.CancelledError:
                await self._endings.hand_back(store, claim, job)
                raise
            except Exception as exc:  # a bug of ours costs one attempt, not all of them
                log.exception("job %s failed unexpectedly", job.id)
                unexpected = StageFailed("internal_error", f"Something went wrong: {exc}")
                await self._endings.fail(store, claim, job, unexpected)
            return None

    async def _claim(self, store: Store, job_id: str | None, start: Stage, to: Stage) -> Claim | None:
        if job_id is not None:
            return await store.claim(job_id, start, to)
        if start is Stage.QUEUED and not await has_capacity(store):
            log.warning("Redis has no memory left for another film: jobs wait until it has")
            return None
        claim = await store.claim_next(start, to)
        if claim is None:
            log.info("a ticket is void: nobody is %s", start)
        return claim

    async def _record(self, store: Store, claim: Claim, job: Job) -> bool:
        limits_s = {
            "start": START_LIMIT_S,
            "explore": job.spec.limits.max_runtime_s + EXPLORE_GRACE_S,
            "store": self._settings.encode_limit_s + STORE_LIMIT_S,
        }
        try:
            done, news = await self._supervised(store, claim, job, limits_s)
        except StageOverrun as exc:
            if exc.phase != "explore":
                raise
            limit = (
                f"The exploration did not end within its runtime limit of {job.spec.limits.max_runtime_s} s"
            )
            raise StageFailed(SafetyViolation.code, f"{limit}; it was stopped by force.", exc.news) from exc
        extras = {"timeline": claim.timeline_key, **_extras(claim, done)}
        fields = {
            **news,
            "stop_reason": done["stop_reason"],
            "refused": json.dumps(done["refused"]),
            "warnings": json.dumps(done["warnings"]),
            "looked_at": json.dumps(done["looked_at"]),
            "camera_report": json.dumps(done["camera"]),
            "footage_key": claim.footage_key,
            "timeline_key": claim.timeline_key,
            "extras": json.dumps(extras),
            "progress": RECORD_SHARE,
        }
        keep = [claim.footage_key, *extras.values()]
        if done["film"]:
            fields |= {"film": json.dumps(done["film"]), "draft_key": claim.film_key, "progress": 99}
            keep.append(claim.film_key)
        await write_with_retries(lambda: store.move(claim, Stage.RECORDED, fields, keep=keep))
        if not done["film"]:
            await self._endings.ticket(claim.job_id, Stage.RECORDED)
        return bool(done["film"])

    async def _encode(self, store: Store, claim: Claim, job: Job) -> bool:
        if not await self._publish_draft(store, claim, job):
            await self._make_film(store, claim, job)
        return False

    async def _publish_draft(self, store: Store, claim: Claim, job: Job) -> bool:
        """Publishes the film that was encoded while filming; False when there is none that is whole."""
        if job.draft_key is None:
            return False
        keep, fields = list(job.extras.values()), {"progress": 100}
        try:
            if not await is_whole(store.redis, job.draft_key, give_up_s=DRAFT_PATIENCE_S):
                raise FilmMissing("chunks are missing")
            await write_with_retries(
                lambda: store.move(claim, Stage.READY, fields, publish=job.draft_key, keep=keep)
            )
        except (FilmMissing, BlobStoreUnavailable) as exc:
            log.warning("job %s is encoded from its footage, its draft is lost: %s", job.id, exc)
            return False
        return True

    async def _make_film(self, store: Store, claim: Claim, job: Job) -> None:
        limits_s = {"start": self._settings.encode_limit_s + ENCODE_GRACE_S}
        done, news = await self._supervised(store, claim, job, limits_s)
        extras = {**job.extras, **_extras(claim, done)}
        fields: News = {
            **news,
            "film": json.dumps(done["film"]),
            "extras": json.dumps(extras),
            "progress": 100,
        }
        keep = list(extras.values())
        await write_with_retries(
            lambda: store.move(claim, Stage.READY, fields, publish=claim.film_key, keep=keep)
        )

    async def _supervised(
        self, store: Store, claim: Claim, job: Job, limits_s: Mapping[str, float]
    ) -> tuple[Report, News]:
        """Runs the stage in a child while keeping the claim; answers its last report and untold news.

        A stage that fails loses nothing of that: what Redis does not know by then is in the error's `news`.
        """
        board = Progress.begin(job, claim.stage)
        try:
            last = await self._report(store, claim, job, limits_s, board)
            if last["kind"] == "failed":
                raise StageFailed(last["code"], last["error"])
        except PipelineError as exc:
            await _tell_rest(store, claim, board)
            exc.news = board.news
            raise
        await _tell_rest(store, claim, board)
        return last, board.news

    async def _report(
        self, store: Store, claim: Claim, job: Job, limits_s: Mapping[str, float], board: Progress
    ) -> Report:
        """The child's last report; those before it are noted on the board. Raises ClaimLost."""
        with own_work_dir("take") as folder:
            order = StageSpec.of(job, claim, self._settings, str(folder))
            ended = asyncio.Event()
            beating = asyncio.create_task(keep_claim(store, claim, board, ended))
            following = asyncio.create_task(_follow(self._supervise(order, limits_s), board))
            try:
                await asyncio.wait({beating, following}, return_when=asyncio.FIRST_COMPLETED)
                return following.result() if following.done() else _lost(beating)
            finally:
                # Not cancelled: redis-py swallows a cancellation that meets an answer, and beats on for ever.
                ended.set()
                following.cancel()
                await asyncio.gather(beating, following, return_exceptions=True)


async def _tell_rest(store: Store, claim: Claim, board: Progress) -> None:
    """Tells what came after the last beat. Raises ClaimLost."""
    if board.events:
        await renew_lease(store, claim, board)


def _extras(claim: Claim, done: Report) -> dict[str, str]:
    """Where the extras lie that a child has stored."""
    return {name: claim.extra_keys[name] for name in done["extras"]}


async def _follow(reports: AsyncGenerator[Report, None], board: Progress) -> Report:
    async with aclosing(reports):
        async for report in reports:
            if report["kind"] in ("done", "failed"):
                return report
            board.note(report)
    raise AssertionError("a supervised stage ends with a report or an error")


def _lost(beating: asyncio.Task[None]) -> NoReturn:
    beating.result()
    raise AssertionError("beats end before the stage only with an error")
