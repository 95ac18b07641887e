"""The line: two thin actors that claim a job, supervise one stage of it and move it on."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Mapping
from contextlib import aclosing, suppress
from typing import Any, NoReturn

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from redis.exceptions import RedisError

from actors.board import RECORD_SHARE, Board, ClaimLost, News, keep_claim
from actors.broker import ticket_sender
from actors.errors import FilmMissing, LineError, MoveRefused
from actors.folders import own_folder
from actors.job import BACK, QUEUE_OF, Job, Stage, Status
from actors.order import Order
from actors.settings import Settings
from actors.store import Claim, Store
from actors.supervisor import Report, StageOverrun, supervise
from explorer.errors import SafetyViolation
from video.errors import VaultUnavailable
from video.vault import is_whole

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
#: What a job tells before its exploration has begun.
UNTOLD: News = {"metrics": "{}", "steps": "[]", "refused": "[]", "progress": 0}
#: Extras that a job keeps when its film fails in encoding.
OUTLIVE = ("storyboard",)
BACKOFF_S = (0.2, 5.0)
#: Shorter than a lease: nobody renews the claim while a draft is looked at.
DRAFT_PATIENCE_S = 5.0

Supervise = Callable[[Order, Mapping[str, float]], AsyncGenerator[Report, None]]


class Line:
    """Declares the actors on a broker. A message is only a ticket: the job hash decides what it is worth."""

    def __init__(self, settings: Settings, broker: RedisBroker, supervise: Supervise = supervise) -> None:
        self._settings = settings
        self._supervise = supervise
        self._stopping = False
        self._running: dict[asyncio.Task[Any], asyncio.AbstractEventLoop] = {}
        self._send = ticket_sender(broker)
        dramatiq.actor(broker=broker, queue_name="record")(self.explore_and_record)
        dramatiq.actor(broker=broker, queue_name="encode")(self.encode)

    def explore_and_record(self, job_id: str) -> None:
        """Films the site of a waiting job."""
        self._run(self._film(job_id))

    def encode(self, job_id: str) -> None:
        """Cuts the film of a recorded job."""
        self._run(self._stage(job_id, Stage.RECORDED, Stage.ENCODING, self._encode))

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

    async def _film(self, job_id: str) -> None:
        """Records; a film that was encoded meanwhile is published at once: a ticket would wait for a poll."""
        if await self._stage(job_id, Stage.QUEUED, Stage.EXPLORING, self._record):
            await self._stage(job_id, Stage.RECORDED, Stage.ENCODING, self._encode)

    async def _stage(
        self,
        job_id: str,
        start: Stage,
        to: Stage,
        work: Callable[[Store, Claim, Job], Awaitable[bool]],
    ) -> bool:
        """Does one stage of a job, if it is there to be had; True when the next one should follow at once."""
        assert self._settings.redis is not None
        async with Store.opened(self._settings.redis, self._settings) as store:
            claim = await store.claim(job_id, start, to)
            job = await store.get(job_id) if claim else None
            if claim is None or job is None:
                log.info("ticket of job %s is void: it is not %s", job_id, start)
                return False
            try:
                return await work(store, claim, job)
            except (ClaimLost, MoveRefused):
                log.warning("job %s was taken from us while %s", job_id, to)
                await store.drop(claim)
            except LineError as exc:
                await self._fail(store, claim, job, exc)
            except asyncio.CancelledError:
                await self._hand_back(store, claim, job)
                raise
            except Exception as exc:  # a bug of ours costs one attempt, not all of them
                log.exception("job %s failed unexpectedly", job_id)
                unexpected = StageFailed("internal_error", f"Something went wrong: {exc}")
                await self._fail(store, claim, job, unexpected)
            return False

    async def _record(self, store: Store, claim: Claim, job: Job) -> bool:
        limits_s = {
            "start": START_LIMIT_S,
            "explore": job.limits.max_runtime_s + EXPLORE_GRACE_S,
            "store": self._settings.encode_limit_s + STORE_LIMIT_S,
        }
        try:
            done, news = await self._supervised(store, claim, job, limits_s)
        except StageOverrun as exc:
            if exc.phase != "explore":
                raise
            limit = f"The exploration did not end within its runtime limit of {job.limits.max_runtime_s} s"
            raise StageFailed(SafetyViolation.code, f"{limit}; it was stopped by force.") from exc
        extras = {"timeline": claim.timeline_key, **_extras(claim, done)}
        fields = {
            **news,
            "stop_reason": done["stop_reason"],
            "refused": json.dumps(done["refused"]),
            "warnings": json.dumps(done["warnings"]),
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
        await self._finally(lambda: store.move(claim, Stage.RECORDED, fields, keep=keep))
        if not done["film"]:
            await self._ticket(claim.job_id, Stage.RECORDED)
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
            await self._finally(
                lambda: store.move(claim, Stage.READY, fields, publish=job.draft_key, keep=keep)
            )
        except (FilmMissing, VaultUnavailable) as exc:
            log.warning("job %s is encoded from its footage, its draft is lost: %s", job.id, exc)
            return False
        return True

    async def _make_film(self, store: Store, claim: Claim, job: Job) -> None:
        limits_s = {"start": self._settings.encode_limit_s + ENCODE_GRACE_S}
        done, _ = await self._supervised(store, claim, job, limits_s)
        extras = {**job.extras, **_extras(claim, done)}
        fields: News = {
            "film": json.dumps(done["film"]),
            "warnings": json.dumps([*job.warnings, *done["warnings"]]),
            "extras": json.dumps(extras),
            "progress": 100,
        }
        keep = list(extras.values())
        await self._finally(lambda: store.move(claim, Stage.READY, fields, publish=claim.film_key, keep=keep))

    async def _supervised(
        self, store: Store, claim: Claim, job: Job, limits_s: Mapping[str, float]
    ) -> tuple[Report, News]:
        """Runs the stage in a child while keeping the claim; answers its last report and untold news."""
        board = Board(job.limits.max_clicks)
        with own_folder("take") as folder:
            order = Order.of(job, claim, self._settings, str(folder))
            ended = asyncio.Event()
            beating = asyncio.create_task(keep_claim(store, claim, board, ended))
            following = asyncio.create_task(_follow(self._supervise(order, limits_s), board))
            try:
                await asyncio.wait({beating, following}, return_when=asyncio.FIRST_COMPLETED)
                last = following.result() if following.done() else _lost(beating)
            finally:
                # Not cancelled: redis-py swallows a cancellation that meets an answer, and beats on for ever.
                ended.set()
                following.cancel()
                await asyncio.gather(beating, following, return_exceptions=True)
        if last["kind"] == "failed":
            raise StageFailed(last["code"], last["error"], board.news)
        return last, board.news

    async def _fail(self, store: Store, claim: Claim, job: Job, exc: LineError) -> None:
        """Ends the job with an error; footage and film go, a storyboard counts without."""
        log.warning("job %s failed while %s: %s", claim.job_id, claim.stage, exc)
        kept = {name: key for name, key in job.extras.items() if name in OUTLIVE}
        fields = {**getattr(exc, "news", {}), "error": str(exc), "error_code": exc.code}
        fields["extras"] = json.dumps(kept)
        try:
            await self._finally(lambda: store.end(claim, Status.FAILED, fields, keep=list(kept.values())))
        except MoveRefused:
            log.warning("job %s was taken from us before its failure could be noted", claim.job_id)

    async def _hand_back(self, store: Store, claim: Claim, job: Job) -> None:
        """Puts the job back into line. If that fails its lease runs out, with the same effect."""
        untold = UNTOLD if claim.stage is Stage.EXPLORING else {}
        try:
            await store.move(claim, BACK[claim.stage], untold, keep=job.blobs)
        except (RedisError, MoveRefused) as exc:
            log.warning("job %s goes back when its lease ends: %s", claim.job_id, exc)

    async def _finally(self, write: Callable[[], Awaitable[None]]) -> None:
        """Makes a stage's last write, however long Redis is away: a take is worth waiting for."""
        pause_s = BACKOFF_S[0]
        while True:
            try:
                return await write()
            except RedisError as exc:
                log.warning("Redis is away, trying again in %.1f s: %s", pause_s, exc)
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, BACKOFF_S[1])

    async def _ticket(self, job_id: str, stage: Stage) -> None:
        try:
            await asyncio.to_thread(self._send, QUEUE_OF[stage], job_id)
        except RedisError as exc:
            log.warning("the next ticket of job %s was not sent, the watchdog will: %s", job_id, exc)


def _extras(claim: Claim, done: Report) -> dict[str, str]:
    """Where the extras lie that a child has stored."""
    return {name: claim.extra_keys[name] for name in done["extras"]}


class StageFailed(LineError):
    """The child said that its stage failed; `code` is its own."""

    def __init__(self, code: str, error: str, news: News | None = None) -> None:
        super().__init__(error)
        self.code = code
        self.news = news or {}


async def _follow(reports: AsyncGenerator[Report, None], board: Board) -> Report:
    async with aclosing(reports):
        async for report in reports:
            if report["kind"] in ("done", "failed"):
                return report
            board.note(report)
    raise AssertionError("a supervised stage ends with a report or an error")


def _lost(beating: asyncio.Task[None]) -> NoReturn:
    beating.result()
    raise AssertionError("beats end before the stage only with an error")
