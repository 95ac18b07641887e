"""Route table: every operation of the API, from which routes and the OpenAPI document are built."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from actors import errors as pipeline_errors
from demo_api import errors as request_errors
from demo_api.client.status_events import EVENT_STREAM
from demo_api.export.response import MEDIA_TYPES
from demo_api.middleware.request_guard import MAX_BODY_BYTES, MAX_SCRIPT_BODY_BYTES
from demo_api.routes import descriptions
from demo_api.routes.artifacts import artifact
from demo_api.routes.docs_page import docs, document
from demo_api.routes.events import events
from demo_api.routes.health import Health, Readiness, health, ready
from demo_api.routes.jobs import cancel, export, retry, run, status
from demo_api.routes.metrics import metrics
from demo_api.routes.scripts import StepLog, check, schema, script, step_log
from demo_api.schemas.jobs import Accepted, JobStatus, RunRequest
from demo_api.schemas.script_check import CheckRequest, ScriptCheck
from demo_api.schemas.secrets import RetryRequest
from explorer.errors import AddressRefused
from video.artifacts import ARTIFACTS

Endpoint = Callable[[Request], Awaitable[Response]]
#: Required credentials: none, the API token, or that or the job's key.
Access = Literal["public", "token", "key"]
Errors = tuple[type[Exception], ...]
#: A model, the media types of a file, or no body.
Body = type[BaseModel] | tuple[str, ...] | None

#: Errors of every operation, of a POST, of a body that is read, of a job, and of its film.
EVERY: Errors = (request_errors.UriTooLong, request_errors.HeadersTooLarge, request_errors.HostRefused)
POST: Errors = (
    request_errors.CrossSiteRefused,
    request_errors.MediaTypeUnsupported,
    request_errors.BodyTooLarge,
    request_errors.RateLimited,
)
BODY: Errors = (request_errors.RequestInvalid, request_errors.BodyTimeout)
JOB: Errors = (pipeline_errors.JobUnknown, pipeline_errors.JobGone)
FILM: Errors = (*JOB, pipeline_errors.NotCompleted, pipeline_errors.FilmMissing)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the API with all of its responses."""

    method: Literal["GET", "POST"]
    path: str
    endpoint: Endpoint
    summary: str
    #: Status and body of the successful response.
    status: int
    body: Body
    errors: Errors = ()
    access: Access = "token"
    request: type[BaseModel] | None = None
    accepts_ranges: bool = False  # with 206 as the status
    #: Errors of GET that HEAD, which has no effect, never has.
    get_errors: Errors = ()
    #: Further responses, by status.
    more_bodies: Mapping[int, Body] = field(default_factory=dict)
    #: Whether it responds 503 with problem details when Redis is unavailable.
    needs_redis: bool = True
    #: Longer description in Markdown.
    description: str = ""
    max_body_bytes: int = MAX_BODY_BYTES
    #: How much of one request it counts as, where their number is limited.
    share: float = 1.0

    @property
    def name(self) -> str:
        """The unique and stable operation id."""
        name = self.path.split("/")[-2 if "{" in self.path else -1].partition(".")[0]
        return f"{name}_schema" if self.path.startswith("/schemas/") else name

    @property
    def is_artifact(self) -> bool:
        """Whether it serves an artifact."""
        return self.name in ARTIFACTS

    @property
    def all_errors(self) -> Errors:
        """All errors that it may respond with."""
        writing = POST if self.method == "POST" else ()
        authenticated = () if self.access == "public" else (request_errors.Unauthorized,)
        redis = (pipeline_errors.StoreUnavailable,) if self.needs_redis else ()
        return (*EVERY, *writing, *authenticated, *self.errors, *self.get_errors, *redis)

    @property
    def bodies(self) -> Mapping[int, Body]:
        """All responses without problem details, by status."""
        return {self.status: self.body, **self.more_bodies}


OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "POST",
        "/demo/run",
        run,
        "Requests a film.",
        202,
        Accepted,
        (
            *BODY,
            AddressRefused,
            pipeline_errors.CallbackRefused,
            pipeline_errors.KeyReused,
            pipeline_errors.KeyInFlight,
            pipeline_errors.SecretsUnavailable,
            pipeline_errors.QueueFull,
            pipeline_errors.OutOfCapacity,
            *JOB,
        ),
        request=RunRequest,
        description=descriptions.RUN,
        max_body_bytes=MAX_SCRIPT_BODY_BYTES,
    ),
    Operation(
        "GET",
        "/demo/status/{job_id}",
        status,
        "Returns the status of a job.",
        200,
        JobStatus,
        JOB,
        access="key",
    ),
    Operation(
        "GET",
        "/demo/events/{job_id}",
        events,
        "Streams the events of a job, as server-sent events, until it ends.",
        200,
        (EVENT_STREAM,),
        (*JOB, request_errors.RequestInvalid),
        access="key",
        more_bodies={204: None},
        description=descriptions.EVENTS,
    ),
    Operation(
        "POST",
        "/demo/cancel/{job_id}",
        cancel,
        "Cancels a job whose film is not ready.",
        200,
        JobStatus,
        (*JOB, pipeline_errors.AlreadyEnded),
    ),
    Operation(
        "POST",
        "/demo/retry/{job_id}",
        retry,
        "Queues a failed or cancelled job again.",
        202,
        JobStatus,
        (*JOB, *BODY, pipeline_errors.NotEnded, pipeline_errors.SecretsGone, pipeline_errors.QueueFull),
        request=RetryRequest,
    ),
    Operation(
        "GET",
        "/demo/export/{job_id}",
        export,
        "Downloads the film, once.",
        200,
        tuple(MEDIA_TYPES.values()),
        (*FILM, request_errors.PreviewRefused),
        get_errors=(pipeline_errors.ExportInProgress,),
        access="key",
        description=descriptions.EXPORT,
    ),
    *(
        Operation(
            "GET",
            f"/demo/{name}/{{job_id}}",
            partial(artifact, name),
            f"Returns the {name} ({kind.help}), any number of times until the film is exported.",
            200,
            (kind.media_type.partition(";")[0],),
            (*FILM, pipeline_errors.ArtifactMissing),
            get_errors=(request_errors.RangeUnsatisfiable,),
            access="key",
            accepts_ranges=True,
        )
        for name, kind in ARTIFACTS.items()
    ),
    Operation(
        "GET",
        "/demo/script/{job_id}",
        script,
        "Returns the script of a job.",
        200,
        ("application/yaml", "application/json"),
        (*JOB, request_errors.RequestInvalid),
        access="key",
        description=descriptions.SCRIPT,
    ),
    Operation(
        "POST",
        "/demo/check",
        check,
        "Checks a script.",
        200,
        ScriptCheck,
        BODY,
        request=CheckRequest,
        needs_redis=False,
        description=descriptions.CHECK,
        max_body_bytes=MAX_SCRIPT_BODY_BYTES,
        share=0.05,
    ),
    Operation(
        "GET",
        "/demo/log/{job_id}",
        step_log,
        "Returns the step log of a job.",
        200,
        StepLog,
        JOB,
        access="key",
        description=descriptions.LOG,
    ),
    Operation(
        "GET",
        "/schemas/script.json",
        schema,
        "Returns the JSON Schema of scripts.",
        200,
        ("application/schema+json",),
        access="public",
        needs_redis=False,
    ),
    Operation(
        "GET",
        "/health",
        health,
        "Reports the health of this process, part by part.",
        200,
        Health,
        access="public",
        more_bodies={503: Health},
        needs_redis=False,
        description=descriptions.HEALTH,
    ),
    Operation(
        "GET",
        "/ready",
        ready,
        "Reports whether a new job would be accepted.",
        200,
        Readiness,
        access="public",
        more_bodies={503: Readiness},
        needs_redis=False,
        description=descriptions.READY,
    ),
    Operation(
        "GET",
        "/metrics",
        metrics,
        "Exports the metrics of the whole installation for Prometheus.",
        200,
        ("text/plain",),
        description=descriptions.METRICS,
    ),
    Operation(
        "GET",
        "/openapi.json",
        document,
        "Returns this OpenAPI document.",
        200,
        ("application/json",),
        access="public",
        needs_redis=False,
    ),
    Operation(
        "GET",
        "/docs",
        docs,
        "Shows this document as a page.",
        200,
        ("text/html",),
        access="public",
        needs_redis=False,
    ),
)
