"""Route table: every operation of the API, from which routes and the OpenAPI document are built."""

from functools import partial

from actors import errors as pipeline_errors
from demo_api import errors as request_errors
from demo_api.client.status_events import EVENT_STREAM
from demo_api.middleware.request_guard import MAX_SCRIPT_BODY_BYTES
from demo_api.routes import descriptions
from demo_api.routes.artifacts import artifact
from demo_api.routes.batch_table import BATCH_OPERATIONS
from demo_api.routes.docs_page import docs, document
from demo_api.routes.events import events
from demo_api.routes.health import Health, Readiness, health, ready
from demo_api.routes.jobs import cancel, export, retry, run, status
from demo_api.routes.metrics import metrics
from demo_api.routes.operation import BODY, FILM, JOB, Operation
from demo_api.routes.scripts import StepLog, check, schema, script, step_log
from demo_api.schemas.job_status import JobStatus
from demo_api.schemas.jobs import Accepted, RunRequest
from demo_api.schemas.script_check import CheckRequest, ScriptCheck
from demo_api.schemas.secrets import RetryRequest
from explorer.errors import AddressRefused
from video.artifacts import ARTIFACTS
from video.style import MEDIA_TYPES

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
    *BATCH_OPERATIONS,
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
