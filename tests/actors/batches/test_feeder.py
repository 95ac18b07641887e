"""The feeder makes ordinary jobs of items, as many as may run, and follows them to their end."""

import pytest

from actors.batches.feeder import feed, tend
from actors.batches.states import BatchStatus, ItemStatus
from actors.batches.store import BatchStore
from actors.errors import BatchEnded
from actors.jobs.keys import BATCHES, JOB, PACE, WAITING, film_key
from actors.jobs.states import Stage, Status
from actors.jobs.store import Store
from actors.settings import Settings
from tests.actors.batches.support import batch_of, claimed, fail_next, film_next, hurry
from tests.support.jobs import queued

pytestmark = pytest.mark.anyio
HOSTS = ["1.1.1.1", "1.0.0.1", "8.8.8.8"]


def send(queue: str, job_id: str) -> None:
    """Tickets are not what is tested here: the jobs are claimed by hand."""


async def counts(store: Store, batch_id: str) -> dict[str, int]:
    found = await BatchStore(store).counts(batch_id)
    return {str(status): count for status, count in found.items() if count}


async def test_no_more_items_run_than_may_and_the_last_ends_the_batch(store: Store) -> None:
    batches = BatchStore(store)
    batch = await batch_of(store, HOSTS)
    assert (batch.status, await counts(store, batch.id)) == (BatchStatus.PENDING, {"waiting": 3})

    for _ in range(2):  # a second feeder does no harm
        await feed(store, send)
    assert await counts(store, batch.id) == {"waiting": 1, "running": 2}
    assert (await batches.find(batch.id)).status is BatchStatus.PROCESSING

    first = await film_next(store)
    assert (first.spec.url, first.batch, first.item) == ("https://1.1.1.1/1", batch.id, 1)
    assert first.film_name == "1"
    await feed(store, send)
    await fail_next(store)
    await film_next(store)

    assert await counts(store, batch.id) == {"completed": 2, "failed": 1}
    ended = await batches.find(batch.id)
    assert ended.status is BatchStatus.COMPLETED
    assert ended.has_ended
    assert await batches.going_on() == []
    one, two, _ = await batches.items(ended)
    assert (one.status, one.film_s, one.size_bytes, one.attempts) == (ItemStatus.COMPLETED, 8.5, 4, 1)
    assert (two.status, two.error, two.error_code) == (ItemStatus.FAILED, "no luck", "x")
    assert one.took_s is not None
    # Items outlive the export of their job.
    claim = await store.claim(first.id, Stage.READY, Stage.EXPORTING)
    assert claim is not None
    await store.finish(claim)
    assert (await batches.items(ended))[0].exported
    assert (await batches.find(batch.id)).exported == 1


async def test_one_film_a_host_at_a_time_and_a_pause_between_two(store: Store) -> None:
    batch = await batch_of(store, ["1.1.1.1"] * 3, max_concurrency=3)
    await feed(store, send)
    assert await counts(store, batch.id) == {"waiting": 2, "running": 1}

    await film_next(store)
    await feed(store, send)
    assert await counts(store, batch.id) == {"waiting": 2, "completed": 1}

    await hurry(store)
    await feed(store, send)
    assert await counts(store, batch.id) == {"waiting": 1, "running": 1, "completed": 1}


async def test_more_failures_than_are_tolerated_skip_the_rest(store: Store) -> None:
    batch = await batch_of(store, HOSTS, max_concurrency=1, tolerated_failures=0)
    await feed(store, send)
    await fail_next(store)

    assert await counts(store, batch.id) == {"failed": 1, "skipped": 2}
    assert (await BatchStore(store).find(batch.id)).status is BatchStatus.FAILED


async def test_a_paused_batch_claims_nothing_and_goes_on_when_resumed(store: Store) -> None:
    batches = BatchStore(store)
    batch = await batch_of(store, HOSTS)
    await feed(store, send)
    for _ in range(2):
        assert (await batches.steer(batch.id, "pause")).status is BatchStatus.PAUSED

    # What waits for a worker already is not claimed either; others are.
    assert await store.claim_next(Stage.QUEUED, Stage.EXPLORING) is None
    await queued(store, "single")
    assert (await claimed(store)).id == "single"
    await feed(store, send)
    assert await counts(store, batch.id) == {"waiting": 1, "running": 2}

    assert (await batches.steer(batch.id, "resume")).status is BatchStatus.PROCESSING
    await film_next(store)


async def test_a_film_that_somebody_asks_for_comes_before_items_that_wait(store: Store) -> None:
    await batch_of(store, HOSTS)
    await feed(store, send)
    await queued(store, "single")
    assert (await claimed(store)).id == "single"


async def test_items_leave_half_of_the_queue_to_single_films(settings: Settings) -> None:
    assert settings.redis is not None
    async with Store.opened(settings.redis, settings.model_copy(update={"max_queue": 2})) as store:
        for hosts in (["1.1.1.1"], ["1.0.0.1"]):
            await batch_of(store, hosts)
        await feed(store, send)
        assert await store.redis.zcard(WAITING["record"]) == 1
        await film_next(store)
        await feed(store, send)
        await film_next(store)


async def test_cancelling_ends_what_waits_and_what_runs(store: Store) -> None:
    batches = BatchStore(store)
    batch = await batch_of(store, HOSTS)
    await feed(store, send)
    job = await claimed(store)

    for _ in range(2):
        assert (await batches.steer(batch.id, "cancel")).status is BatchStatus.CANCELLED

    assert await counts(store, batch.id) == {"cancelled": 3}
    assert (await store.find(job.id)).status == "cancelled"
    with pytest.raises(BatchEnded):
        await batches.steer(batch.id, "resume")


async def test_a_retry_makes_new_attempts_of_exactly_the_failed_and_keeps_their_errors(store: Store) -> None:
    batches = BatchStore(store)
    batch = await batch_of(store, HOSTS, max_concurrency=3)
    await feed(store, send)
    old = await fail_next(store, "first error")
    for _ in range(2):
        await film_next(store)
    assert (await batches.find(batch.id)).has_ended

    assert await batches.retry(batch.id) == [1]
    assert await batches.retry(batch.id) == []
    assert (await batches.find(batch.id)).status is BatchStatus.PROCESSING
    await hurry(store)
    await feed(store, send)
    new = await film_next(store)

    assert new.id != old.id
    item = await batches.item(batch, 1)
    assert item is not None
    assert (item.status, item.attempts, item.error) == (ItemStatus.COMPLETED, 2, None)
    assert [(past["job_id"], past["error"]) for past in item.history] == [(old.id, "first error")]
    ended = await batches.find(batch.id)
    assert (ended.status, ended.retried) == (BatchStatus.COMPLETED, 1)


async def test_a_job_that_is_retried_by_itself_is_its_items_still(store: Store) -> None:
    batch = await batch_of(store, HOSTS[:1])
    await feed(store, send)
    job = await fail_next(store)
    assert (await BatchStore(store).find(batch.id)).status is BatchStatus.FAILED

    await store.retry(job.id)
    assert await counts(store, batch.id) == {"running": 1}
    await film_next(store)
    assert (await BatchStore(store).find(batch.id)).status is BatchStatus.COMPLETED


async def test_a_host_where_five_in_a_row_failed_is_left_alone_until_somebody_resumes(store: Store) -> None:
    batches = BatchStore(store)
    batch = await batch_of(store, ["1.1.1.1"] * 6)
    for _ in range(5):
        await feed(store, send)
        await fail_next(store)
        await hurry(store)
    await feed(store, send)

    paused = await batches.find(batch.id)
    assert (paused.status, paused.waits_for) == (BatchStatus.PAUSED, "hosts")
    assert await batches.held_hosts(batch.id) == ["1.1.1.1"]
    await batches.steer(batch.id, "resume")
    await feed(store, send)
    await film_next(store)
    assert (await batches.find(batch.id)).status is BatchStatus.COMPLETED


async def test_a_host_that_asks_to_be_left_alone_is_left_alone_as_long(store: Store) -> None:
    batch = await batch_of(store, ["1.1.1.1"] * 2)
    await feed(store, send)
    claim = await store.claim_next(Stage.QUEUED, Stage.EXPLORING)
    assert claim is not None
    await store.end(claim, Status.FAILED, {"error": "too many", "error_code": "x", "retry_after_ms": 90_000})

    assert 80_000 < await store.redis.pttl(f"{PACE}1.1.1.1:next") <= 90_000
    await feed(store, send)
    assert await counts(store, batch.id) == {"waiting": 1, "failed": 1}


async def test_when_redis_is_full_nothing_is_begun_and_that_is_said(store: Store) -> None:
    batch = await batch_of(store, HOSTS)
    await store.redis.config_set("maxmemory", "64mb")
    await feed(store, send)
    assert await counts(store, batch.id) == {"waiting": 3}
    assert (await BatchStore(store).find(batch.id)).waits_for == "capacity"

    await store.redis.config_set("maxmemory", "0")
    await feed(store, send)
    assert await counts(store, batch.id) == {"waiting": 1, "running": 2}
    assert (await BatchStore(store).find(batch.id)).waits_for == ""


async def test_an_address_that_may_not_be_reached_fails_its_item_alone(store: Store) -> None:
    batch = await batch_of(store, ["127.0.0.1", "1.1.1.1"])
    await feed(store, send)

    assert await counts(store, batch.id) == {"running": 1, "failed": 1}
    item = await BatchStore(store).item(batch, 1)
    assert item is not None
    assert item.error_code == "address_refused"


async def test_an_item_whose_job_is_gone_fails_instead_of_running_for_ever(store: Store) -> None:
    batch = await batch_of(store, HOSTS[:1])
    await feed(store, send)
    job = await claimed(store)
    await store.redis.unlink(JOB + job.id)
    await tend(store)

    assert await counts(store, batch.id) == {"failed": 1}
    assert await store.redis.zcard(BATCHES) == 0


async def test_films_live_as_long_as_their_batch_goes_on_and_as_batch_ttl_says_then(store: Store) -> None:
    batch = await batch_of(store, HOSTS)
    await feed(store, send)
    job = await film_next(store)
    await store.redis.expire(JOB + job.id, 5)
    await tend(store)
    assert await store.redis.ttl(JOB + job.id) > 5

    await BatchStore(store).steer(batch.id, "cancel")
    await store.redis.expire(JOB + job.id, 5)
    async for key in store.redis.scan_iter(f"demo:batch:{batch.id}*"):
        assert 0 < await store.redis.ttl(key) <= store.settings.kept_batch_s


async def test_a_broken_download_does_not_shorten_how_long_the_film_of_a_batch_is_kept(
    settings: Settings,
) -> None:
    long_s = 10 * settings.job_ttl_s
    kept = settings.model_copy(update={"batch_ttl_s": long_s})
    async with Store.opened(settings.redis or "", kept) as store:
        await batch_of(store, HOSTS[:1])
        await feed(store, send)
        job = await film_next(store)
        claim = await store.claim(job.id, Stage.READY, Stage.EXPORTING)
        assert claim is not None
        assert await store.renew_lease(claim, {})
        await store.transition(claim, Stage.READY, {})

        for key in (JOB + job.id, film_key(job.id)):
            assert long_s - 60 < await store.redis.ttl(key) <= long_s
