"""Cancel, retry, priorities, Idempotency-Key, and the limits of queue and memory."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from actors.jobs.store import Store
from actors.settings import Settings
from tests.conftest import Serve
from tests.support.jobs import exploring, failed, queued, ready

pytestmark = pytest.mark.anyio

ASKED = {"url": "http://93.184.215.14/"}


@pytest.fixture
async def client(settings: Settings, serve: Serve) -> AsyncIterator[httpx.AsyncClient]:
    with serve(settings.model_copy(update={"max_queue": 3})) as url:
        async with httpx.AsyncClient(base_url=url) as opened:
            yield opened


async def test_a_job_can_be_cancelled_again_and_again_and_then_retried(
    store: Store, client: httpx.AsyncClient
) -> None:
    await exploring(store)

    for _ in range(2):
        answer = await client.post("/demo/cancel/j1")
        assert answer.status_code == 200
        assert (answer.json()["status"], answer.json()["error_code"]) == ("cancelled", "cancelled")

    again = await client.post("/demo/retry/j1")
    assert again.status_code == 202
    assert (again.json()["status"], again.json()["stage"]) == ("pending", "queued")
    assert again.headers["location"] == "/demo/status/j1"
    # Its ticket is sent after the answer
    while await store.tickets("record") == 0:
        await asyncio.sleep(0.01)


async def test_what_cannot_be_cancelled_or_retried_is_409_with_the_status(
    store: Store, client: httpx.AsyncClient
) -> None:
    await ready(store, b"film", "done")
    await failed(store, "broken")
    await queued(store, "waiting")

    for path, code, status in (
        ("cancel/done", "already_ended", "completed"),
        ("cancel/broken", "already_ended", "failed"),
        ("retry/done", "not_ended", "completed"),
        ("retry/waiting", "not_ended", "pending"),
    ):
        answer = await client.post(f"/demo/{path}")
        assert (answer.status_code, answer.json()["code"]) == (409, code)
        assert answer.json()["job_status"] == status


async def test_an_unknown_or_exported_job_cannot_be_controlled(
    store: Store, client: httpx.AsyncClient
) -> None:
    await ready(store, b"film")
    await client.get("/demo/export/j1")

    for verb in ("cancel", "retry"):
        assert (await client.post(f"/demo/{verb}/none")).json()["code"] == "job_unknown"
        assert (await client.post(f"/demo/{verb}/j1")).status_code == 410


async def test_a_priority_is_in_the_status_and_reaches_the_queue(
    store: Store, client: httpx.AsyncClient
) -> None:
    low = (await client.post("/demo/run", json={**ASKED, "priority": "low"})).json()
    high = (await client.post("/demo/run", json={**ASKED, "priority": "high"})).json()

    assert (await client.get(low["links"]["status"])).json()["priority"] == "low"
    line = [job_id for _, job_id in await store.waiting(older_than_ms=-1000)]
    assert line == [high["job_id"], low["job_id"]]


async def test_requests_with_the_same_key_make_one_job(store: Store, client: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "8e03978e-40d5-43e8-bc93-6894a57f9324"}

    answers = await asyncio.gather(
        *(client.post("/demo/run", json=ASKED, headers=headers) for _ in range(10))
    )
    later = await client.post("/demo/run", content=b'{"url":"http://93.184.215.14/" }', headers=headers)

    for answer in answers:
        assert answer.status_code == 202 or answer.json()["code"] == "idempotency_in_flight", answer.text
    accepted = {answer.json()["job_id"] for answer in (*answers, later) if answer.status_code == 202}
    assert accepted == {later.json()["job_id"]}
    assert len(await store.waiting(older_than_ms=-1000)) == 1


async def test_a_key_that_was_used_for_something_else_is_422(client: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "k"}
    await client.post("/demo/run", json=ASKED, headers=headers)

    answer = await client.post("/demo/run", json={**ASKED, "max_clicks": 2}, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("key", ["", "with space", "x" * 256, "\u00e9"])
async def test_a_key_is_1_to_255_visible_characters(key: str, client: httpx.AsyncClient) -> None:
    answer = await client.post("/demo/run", json=ASKED, headers={b"Idempotency-Key": key.encode()})

    assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


async def test_two_keys_are_422(client: httpx.AsyncClient) -> None:
    headers = [("Idempotency-Key", "a"), ("Idempotency-Key", "b")]

    assert (await client.post("/demo/run", json=ASKED, headers=headers)).status_code == 422


async def test_a_full_queue_is_429_with_retry_after(store: Store, client: httpx.AsyncClient) -> None:
    await failed(store, "broken")
    for _ in range(3):
        assert (await client.post("/demo/run", json=ASKED)).status_code == 202

    for answer in (await client.post("/demo/run", json=ASKED), await client.post("/demo/retry/broken")):
        assert (answer.status_code, answer.json()["code"]) == (429, "queue_full")
        assert int(answer.headers["retry-after"]) > 0


async def test_without_memory_for_a_film_it_is_503_with_retry_after(
    store: Store, client: httpx.AsyncClient
) -> None:
    await store.redis.config_set("maxmemory", 200 << 20)

    answer = await client.post("/demo/run", json=ASKED)

    assert (answer.status_code, answer.json()["code"]) == (503, "out_of_capacity")
    assert int(answer.headers["retry-after"]) > 0
