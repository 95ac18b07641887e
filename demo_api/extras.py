"""What can be fetched beside the film, any number of times until the film leaves."""

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from actors.errors import ExtraMissing
from actors.job import Job, Status
from actors.store import Store
from demo_api.export import exportable
from video.vault import blob_size, read_blob

#: Media type and ending of each file, by the name that it has in the job and in its address.
KINDS = {
    "poster": ("image/png", "png"),
    "sheet": ("image/png", "png"),
    "captions": ("text/vtt; charset=utf-8", "vtt"),
    "timeline": ("application/json", "json"),
    "storyboard": ("application/zip", "zip"),
}


async def _owner(store: Store, job_id: str, name: str) -> Job:
    """The job whose extra may be had: a completed one, or one whose storyboard has outlived its film."""
    job = await store.find(job_id)
    if job.status is not Status.FAILED or name not in job.extras:
        await exportable(store, job)
    return job


async def extra(name: str, request: Request) -> Response:
    """One of KINDS, as it is in the vault."""
    store: Store = request.app.state.store
    job = await _owner(store, request.path_params["job_id"], name)
    key = job.extras.get(name)
    size_bytes = await blob_size(store.redis, key) if key else None
    if key is None or size_bytes is None:
        raise ExtraMissing(f"Job {job.id} has no {name}.")
    media_type, ending = KINDS[name]
    headers = {
        "content-type": media_type,
        "content-length": str(size_bytes),
        "content-disposition": f'inline; filename="sitereel-{job.id[:8]}-{name}.{ending}"',
    }
    if request.method == "HEAD":
        return Response(headers=headers)
    return StreamingResponse(read_blob(store.redis, key), headers=headers)
