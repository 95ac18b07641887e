import asyncio
import json
from contextlib import ExitStack
from pathlib import Path

import pytest
from redis.exceptions import RedisError

from actors.broker import make_broker, ticket_sender
from actors.embedded_redis import embedded_valkey
from actors.jobs.keys import ACTIVE, JOB, TOTALS, WORKERS
from actors.jobs.states import Stage
from actors.jobs.store import Store
from actors.monitoring.pool import Decision
from actors.monitoring.system_status import system_status
from actors.monitoring.worker_registry import ALIVE_MS, WorkerRegistration
from actors.services import ServiceThread
from actors.settings import Settings
from tests.support.jobs import exploring, queued

pytestmark = pytest.mark.anyio


async def test_workers_say_that_they_live_what_they_do_and_what_they_have_counted(store: Store) -> None:
    one, other = WorkerRegistration(2), WorkerRegistration(1)
    with one.counters.running(Stage.EXPLORING):
        one.counters.add({"refusals:auth": 2, "film_duration_s": 1.5})
        await one.renew(store)
        await other.renew(store)
        other.counters.add({"refusals:auth": 1, "film_duration_s": 0.25})
        await other.renew(store)
        seen = await system_status(store)

    assert (seen.workers.alive, seen.workers.slots, seen.workers.busy) == (2, 3, 1)
    assert seen.workers.heard_s_ago is not None
    assert seen.workers.heard_s_ago < ALIVE_MS / 1000
    assert seen.totals == {"refusals:auth": 3, "film_duration_s": 1.75}


async def test_pools_say_what_they_may_do_and_why_not_more(store: Store) -> None:
    held = WorkerRegistration(10, decide=lambda: Decision(2, "memory"))
    # It has begun five while it could.
    overtaken = WorkerRegistration(8, decide=lambda: Decision(2, "cpu_pressure"))
    free = WorkerRegistration(4, decide=lambda: Decision(4))
    with ExitStack() as stack:
        for _ in range(5):
            stack.enter_context(overtaken.counters.running(Stage.EXPLORING))
        for worker in (held, overtaken, free):
            await worker.renew(store)
        seen = (await system_status(store)).workers

    assert (seen.slots, seen.allowed) == (22, 8)
    assert (seen.busy, seen.idle, seen.held) == (5, 6, 11)
    assert seen.limited == {"memory": 1, "cpu_pressure": 1}


async def test_a_worker_that_has_fallen_silent_is_gone_and_forgotten(store: Store) -> None:
    silent, alive = WorkerRegistration(4), WorkerRegistration(1)
    await silent.renew(store)
    entry = json.loads((await store.redis.hget(WORKERS, silent.name)) or "")
    await store.redis.hset(
        WORKERS, silent.name, json.dumps({**entry, "at_ms": entry["at_ms"] - ALIVE_MS - 1000})
    )
    assert (await system_status(store)).workers.alive == 0

    await alive.renew(store)
    assert (await system_status(store)).workers.slots == 1
    assert await store.redis.hlen(WORKERS) == 1
    # With nobody left the whole hash goes by itself
    assert 0 < await store.redis.pttl(WORKERS) <= ALIVE_MS


async def test_what_was_counted_while_redis_was_away_is_told_when_it_is_back(tmp_path: Path) -> None:
    registration = WorkerRegistration(1)
    registration.counters.add({"retries:element": 1})
    async with Store.opened("redis://127.0.0.1:1/0", Settings(redis_url="redis://127.0.0.1:1/0")) as away:
        with pytest.raises(RedisError):
            await registration.renew(away)
    registration.counters.add({"retries:element": 1})
    with embedded_valkey() as url:
        async with Store.opened(url, Settings(redis_url=url)) as store:
            await registration.renew(store)
            assert (await system_status(store)).totals == {"retries:element": 2}


async def test_it_is_told_even_when_redis_has_no_memory(store: Store) -> None:
    await store.redis.config_set("maxmemory", "1")
    registration = WorkerRegistration(1)
    registration.counters.add({"retries:element": 1})
    await registration.renew(store)

    assert (await system_status(store)).workers.alive == 1


async def test_the_thread_beside_a_worker_tells_of_it_until_it_ends(settings: Settings, store: Store) -> None:
    assert settings.redis is not None
    registration, broker = WorkerRegistration(3), make_broker(settings.redis)
    thread = ServiceThread(settings, ticket_sender(broker), registration)
    thread.start()
    while not await store.redis.hlen(WORKERS):
        await asyncio.sleep(0.02)
    registration.counters.attempt_failed("internal_error")
    await asyncio.to_thread(thread.stop)
    broker.close()

    assert await store.redis.hlen(WORKERS) == 0
    assert await store.redis.hget(TOTALS, "attempts_failed:internal_error") == b"1"


async def test_a_survey_counts_who_waits_for_how_long_and_who_is_at_work(store: Store) -> None:
    await exploring(store, "at work")
    for job_id, waited_s in (("first", 60), ("second", 20)):
        job = await queued(store, job_id)
        updated_ms = int(await store.redis.hget(JOB + job.id, "updated_ms") or 0)
        await store.redis.hset(JOB + job.id, "updated_ms", str(updated_ms - waited_s * 1000))
    await store.redis.zadd(ACTIVE, {"vanished": 1})
    seen = await system_status(store)

    assert seen.queues["record"].waiting == seen.waiting == 2
    assert 60 <= seen.queues["record"].oldest_s < 70
    assert (seen.queues["encode"].waiting, seen.queues["encode"].oldest_s) == (0, 0)
    assert seen.active == {"exploring": 1}
    assert seen.has_capacity
    assert 0 < seen.latency_ms < 2000


async def test_a_survey_says_whether_another_film_has_room(store: Store) -> None:
    await store.redis.config_set("maxmemory", str(store.settings.take_bytes))
    seen = await system_status(store)

    assert not seen.has_capacity
    assert seen.max_bytes == store.settings.take_bytes
    assert 0 < seen.used_bytes < seen.max_bytes
