"""Who is let in, who is next, and what becomes of a job that is taken back or tried again."""

import asyncio
from typing import cast

import pytest

from actors.errors import (
    AlreadyEnded,
    JobUnknown,
    KeyInFlight,
    KeyReused,
    NotEnded,
    OutOfCapacity,
    QueueFull,
    TransitionRefused,
)
from actors.jobs.idempotency import IdempotencyKey, reserve
from actors.jobs.job import Job
from actors.jobs.keys import ACTIVE, WAITING, Claim
from actors.jobs.spec import JobSpec, Priority
from actors.jobs.states import NEXT, Stage, Status
from actors.jobs.store import Attempts, Store
from actors.options import Limits
from actors.settings import Settings
from actors.submission import submit
from tests.support.jobs import exploring, job_keys, put, queued, ready

pytestmark = pytest.mark.anyio

ONCE = IdempotencyKey("a client's key", "digest of its request")


async def run(store: Store, once: IdempotencyKey | None = None) -> Job:
    return await submit(store, JobSpec("https://example.com/", Limits(1, 1, 9)), once)


async def at(store: Store, stage: Stage) -> Claim | None:
    """A job at `stage`, and its claim if somebody has it."""
    if stage is Stage.QUEUED:
        await queued(store)
        return None
    claim = await exploring(store)
    await put(store, claim.footage_key, b"x")
    await put(store, claim.timeline_key, b"x")
    if stage is Stage.EXPLORING:
        return claim
    fields = {"footage_key": claim.footage_key, "timeline_key": claim.timeline_key}
    await store.transition(claim, Stage.RECORDED, fields, keep=[*fields.values()])
    return await store.claim("j1", Stage.RECORDED, stage) if stage is Stage.ENCODING else None


async def test_the_line_is_kept_by_priority_and_then_by_time(store: Store) -> None:
    for number, priority in enumerate(("low", "default", "high", "default", "high")):
        spec = JobSpec("https://e.com/", Limits(1, 1, 9), priority=cast(Priority, priority))
        job = Job(f"j{number}", spec)
        assert await store.create(job)
        await asyncio.sleep(0.002)

    claims = [await store.claim_next(Stage.QUEUED, Stage.EXPLORING) for _ in range(6)]

    assert [claim and claim.job_id for claim in claims] == ["j2", "j4", "j1", "j3", "j0", None]


async def test_a_job_that_goes_back_has_its_old_place_in_line(store: Store) -> None:
    claim = await exploring(store, "first")
    await asyncio.sleep(0.002)
    await queued(store, "second")

    await store.transition(claim, Stage.QUEUED, {})

    again = await store.claim_next(Stage.QUEUED, Stage.EXPLORING)
    assert again is not None
    assert again.job_id == "first"


async def test_what_does_not_fit_into_the_queue_is_turned_away(redis_url: str) -> None:
    settings = Settings(redis_url=redis_url, max_queue=2)
    async with Store.opened(redis_url, settings) as store:
        first = await run(store)
        await run(store)

        with pytest.raises(QueueFull) as refused:
            await run(store)
        assert refused.value.retry_after_s > 0

        # Filming makes room, and so does cancelling
        assert await store.claim_next(Stage.QUEUED, Stage.EXPLORING)
        await run(store)
        await store.cancel(first.id)
        with pytest.raises(QueueFull):
            await store.retry(first.id)


async def test_a_film_that_redis_could_not_hold_is_refused_at_the_door(store: Store) -> None:
    await store.redis.config_set("maxmemory", 200 << 20)

    with pytest.raises(OutOfCapacity):
        await run(store, ONCE)

    # The key is free again for when there is room
    await store.redis.config_set("maxmemory", 0)
    assert (await run(store, ONCE)).stage is Stage.QUEUED


async def test_downloads_take_no_room_from_films_to_come(store: Store) -> None:
    await ready(store, b"film")
    assert await store.claim("j1", Stage.READY, Stage.EXPORTING)
    await store.redis.config_set("maxmemory", 400 << 20)

    await run(store)

    assert await store.claim_next(Stage.QUEUED, Stage.EXPLORING)
    with pytest.raises(OutOfCapacity):
        await run(store)


async def test_a_key_makes_one_job_however_often_it_comes(store: Store) -> None:
    answers = await asyncio.gather(*(run(store, ONCE) for _ in range(10)), return_exceptions=True)

    jobs = {answer.id for answer in answers if isinstance(answer, Job)}
    assert len(jobs) == 1
    assert all(isinstance(answer, Job | KeyInFlight) for answer in answers)
    assert {(await run(store, ONCE)).id} == jobs
    assert await store.redis.zcard(WAITING["record"]) == 1
    with pytest.raises(KeyReused):
        await run(store, IdempotencyKey(ONCE.key, "another request"))
    assert (await run(store, IdempotencyKey("another key", ONCE.fingerprint))).id not in jobs


async def test_a_key_whose_request_is_being_accepted_must_wait(store: Store) -> None:
    await reserve(store, ONCE, "j1")

    with pytest.raises(KeyInFlight):
        await run(store, ONCE)


async def test_a_key_lives_and_goes_with_its_job(store: Store) -> None:
    job = await run(store, ONCE)
    await store.redis.expire(ONCE.record, 5)
    claim = await store.claim(job.id, Stage.QUEUED, Stage.EXPLORING)
    assert claim is not None
    assert await store.renew_lease(claim, {})
    assert await store.redis.ttl(ONCE.record) > 5

    await store.transition(claim, Stage.RECORDED, {})
    encoding = await store.claim(job.id, Stage.RECORDED, Stage.ENCODING)
    assert encoding is not None
    await put(store, encoding.film_key, b"x")
    await store.transition(encoding, Stage.READY, {}, publish=encoding.film_key)
    export = await store.claim(job.id, Stage.READY, Stage.EXPORTING)
    assert export is not None
    assert await store.finish(export)

    assert (await run(store, ONCE)).id != job.id


@pytest.mark.parametrize("stage", [Stage.QUEUED, Stage.EXPLORING, Stage.RECORDED, Stage.ENCODING])
async def test_a_job_can_be_cancelled_wherever_it_stands(stage: Stage, store: Store) -> None:
    claim = await at(store, stage)

    job = await store.cancel("j1")

    assert (job.status, job.error_code) == (Status.CANCELLED, "cancelled")
    assert await job_keys(store) == {b"demo:job:j1"}
    # Who has it notices, and can change nothing any more
    if claim is not None:
        assert not await store.renew_lease(claim, {"progress": 99})
        with pytest.raises(TransitionRefused):
            await store.end(claim, Status.FAILED, {})
    if stage in (Stage.QUEUED, Stage.RECORDED):
        (to,) = NEXT[stage]
        assert await store.claim("j1", stage, to) is None
        assert await store.claim_next(stage, to) is None
    assert (await store.cancel("j1")).status is Status.CANCELLED


async def test_what_has_ended_cannot_be_cancelled(store: Store) -> None:
    await ready(store, b"film")
    with pytest.raises(AlreadyEnded, match="completed"):
        await store.cancel("j1")
    with pytest.raises(JobUnknown):
        await store.cancel("j2")


async def test_a_retry_begins_anew_and_only_after_an_end(store: Store) -> None:
    claim = await exploring(store)
    with pytest.raises(NotEnded, match="processing"):
        await store.retry("j1")
    await store.renew_lease(claim, {"progress": 50, "steps": "[{}]"})
    await store.end(claim, Status.FAILED, {"error": "no luck", "error_code": "x", "extras": "{}"})

    job = await store.retry("j1")

    assert (job.status, job.stage, job.error, job.error_code) == (Status.PENDING, Stage.QUEUED, None, None)
    assert (job.progress, job.steps, job.attempt) == (0, (), 0)
    assert await store.claim_next(Stage.QUEUED, Stage.EXPLORING)
    with pytest.raises(JobUnknown):
        await store.retry("j2")


async def test_attempts_count_failures_and_not_what_was_handed_back(store: Store) -> None:
    await queued(store)
    for attempts, counted in (("undo", 0), ("keep", 1), ("undo", 1), ("keep", 2)):
        claim = await store.claim("j1", Stage.QUEUED, Stage.EXPLORING)
        assert claim is not None
        await store.transition(claim, Stage.QUEUED, {}, attempts=cast(Attempts, attempts))
        job = await store.get("j1")
        assert job is not None
        assert job.attempt == counted


async def test_a_lost_lease_is_told_as_a_failure(store: Store) -> None:
    await exploring(store)
    await store.redis.zadd(ACTIVE, {"j1": 1})

    await store.reap()

    job = await store.get("j1")
    assert job is not None
    assert job.failures[0] == {
        "stage": "exploring",
        "attempt": 1,
        "code": "lease_lost",
        "error": "The worker that had this job disappeared.",
    }
