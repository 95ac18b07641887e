import asyncio
import os
import signal

import psutil
import pytest
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import OutOfMemoryError

from actors.errors import TransitionRefused
from actors.jobs.connection import connect
from actors.jobs.job import Job
from actors.jobs.keys import ACTIVE, SEEN, WAITING, Claim
from actors.jobs.spec import JobSpec
from actors.jobs.states import Stage, Status
from actors.jobs.store import Store
from actors.options import Limits
from actors.settings import Settings
from tests.support.jobs import put

pytestmark = pytest.mark.anyio


def new_job(name: str = "j1") -> Job:
    return Job(name, JobSpec("https://example.com/", Limits(10, 3, 300)))


async def claimed(store: Store, job: Job) -> Claim:
    assert await store.create(job)
    claim = await store.claim(job.id, Stage.QUEUED, Stage.EXPLORING)
    assert claim is not None
    return claim


async def expire_lease(store: Store, job_id: str) -> None:
    await store.redis.zadd(ACTIVE, {job_id: 1})


async def test_a_new_job_waits_with_a_time_to_live(store: Store, settings: Settings) -> None:
    assert await store.create(new_job())

    job = await store.get("j1")
    assert job is not None
    assert (job.status, job.stage, job.progress) == (Status.PENDING, Stage.QUEUED, 0)
    assert job.created_ms == job.updated_ms > 1_600_000_000_000
    assert 0 < await store.redis.ttl("demo:job:j1") <= settings.job_ttl_s
    assert await store.waiting(older_than_ms=-1000) == [("record", "j1")]


async def test_a_job_that_does_not_exist_is_none(store: Store) -> None:
    assert await store.get("nothing") is None


async def test_a_job_that_reaches_redis_too_late_is_not_accepted(store: Store, redis_url: str) -> None:
    # Given a Redis that hangs after it has told the time: its client is told no
    server = psutil.Process(_valkey_pid(redis_url))
    await store.redis.time()
    os.kill(server.pid, signal.SIGSTOP)
    creating = asyncio.create_task(store.create(new_job()))
    await asyncio.sleep(0.2)

    # When it goes on much later and reads what was sent
    creating.cancel()
    os.kill(server.pid, signal.SIGCONT)
    await asyncio.gather(creating, return_exceptions=True)

    # Then nothing was accepted, neither then
    assert await store.get("j1") is None
    # nor by a script that arrives after its deadline
    late = store._scripts["create"]
    assert await late(keys=["demo:job:j1", WAITING["record"], ""], args=["j1", 1, 60, 9, 1, "id", "j1"]) == 0
    assert await store.get("j1") is None


def _valkey_pid(url: str) -> int:
    """By its socket: a server on a unix socket names it in its process title."""
    path = url.removeprefix("unix://")
    for process in psutil.process_iter(["name", "cmdline"]):
        # Its guard has the same words on its command line.
        if process.info["name"].startswith("valkey") and path in " ".join(process.info["cmdline"] or []):
            return process.pid
    raise AssertionError(f"no Valkey listens on {path}")


async def test_of_many_workers_one_gets_the_job(store: Store) -> None:
    await store.create(new_job())

    claims = await asyncio.gather(*(store.claim("j1", Stage.QUEUED, Stage.EXPLORING) for _ in range(20)))

    assert sum(claim is not None for claim in claims) == 1
    job = await store.get("j1")
    assert job is not None
    assert (job.status, job.stage) == (Status.PROCESSING, Stage.EXPLORING)


async def test_a_move_that_is_not_in_the_table_is_refused(store: Store) -> None:
    claim = await claimed(store, new_job())

    with pytest.raises(TransitionRefused, match="from exploring to ready"):
        await store.transition(claim, Stage.READY, {})


async def test_a_beat_renews_the_lease_and_writes_news(store: Store) -> None:
    claim = await claimed(store, new_job())
    await expire_lease(store, "j1")

    assert await store.renew_lease(claim, {"progress": 40})

    job = await store.get("j1")
    assert job is not None
    assert job.progress == 40
    assert await store.reap() == []


async def test_a_job_whose_lease_ran_out_goes_back_to_its_queue(store: Store) -> None:
    await claimed(store, new_job())
    await expire_lease(store, "j1")

    assert await store.reap() == ["j1"]

    job = await store.get("j1")
    assert job is not None
    assert (job.status, job.stage) == (Status.PENDING, Stage.QUEUED)


async def test_a_stale_worker_is_fenced(store: Store) -> None:
    stale = await claimed(store, new_job())
    await expire_lease(store, "j1")
    await store.reap()
    fresh = await store.claim("j1", Stage.QUEUED, Stage.EXPLORING)
    assert fresh is not None

    assert not await store.renew_lease(stale, {"progress": 99})
    with pytest.raises(TransitionRefused):
        await store.transition(stale, Stage.RECORDED, {"progress": 99})
    with pytest.raises(TransitionRefused):
        await store.end(stale, Status.FAILED, {"error": "stale"})

    job = await store.get("j1")
    assert job is not None
    assert (job.stage, job.progress, job.error) == (Stage.EXPLORING, 0, None)
    assert stale.footage_key != fresh.footage_key


