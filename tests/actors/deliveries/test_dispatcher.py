"""Films of a batch are delivered to where their rows say, whatever dies or fails meanwhile; none is lost."""

import asyncio
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any, cast

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from actors.batches.batch import Batch, BatchRow, Item
from actors.batches.feeder import feed
from actors.batches.states import DeliveryStatus, ItemStatus
from actors.batches.store import BatchStore
from actors.deliveries.dispatcher import UploadPolicy, deliver
from actors.deliveries.uploader import Limits
from actors.errors import JobGone, SecretsUnavailable
from actors.jobs.keys import BATCH, DELIVERIES, JOB, film_key
from actors.jobs.states import Stage
from actors.jobs.store import Store
from actors.monitoring.worker_registry import WorkerRegistration
from actors.services import ServiceThread
from actors.settings import Settings
from tests.actors.batches.support import TEMPLATE, fail_next, film_next
from tests.support.canaries import SIGN
from tests.support.jobs import job_keys
from tests.support.upload_receiver import (
    SECRET_PATH,
    FilmStore,
    answers,
    breaks_off,
    hangs,
    refuses,
    stores,
    storing,
)

pytestmark = pytest.mark.anyio

#: Tries again in hundredths of a second, but gives a busy machine time to answer.
QUICK = UploadPolicy(
    poll_interval_s=0.02,
    postpone_s=0.05,
    backoff_s=(0.05,) * 5,
    jitter=0.0,
    limits=Limits(continue_s=0.2, stall_s=10.0, answer_s=10.0),
)
FILM = bytes(range(256)) * 2000
KEY = SecretStr(Fernet.generate_key().decode())
LONG_AGO = "X-Amz-Date=20200101T000000Z&X-Amz-Expires=60"


def send(queue: str, job_id: str) -> None:
    """Jobs are claimed by hand."""


@asynccontextmanager
async def delivering_to(
    settings: Settings, *stores_: FilmStore, policy: UploadPolicy | None = QUICK, **more: Any
) -> AsyncIterator[Store]:
    """The jobs' store of a process that delivers to these; without a policy it delivers nothing."""
    hosts = frozenset(store.host for store in stores_)
    known = settings.model_copy(update={"allow_private_hosts": hosts, "secrets_key": KEY, **more})
    async with Store.opened(settings.redis or "", known) as store:
        task = asyncio.create_task(deliver(store, policy)) if policy else None
        try:
            yield store
        finally:
            if task is not None:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task


async def filmed(store: Store, *addresses: str, film: bytes = FILM) -> Batch:
    """A batch that has ended, whose films go to these addresses; "" for none."""
    batch = await accepted(store, *addresses)
    await feed(store, send)
    for _ in addresses:
        await film_next(store, film)
    return await BatchStore(store).find(batch.id)


async def accepted(store: Store, *addresses: str) -> Batch:
    # Numbers as hosts: the films of one are made at the same time as those of another.
    rows = [
        BatchRow({"host": f"1.1.1.{n}", "page": "x"}, f"1.1.1.{n}", address)
        for n, address in enumerate(addresses, start=1)
    ]
    batch = Batch(uuid.uuid4().hex, TEMPLATE, max_concurrency=50, date="2026-11-30")
    await BatchStore(store).create(batch, rows)
    return await BatchStore(store).find(batch.id)


async def item_of(store: Store, batch: Batch, number: int = 1) -> Item:
    item = await BatchStore(store).item(batch, number)
    assert item is not None
    return item


async def settled(store: Store, batch: Batch, number: int = 1) -> Item:
    """An item whose delivery has ended."""
    return cast(Item, await eventually(lambda: _settled(store, batch, number)))


async def _settled(store: Store, batch: Batch, number: int) -> Item | None:
    item = await item_of(store, batch, number)
    return item if item.delivery in (DeliveryStatus.DELIVERED, DeliveryStatus.FAILED) else None


async def eventually(check: Callable[[], Awaitable[Any]]) -> Any:
    """What it finds when it finds something."""
    deadline_s = time.monotonic() + 20
    while not (found := await check()):
        assert time.monotonic() < deadline_s, "it never came to that"
        await asyncio.sleep(0.005)
    return found


async def addresses(store: Store, batch: Batch) -> list[int]:
    """The items whose address is still there."""
    return sorted(int(n) for n in await cast(Any, store.redis.hkeys(f"{BATCH}{batch.id}:addresses")))


