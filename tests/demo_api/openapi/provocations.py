"""Requests that provoke every documented response, for `test_conformance.py`."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from pydantic import SecretStr

from actors.batches.batch import Batch, BatchRow
from actors.batches.feeder import feed
from actors.batches.store import BatchStore
from actors.batches.template import JobTemplate
from actors.embedded_redis import embedded_valkey
from actors.jobs.idempotency import IdempotencyKey, reserve
from actors.jobs.keys import GONE, JOB, film_key
from actors.jobs.states import Stage
from actors.jobs.store import Store
from actors.options import ExplorationOptions, FilmOptions
from actors.settings import Settings
from demo_api.routes.operation import Operation
from demo_api.schemas.batches import BatchRequest
from demo_api.schemas.jobs import RunRequest
from demo_api.server import make_server
from tests.actors.batches.support import film_next
from tests.conftest import Serve, serving
from tests.support.jobs import exploring, failed, queued, ready
from video.artifacts import ARTIFACTS

FILM = {"url": "http://93.184.215.14/"}
SCRIPT = {"secrets": ["pin"], "steps": [{"fill": {"target": "PIN", "value": "{{pin}}"}}]}
BATCH = {"csv": "url\nhttp://93.184.215.14/\n"}
NOWHERE = "redis://127.0.0.1:1/0"
#: After the last event of any job.
LAST = "999999999999999-0"


@dataclass(frozen=True)
class Ask:
    """One request, and the API it is sent to; `job` is put into the path."""

    at: str = "plain"
    job: str = "done"
    method: str | None = None
    json: Any = None
    content: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    query: str = ""


def everywhere(operation: Operation) -> Iterator[Ask]:
    """Yields requests for every operation."""
    body = {RunRequest: FILM, BatchRequest: BATCH}.get(operation.request)  # type: ignore[arg-type]
    yield Ask(query="?" + "x" * 4200)
    yield Ask(headers={"x": "y" * 17_000})
    yield Ask(headers={"host": "evil.example"})
    yield Ask(method="DELETE")
    for api in ("broken", "locked", "away"):
        yield Ask(at=api, json=body)
    if "{job_id}" in operation.path:
        yield Ask(job="nobody")
        yield Ask(job="left")
    if "{batch_id}" in operation.path:
        yield Ask(job="nobody")
    if operation.method == "POST":
        yield Ask(headers={"origin": "https://evil.example"})
        yield Ask(headers={"content-type": "text/plain"})
        yield Ask(content=b" " * (operation.max_body_bytes + 1))
        yield Ask(at="limited", json=body)
        yield Ask(at="limited", json=body)


def _once(key: str, **more: Any) -> Ask:
    return Ask(json={**FILM, **more}, headers={"idempotency-key": key})


def _once_for_batch(key: str, **more: Any) -> Ask:
    return Ask(json={**BATCH, **more}, headers={"idempotency-key": key})


def _late() -> Iterator[bytes]:
    yield b"{"
    time.sleep(0.5)
    yield b"}"


def _very_late() -> Iterator[bytes]:
    """Later than the body of a batch may be, for which there is more time."""
    yield b"{"
    time.sleep(1.5)
    yield b"}"


_RANGES = (Ask(headers={"range": "bytes=0-1"}), Ask(headers={"range": "bytes=999999-"}))
_FILM = (Ask(job="done"), Ask(job="waiting"), Ask(job="filmless"))
#: What may be done to one operation alone, by its name: also that it does what it should.
ALONE: dict[str, tuple[Ask, ...]] = {
    "run": (
        Ask(json=FILM),
        Ask(json={}),
        Ask(json={"url": "http://127.0.0.1:1/"}),
        Ask(json={"script": {**SCRIPT, **FILM}, "secrets": {"pin": "1234"}}),
        Ask(at="hasty", content=_late),
        Ask(at="full", json=FILM),
        Ask(at="roomless", json=FILM),
        _once("twice"),
        _once("twice", max_clicks=3),
        _once("in-flight"),
        _once("of-nobody"),
        _once("of-one-that-left"),
    ),
    "status": (Ask(),),
    "events": (
        Ask(),
        Ask(headers={"last-event-id": LAST}),
        Ask(headers={"last-event-id": "x"}),
        Ask(query="?frames=2"),
    ),
    "cancel": (Ask(job="cancelled"), Ask(job="done")),
    "retry": (
        Ask(job="secretive"),
        Ask(job="secretive", json={"secrets": {"pin": 5}}),
        Ask(at="hasty", job="secretive", content=_late),
        Ask(job="broken"),
        Ask(job="waiting"),
        Ask(at="full", job="broken_too"),
    ),
    "script": (Ask(), Ask(query="?format=x")),
    "check": (
        Ask(json={"script": SCRIPT, **FILM}),
        Ask(json={"script": 5}),
        Ask(at="hasty", content=_late),
        # A check counts as a part of a request.
        *(Ask(at="limited", json={"script": SCRIPT}) for _ in range(20)),
    ),
    "log": (Ask(),),
    "batch_run": (
        Ask(json=BATCH),
        Ask(json={}),
        Ask(json={"csv": "url\nftp://x\n"}),
        Ask(json={**BATCH, "callback_url": "http://127.0.0.1:1/"}),
        Ask(json={**BATCH, "script": {**SCRIPT, **FILM}, "secrets": {"pin": "1234"}}),
        Ask(at="hasty", content=_very_late),
        _once_for_batch("batch-twice"),
        _once_for_batch("batch-twice"),
        _once_for_batch("batch-twice", max_concurrency=3),
        _once_for_batch("batch-in-flight"),
        _once_for_batch("batch-of-nobody"),
    ),
    "batch_check": (
        Ask(json=BATCH),
        Ask(json={}),
        Ask(at="hasty", content=_very_late),
        *(Ask(at="limited", json=BATCH) for _ in range(6)),
    ),
    "batch_status": (Ask(job="going"), Ask(job="over")),
    "batch_items": (Ask(job="going"), Ask(job="over", query="?status=no")),
    "batch_report": (Ask(job="over"), Ask(job="over", query="?format=x")),
    "batch_export": (
        Ask(job="full"),
        Ask(job="over"),
        Ask(job="leased"),
        Ask(job="full", headers={"sec-purpose": "prefetch"}),
    ),
    "batch_pause": (Ask(job="going"), Ask(job="over")),
    "batch_resume": (Ask(job="going"), Ask(job="over")),
    "batch_cancel": (Ask(job="going"), Ask(job="over")),
    "batch_retry": (
        Ask(job="over"),
        Ask(job="over", json={"items": 5}),
        Ask(job="over", json={"secrets": {"pin": "1234"}}),
        Ask(job="over_with_secrets"),
        Ask(at="hasty", job="over", content=_late),
    ),
    "script_schema": (Ask(),),
    "export": (
        *_FILM[1:],
        Ask(job="fetched"),
        Ask(job="taken"),
        Ask(headers={"sec-purpose": "prefetch"}),
    ),
    **{name: (*_FILM, Ask(job="bare"), *_RANGES) for name in ARTIFACTS},
    "health": (Ask(at="idle"), Ask(at="away")),
    "ready": (Ask(), Ask(at="away")),
    "metrics": (Ask(),),
    "openapi": (Ask(),),
    "docs": (Ask(),),
}


class World:
    """Runs APIs in every condition, on one Valkey with a job in every state."""

    def __init__(self, addresses: dict[str, str]) -> None:
        self._clients = {name: httpx.Client(base_url=url, timeout=20) for name, url in addresses.items()}

    def asked(self, operation: Operation, ask: Ask, method: str) -> httpx.Response:
        path = operation.path.replace("{job_id}", ask.job).replace("{batch_id}", ask.job) + ask.query
        content = ask.content() if callable(ask.content) else ask.content
        return self._clients[ask.at].request(
            ask.method or method, path, json=ask.json, content=content, headers=ask.headers
        )

    def close(self) -> None:
        for client in self._clients.values():
            client.close()


@contextmanager
def world(serve: Serve) -> Iterator[World]:
    with embedded_valkey() as url, ExitStack() as stack:
        plain = Settings(
            redis_url=url, rate_limit="off", max_queue=1000, export_grace_s=0, lease_s=600, max_footage_mb=1
        )
        asyncio.run(_prepare(plain))
        plights = {
            "plain": plain,
            "locked": plain.model_copy(update={"api_token": SecretStr("a token that is long")}),
            "idle": plain.model_copy(update={"redis_url": f"{url}?db=1"}),
            "away": plain.model_copy(update={"redis_url": NOWHERE}),
            # No operator can set this: it stands for a bug of ours.
            "broken": plain.model_copy(update={"allowed_hosts": None}),
            "full": plain.model_copy(update={"max_queue": 1}),
            "limited": plain.model_copy(update={"rate_limit": "1/day"}),
            "roomless": plain.model_copy(update={"max_footage_mb": 4096}),
        }
        addresses = {name: stack.enter_context(serve(settings)) for name, settings in plights.items()}
        addresses["hasty"] = stack.enter_context(serving(make_server(plain, body_limit_s=0.1)))
        opened = World(addresses)
        stack.callback(opened.close)
        yield opened


async def _prepare(settings: Settings) -> None:
    assert settings.redis is not None
    async with Store.opened(settings.redis, settings) as store:
        await store.redis.config_set("maxmemory", "1gb")
        for job_id in ("waiting", "cancelled"):
            await queued(store, job_id)
        await exploring(store, "running")
        for job_id in ("broken", "broken_too", "secretive"):
            await failed(store, job_id)
        played = RunRequest.model_validate({"script": {**SCRIPT, **FILM}, "secrets": {"pin": "1234"}})
        for name, value in played.spec(settings).encode().items():
            await store.redis.hset(JOB + "secretive", name, value)
        extras = dict.fromkeys(ARTIFACTS, b"an extra")
        for job_id in ("done", "fetched", "taken", "filmless"):
            await ready(store, b"a film", job_id, extras=extras)
        await ready(store, b"a film", "bare")
        await store.redis.delete(film_key("filmless"))
        assert await store.claim("taken", Stage.READY, Stage.EXPORTING)
        await store.redis.zadd(GONE, {"left": 4e9})
        await _remember(store)
        await _prepare_batches(store)


async def _prepare_batches(store: Store) -> None:
    """One that goes on, and two whose only item has failed: nobody may reach its address."""
    batches = BatchStore(store)
    for batch_id, names in (("over", []), ("over_with_secrets", ["pin"])):
        script = {"url": "http://127.0.0.1:1/", "secrets": names, "steps": [{"caption": "A"}]}
        template = JobTemplate(ExplorationOptions(), FilmOptions(), script=script)
        await batches.create(Batch(batch_id, template, 1, date="2026-11-30"), [BatchRow({}, "127.0.0.1")])
    for batch_id, host in (("full", "1.1.1.1"), ("leased", "1.0.0.1")):
        template = JobTemplate(ExplorationOptions(), FilmOptions(), url=f"http://{host}/")
        await batches.create(Batch(batch_id, template, 1, date="2026-11-30"), [BatchRow({}, host)])
    await feed(store, lambda queue, job_id: None)
    for batch_id in ("full", "leased"):
        item = await batches.item(await batches.find(batch_id), 1)
        assert item
        await film_next(store, job_id=item.job_id or "")
    assert await batches.lease_export("leased", "claim", "somebody")
    template = JobTemplate(ExplorationOptions(), FilmOptions(), url="http://93.184.215.14/")
    await batches.create(Batch("going", template, 1, date="2026-11-30"), [BatchRow({}, "93.184.215.14")])


async def _remember(store: Store) -> None:
    """Reserves Idempotency-Keys of requests in flight and of deleted jobs."""
    film, batch = RunRequest.model_validate(FILM).fingerprint, BatchRequest.model_validate(BATCH).fingerprint
    jobs = {"in-flight": "coming", "of-nobody": "nobody", "of-one-that-left": "left"}
    batches = {"batch-in-flight": "coming", "batch-of-nobody": "nobody"}
    for key, job_id in (*jobs.items(), *batches.items()):
        once = IdempotencyKey(key, batch if key in batches else film)
        await reserve(store, once, job_id)
        await store.redis.persist(once.record)  # it holds for 10 s, and a busy machine asks later
        if job_id != "coming":
            await store.redis.hset(once.record, "job", job_id)
    assert not await store.redis.exists(JOB + "nobody")