async def test_a_job_that_kills_its_workers_fails_after_three_attempts(store: Store) -> None:
    await store.create(new_job())
    for _ in range(3):
        assert await store.claim("j1", Stage.QUEUED, Stage.EXPLORING)
        await expire_lease(store, "j1")
        await store.reap()

    job = await store.get("j1")
    assert job is not None
    assert job.status is Status.FAILED
    assert job.error_code == "attempts_exhausted"
    assert await store.claim("j1", Stage.QUEUED, Stage.EXPLORING) is None
    assert await store.waiting(older_than_ms=-1000) == []


async def test_attempts_are_counted_for_each_stage_alone(store: Store) -> None:
    await store.create(new_job())
    for _ in range(2):
        assert await store.claim("j1", Stage.QUEUED, Stage.EXPLORING)
        await expire_lease(store, "j1")
        await store.reap()
    claim = await store.claim("j1", Stage.QUEUED, Stage.EXPLORING)
    assert claim is not None
    await store.transition(claim, Stage.RECORDED, {})

    # A first encoder that dies does not end a job whose filming took three attempts.
    assert await store.claim("j1", Stage.RECORDED, Stage.ENCODING)
    await expire_lease(store, "j1")
    await store.reap()

    job = await store.get("j1")
    assert job is not None
    assert (job.status, job.stage) == (Status.PROCESSING, Stage.RECORDED)


async def test_an_export_whose_lease_ran_out_is_ready_again(store: Store) -> None:
    claim = await claimed(store, new_job())
    await store.transition(claim, Stage.RECORDED, {})
    encoding = await store.claim("j1", Stage.RECORDED, Stage.ENCODING)
    assert encoding is not None
    await put(store, encoding.film_key, b"x")
    await store.transition(encoding, Stage.READY, {}, publish=encoding.film_key)
    for _ in range(5):
        assert await store.claim("j1", Stage.READY, Stage.EXPORTING)
        await expire_lease(store, "j1")
        await store.reap()

    job = await store.get("j1")
    assert job is not None
    assert (job.status, job.stage) == (Status.COMPLETED, Stage.READY)


async def test_waiting_entries_of_expired_jobs_are_forgotten(store: Store) -> None:
    await store.create(new_job())
    await store.redis.delete("demo:job:j1")

    assert await store.waiting(older_than_ms=-1000) == []
    assert await store.redis.zcard(WAITING["record"]) == 0


async def test_one_watchdog_leads_until_its_time_is_over(store: Store) -> None:
    assert await store.elect_leader("a", ttl_ms=200)
    assert await store.elect_leader("a", ttl_ms=200)
    assert not await store.elect_leader("b", ttl_ms=200)

    await asyncio.sleep(0.3)

    assert await store.elect_leader("b", ttl_ms=200)


async def test_after_an_outage_leases_begin_anew(store: Store) -> None:
    claim = await claimed(store, new_job())
    assert await store.elect_leader("a", ttl_ms=5000)
    await expire_lease(store, "j1")
    # Given that no watchdog could reach Redis for longer than half a lease
    seen_ms = int(await store.redis.get(SEEN) or 0)
    await store.redis.set(SEEN, seen_ms - 4500)

    assert await store.elect_leader("a", ttl_ms=5000)

    # Then the worker, who had no chance to renew, keeps its job; but not for ever
    assert await store.reap() == []
    assert await store.renew_lease(claim, {})
    await expire_lease(store, "j1")
    assert await store.elect_leader("a", ttl_ms=5000)
    assert await store.reap() == ["j1"]


async def test_a_redis_that_is_not_there_is_noticed_at_once(settings: Settings) -> None:
    redis = connect("redis://127.0.0.1:1/0")

    with pytest.raises(RedisConnectionError):
        await Store(redis, settings).ping()


async def test_a_full_redis_takes_no_new_job_but_keeps_those_that_run(store: Store) -> None:
    claim = await claimed(store, new_job())
    assert await store.elect_leader("me", ttl_ms=5000)
    await expire_lease(store, "j1")
    await store.redis.config_set("maxmemory", 1)

    with pytest.raises(OutOfMemoryError):
        await store.create(new_job("j2"))
    assert await store.renew_lease(claim, {"progress": 5})
    assert await store.elect_leader("me", ttl_ms=5000)
    assert await store.reap() == []
    await store.end(claim, Status.FAILED, {"error": "full"})


async def test_a_job_does_not_expire_while_it_waits(store: Store, settings: Settings) -> None:
    await store.create(new_job())
    await store.redis.expire("demo:job:j1", 5)

    await store.waiting(older_than_ms=-1000)

    assert await store.redis.ttl("demo:job:j1") > 5