async def test_a_film_is_delivered_and_dropped(settings: Settings) -> None:
    async with storing() as films, delivering_to(settings, films) as store:
        batch = await filmed(store, films.url("1.mp4"), "")
        item, other = await settled(store, batch), await item_of(store, batch, 2)

        assert [received.body for received in films.received] == [FILM]
        assert films.received[0].headers["content-type"] == "video/mp4"
        assert (item.delivery, item.delivery_error, item.exported) == ("delivered", None, True)
        assert (item.status, (await BatchStore(store).find(batch.id)).exported) == ("completed", 1)
        with pytest.raises(JobGone):
            await store.find(item.job_id or "")
        assert not [key for key in await job_keys(store) if (item.job_id or "").encode() in key]
        assert await addresses(store, batch) == []
        assert await store.redis.zcard(DELIVERIES) == 0
        # What has no address is kept, and fetched.
        assert (other.delivery, other.exported) == (None, False)
        assert await store.redis.exists(film_key(other.job_id or ""))


async def test_a_store_that_fails_in_every_way_gets_the_film_in_the_end(settings: Settings) -> None:
    wrong = answers("200 OK", f'ETag: "{"0" * 32}"')
    failing = (breaks_off, refuses("503 Slow Down"), wrong, refuses("200 OK"), answers("429 Too Many"))
    async with storing(*failing) as films, delivering_to(settings, films) as store:
        batch = await filmed(store, films.url())
        item = await settled(store, batch)

    assert (item.delivery, item.delivery_error) == ("delivered", None)
    assert (films.begun, films.received[-1].body) == (6, FILM)


async def test_after_the_sixth_attempt_it_is_given_up_and_the_film_kept(settings: Settings) -> None:
    async with storing(*[refuses("503 Slow Down")] * 6) as films, delivering_to(settings, films) as store:
        batch = await filmed(store, films.url())
        item = await settled(store, batch)

        error = f"{films.host} answered 503 Service Unavailable at the last of 6 attempts"
        assert item.delivery_error == f"{error}; the film was kept and can be fetched."
        assert films.begun == 6
        await can_be_fetched(store, item)


@pytest.mark.parametrize("status", ["403 Forbidden", "307 Temporary Redirect"])
async def test_a_refusal_is_final_until_somebody_retries(settings: Settings, status: str) -> None:
    refusing = refuses(status, "Location: http://127.0.0.1:1/")
    async with storing(refusing) as films, delivering_to(settings, films) as store:
        batch = await filmed(store, films.url())
        failed = await settled(store, batch)
        assert (failed.delivery, failed.status, films.begun) == ("failed", "completed", 1)
        assert f"{films.host} answered {status}" in (failed.delivery_error or "")
        await can_be_fetched(store, failed)
        assert await addresses(store, batch) == [1]

        # All failed items, of which it is none; then this one by its number.
        batches = BatchStore(store)
        for numbers in (None, [1]):
            assert (await item_of(store, batch)).delivery == "failed"
            assert await batches.retry(batch.id, numbers) == []
        assert (await item_of(store, batch)).delivery_error is None
        assert (await batches.find(batch.id)).has_ended
        item = await settled(store, batch)

    assert (item.delivery, item.delivery_error, item.attempts) == ("delivered", None, 1)
    assert films.begun == 2


async def can_be_fetched(store: Store, item: Item) -> None:
    claim = await eventually(lambda: store.claim(item.job_id or "", Stage.READY, Stage.EXPORTING))
    assert await store.redis.exists(film_key(item.job_id or ""))
    await store.transition(claim, Stage.READY, {})


async def test_while_it_waits_for_another_attempt_the_item_says_why(settings: Settings) -> None:
    patient = replace(QUICK, backoff_s=(60.0,) * 5)
    async with storing(breaks_off) as films, delivering_to(settings, films, policy=patient) as store:
        batch = await filmed(store, films.url())

        async def tried() -> Item | None:
            item = await item_of(store, batch)
            return item if item.delivery_error else None

        item = await eventually(tried)
        assert item.delivery == "waiting"
        why = f"The connection to {films.host} broke off before it had answered"
        assert item.delivery_error == f"{why}; attempt 2 of 6 follows."
        await can_be_fetched(store, item)


async def test_a_store_that_asks_for_time_gets_it(settings: Settings) -> None:
    slow = refuses("503 Slow Down", "Retry-After: 1")
    async with storing(slow) as films, delivering_to(settings, films) as store:
        batch = await filmed(store, films.url())
        await settled(store, batch)

    first, second = films.received
    assert second.at_s - first.at_s >= 1.0


async def test_an_address_that_has_expired_is_given_up_and_forgotten(settings: Settings) -> None:
    async with storing() as films, delivering_to(settings, films) as store:
        batch = await filmed(store, films.url(query=LONG_AGO))
        item = await settled(store, batch)

        why = "The address has expired at 2020-01-01T00:01:00Z"
        assert item.delivery_error == f"{why}; the film was kept and can be fetched."
        assert (films.begun, await addresses(store, batch)) == (0, [])
        await can_be_fetched(store, item)
        await BatchStore(store).retry(batch.id, [1])
        assert (await item_of(store, batch)).delivery == "failed"


async def test_nothing_is_tried_again_once_the_address_will_have_expired(settings: Settings) -> None:
    patient = replace(QUICK, backoff_s=(3600.0,) * 5)
    async with storing(breaks_off) as films, delivering_to(settings, films, policy=patient) as store:
        batch = await filmed(store, films.url(query=f"Expires={time.time() + 600:.0f}"))
        item = await settled(store, batch)

    assert "and the address expires before another attempt; the film was kept" in (item.delivery_error or "")


async def test_a_film_that_somebody_is_fetching_is_left_to_him(settings: Settings) -> None:
    async with storing() as films, delivering_to(settings, films, policy=None) as store:
        batch = await filmed(store, films.url("1.mp4"), films.url("2.mp4"))
        claims = [
            await store.claim((await item_of(store, batch, n)).job_id or "", Stage.READY, Stage.EXPORTING)
            for n in (1, 2)
        ]
        assert None not in claims
        async with delivering_to(settings, films):
            await asyncio.sleep(0.5)
            assert films.begun == 0
            # One is fetched to its end, the other is broken off.
            await store.finish(cast(Any, claims[0]))
            await store.transition(cast(Any, claims[1]), Stage.READY, {})
            fetched, delivered = await settled(store, batch, 1), await settled(store, batch, 2)

        assert fetched.delivery_error == "The film was fetched before it was delivered."
        assert (fetched.delivery, fetched.exported) == ("failed", True)
        assert (delivered.delivery, films.begun) == ("delivered", 1)
        assert await addresses(store, batch) == []


async def test_a_film_whose_time_is_over_is_said_to_be_gone(settings: Settings) -> None:
    async with storing() as films, delivering_to(settings, films, policy=None) as store:
        batch = await filmed(store, films.url())
        await store.redis.unlink(JOB + ((await item_of(store, batch)).job_id or ""))
        async with delivering_to(settings, films):
            item = await settled(store, batch)

    assert item.delivery_error == "The film is gone: its time was over."


async def test_several_processes_deliver_each_film_once(settings: Settings) -> None:
    count = 12
    async with storing() as films, delivering_to(settings, films) as store, delivering_to(settings, films):
        batch = await filmed(store, *[films.url(f"{n}.mp4") for n in range(1, count + 1)])
        states = [(await settled(store, batch, n)).delivery for n in range(1, count + 1)]

    assert states == ["delivered"] * count
    assert len({received.first for received in films.received}) == films.begun == count


async def test_what_a_process_that_was_killed_was_delivering_is_delivered_by_another(
    settings: Settings,
) -> None:
    async with storing(hangs) as films, delivering_to(settings, films, policy=None) as store:
        batch = await filmed(store, films.url(), film=FILM * 20)
        job_id = (await item_of(store, batch)).job_id or ""
        command = [sys.executable, "-c", VICTIM, settings.redis or "", films.host, KEY.get_secret_value()]
        victim = subprocess.Popen(command)
        await films.until_begun(1)
        victim.kill()
        victim.wait()
        # Its leases hold until they end, and nobody else takes the film.
        assert await store.claim(job_id, Stage.READY, Stage.EXPORTING) is None
        lease_ends_ms = await store.redis.zscore(DELIVERIES, f"{batch.id}:1")
        async with delivering_to(settings, films):
            await eventually(store.reap)
            item = await settled(store, batch)

    assert lease_ends_ms is not None
    assert time.time() * 1000 >= lease_ends_ms, "nobody else could know that it was dead"
    assert (item.delivery, films.begun, films.received[-1].body) == ("delivered", 2, FILM * 20)


VICTIM = """
import asyncio, sys
from actors.deliveries.dispatcher import UploadPolicy, deliver
from actors.jobs.store import Store
from actors.settings import Settings

async def main(url, host, key):
    settings = Settings(redis_url=url, allow_private_hosts=frozenset({host}), secrets_key=key, lease_s=2.0)
    async with Store.opened(url, settings) as store:
        await deliver(store, UploadPolicy(poll_interval_s=0.02))

asyncio.run(main(*sys.argv[1:]))
"""


async def test_a_long_delivery_keeps_its_leases(settings: Settings) -> None:
    async def takes_its_time(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter, size_bytes: int
    ) -> bytes:
        await asyncio.sleep(2.0)
        return await stores(reader, writer, size_bytes)

    async with storing(takes_its_time) as films, delivering_to(settings, films, lease_s=1.0) as store:
        batch = await filmed(store, films.url())
        await films.until_begun(1)
        async with delivering_to(settings, films, lease_s=1.0):

            async def is_settled() -> Item | None:
                assert await store.reap() == []
                return await _settled(store, batch, 1)

            item = await eventually(is_settled)

    assert (item.delivery, films.begun) == ("delivered", 1)


