"""The endpoints: each reads its request, asks the store and answers."""

import asyncio
import re

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from actors.jobs.idempotency import IdempotencyKey
from actors.jobs.job import Job, Stage
from actors.jobs.store import Store
from actors.settings import Settings
from actors.submission import announce, callback_of, check_address, check_callback, submit
from demo_api.errors import CallbackRefused, RequestInvalid
from demo_api.export.response import ExportResponse, check_wanted, claim_export, exportable, film_headers
from demo_api.middleware.body import read_body
from demo_api.schemas.jobs import Accepted, JobStatus, Links, RunRequest
from explorer.errors import AddressRefused

IDEMPOTENCY_KEY = "Idempotency-Key"
VISIBLE = re.compile(r"[!-~]{1,255}")


async def run(request: Request) -> Response:
    """Accepts a job, at once."""
    wish = RunRequest.parse(await read_body(request, request.app.state.body_limit_s))
    once = _once(request, wish)
    settings, store = _settings(request), _store(request)
    await _check_addresses(wish, settings)
    job = await submit(
        store,
        wish.url,
        wish.limits_on(settings),
        wish.style_on(settings),
        wish.camera or settings.camera,
        wishes=wish.wishes_on(settings),
        storyboard=wish.storyboard,
        priority=wish.priority,
        callback=callback_of(settings, wish.callback_url),
        once=once,
    )
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


async def _check_addresses(wish: RunRequest, settings: Settings) -> None:
    """Both at a time: a slow name server is waited for once. Raises AddressRefused and CallbackRefused."""
    checks = [check_address(wish.url, settings.allow_private_hosts)]
    if wish.callback_url is not None:
        checks.append(_check_callback(wish.callback_url, settings))
    for found in await asyncio.gather(*checks, return_exceptions=True):
        if isinstance(found, BaseException):
            raise found


async def _check_callback(url: str, settings: Settings) -> None:
    try:
        await check_callback(url, settings)
    except AddressRefused as exc:
        raise CallbackRefused(str(exc)) from exc


def _ticket(request: Request, job: Job) -> BackgroundTask:
    return BackgroundTask(announce, request.app.state.send_ticket, job.id, job.stage)


def _once(request: Request, wish: RunRequest) -> IdempotencyKey | None:
    """The request's Idempotency-Key with what it stands for. Raises RequestInvalid."""
    match request.headers.getlist(IDEMPOTENCY_KEY):
        case []:
            return None
        case [key] if VISIBLE.fullmatch(key):
            return IdempotencyKey(key, wish.fingerprint)
    raise RequestInvalid([{"field": IDEMPOTENCY_KEY, "message": "must be 1 to 255 visible ASCII characters"}])


async def _find(request: Request) -> Job:
    return await _store(request).find(request.path_params["job_id"])


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings
