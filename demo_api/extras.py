"""What can be fetched beside the film, any number of times while the film is there."""

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from actors.errors import ExtraMissing
from actors.store import Store
from demo_api.export import exportable
from video.vault import blob_size, read_blob

#: Media type and ending of each file, by the name that it has in the job and in its address.
KINDS = {
    "poster": ("image/png", "png"),
    "sheet": ("image/png", "png"),
    "captions": ("text/vtt; charset=utf-8", "vtt"),
    "timeline": ("application/json", "json"),
}


async def extra(name: str, request: Request) -> Response:
    """One of KINDS, as it is in the vault."""
    store: Store = request.app.state.store
    job, _ = await exportable(store, request.path_params["job_id"])
    key = job.extras.get(name)
    size_bytes = await blob_size(store.redis, key) if key else None
    if key is None or size_bytes is None:
        raise ExtraMissing(f"The film of job {job.id} has no {name}.")
    media_type, ending = KINDS[name]
    headers = {
        "content-type": media_type,
        "content-length": str(size_bytes),
        "content-disposition": f'inline; filename="sitereel-{job.id[:8]}-{name}.{ending}"',
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
    }
    if request.method == "HEAD":
        return Response(headers=headers)
    return StreamingResponse(read_blob(store.redis, key), headers=headers)