async def test_a_store_that_hangs_holds_up_no_others(settings: Settings) -> None:
    busy = replace(QUICK, max_concurrent=3, max_per_receiver=2)
    async with (
        storing(*[hangs] * 3) as hanging,
        storing() as films,
        delivering_to(settings, hanging, films, policy=busy) as store,
    ):
        slow = [hanging.url(f"{n}.mp4") for n in range(3)]
        batch = await filmed(store, *slow, films.url(), film=FILM * 20)
        assert (await settled(store, batch, 4)).delivery == "delivered"

    assert hanging.begun == 2


async def test_an_item_that_is_filmed_again_is_delivered_then(settings: Settings) -> None:
    async with storing() as films, delivering_to(settings, films) as store:
        batch = await accepted(store, films.url())
        await feed(store, send)
        await fail_next(store)
        assert (await item_of(store, batch)).delivery is None
        assert 0 < await store.redis.ttl(f"{BATCH}{batch.id}:addresses") <= settings.kept_batch_s

        assert await BatchStore(store).retry(batch.id) == [1]
        assert await store.redis.ttl(f"{BATCH}{batch.id}:addresses") == -1
        for key in await store.redis.keys("demo:pace:*:next"):
            await store.redis.unlink(key)
        await feed(store, send)
        await film_next(store, FILM)
        item = await settled(store, batch)

    assert (item.status, item.delivery, item.attempts) == (ItemStatus.COMPLETED, "delivered", 2)


async def test_an_address_is_left_to_processes_that_can_read_it(settings: Settings) -> None:
    async with storing() as films, delivering_to(settings, films, secrets_key=None) as store:
        with pytest.raises(SecretsUnavailable):
            await accepted(store, films.url())
        async with delivering_to(settings, films, policy=None) as other:
            batch = await filmed(other, films.url())
        await asyncio.sleep(0.2)
        assert (await item_of(store, batch)).delivery == "waiting"
        another = SecretStr(Fernet.generate_key().decode())
        async with delivering_to(settings, films, secrets_key=another):
            item = await settled(store, batch)

    why = "The address was kept under another SECRETS_KEY"
    assert item.delivery_error == f"{why}; the film was kept and can be fetched."
    assert films.begun == 0


async def test_a_private_address_that_is_no_longer_listed_gets_nothing(settings: Settings) -> None:
    async with storing() as films, delivering_to(settings) as store:
        batch = await filmed(store, films.url())
        item = await settled(store, batch)

    assert "is a private or local address" in (item.delivery_error or "")
    assert films.begun == 0


async def test_a_batch_that_has_expired_leaves_nothing_behind(settings: Settings) -> None:
    async with storing() as films, delivering_to(settings, films, policy=None) as store:
        batch = await filmed(store, films.url())
        for key in await store.redis.keys(f"{BATCH}{batch.id}*"):
            assert await store.redis.ttl(key) > 0, key
            await store.redis.unlink(key)
        async with delivering_to(settings, films):
            await eventually(lambda: is_empty(store))

        assert await store.redis.keys(f"{BATCH}*") == []
        assert films.begun == 0


async def is_empty(store: Store) -> bool:
    return await store.redis.zcard(DELIVERIES) == 0


async def test_the_log_keeps_what_is_secret_about_an_address(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    replies = (breaks_off, answers("200 OK", f'ETag: "{"0" * 32}"'), refuses("nonsense"))
    async with storing(*replies) as films, delivering_to(settings, films) as store:
        batch = await filmed(store, films.url(), films.url("2", LONG_AGO), f"http://10.0.0.1/x?s={SIGN}")
        assert [(await settled(store, batch, n)).delivery for n in (1, 2, 3)] == [
            "delivered",
            "failed",
            "failed",
        ]

    assert f"film 1 of batch {batch.id} to {films.host}, attempt 4: delivered" in caplog.text
    assert SIGN not in caplog.text
    assert SECRET_PATH not in caplog.text


async def test_a_worker_delivers_beside_its_watchdog(settings: Settings) -> None:
    async with storing() as films, delivering_to(settings, films, policy=None) as store:
        services = ServiceThread(store.settings, send, WorkerRegistration(1))
        services.start()
        try:
            batch = await filmed(store, films.url())
            item = await settled(store, batch)
        finally:
            await asyncio.to_thread(services.stop)

    assert item.delivery == "delivered"
    assert not services.is_alive()
