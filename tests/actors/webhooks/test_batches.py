"""Whoever asked to be called hears once how a whole batch has ended, and not of its items."""

import asyncio
from typing import Any

import pytest

from actors.batches.batch import Batch
from actors.batches.feeder import feed
from actors.batches.store import BatchStore
from actors.jobs.job import iso
from actors.jobs.store import Store
from actors.settings import Settings
from demo_api.openapi.webhooks import BatchWebhook
from demo_api.schemas.batch_status import CountsOut
from tests.actors.batches.support import batch_of, fail_next, film_next, hurry
from tests.actors.webhooks.support import calling, dispatching, eventually, is_over, listing, verified
from tests.support.webhook_receiver import Receiver, receiving

pytestmark = pytest.mark.anyio
HOSTS = ["1.1.1.1", "1.0.0.1", "8.8.8.8"]


def send(queue: str, job_id: str) -> None:
    """Tickets are not what is tested here: the jobs are claimed by hand."""


async def called(store: Store, batch: Batch) -> Batch:
    """The batch once nothing is left of its call."""
    await eventually(lambda: is_over(store, batch.id))
    return await BatchStore(store).find(batch.id)


async def ended(store: Store, receiver: Receiver, **terms: Any) -> Batch:
    """A batch of three films, of which the second has failed."""
    batch = await batch_of(store, HOSTS, max_concurrency=3, callback=calling(receiver, **terms))
    await feed(store, send)
    await film_next(store)
    await fail_next(store)
    await film_next(store)
    return batch


async def test_a_batch_is_told_of_once_in_full_and_signed(settings: Settings) -> None:
    async with receiving() as receiver, dispatching(listing(settings, receiver)) as store:
        batch = await ended(store, receiver, base="https://films.example.com", keyed=True)
        found = await called(store, batch)
        counts = CountsOut.of(found, await BatchStore(store).counts(batch.id))

    [heard] = receiver.heard
    told = verified(heard)
    described = BatchWebhook.model_validate(told)
    assert (told["type"], described.data.batch_id) == ("demo.batch.completed", batch.id)
    assert described.data.counts == counts
    assert (counts.total, counts.completed, counts.failed) == (3, 2, 1)
    assert found.ended_ms
    assert described.data.ended_at == told["timestamp"] == iso(found.ended_ms)
    assert described.data.expires_at == iso(found.ended_ms + settings.kept_batch_s * 1000)
    link = f"https://films.example.com/demo/batch/export/{batch.id}?key={batch.secret}"
    assert described.data.links.export == link
    assert heard.headers["webhook-id"] == f"msg_{batch.id}_1"
    assert found.callback_report == {"state": "delivered", "attempts": 1, "error": None}


async def test_a_batch_that_is_cancelled_is_told_of_with_plain_links(settings: Settings) -> None:
    async with receiving() as receiver, dispatching(listing(settings, receiver)) as store:
        batch = await batch_of(store, HOSTS, callback=calling(receiver))
        await BatchStore(store).steer(batch.id, "cancel")
        await called(store, batch)

    told = BatchWebhook.model_validate(verified(receiver.heard[0]))
    assert (told.type, told.data.counts.cancelled) == ("demo.batch.cancelled", 3)
    assert told.data.links.report == f"/demo/batch/report/{batch.id}"


async def test_a_batch_that_is_retried_ends_and_is_told_of_again(settings: Settings) -> None:
    async with receiving() as receiver, dispatching(listing(settings, receiver)) as store:
        batch = await ended(store, receiver)
        await called(store, batch)

        await hurry(store)
        await BatchStore(store).retry(batch.id)
        assert (await BatchStore(store).find(batch.id)).callback_report == {}
        await feed(store, send)
        await film_next(store)
        await called(store, batch)
        await asyncio.sleep(0.1)  # a third one would come by then

    assert [heard.headers["webhook-id"] for heard in receiver.heard] == [
        f"msg_{batch.id}_{n}" for n in (1, 2)
    ]
    counts = verified(receiver.heard[1])["data"]["counts"]
    assert (counts["completed"], counts["failed"], counts["retried"]) == (3, 0, 1)
