import asyncio
import threading

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from actors.jobs.job import Job
from actors.jobs.keys import ACTIVE, JOB
from actors.jobs.spec import JobSpec
from actors.jobs.states import Stage, Status
from actors.jobs.store import Store
from actors.options import Limits
from actors.watchdog import TICKET_AGE_MS, reap, resend, watch
from tests.support.jobs import exploring, queued

pytestmark = pytest.mark.anyio


async def age(store: Store, job_id: str) -> None:
    """Lets a job have waited for longer than a ticket travels."""
    job = await store.get(job_id)
    assert job is not None
    await store.redis.hset(JOB + job_id, "updated_ms", str(job.updated_ms - TICKET_AGE_MS - 2000))


async def test_a_lost_ticket_is_sent_again(store: Store) -> None:
    sent: list[tuple[str, str]] = []
    await queued(store)
    await age(store, "j1")

    await resend(store, lambda queue, job_id: sent.append((queue, job_id)))

    assert sent == [("record", "j1")]


async def test_a_fresh_job_and_a_queue_that_still_holds_tickets_are_left_alone(store: Store) -> None:
    sent: list[tuple[str, str]] = []
    await queued(store, "fresh")
    await resend(store, lambda queue, job_id: sent.append((queue, job_id)))
    await age(store, "fresh")
    await store.redis.rpush("dramatiq:record", "a ticket")
    await resend(store, lambda queue, job_id: sent.append((queue, job_id)))

    assert sent == []
    # but not for ever: a lost ticket must not wait until a busy queue is empty
    await resend(store, lambda queue, job_id: sent.append((queue, job_id)), every_queue=True)
    assert sent == [("record", "fresh")]


async def test_a_job_of_a_dead_worker_is_taken_back_and_offered_again(store: Store) -> None:
    sent: list[tuple[str, str]] = []
    await exploring(store)
    await store.redis.zadd(ACTIVE, {"j1": 1})

    await reap(store, lambda queue, job_id: sent.append((queue, job_id)))
    job = await store.get("j1")
    assert job is not None
    assert (job.status, job.stage) == (Status.PENDING, Stage.QUEUED)
    # at once, without waiting for its ticket to be missed
    assert sent == [("record", "j1")]


@pytest.mark.parametrize("error", [RedisConnectionError("away"), ValueError("a bug")])
async def test_it_survives_what_goes_wrong_in_a_round(error: Exception, store: Store) -> None:
    tried = threading.Event()

    def send(_queue: str, _job_id: str) -> None:
        tried.set()
        raise error

    await store.create(Job("j1", JobSpec("https://example.com/", Limits(1, 1, 1))))
    await age(store, "j1")
    watching = asyncio.create_task(watch(store, send))
    assert await asyncio.to_thread(tried.wait, 10)
    tried.clear()

    # The next round tries again
    assert await asyncio.to_thread(tried.wait, 10)
    assert not watching.done()
    watching.cancel()
