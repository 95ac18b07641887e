"""The line: two thin actors that claim a job, supervise one stage of it and move it on."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import Any, NoReturn

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from redis.exceptions import RedisError

from actors.broker import ticket_sender
from actors.errors import LineError, MoveRefused
from actors.folders import own_folder
from actors.job import BACK, QUEUE_OF, Job, Stage, Status
from actors.order import Order
from actors.settings import Settings
from actors.store import Claim, Store
from actors.supervisor import Report, StageOverrun, supervise
from explorer.errors import SafetyViolation

log = logging.getLogger(__name__)

News = dict[str, str | int]

BEAT_S = 0.5
#: Python, driver, browser (which may take 30 s a try) and the first picture (30 s), on a busy machine.
START_LIMIT_S = 90.0
#: The explorer ends by itself at its limit; this much later it must be hanging.
EXPLORE_GRACE_S = 5.0
#: Storing what is left; longer than a child goes on trying while Redis is away.
STORE_LIMIT_S = 120.0
#: Reading the footage before, and probing and storing the film after, the encoder's own limit.
ENCODE_GRACE_S = 180.0
#: What a job tells before its exploration has begun.
UNTOLD: News = {"metrics": "{}", "steps": "[]", "refused": "[]", "progress": 0}
#: The exploration's share of the progress bar, in percent.
RECORD_SHARE = 70
BACKOFF_S = (0.2, 5.0)


class ClaimLost(Exception):
    """Another worker has the job now; whatever we have is worthless."""


@dataclass(slots=True)
class Board:
    """What is known of a running stage; `news` is what Redis has not been told yet."""

    max_clicks: int
    steps: list[Any] = field(default_factory=list)
    refused: list[Any] = field(default_factory=list)
    news: News = field(default_factory=dict)

    def note(self, report: Report) -> None:
        """Takes in one report of the child."""
        NOTE[report["kind"]](self, report)

    def _metrics(self, report: Report) -> None:
        done = min(1.0, report["metrics"]["clicks"] / self.max_clicks)
        self.news |= {"metrics": json.dumps(report["metrics"]), "progress": int(RECORD_SHARE * done)}

    def _step(self, report: Report) -> None:
        self.steps.append(report["step"])
        self.news["steps"] = json.dumps(self.steps)

    def _refused(self, report: Report) -> None:
        self.refused.append(report["refused"])
        self.news["refused"] = json.dumps(self.refused)

    def _progress(self, report: Report) -> None:
        self.news["progress"] = RECORD_SHARE + int((99 - RECORD_SHARE) * report["part"])


NOTE: dict[str, Callable[[Board, Report], None]] = {
    "metrics": Board._metrics,
    "step": Board._step,
    "refused": Board._refused,
    "progress": Board._progress,
}


class Line:
    """Declares the actors on a broker. A message is only a ticket: the job hash decides what it is worth."""

    def __init__(self, settings: Settings, broker: RedisBroker) -> None:
        self._settings = settings
        self._stopping = False
        self._running: dict[asyncio.Task[None], asyncio.AbstractEventLoop] = {}
        self._send = ticket_sender(broker)
        dramatiq.actor(broker=broker, queue_name="record")(self.explore_and_record)
        dramatiq.actor(broker=broker, queue_name="encode")(self.encode)

    def explore_and_record(self, job_id: str) -> None:
        """Films the site of a waiting job."""
        self._run(self._stage(job_id, Stage.QUEUED, Stage.EXPLORING, self._record))

    def encode(self, job_id: str) -> None:
        """Cuts the film of a recorded job."""
        self._run(self._stage(job_id, Stage.RECORDED, Stage.ENCODING, self._encode))

    def stop(self) -> None:
        """Ends all stages, also those that would begin now; their jobs go back into line."""
        self._stopping = True
        for task, loop in list(self._running.items()):
            with suppress(RuntimeError):  # it ended while we looked
                loop.call_soon_threadsafe(task.cancel)

    def _run(self, stage: Coroutine[None, None, None]) -> None:
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

    async def _stage(
        self,
        job_id: str,
        start: Stage,
        to: Stage,
        work: Callable[[Store, Claim, Job], Awaitable[None]],
    ) -> None:
        assert self._settings.redis is not None
        async with Store.opened(self._settings.redis, self._settings) as store:
            claim = await store.claim(job_id, start, to)
            job = await store.get(job_id) if claim else None
            if claim is None or job is None:
                log.info("ticket of job %s is void: it is not %s", job_id, start)
                return
            try:
                await work(store, claim, job)
            except (ClaimLost, MoveRefused):
                log.warning("job %s was taken from us while %s", job_id, to)
                await store.drop(claim)
            except LineError as exc:
                await self._fail(store, claim, exc)
            except asyncio.CancelledError:
                await self._hand_back(store, claim)
                raise
            except Exception as exc:  # a bug of ours costs one attempt, not all of them
                log.exception("job %s failed unexpectedly", job_id)
                await self._fail(store, claim, StageFailed("internal_error", f"Something went wrong: {exc}"))

    async def _record(self, store: Store, claim: Claim, job: Job) -> None:
        limits_s = {
            "start": START_LIMIT_S,
            "explore": job.limits.max_runtime_s + EXPLORE_GRACE_S,
            "store": STORE_LIMIT_S,
        }
        try:
            done, news = await self._supervised(store, claim, job, limits_s)
        except StageOverrun as exc:
            if exc.phase != "explore":
                raise
            limit = f"The exploration did not end within its runtime limit of {job.limits.max_runtime_s} s"
            raise StageFailed(SafetyViolation.code, f"{limit}; it was stopped by force.") from exc
        fields = {
            **news,
            "stop_reason": done["stop_reason"],
            "refused": json.dumps(done["refused"]),
            "footage_key": claim.footage_key,
            "timeline_key": claim.timeline_key,
            "progress": RECORD_SHARE,
        }
        await self._finally(lambda: store.move(claim, Stage.RECORDED, fields))
        await self._ticket(claim.job_id, Stage.RECORDED)

    async def _encode(self, store: Store, claim: Claim, job: Job) -> None:
        limits_s = {"start": self._settings.encode_limit_s + ENCODE_GRACE_S}
        done, _ = await self._supervised(store, claim, job, limits_s)
        fields: News = {"film": json.dumps(done["film"]), "progress": 100}
        blobs = [key for key in (job.footage_key, job.timeline_key) if key]
        await self._finally(lambda: store.move(claim, Stage.READY, fields, publish=True, drop=blobs))

    async def _supervised(
        self, store: Store, claim: Claim, job: Job, limits_s: Mapping[str, float]
    ) -> tuple[Report, News]:
        """Runs the stage in a child while keeping the claim; answers its last report and untold news."""
        board = Board(job.limits.max_clicks)
        with own_folder("take") as folder:
            order = Order.of(job, claim, self._settings, str(folder))
            ended = asyncio.Event()
            beating = asyncio.create_task(_keep(store, claim, board, ended))
            following = asyncio.create_task(_follow(supervise(order, limits_s), board))
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

    async def _fail(self, store: Store, claim: Claim, exc: LineError) -> None:
        """Ends the job with an error; nothing of its footage is kept."""
        log.warning("job %s failed while %s: %s", claim.job_id, claim.stage, exc)
        fields = {**getattr(exc, "news", {}), "error": str(exc), "error_code": exc.code}
        job = await store.get(claim.job_id)
        kept = [job.footage_key, job.timeline_key] if job else []
        drop = [claim.footage_key, claim.timeline_key, claim.film_key, *(key for key in kept if key)]
        try:
            await self._finally(lambda: store.end(claim, Status.FAILED, fields, drop))
        except MoveRefused:
            log.warning("job %s was taken from us before its failure could be noted", claim.job_id)

    async def _hand_back(self, store: Store, claim: Claim) -> None:
        """Puts the job back into line. If that fails its lease runs out, with the same effect."""
        began_anew = claim.stage is Stage.EXPLORING
        drop = [claim.footage_key, claim.timeline_key] if began_anew else []
        try:
            await store.move(
                claim, BACK[claim.stage], UNTOLD if began_anew else {}, drop=[*drop, claim.film_key]
            )
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


async def _keep(store: Store, claim: Claim, board: Board, ended: asyncio.Event) -> None:
    """Renews the claim and tells Redis the news. While Redis is away it goes on, with the news kept."""
    while not ended.is_set():
        with suppress(TimeoutError):
            async with asyncio.timeout(BEAT_S):
                await ended.wait()
                return
        news, board.news = board.news, {}
        try:
            kept = await store.beat(claim, news)
        except RedisError as exc:
            log.warning("Redis is away while job %s runs: %s", claim.job_id, exc)
            board.news = {**news, **board.news}
            continue
        if not kept:
            raise ClaimLost(claim.job_id)
