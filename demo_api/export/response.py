"""The one-time download of a film."""

import logging
from collections.abc import AsyncGenerator, Mapping

from redis.exceptions import RedisError

from actors.errors import ExportInProgress, FilmMissing, NotCompleted, TransitionRefused
from actors.jobs.job import Job
from actors.jobs.keys import Claim, film_key
from actors.jobs.states import Stage, Status
from actors.jobs.store import Store
from demo_api.errors import PreviewRefused
from demo_api.export.link_previews import is_link_preview
from video.blob_store import blob_size, read_blob
from video.style import MEDIA_TYPES

log = logging.getLogger(__name__)


def refuse_link_previews(headers: Mapping[str, str], what: str = "This film can be downloaded once.") -> None:
    """Rejects prefetches and link-preview bots. Raises PreviewRefused."""
    if is_link_preview(headers):
        raise PreviewRefused(f"{what} Link previews and prefetches are refused.")


async def film_size(store: Store, job: Job) -> int:
    """Returns the size of a completed job's film in bytes. Raises NotCompleted and FilmMissing."""
    if job.status is not Status.COMPLETED:
        raise NotCompleted(f"There is no film: the job is {job.status}.", job.status)
    size_bytes = await blob_size(store.redis, film_key(job.id))
    if size_bytes is None:
        raise FilmMissing(f"The film of job {job.id} is gone. Send the request again.")
    return size_bytes


async def claim_export(store: Store, job: Job) -> Claim:
    """Claims the job for one download at a time. Raises ExportInProgress when another one runs."""
    claim = await store.claim(job.id, Stage.READY, Stage.EXPORTING)
    if claim is None:
        await film_size(store, await store.find(job.id))
        raise ExportInProgress(
            "The film is being downloaded now. If that download breaks off, the film can be downloaded again."
        )
    return claim


async def release_export(store: Store, claim: Claim) -> None:
    """Makes a film ready again whose download broke off; while Redis is away, its lease expires instead."""
    try:
        await store.transition(claim, Stage.READY, {})
    except (RedisError, TransitionRefused) as exc:
        log.warning("the export of job %s is released when its lease expires: %s", claim.job_id, exc)


def film_headers(job: Job, size_bytes: int) -> dict[str, str]:
    name = job.film_name or f"sitereel-{job.id[:8]}"
    return {
        "content-type": MEDIA_TYPES[job.format],
        "content-length": str(size_bytes),
        "content-disposition": f'attachment; filename="{name}.{job.format}"',
        "accept-ranges": "none",
    }


class FilmContents:
    """A film, under the claim of its download; see `Contents`."""

    def __init__(self, store: Store, claim: Claim) -> None:
        self._store = store
        self._claim = claim

    def __str__(self) -> str:
        return f"job {self._claim.job_id}"

    @property
    def ids(self) -> tuple[str, ...]:
        return (self._claim.job_id,)

    def chunks(self) -> AsyncGenerator[bytes, None]:
        return read_blob(self._store.redis, film_key(self._claim.job_id))

    async def renew(self) -> bool:
        return await self._store.renew_lease(self._claim, {})

    async def delete(self) -> None:
        if not await self._store.finish(self._claim):
            log.warning("%s was exported, but its claim was lost before that", self)

    async def release(self) -> None:
        await release_export(self._store, self._claim)
