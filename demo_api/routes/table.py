"""Everything that can be asked of the API, in one table, from which routes and description are made."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from actors import errors as line
from actors.settings import Settings
from demo_api import errors as door
from demo_api.export.pending import PendingDownloads
from demo_api.export.response import MEDIA_TYPES
from demo_api.middleware.auth import check_token, check_token_or_key
from demo_api.middleware.client_address import client_address, subscriber_address
from demo_api.middleware.rate_limit import RateLimiter
from demo_api.routes import descriptions
from demo_api.routes.artifacts import artifact
from demo_api.routes.docs_page import docs, document
from demo_api.routes.events import events
from demo_api.routes.health import Health, Readiness, health, ready
from demo_api.routes.jobs import cancel, export, retry, run, status
from demo_api.routes.metrics import metrics
from demo_api.schemas.jobs import Accepted, JobStatus, RunRequest
from explorer.errors import AddressRefused
from video.artifacts import ARTIFACTS

Endpoint = Callable[[Request], Awaitable[Response]]
#: Who may: anybody, whoever has the API's token, or also whoever has the key of the job.
Access = Literal["anybody", "token", "key"]
Errors = tuple[type[Exception], ...]
#: A model, the media types of a file, or nothing.
Body = type[BaseModel] | tuple[str, ...] | None

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
    #: Status and body of the good answer.
    status: int
    body: Body
    errors: Errors = ()
    access: Access = "token"
    request: type[BaseModel] | None = None
    #: A part of the file may be asked for, which is answered with 206.
    in_ranges: bool = False
    #: Errors that a HEAD, which uses nothing up, never has.
    using: Errors = ()
    #: Other answers that are no problem documents, by status.
    also: Mapping[int, Body] = field(default_factory=dict)
    #: Whether it answers 503 with a problem document when Redis is away.
    stores: bool = True
    #: More than the summary says, in Markdown.
    text: str = ""

    @property
    def name(self) -> str:
        """Unique, and stable."""
        return self.path.split("/")[-2 if "{" in self.path else -1].partition(".")[0]

    @property
    def is_extra(self) -> bool:
        """Whether it gives something that lies beside the film."""
        return self.name in ARTIFACTS

    @property
    def refusals(self) -> Errors:
        """All errors that it may answer with."""
        writing = WRITING if self.method == "POST" else ()
        guarded = () if self.access == "anybody" else (door.Unauthorized,)
        stored = (line.StoreUnavailable,) if self.stores else ()
        return (*ANYWHERE, *writing, *guarded, *self.errors, *self.using, *stored)

    @property
    def answers(self) -> Mapping[int, Body]:
        """All answers that are no problem documents, by status."""
        return {self.status: self.body, **self.also}


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
            line.CallbackRefused,
            line.KeyReused,
            line.KeyInFlight,
            line.QueueFull,
            line.OutOfCapacity,
            *JOB,
        ),
        request=RunRequest,
        text=descriptions.RUN,
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
        also={204: None},
        text=descriptions.EVENTS,
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
        "Gives the film, once.",
        200,
        tuple(MEDIA_TYPES.values()),
        (*FILM, door.PreviewRefused),
        using=(line.ExportInProgress,),
        access="key",
        text=descriptions.EXPORT,
    ),
    *(
        Operation(
            "GET",
            f"/demo/{name}/{{job_id}}",
            partial(artifact, name),
            f"Gives the {name} ({kind.help}), as often as wanted until the film has left.",
            200,
            (kind.media_type.partition(";")[0],),
            (*FILM, line.ArtifactMissing),
            using=(door.RangeUnsatisfiable,),
            access="key",
            in_ranges=True,
        )
        for name, kind in ARTIFACTS.items()
    ),
    Operation(
        "GET",
        "/health",
        health,
        "Tells whether this process can do its job, part by part.",
        200,
        Health,
        access="anybody",
        also={503: Health},
        stores=False,
        text=descriptions.HEALTH,
    ),
    Operation(
        "GET",
        "/ready",
        ready,
        "Tells whether a request for a film would be accepted now.",
        200,
        Readiness,
        access="anybody",
        also={503: Readiness},
        stores=False,
        text=descriptions.READY,
    ),
    Operation(
        "GET",
        "/metrics",
        metrics,
        "Gives the figures of the whole installation, for Prometheus.",
        200,
        ("text/plain",),
        text=descriptions.METRICS,
    ),
    Operation(
        "GET",
        "/openapi.json",
        document,
        "Gives this description.",
        200,
        ("application/json",),
        access="anybody",
        stores=False,
    ),
    Operation(
        "GET",
        "/docs",
        docs,
        "Shows this description as a page.",
        200,
        ("text/html",),
        access="anybody",
        stores=False,
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
            limiter.admit(subscriber_address(client_address(request.scope, settings.trusted_proxies)))
        if job_id := request.path_params.get("job_id"):
            farewells: PendingDownloads = request.app.state.farewells
            await farewells.settled(job_id)
        return await operation.endpoint(request)

    return Route(operation.path, guarded, methods=[operation.method], name=operation.name)
