"""Jobs brought to a stage by the pipeline's own transitions."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, cast

from actors.jobs.callback import Callback
from actors.jobs.job import Job
from actors.jobs.keys import EVENTS, GONE, LEADER, SEEN, TOTALS, WORKERS, Claim
from actors.jobs.spec import JobSpec, ScriptSpec
from actors.jobs.states import Stage, Status
from actors.jobs.store import Store
from actors.options import Limits
from video.blob_store import BlobWriter
from video.style import Style

#: Keys of the whole pipeline, which belong to no job.
PIPELINE_KEYS = frozenset(key.encode() for key in (TOTALS, GONE, LEADER, SEEN, WORKERS))


def of_jobs(keys: Iterable[bytes]) -> set[bytes]:
    """Filters the keys that belong to a job, without its events."""
    return {key for key in keys if key not in PIPELINE_KEYS and not key.startswith(EVENTS.encode())}


async def job_keys(store: Store) -> set[bytes]:
    """Returns the keys of all jobs, without their events."""
    return of_jobs(await cast(Any, store.redis.keys("demo:*")))


async def queued(
    store: Store,
    job_id: str = "j1",
    url: str = "https://example.com/",
    style: Style | None = None,
    callback: Callback | None = None,
    script: ScriptSpec | None = None,
) -> Job:
    spec = JobSpec(url, Limits(10, 3, 300), style=style or Style(), callback=callback, script=script)
    job = Job(job_id, spec)
    assert await store.create(job)
    return job


async def exploring(
    store: Store, job_id: str = "j1", style: Style | None = None, callback: Callback | None = None
) -> Claim:
    await queued(store, job_id, style=style, callback=callback)
    claim = await store.claim(job_id, Stage.QUEUED, Stage.EXPLORING)
    assert claim is not None
    return claim


async def failed(
    store: Store, job_id: str = "j1", error: str = "no luck", callback: Callback | None = None
) -> None:
    claim = await exploring(store, job_id, callback=callback)
    await store.end(claim, Status.FAILED, {"error": error, "error_code": "x"})


async def ready(
    store: Store,
    film: bytes,
    job_id: str = "j1",
    *,
    style: Style | None = None,
    extras: Mapping[str, bytes] | None = None,
    fields: Mapping[str, str] | None = None,
    callback: Callback | None = None,
) -> None:
    claim = await exploring(store, job_id, style, callback)
    await store.transition(claim, Stage.RECORDED, {})
    encoding = await store.claim(job_id, Stage.RECORDED, Stage.ENCODING)
    assert encoding is not None
    await put(store, encoding.film_key, film)
    keys = {"timeline": encoding.timeline_key, **encoding.extra_keys}
    keys = {name: keys[name] for name in extras or {}}
    for name, key in keys.items():
        await put(store, key, (extras or {})[name])
    values: dict[str, str | int] = {"progress": 100, "extras": json.dumps(keys), **(fields or {})}
    await store.transition(encoding, Stage.READY, values, publish=encoding.film_key, keep=list(keys.values()))


async def put(store: Store, key: str, data: bytes) -> None:
    writer = BlobWriter(store.redis, key, ttl_s=60, max_bytes=1 << 30)
    await writer.write(data)
    await writer.close()
