"""Batches in a real Valkey, and jobs of theirs brought to an end by the pipeline's own transitions."""

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from actors.batches.batch import Batch, BatchRow
from actors.batches.store import BatchStore
from actors.batches.template import JobTemplate
from actors.jobs.job import Job
from actors.jobs.keys import PACE
from actors.jobs.states import Stage, Status
from actors.jobs.store import Store
from actors.options import ExplorationOptions, FilmOptions
from tests.support.jobs import put

FILM = {"format": "mp4", "duration_s": 8.5, "frames": 255, "width": 1280, "height": 720, "fps": 30.0}
TEMPLATE = JobTemplate(ExplorationOptions(), FilmOptions(), url="https://{{host}}/{{page}}")


async def batch_of(
    store: Store, hosts: Sequence[str], template: JobTemplate = TEMPLATE, **more: Any
) -> Batch:
    """A batch with one item a host; their jobs are not looked up by name."""
    rows = [BatchRow({"host": host, "page": str(n)}, host) for n, host in enumerate(hosts, start=1)]
    batch = Batch(uuid.uuid4().hex, template, **{"max_concurrency": 2, "date": "2026-11-30", **more})
    batches = BatchStore(store)
    await batches.create(batch, rows)
    return await batches.find(batch.id)


async def claimed(store: Store) -> Job:
    """The next job that waits to be recorded, claimed."""
    claim = await store.claim_next(Stage.QUEUED, Stage.EXPLORING)
    assert claim is not None
    job = await store.get(claim.job_id)
    assert job is not None
    return job


async def film_next(
    store: Store,
    film: bytes = b"film",
    extras: Mapping[str, bytes] | None = None,
    job_id: str = "",
    **fields: str,
) -> Job:
    """Claims the next job, or this one, and completes it with this film; `fields` are those of the job."""
    start, to = Stage.QUEUED, Stage.EXPLORING
    claim = await (store.claim(job_id, start, to) if job_id else store.claim_next(start, to))
    assert claim is not None
    told = {"film": json.dumps({**FILM, "size_bytes": len(film)}), **fields}
    await store.transition(claim, Stage.RECORDED, told)
    encoding = await store.claim(claim.job_id, Stage.RECORDED, Stage.ENCODING)
    assert encoding is not None
    await put(store, encoding.film_key, film)
    keys = {name: encoding.extra_keys[name] for name in extras or {}}
    for name, key in keys.items():
        await put(store, key, (extras or {})[name])
    made = {"extras": json.dumps(keys)}
    await store.transition(encoding, Stage.READY, made, publish=encoding.film_key, keep=list(keys.values()))
    job = await store.get(claim.job_id)
    assert job is not None
    return job


async def fail_next(store: Store, error: str = "no luck") -> Job:
    """Claims the next job, and fails it."""
    claim = await store.claim_next(Stage.QUEUED, Stage.EXPLORING)
    assert claim is not None
    await store.end(claim, Status.FAILED, {"error": error, "error_code": "x"})
    job = await store.get(claim.job_id)
    assert job is not None
    return job


async def hurry(store: Store) -> None:
    """Ends the pause between two films of a host."""
    for key in await store.redis.keys(f"{PACE}*:next"):
        await store.redis.unlink(key)
