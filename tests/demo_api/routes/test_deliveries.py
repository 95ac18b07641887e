"""`deliver_to` in rows of a batch: refused by line and column, told as a state, and never told itself."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from actors.cancellation import cancel_and_wait
from actors.deliveries.dispatcher import deliver
from actors.jobs.store import Store
from actors.settings import Settings
from tests.actors.batches.support import fail_next, film_next
from tests.actors.deliveries.test_dispatcher import KEY, LONG_AGO, QUICK
from tests.conftest import Serve
from tests.end_to_end.test_script import stored
from tests.support.canaries import SIGN
from tests.support.upload_receiver import SECRET_PATH, FilmStore, refuses, storing

pytestmark = pytest.mark.anyio

PAGES = ("http://93.184.215.14/", "http://1.1.1.1/", "http://8.8.8.8/")
PATIENCE_S = 20.0


@pytest.fixture
async def films() -> AsyncIterator[FilmStore]:
    async with storing() as store:
        yield store


@pytest.fixture
def settings(settings: Settings, films: FilmStore) -> Settings:
    hosts = frozenset({films.host})
    return settings.model_copy(update={"secrets_key": KEY, "allow_private_hosts": hosts})


@asynccontextmanager
async def delivering(store: Store) -> AsyncIterator[None]:
    """Delivers films, as workers do."""
    task = asyncio.create_task(deliver(store, QUICK))
    try:
        yield
    finally:
        await cancel_and_wait(task)


def rows(*addresses: str) -> list[dict[str, str]]:
    return [{"url": page, "deliver_to": address} for page, address in zip(PAGES, addresses, strict=False)]


async def test_addresses_that_cannot_be_used_are_told_by_line_and_column(
    settings: Settings, serve: Serve, films: FilmStore
) -> None:
    lines = (
        f"{PAGES[2]},{films.url()}",
        f"{PAGES[0]},http://films.example.com/{SECRET_PATH}?s={SIGN}",
        f"nowhere,{films.url(query=LONG_AGO)}",
        f"{PAGES[1]},{films.url()}",
    )
    table = "\n".join(["url,upload", *lines])
    asked = {"csv": table, "columns": {"upload": "deliver_to"}}
    with serve(settings) as url:
        async with httpx.AsyncClient(base_url=url) as client:
            refused = await client.post("/demo/batch/run", json=asked)
            checked = await client.post("/demo/batch/check", json=asked)
            fine = await client.post("/demo/batch/check", json={"rows": rows(films.url(), films.url("2"))})

    assert (refused.status_code, refused.json()["code"]) == (422, "rows_invalid")
    assert [(one["field"], one["message"]) for one in refused.json()["errors"]] == [
        ("line 3, deliver_to", "must begin with https://"),
        ("line 4, deliver_to", "has expired at 2020-01-01T00:01:00Z: sign it again, for longer"),
        ("line 4, url", "must begin with http:// or https://"),
        ("line 5, deliver_to", "is the address of line 2 too"),
    ]
    assert [one["line"] for one in checked.json()["problems"]] == [3, 4, 4, 5]
    assert [row["values"] for row in fine.json()["rows"]] == [{"url": page} for page in PAGES[:2]]
    assert fine.json()["notices"] == []
    for answer in (refused, checked, fine):
        assert SIGN not in answer.text
        assert SECRET_PATH not in answer.text


async def test_without_a_key_for_secrets_nothing_is_accepted(
    settings: Settings, serve: Serve, films: FilmStore
) -> None:
    with serve(settings.model_copy(update={"secrets_key": None})) as url:
        async with httpx.AsyncClient(base_url=url) as client:
            refused = await client.post("/demo/batch/run", json={"rows": rows("", films.url())})
            accepted = await client.post("/demo/batch/run", json={"rows": rows("", "")})

    assert (refused.status_code, refused.json()["code"]) == (422, "secrets_unavailable")
    assert accepted.status_code == 202


async def test_an_address_is_told_to_nobody_but_its_receiver(
    settings: Settings,
    serve: Serve,
    films: FilmStore,
    redis_url: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    addresses = [films.url(f"{n}.mp4") for n in range(1, 4)]
    films.replies.append(refuses("403 Forbidden"))
    asked = {"rows": rows(*addresses), "max_concurrency": 3}
    async with Store.opened(redis_url, settings) as store:
        with serve(settings) as url:
            async with httpx.AsyncClient(base_url=url) as client:
                run = await client.post("/demo/batch/run", json=asked)
                batch_id = run.json()["batch_id"]
                for ending in (film_next, film_next, fail_next):
                    await _when_fed(store)
                    await ending(store)
                filmed = stored(redis_url)
                async with delivering(store):
                    first = await _items(client, batch_id, {"failed", "delivered", None})
                    (failed,) = [item for item in first if item["delivery"] == "failed"]
                    answers = [run, *await _all_answers(client, batch_id, first)]
                    retry = {"items": [failed["item"]]}
                    answers.append(await client.post(f"/demo/batch/retry/{batch_id}", json=retry))
                    last = await _items(client, batch_id, {"delivered", None})
                answers += await _all_answers(client, batch_id, last)

    # All but the failed one were delivered
    assert failed["delivery_error"].startswith(f"{films.host} answered 403 Forbidden;")
    told = [(item["status"], item["delivery"], item["delivery_error"], item["exported"]) for item in last]
    assert sorted(told, key=str) == [
        ("completed", "delivered", None, True),
        ("completed", "delivered", None, True),
        ("failed", None, None, False),
    ]
    assert {item["values"].keys() == {"url"} for item in last} == {True}
    assert [one.body for one in films.received[1:]] == [b"film"] * 2

    # The addresses are nowhere
    everything = [filmed, stored(redis_url), caplog.text.encode()]
    everything += [answer.content for answer in answers]
    assert films.host.encode() in filmed, "it was looked for where addresses are kept"
    for held in everything:
        assert SIGN.encode() not in held
        assert SECRET_PATH.encode() not in held


async def _when_fed(store: Store) -> None:
    """Waits until a job waits to be recorded."""
    deadline_s = time.monotonic() + PATIENCE_S
    while not await store.redis.zcard("demo:waiting:record"):
        assert time.monotonic() < deadline_s
        await asyncio.sleep(0.02)


async def _items(client: httpx.AsyncClient, batch_id: str, states: set[str | None]) -> list[dict[str, Any]]:
    """The items of a batch once all of their deliveries are in these states."""
    deadline_s = time.monotonic() + PATIENCE_S
    while True:
        items = (await client.get(f"/demo/batch/items/{batch_id}")).json()["items"]
        if {item["delivery"] for item in items} <= states:
            return list(items)
        assert time.monotonic() < deadline_s, items
        await asyncio.sleep(0.02)


async def _all_answers(
    client: httpx.AsyncClient, batch_id: str, items: list[dict[str, Any]]
) -> list[httpx.Response]:
    """Whatever can be read of a batch and of its jobs."""
    paths = [f"batch/{name}/{batch_id}" for name in ("status", "items", "report")]
    paths += [f"batch/report/{batch_id}?format=csv"]
    paths += [f"{name}/{item['job_id']}" for item in items for name in ("status", "script", "log", "events")]
    return [await client.get(f"/demo/{path}") for path in paths]


async def test_a_film_is_delivered_again_without_the_secrets_that_making_it_took(
    settings: Settings, serve: Serve, films: FilmStore, redis_url: str
) -> None:
    films.replies.append(refuses("403 Forbidden"))
    script = {"url": PAGES[0], "secrets": ["pin"], "steps": [{"fill": {"target": "PIN", "value": "{{pin}}"}}]}
    asked = {"script": script, "secrets": {"pin": "1234"}, "rows": [{"deliver_to": films.url()}]}
    async with Store.opened(redis_url, settings) as store:
        with serve(settings) as url:
            async with httpx.AsyncClient(base_url=url) as client:
                batch_id = (await client.post("/demo/batch/run", json=asked)).json()["batch_id"]
                await _when_fed(store)
                await film_next(store)
                async with delivering(store):
                    await _items(client, batch_id, {"failed"})
                    whole = await client.post(f"/demo/batch/retry/{batch_id}", json={})
                    one = await client.post(f"/demo/batch/retry/{batch_id}", json={"items": [1]})
                    await _items(client, batch_id, {"delivered"})

    assert (whole.status_code, whole.json()["code"]) == (409, "secrets_gone")
    assert (one.status_code, one.json()["status"]) == (202, "completed")
