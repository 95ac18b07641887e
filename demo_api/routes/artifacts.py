"""Endpoint of the artifacts, which can be fetched any number of times until the film is exported."""

import asyncio
import hashlib
import logging
from collections.abc import AsyncGenerator
from pathlib import Path

from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from actors.errors import ArtifactMissing
from actors.jobs.job import Job
from actors.jobs.states import Status
from actors.jobs.store import Store
from demo_api.export.ranges import Span, parse_range
from demo_api.export.response import film_size
from video.artifacts import ARTIFACTS
from video.blob_store import blob_size, read_range
from video.errors import VideoError

log = logging.getLogger(__name__)

#: A browser that opens a video URL builds a page around it, which has to load the video.
VIDEO_POLICY = "default-src 'none'; media-src 'self'; form-action 'none'; frame-ancestors 'none'"


async def _find_job(store: Store, job_id: str, name: str) -> Job:
    """Finds a completed job, or a failed one that has kept this artifact. Raises NotCompleted."""
    job = await store.find(job_id)
    if job.status is not Status.FAILED or name not in job.extras:
        await film_size(store, job)
    return job


async def artifact(name: str, request: Request) -> Response:
    """Serves one of ARTIFACTS, whole or in a range."""
    store: Store = request.app.state.store
    job = await _find_job(store, request.path_params["job_id"], name)
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
        headers["content-security-policy"] = VIDEO_POLICY
    if request.method == "HEAD":
        return Response(headers={**headers, "content-length": str(size_bytes)})
    span = parse_range(request.headers.getlist("range"), request.headers.get("if-range"), etag, size_bytes)
    part = span or Span(0, size_bytes)
    headers["content-length"] = str(part.size_bytes)
    if span:
        headers["content-range"] = span.content_range(size_bytes)
    chunks = _abort_on_error(request, read_range(store.redis, key, part.start, part.end))
    return StreamingResponse(chunks, 206 if span else 200, headers)


def _etag(key: str, size_bytes: int) -> str:
    """Derives a strong ETag: no two attempts at a job store under the same key."""
    return f'"{hashlib.sha256(f"{key} {size_bytes}".encode()).hexdigest()[:32]}"'


async def _abort_on_error(
    request: Request, chunks: AsyncGenerator[bytes, None]
) -> AsyncGenerator[bytes, None]:
    """Yields the chunks, and aborts the connection when they end early because the film was exported."""
    try:
        async for chunk in chunks:
            yield chunk
    except (VideoError, RedisError) as exc:
        log.info("%s is aborted: %s", request.url.path, exc)
        transport: asyncio.Transport | None = request.scope.get("state", {}).get("transport")
        if transport is None:
            raise
        transport.abort()
        await asyncio.sleep(0)  # lets the server notice it: it would log the short body as an error
