"""What can be fetched beside the film, any number of times until the film leaves."""

import asyncio
import hashlib
import logging
from collections.abc import AsyncGenerator
from pathlib import Path

from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from actors.errors import ArtifactMissing
from actors.jobs.job import Job, Status
from actors.jobs.store import Store
from demo_api.export.ranges import Span, span
from demo_api.export.response import exportable
from video.artifacts import ARTIFACTS
from video.blob_store import blob_size, read_range
from video.errors import VideoError

log = logging.getLogger(__name__)

#: A browser that opens a video by itself makes a page around it, which has to load the video from there.
PLAYABLE = "default-src 'none'; media-src 'self'; form-action 'none'; frame-ancestors 'none'"


async def _owner(store: Store, job_id: str, name: str) -> Job:
    """The job whose extra may be had: a completed one, or one whose storyboard has outlived its film."""
    job = await store.find(job_id)
    if job.status is not Status.FAILED or name not in job.extras:
        await exportable(store, job)
    return job


async def artifact(name: str, request: Request) -> Response:
    """One of ARTIFACTS, as it is stored."""
    store: Store = request.app.state.store
    job = await _owner(store, request.path_params["job_id"], name)
    key = job.extras.get(name)
    size_bytes = await blob_size(store.redis, key) if key else None
    if key is None or size_bytes is None:
        raise ArtifactMissing(f"Job {job.id} has no {name}.")
    media_type, ending = ARTIFACTS[name].media_type, Path(ARTIFACTS[name].file).suffix
    etag = _etag(key, size_bytes)
    headers = {
        "content-type": media_type,
        "content-disposition": f'inline; filename="sitereel-{job.id[:8]}-{name}{ending}"',
        "accept-ranges": "bytes",
        "etag": etag,
    }
    if media_type.startswith("video/"):
        headers["content-security-policy"] = PLAYABLE
    if request.method == "HEAD":
        return Response(headers={**headers, "content-length": str(size_bytes)})
    asked = span(request.headers.getlist("range"), request.headers.get("if-range"), etag, size_bytes)
    part = asked or Span(0, size_bytes)
    headers["content-length"] = str(part.size_bytes)
    if asked:
        headers["content-range"] = asked.content_range(size_bytes)
    pieces = _pieces(request, read_range(store.redis, key, part.start, part.end))
    return StreamingResponse(pieces, 206 if asked else 200, headers)


def _etag(key: str, size_bytes: int) -> str:
    """Of exactly these bytes: no two attempts at a job store under the same key."""
    return f'"{hashlib.sha256(f"{key} {size_bytes}".encode()).hexdigest()[:32]}"'


async def _pieces(request: Request, chunks: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """The chunks; where they end early, because the film leaves meanwhile, the connection does too."""
    try:
        async for chunk in chunks:
            yield chunk
    except (VideoError, RedisError) as exc:
        log.info("%s breaks off: %s", request.url.path, exc)
        transport: asyncio.Transport | None = request.scope.get("state", {}).get("transport")
        if transport is None:
            raise
        transport.abort()
        await asyncio.sleep(0)  # until the server has heard of that: it would complain of the short body
