"""The endpoints: each reads its request, asks the store and answers."""

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from actors.admission import accept, announce, check_address, limits_of, style_of
from actors.errors import JobUnknown
from actors.settings import Settings
from actors.store import Store
from demo_api.export import ExportResponse, claim_export, exportable, film_headers
from demo_api.problems import RequestInvalid
from demo_api.schemas import MAX_BODY_BYTES, Accepted, JobStatus, Links, RunRequest


async def run(request: Request) -> Response:
    """Accepts a job, at once."""
    wish = RunRequest.parse(await _body(request))
    settings, store = _settings(request), _store(request)
    await check_address(wish.url, settings.allow_private_hosts)
    limits = limits_of(settings, wish.max_clicks, wish.max_depth, wish.max_runtime)
    style = style_of(
        settings,
        wish.style,
        wish.size,
        wish.fps,
        wish.format,
        wish.captions,
        wish.zoom,
        wish.title_card,
    )
    job = await accept(
        store,
        wish.url,
        limits,
        style,
        wish.camera or settings.camera,
        wishes=wish.wishes_on(settings),
        storyboard=wish.storyboard,
    )
    links = Links.of(job.id)
    return JSONResponse(
        Accepted(job_id=job.id, links=links).model_dump(mode="json"),
        status_code=202,
        headers={"location": links.status},
        background=BackgroundTask(announce, request.app.state.send_ticket, job.id),
    )


async def status(request: Request) -> Response:
    """Where a job stands."""
    job_id = request.path_params["job_id"]
    job = await _store(request).get(job_id)
    if job is None:
        raise JobUnknown(f"There is no job {job_id}, or its time is over.")
    answer = JobStatus.of(job).model_dump(mode="json")
    return JSONResponse(answer, headers={"cache-control": "no-store"})


async def export(request: Request) -> Response:
    """The film, once. HEAD only looks."""
    store, job_id = _store(request), request.path_params["job_id"]
    job, size_bytes = await exportable(store, job_id)
    if request.method == "HEAD":
        return Response(headers=film_headers(job, size_bytes))
    claim = await claim_export(store, job_id)
    return ExportResponse(store, _settings(request), job, claim, size_bytes)


async def health(request: Request) -> Response:
    """Whether this process can do its job; problems.py answers when Redis is away."""
    await _store(request).ping()
    return JSONResponse({"status": "ok", "redis": "ok"}, headers={"cache-control": "no-store"})


async def _body(request: Request) -> bytes:
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BODY_BYTES:
            raise RequestInvalid([{"field": "body", "message": f"is larger than {MAX_BODY_BYTES} bytes"}])
    return body


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings
