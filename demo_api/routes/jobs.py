"""Endpoints of jobs: run, status, cancel, retry and export."""

import re

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from actors.jobs.idempotency import IdempotencyKey
from actors.jobs.job import Job
from actors.jobs.links import links_of
from actors.jobs.states import Stage
from actors.jobs.store import Store
from actors.settings import Settings
from actors.submission import announce, renew_secrets, submit
from demo_api.errors import RequestInvalid
from demo_api.export.delivery import OneTimeResponse
from demo_api.export.response import (
    FilmContents,
    claim_export,
    film_headers,
    film_size,
    refuse_link_previews,
)
from demo_api.middleware.body import read_body
from demo_api.middleware.request_guard import MAX_SCRIPT_BODY_BYTES
from demo_api.schemas.job_status import JobStatus
from demo_api.schemas.jobs import Accepted, Links, RunRequest
from demo_api.schemas.secrets import RetryRequest

IDEMPOTENCY_KEY = "Idempotency-Key"
VALID_KEY = re.compile(r"[!-~]{1,255}")


async def run(request: Request) -> Response:
    """Accepts a job, which a worker then records."""
    data = await read_body(request, request.app.state.body_limit_s, MAX_SCRIPT_BODY_BYTES)
    body = RunRequest.parse(data)
    settings = _settings(request)
    once = idempotency_key(request, body.fingerprint)
    job = await submit(_store(request), body.spec(settings), once, body.secret_inputs)
    links = Links.of(job, with_key=settings.api_token is not None)
    return JSONResponse(
        Accepted.of(job, links).model_dump(mode="json"),
        status_code=202,
        headers={"location": links_of(job.id)["status"]},
        background=_announcement(request, job) if job.stage is Stage.QUEUED else None,
    )


async def status(request: Request) -> Response:
    """Returns the status of a job."""
    return _status_response(request, await _find(request))


async def cancel(request: Request) -> Response:
    """Cancels a job whose film is not ready."""
    return _status_response(request, await _store(request).cancel(request.path_params["job_id"]))


async def retry(request: Request) -> Response:
    """Queues a failed or cancelled job again; one with secrets takes them again."""
    data = await read_body(request, request.app.state.body_limit_s)
    secrets = RetryRequest.parse(data or b"{}").inputs
    store, job_id = _store(request), request.path_params["job_id"]
    await renew_secrets(store, await store.find(job_id), secrets)
    job = await store.retry(job_id)
    response = _status_response(request, job, 202, _announcement(request, job))
    response.headers["location"] = links_of(job.id)["status"]
    return response


async def export(request: Request) -> Response:
    """Streams the film, once. HEAD returns its headers only."""
    refuse_link_previews(request.headers)
    store, job = _store(request), await _find(request)
    size_bytes = await film_size(store, job)
    if request.method == "HEAD":
        return Response(headers=film_headers(job, size_bytes))
    contents = FilmContents(store, await claim_export(store, job))
    headers = film_headers(job, size_bytes)
    return OneTimeResponse(contents, request.app.state.pending_downloads, store.settings, headers)


def _status_response(
    request: Request, job: Job, status_code: int = 200, background: BackgroundTask | None = None
) -> Response:
    settings = _settings(request)
    body = JobStatus.of(job, settings.job_ttl_s, with_key=settings.api_token is not None)
    return JSONResponse(body.model_dump(mode="json"), status_code, background=background)


def _announcement(request: Request, job: Job) -> BackgroundTask:
    return BackgroundTask(announce, request.app.state.send_ticket, job.id, job.stage)


def idempotency_key(request: Request, fingerprint: str) -> IdempotencyKey | None:
    """Parses Idempotency-Key and binds it to the body. Raises RequestInvalid."""
    match request.headers.getlist(IDEMPOTENCY_KEY):
        case []:
            return None
        case [key] if VALID_KEY.fullmatch(key):
            return IdempotencyKey(key, fingerprint)
    raise RequestInvalid([{"field": IDEMPOTENCY_KEY, "message": "must be 1 to 255 visible ASCII characters"}])


async def _find(request: Request) -> Job:
    return await _store(request).find(request.path_params["job_id"])


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings
