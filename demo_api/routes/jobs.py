"""The endpoints: each reads its request, asks the store and answers."""

import re

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from actors.jobs.idempotency import IdempotencyKey
from actors.jobs.job import Job, Stage
from actors.jobs.store import Store
from actors.settings import Settings
from actors.submission import announce, submit
from demo_api.errors import RequestInvalid
from demo_api.export.response import ExportResponse, check_wanted, claim_export, exportable, film_headers
from demo_api.middleware.body import read_body
from demo_api.schemas.jobs import Accepted, JobStatus, Links, RunRequest

IDEMPOTENCY_KEY = "Idempotency-Key"
VISIBLE = re.compile(r"[!-~]{1,255}")


async def run(request: Request) -> Response:
    """Accepts a job, at once."""
    asked = RunRequest.parse(await read_body(request, request.app.state.body_limit_s))
    settings = _settings(request)
    job = await submit(_store(request), asked.spec(settings), _idempotency_key(request, asked))
    links = Links.of(job, with_key=settings.api_token is not None)
    return JSONResponse(
        Accepted.of(job, links).model_dump(mode="json"),
        status_code=202,
        headers={"location": Links.of(job).status},
        background=_ticket(request, job) if job.stage is Stage.QUEUED else None,
    )


async def status(request: Request) -> Response:
    """Where a job stands."""
    return _told(request, await _find(request))


async def cancel(request: Request) -> Response:
    """Ends a job before its film is ready."""
    return _told(request, await _store(request).cancel(request.path_params["job_id"]))


async def retry(request: Request) -> Response:
    """Puts a job back into line that failed or was cancelled."""
    job = await _store(request).retry(request.path_params["job_id"])
    response = _told(request, job, 202, _ticket(request, job))
    response.headers["location"] = Links.of(job).status
    return response


async def export(request: Request) -> Response:
    """The film, once. HEAD only looks."""
    check_wanted(request.headers)
    store, job = _store(request), await _find(request)
    size_bytes = await exportable(store, job)
    if request.method == "HEAD":
        return Response(headers=film_headers(job, size_bytes))
    claim = await claim_export(store, job)
    return ExportResponse(store, request.app.state.farewells, job, claim, size_bytes)


def _told(
    request: Request, job: Job, status_code: int = 200, background: BackgroundTask | None = None
) -> Response:
    settings = _settings(request)
    answer = JobStatus.of(job, settings.job_ttl_s, with_key=settings.api_token is not None)
    return JSONResponse(answer.model_dump(mode="json"), status_code, background=background)


def _ticket(request: Request, job: Job) -> BackgroundTask:
    return BackgroundTask(announce, request.app.state.send_ticket, job.id, job.stage)


def _idempotency_key(request: Request, asked: RunRequest) -> IdempotencyKey | None:
    """The request's Idempotency-Key with what it stands for. Raises RequestInvalid."""
    match request.headers.getlist(IDEMPOTENCY_KEY):
        case []:
            return None
        case [key] if VISIBLE.fullmatch(key):
            return IdempotencyKey(key, asked.fingerprint)
    raise RequestInvalid([{"field": IDEMPOTENCY_KEY, "message": "must be 1 to 255 visible ASCII characters"}])


async def _find(request: Request) -> Job:
    return await _store(request).find(request.path_params["job_id"])


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings
