"""Jobs brought to a stage by the same moves that the line makes."""

from actors.job import Job, Limits, Stage, Status
from actors.store import Claim, Store
from video.vault import BlobWriter


async def queued(store: Store, job_id: str = "j1", url: str = "https://example.com/") -> Job:
    job = Job(id=job_id, url=url, limits=Limits(10, 3, 300))
    assert await store.create(job)
    return job


async def exploring(store: Store, job_id: str = "j1") -> Claim:
    await queued(store, job_id)
    claim = await store.claim(job_id, Stage.QUEUED, Stage.EXPLORING)
    assert claim is not None
    return claim


async def failed(store: Store, job_id: str = "j1", error: str = "no luck") -> None:
    claim = await exploring(store, job_id)
    await store.end(claim, Status.FAILED, {"error": error, "error_code": "x"})


async def ready(store: Store, film: bytes, job_id: str = "j1") -> None:
    claim = await exploring(store, job_id)
    await store.move(claim, Stage.RECORDED, {})
    encoding = await store.claim(job_id, Stage.RECORDED, Stage.ENCODING)
    assert encoding is not None
    writer = BlobWriter(store.redis, encoding.film_key, ttl_s=60, max_bytes=1 << 30)
    await writer.write(film)
    await writer.close()
    await store.move(encoding, Stage.READY, {"progress": 100}, publish=encoding.film_key)
