"""What was tried again is told, whatever becomes of the attempt that has tried it."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import asdict
from typing import Any

import pytest

from actors.broker import make_broker
from actors.jobs.connection import connect
from actors.jobs.job import Job
from actors.jobs.keys import ACTIVE
from actors.jobs.states import Stage, Status
from actors.jobs.store import Store
from actors.pipeline import Pipeline
from actors.settings import Settings
from actors.stages.reporting import MAX_RETRIES, RetryLog
from actors.stages.reports import Failed, Report, Result, RetryStarted, StepTaken, Update
from actors.stages.spec import StageSpec
from actors.supervision.supervisor import ChildDied, StageOverrun
from explorer.retry_policy import Retry, RetryKind
from tests.actors.test_pipeline import ENCODED, Stages
from tests.support.jobs import exploring, queued
from tests.support.reports import step

pytestmark = pytest.mark.anyio


def retry(kind: RetryKind, at_ms: float) -> Retry:
    return Retry(at_ms, kind, 1, 1, "it was gone")


class Unlucky:
    """An attempt that tries something again, and at once ends as it is told to: before any beat."""

    def __init__(self, end: Result | Exception) -> None:
        self._end = end

    async def __call__(
        self, spec: StageSpec, _limits_s: Mapping[str, float]
    ) -> AsyncGenerator[Update | Result, None]:
        yield StepTaken(step(1))
        yield RetryStarted(retry("element", 700.0))
        if isinstance(self._end, Exception):
            raise self._end
        yield self._end


async def filmed(store: Store, stages: Any) -> Job:
    """The job after one ticket."""
    assert store.settings.redis is not None
    worker = Pipeline(store.settings, make_broker(store.settings.redis), stages)
    await asyncio.to_thread(worker.explore_and_record, "j1")
    return await store.find("j1")


@pytest.mark.parametrize(
    ("end", "code"),
    [
        (Failed("browser_crashed", "again"), "browser_crashed"),
        (ChildDied("it was killed"), "worker_crashed"),
        (StageOverrun("start", 90.0), "stage_overrun"),
    ],
)
async def test_a_job_tells_what_a_failed_attempt_has_tried_again(
    end: Result | Exception, code: str, store: Store
) -> None:
    await queued(store)

    job = await filmed(store, Unlucky(end))

    assert (job.stage, [failure["code"] for failure in job.failures]) == (Stage.QUEUED, [code])
    # Its steps are not those of the film to come
    assert (job.steps, [told["kind"] for told in job.retries]) == ((), ["element"])


async def test_the_film_of_the_next_attempt_knows_it_as_what_was_before(store: Store) -> None:
    await queued(store)
    await filmed(store, Unlucky(ChildDied("it was killed")))
    stages = Stages(live=True)

    job = await filmed(store, stages)

    [spec] = stages.specs
    assert StageSpec.decode(spec.encode()).film.earlier_retries == (retry("element", 0.0),)
    assert (job.status, job.retries) == (Status.COMPLETED, (asdict(retry("element", 0.0)),))


async def test_the_watchdog_takes_a_job_back_with_its_history(store: Store) -> None:
    claim = await exploring(store)
    await store.renew_lease(
        claim, {"retries": '[{"kind": "browser"}]', "wrote": 1, "steps": "[{}]", "progress": 40}
    )
    await store.redis.zadd(ACTIVE, {"j1": 1})

    assert await store.reap() == ["j1"]

    job = await store.find("j1")
    assert (job.retries, job.wrote, job.steps, job.progress) == (({"kind": "browser"},), True, (), 0)


async def test_a_job_that_the_watchdog_gives_up_leaves_no_secrets(store: Store, settings: Settings) -> None:
    await exploring(store)
    await store.redis.set("demo:secrets:j1", b"sealed")
    await store.redis.hset("demo:job:j1", "attempt", settings.max_attempts)
    await store.redis.zadd(ACTIVE, {"j1": 1})

    await store.reap()

    assert (await store.find("j1")).error_code == "attempts_exhausted"
    assert not await store.redis.exists("demo:secrets:j1")


async def test_somebody_who_asks_for_another_film_begins_without_history(store: Store) -> None:
    claim = await exploring(store)
    await store.renew_lease(claim, {"retries": '[{"kind": "browser"}]', "wrote": 1})
    await store.end(claim, Status.FAILED, {"error": "no luck", "error_code": "x"})

    again = await store.retry("j1")
    assert (again.retries, again.wrote) == ((), False)


@pytest.mark.parametrize("end", [ENCODED, Failed("storage_full", "no luck")])
async def test_what_an_encoder_has_tried_again_while_redis_hung_is_told_later(
    end: Result, store: Store, settings: Settings
) -> None:
    class Hung(Unlucky):
        async def __call__(
            self, spec: StageSpec, limits_s: Mapping[str, float]
        ) -> AsyncGenerator[Update | Result, None]:
            async for report in Stages()(spec, limits_s):
                assert report == ENCODED
            redis = connect(spec.storage.redis_url)
            # Longer than the last beat waits, and shorter than the last write is tried
            await redis.client_pause(4_000, all=False)
            await redis.aclose()
            async for report in super().__call__(spec, limits_s):
                yield report

    await queued(store)
    await filmed(store, Stages())
    assert settings.redis is not None

    worker = Pipeline(settings, make_broker(settings.redis), Hung(end))
    await asyncio.to_thread(worker.encode, "j1")

    job = await store.find("j1")
    assert job.stage is (Stage.READY if end is ENCODED else Stage.RECORDED)
    assert [told["kind"] for told in job.retries] == ["element"]


def test_that_the_film_begins_anew_is_told_after_however_many_retries() -> None:
    told: list[Report] = []
    log = RetryLog(told.append, [Retry(0.0, "browser", 1, 1, "an attempt before")])
    for _ in range(2 * MAX_RETRIES):
        log.note(Retry(5.0, "navigation", 1, 3, "no answer"))
    assert len(log.all) == MAX_RETRIES

    log.restart()
    log.note(Retry(0.0, "browser", 1, 1, "it died"))

    assert isinstance(told[-1], RetryStarted)
    assert told[-1].retry.kind == "browser"
    assert [retry.at_ms for retry in log.all] == [0.0] * (MAX_RETRIES + 1)
