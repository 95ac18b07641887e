"""What lies in the vault for a job is published, renewed and deleted with the job, and never without it."""

from typing import Any, cast

import pytest

from actors.errors import FilmMissing, JobGone, JobUnknown, TransitionRefused
from actors.jobs.keys import ACTIVE, GONE, film_key
from actors.jobs.states import Stage, Status
from actors.jobs.store import Store
from actors.settings import Settings
from tests.support.jobs import exploring, job_keys, put, queued, ready
from video.blob_store import blob_size

pytestmark = pytest.mark.anyio


async def expire_lease(store: Store, job_id: str) -> None:
    await store.redis.zadd(ACTIVE, {job_id: 1})


async def test_publishing_renames_the_film_and_drops_the_footage(store: Store, settings: Settings) -> None:
    claim = await exploring(store)
    await put(store, claim.footage_key, b"x")
    await store.transition(claim, Stage.RECORDED, {}, keep=[claim.footage_key])
    encoding = await store.claim("j1", Stage.RECORDED, Stage.ENCODING)
    assert encoding is not None
    await put(store, encoding.film_key, bytes(1234))

    await store.transition(encoding, Stage.READY, {"progress": 100}, publish=encoding.film_key, keep=[])

    assert await blob_size(store.redis, film_key("j1")) == 1234
    assert not await store.redis.exists(claim.footage_key, encoding.film_key)
    assert 0 < await store.redis.ttl(film_key("j1")) <= settings.job_ttl_s


async def test_an_ended_job_keeps_its_error_and_loses_its_blobs(store: Store) -> None:
    claim = await exploring(store)
    await put(store, claim.footage_key, b"x")

    await store.end(claim, Status.FAILED, {"error": "no luck", "error_code": "x"})

    job = await store.get("j1")
    assert job is not None
    assert (job.status, job.stage, job.error) == (Status.FAILED, Stage.EXPLORING, "no luck")
    assert not await store.redis.exists(claim.footage_key)
    assert await store.reap() == []


async def test_finishing_an_export_leaves_nothing_in_redis(store: Store) -> None:
    claim = await exploring(store)
    await store.transition(claim, Stage.RECORDED, {})
    encoding = await store.claim("j1", Stage.RECORDED, Stage.ENCODING)
    assert encoding is not None
    await put(store, encoding.film_key, b"x")
    await store.transition(encoding, Stage.READY, {}, publish=encoding.film_key)
    export = await store.claim("j1", Stage.READY, Stage.EXPORTING)
    assert export is not None

    assert await store.finish(export)

    assert set(await cast(Any, store.redis.keys("demo:*"))) == {b"demo:gone", b"demo:totals"}
    with pytest.raises(JobGone):
        await store.find("j1")
    # for a while
    await store.redis.zadd(GONE, {"j1": 1})
    with pytest.raises(JobUnknown):
        await store.find("j1")


async def test_all_blobs_of_a_job_live_as_long_as_the_job(store: Store) -> None:
    claim = await exploring(store)
    kept = [claim.footage_key, claim.film_key, claim.extra_keys["poster"]]
    for key in kept:
        await put(store, key, b"x")
    await store.transition(claim, Stage.RECORDED, {"draft_key": claim.film_key}, keep=kept)

    async def shorten() -> None:
        for key in kept:
            assert await store.redis.expire(key, 5)

    # While it waits, while its next stage runs, and when that hands it back
    await shorten()
    await store.waiting(older_than_ms=-1000)
    assert min([await store.redis.ttl(key) for key in kept]) > 5
    await shorten()
    encoding = await store.claim("j1", Stage.RECORDED, Stage.ENCODING)
    assert encoding is not None
    assert await store.renew_lease(encoding, {})
    assert min([await store.redis.ttl(key) for key in kept]) > 5
    await shorten()
    await store.transition(encoding, Stage.RECORDED, {}, keep=kept)
    assert min([await store.redis.ttl(key) for key in kept]) > 5


async def test_a_film_does_not_expire_while_it_is_downloaded(store: Store) -> None:
    await ready(store, b"film", extras={"poster": b"png"})
    export = await store.claim("j1", Stage.READY, Stage.EXPORTING)
    job = await store.get("j1")
    assert export is not None
    assert job is not None
    for key in (film_key("j1"), job.extras["poster"]):
        assert await store.redis.expire(key, 5)

    assert await store.renew_lease(export, {})

    for key in (film_key("j1"), job.extras["poster"]):
        assert await store.redis.ttl(key) > 5


