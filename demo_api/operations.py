"""Everything that can be asked of the API, in one table, from which routes and description are made."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from actors import errors as line
from actors.settings import Settings
from demo_api import errors as door
from demo_api.clients import client_of, subscriber_of
from demo_api.endpoints import cancel, export, health, retry, run, status
from demo_api.events import events
from demo_api.export import MEDIA_TYPES
from demo_api.extras import KINDS, extra
from demo_api.farewells import Farewells
from demo_api.ratelimit import RateLimiter
from demo_api.schemas import Accepted, Health, JobStatus, RunRequest
from demo_api.token import check_token, check_token_or_key
from explorer.errors import AddressRefused

Endpoint = Callable[[Request], Awaitable[Response]]
#: Who may: anybody, whoever has the API's token, or also whoever has the key of the job.
Access = Literal["anybody", "token", "key"]
Errors = tuple[type[Exception], ...]

#: What may be answered everywhere, to a POST, and where a job is named.
ANYWHERE: Errors = (door.AddressTooLong, door.HeadersTooLarge, door.HostRefused)
WRITING: Errors = (door.CrossSite, door.MediaUnsupported, door.BodyTooLarge, door.RateLimited)
JOB: Errors = (line.JobUnknown, line.JobGone)
FILM: Errors = (*JOB, line.NotCompleted, line.FilmMissing)


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked, and every answer to it."""

    method: Literal["GET", "POST"]
    path: str
    endpoint: Endpoint
    summary: str
    #: Status and body of the good answer: a model, or the media types of a file.
    status: int
    body: type[BaseModel] | tuple[str, ...]
    errors: Errors = ()
    access: Access = "token"
    request: type[BaseModel] | None = None

    @property
    def name(self) -> str:
        """Unique, and stable."""
        return self.path.split("/")[-2 if "{" in self.path else -1].partition(".")[0]

    @property
    def refusals(self) -> Errors:
        """All errors that it may answer with."""
        writing = WRITING if self.method == "POST" else ()
        guarded = () if self.access == "anybody" else (door.Unauthorized,)
        return (*ANYWHERE, *writing, *guarded, *self.errors, line.StoreUnavailable)


OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "POST",
        "/demo/run",
        run,
        "Asks for a film.",
        202,
        Accepted,
        (
            door.RequestInvalid,
            door.BodyTooSlow,
            AddressRefused,
            line.KeyReused,
            line.KeyInFlight,
            line.QueueFull,
            line.NoRoom,
            *JOB,
        ),
        request=RunRequest,
    ),
    Operation(
        "GET", "/demo/status/{job_id}", status, "Tells where a job stands.", 200, JobStatus, JOB, access="key"
    ),
    Operation(
        "GET",
        "/demo/events/{job_id}",
        events,
        "Tells of a job as it happens, as server-sent events, until it ends.",
        200,
        ("text/event-stream",),
        (*JOB, door.RequestInvalid),
        access="key",
    ),
    Operation(
        "POST",
        "/demo/cancel/{job_id}",
        cancel,
        "Ends a job before its film is ready.",
        200,
        JobStatus,
        (*JOB, line.AlreadyEnded),
    ),
    Operation(
        "POST",
        "/demo/retry/{job_id}",
        retry,
        "Puts a job back into line that failed or was cancelled.",
        202,
        JobStatus,
        (*JOB, line.NotEnded, line.QueueFull),
    ),
    Operation(
        "GET",
        "/demo/export/{job_id}",
        export,
        "Gives the film, once. HEAD only looks, Range is ignored, previews and prefetches are refused.",
        200,
        tuple(MEDIA_TYPES.values()),
        (*FILM, line.ExportTaken, door.PreviewRefused),
        access="key",
    ),
    *(
        Operation(
            "GET",
            f"/demo/{name}/{{job_id}}",
            partial(extra, name),
            f"Gives the {name} that lies beside the film, as often as wanted until the film has left.",
            200,
            (media_type.partition(";")[0],),
            (*FILM, line.ExtraMissing),
            access="key",
        )
        for name, (media_type, _) in KINDS.items()
    ),
    Operation(
        "GET",
        "/health",
        health,
        "Tells whether this process can do its job.",
        200,
        Health,
        access="anybody",
    ),
)


def route(operation: Operation) -> Route:
    """The operation behind its lock and its limit."""

    async def guarded(request: Request) -> Response:
        settings: Settings = request.app.state.settings
        if operation.access == "key":
            await check_token_or_key(request, settings, request.app.state.store)
        elif operation.access == "token":
            check_token(request, settings)
        if operation.method == "POST":
            limiter: RateLimiter = request.app.state.limiter
            limiter.admit(subscriber_of(client_of(request.scope, settings.trusted_proxies)))
        if job_id := request.path_params.get("job_id"):
            farewells: Farewells = request.app.state.farewells
            await farewells.settled(job_id)
        return await operation.endpoint(request)

    return Route(operation.path, guarded, methods=[operation.method], name=operation.name)
