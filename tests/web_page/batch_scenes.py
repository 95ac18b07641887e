"""The page of batches in every state; their jobs go on by the pipeline's transitions, without filming."""

import json
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from playwright.async_api import expect

from actors.batches.batch import Batch, BatchRow
from actors.batches.feeder import feed
from actors.batches.store import BatchStore
from actors.batches.template import JobTemplate
from actors.jobs.job import Job
from actors.jobs.states import Stage, Status
from actors.jobs.store import Store
from actors.options import ExplorationOptions, FilmOptions
from actors.progress import Progress, renew_lease
from actors.stages.reports import MetricsChanged
from explorer.types import Metrics
from tests.actors.batches.support import claimed, hurry
from tests.support.jobs import put
from tests.web_page.scenes import clip, picture, show_picture
from tests.web_page.visitor import Visitor

Scene = Callable[[Visitor, Store], Awaitable[None]]

COMPANIES = ("Acme", "Globex", "Initech", "Umbrella", "Hooli", "Stark & Sons", "Wayne", "Tyrell")
TEMPLATE = JobTemplate(ExplorationOptions(), FilmOptions(), name="{{row}}-{{company}}")
FILM = {
    "format": "mp4",
    "duration_s": 12.0,
    "width": 640,
    "height": 360,
    "fps": 30.0,
    "size_bytes": 2_300_000,
}
NOTICE = "The file is not in UTF-8, and was read as Windows-1252: if letters are wrong, save it as UTF-8."
TABLE = "company,url\n" + "".join(f"{name},https://8.8.{n}.8/\n" for n, name in enumerate(COMPANIES))
SCRIPT = """\
variables: {company: {required: true}, plan: Free}
steps: [{click: Prices, caption: 'For {{company}}: {{plan}}'}]
"""


def no_ticket(queue: str, job_id: str) -> None:
    """No worker listens: jobs are claimed by hand."""


async def batch_of(store: Store, count: int = 8, **more: Any) -> Batch:
    """A batch with so many rows, each with a host of its own, which nobody has to look up."""
    names = [COMPANIES[n % len(COMPANIES)] for n in range(count)]
    hosts = [f"8.8.{n // 250}.{n % 250 + 1}" for n in range(count)]
    rows = [
        BatchRow({"company": name, "url": f"https://{host}/"}, host)
        for name, host in zip(names, hosts, strict=True)
    ]
    batch = Batch(uuid.uuid4().hex, TEMPLATE, **{"max_concurrency": 2, "date": "2026-11-30", **more})
    await BatchStore(store).create(batch, rows)
    await feed(store, no_ticket)
    return batch


async def film_next(store: Store) -> Job:
    """Completes the next job, with a film that plays."""
    claim = await store.claim_next(Stage.QUEUED, Stage.EXPLORING)
    assert claim is not None
    await store.transition(claim, Stage.RECORDED, {"film": json.dumps(FILM)})
    encoding = await store.claim(claim.job_id, Stage.RECORDED, Stage.ENCODING)
    assert encoding is not None
    await put(store, encoding.film_key, clip())
    extras = {"poster": picture(), "preview": clip(), "captions": b"WEBVTT\n"}
    keys = {name: encoding.extra_keys[name] for name in extras}
    for name, data in extras.items():
        await put(store, keys[name], data)
    fields: dict[str, str | int] = {"extras": json.dumps(keys), "progress": 100}
    await store.transition(encoding, Stage.READY, fields, publish=encoding.film_key, keep=list(keys.values()))
    await feed(store, no_ticket)
    job = await store.get(claim.job_id)
    assert job is not None
    return job


async def fail_next(store: Store) -> None:
    claim = await store.claim_next(Stage.QUEUED, Stage.EXPLORING)
    assert claim is not None
    error = "https://8.8.8.8/pricing leads to a sign-in page."
    await store.end(claim, Status.FAILED, {"error": error, "error_code": "auth_required"})
    await feed(store, no_ticket)


async def film_on(store: Store) -> Job:
    """A job that is being filmed, with a picture."""
    claim = await store.claim_next(Stage.QUEUED, Stage.EXPLORING)
    assert claim is not None
    progress = Progress(max_clicks=8)
    progress.note(MetricsChanged(Metrics("executing", 3, depth=1, runtime_s=12.5)))
    await renew_lease(store, claim, progress)
    await show_picture(store, claim.job_id)
    job = await store.get(claim.job_id)
    assert job is not None
    return job


async def started(store: Store) -> str:
    return (await batch_of(store)).id


async def filming(store: Store) -> str:
    batch = await batch_of(store, notices=(NOTICE,))
    await film_next(store)
    await fail_next(store)
    exported = await film_next(store)
    claim = await store.claim(exported.id, Stage.READY, Stage.EXPORTING)
    assert claim is not None
    await store.finish(claim)
    await film_on(store)
    return batch.id


async def paused(store: Store) -> str:
    batch = await batch_of(store, 260)
    await film_next(store)
    await BatchStore(store).steer(batch.id, "pause")
    return batch.id


async def done(store: Store) -> str:
    """All have ended: one has failed twice."""
    batch = await batch_of(store, 4)
    await fail_next(store)
    for _ in range(3):
        await film_next(store)
    await BatchStore(store).retry(batch.id)
    await hurry(store)
    await feed(store, no_ticket)
    await fail_next(store)
    return batch.id


async def stopped(store: Store) -> str:
    batch = await batch_of(store, max_concurrency=1, tolerated_failures=0)
    await fail_next(store)
    return batch.id


async def cancelled(store: Store) -> str:
    batch = await batch_of(store)
    await film_next(store)
    await claimed(store)
    await BatchStore(store).steer(batch.id, "cancel")
    return batch.id


def form(table: str, script: str, then: str) -> Scene:
    """The form with this table and script, once this is on the page."""

    async def show(visitor: Visitor, store: Store) -> None:
        await visitor.visit_batch()
        await visitor.sees("ask")
        await visitor.page.get_by_label("Or paste the rows").fill(table)
        await visitor.page.get_by_label("What each film shows").fill(script)
        await visitor.page.locator("#more > summary").click()
        await expect(visitor.page.locator("#batch-form")).to_contain_text(then)

    return show


def opened(make: Callable[[Store], Awaitable[str]]) -> Scene:
    """A batch that is made so, on the page."""

    async def show(visitor: Visitor, store: Store) -> None:
        await visitor.visit_batch(await make(store))
        await visitor.sees("batch")
        await expect(visitor.page.locator("#items > li").first).to_be_visible()

    return show


async def played(visitor: Visitor, store: Store) -> None:
    await opened(done)(visitor, store)
    await visitor.page.get_by_role("button", name="Play").first.click()
    await expect(visitor.page.get_by_role("dialog")).to_be_visible()


async def unknown(visitor: Visitor, store: Store) -> None:
    await visitor.visit_batch("nobody1")
    await visitor.sees("ended")


#: By name: what brings the page into the state.
SCENES: dict[str, Scene] = {
    "empty": form("", "", "Check the rows"),
    "checked": form(TABLE, SCRIPT, "8 rows, nothing to mend"),
    "mapping": form(
        TABLE.replace("company", "Kunde"), f"{SCRIPT}secrets: [password]", "company has no value"
    ),
    "problems": form(f"{TABLE}a\n" + "b,ftp://c\n" * 60, "", "to mend"),
    "started": opened(started),
    "filming": opened(filming),
    "paused": opened(paused),
    "done": opened(done),
    "stopped": opened(stopped),
    "cancelled": opened(cancelled),
    "played": played,
    "unknown": unknown,
}