async def test_a_draft_is_published_under_its_own_key_and_only_by_its_holder(store: Store) -> None:
    claim = await exploring(store)
    await put(store, claim.film_key, bytes(1234))
    await store.transition(claim, Stage.RECORDED, {"draft_key": claim.film_key}, keep=[claim.film_key])
    stale = await store.claim("j1", Stage.RECORDED, Stage.ENCODING)
    assert stale is not None
    await expire_lease(store, "j1")
    await store.reap()
    fresh = await store.claim("j1", Stage.RECORDED, Stage.ENCODING)
    assert fresh is not None

    with pytest.raises(TransitionRefused):
        await store.transition(stale, Stage.READY, {}, publish=claim.film_key, keep=[])
    await store.transition(fresh, Stage.READY, {}, publish=claim.film_key, keep=[])

    assert await blob_size(store.redis, film_key("j1")) == 1234
    assert not await store.redis.exists(claim.film_key)


async def test_a_film_that_is_not_there_is_not_published(store: Store) -> None:
    claim = await exploring(store)
    await put(store, claim.footage_key, b"x")
    await store.transition(claim, Stage.RECORDED, {}, keep=[claim.footage_key])
    encoding = await store.claim("j1", Stage.RECORDED, Stage.ENCODING)
    assert encoding is not None

    with pytest.raises(FilmMissing):
        await store.transition(encoding, Stage.READY, {}, publish=claim.film_key, keep=[])

    # Nothing has changed: the film can still be made
    assert await store.renew_lease(encoding, {})
    assert await store.redis.exists(claim.footage_key)


async def test_a_job_whose_encoders_all_die_keeps_what_a_retry_needs(store: Store) -> None:
    claim = await exploring(store)
    for key in claim.blobs:
        await put(store, key, b"x")
    await store.transition(claim, Stage.RECORDED, {"draft_key": claim.film_key}, keep=claim.blobs)
    for _ in range(3):
        encoding = await store.claim("j1", Stage.RECORDED, Stage.ENCODING)
        assert encoding is not None
        for key in encoding.blobs:
            await put(store, key, b"x")
        await expire_lease(store, "j1")
        await store.reap()

    job = await store.get("j1")
    assert job is not None
    assert job.error_code == "attempts_exhausted"
    assert [failure["code"] for failure in job.failures] == ["lease_lost"] * 3
    kept = {b"demo:job:j1", *(key.encode() for key in claim.blobs)}
    assert await job_keys(store) == kept


async def test_what_a_lost_claim_had_stored_is_dropped(store: Store) -> None:
    await queued(store)
    for _ in range(3):
        claim = await store.claim("j1", Stage.QUEUED, Stage.EXPLORING)
        assert claim is not None
        for key in claim.blobs:
            await put(store, key, b"x")
        await expire_lease(store, "j1")
        await store.reap()

    assert await job_keys(store) == {b"demo:job:j1"}


async def test_a_move_whose_answer_was_lost_costs_the_job_nothing(store: Store) -> None:
    claim = await exploring(store)
    await put(store, claim.footage_key, b"x")
    await put(store, claim.film_key, b"x")
    await store.transition(claim, Stage.RECORDED, {}, keep=[claim.footage_key])

    # Its worker, which has not heard of it, tries again and then cleans up
    with pytest.raises(TransitionRefused):
        await store.transition(claim, Stage.RECORDED, {}, keep=[claim.footage_key])
    await store.drop_blobs(claim)

    assert await store.redis.exists(claim.footage_key)
    assert not await store.redis.exists(claim.film_key)


async def test_an_encoder_that_is_lost_leaves_the_footage_for_the_next(store: Store) -> None:
    claim = await exploring(store)
    await put(store, claim.footage_key, b"x")
    await store.transition(claim, Stage.RECORDED, {}, keep=[claim.footage_key])
    encoding = await store.claim("j1", Stage.RECORDED, Stage.ENCODING)
    assert encoding is not None
    await put(store, encoding.film_key, b"x")

    await expire_lease(store, "j1")
    await store.reap()

    assert await store.redis.exists(claim.footage_key)
    assert not await store.redis.exists(encoding.film_key)


async def test_footage_does_not_expire_while_it_is_made(store: Store) -> None:
    claim = await exploring(store)
    await put(store, claim.footage_key, b"x")
    await store.redis.expire(claim.footage_key, 5)

    await store.renew_lease(claim, {})

    assert await store.redis.ttl(claim.footage_key) > 5
