"""Examples of requests and responses for the OpenAPI document, built by the code that responds."""

from dataclasses import replace
from typing import Any

from actors.jobs.job import Job
from actors.jobs.spec import JobSpec
from actors.jobs.states import Stage, Status
from actors.monitoring.system_status import Queue, SystemStatus, Workers
from actors.options import ExplorationOptions, FilmOptions
from demo_api.problems import STATUS, error_code, meaning_of, problem_details
from demo_api.routes.health import Health, ProcessPart, Readiness, assess
from demo_api.routes.metrics import render
from demo_api.schemas.job_status import JobStatus
from demo_api.schemas.jobs import Accepted, Links, RunRequest
from demo_api.schemas.script_check import CheckRequest, ScriptCheck

Examples = dict[str, Any]

URL = "https://example.com/"
AT_MS = 1_764_021_780_000
JOB_TTL_S = 3600
MAX_QUEUE = 100
PROCESS = ProcessPart(uptime_s=5230.4, memory_bytes=84_000_000, cpu_percent=1.2)
STEP = {
    "number": 1,
    "plan": {
        "selector": "nav > a:nth-of-type(2)",
        "action": "click",
        "priority": 80,
        "reason": "keywords: navigation",
    },
    "label": "Pricing",
    "page_url": URL,
    "start_ms": 3200.0,
    "click_ms": 4150.0,
    "end_ms": 5900.0,
    "outcome": "page",
}
REFUSAL = {"rule": "auth", "what": "Sign in", "detail": "/login asks people to sign in", "page_url": URL}
WARNING = {
    "code": "focus_not_found",
    "message": "No click had to do with this part of the focus: '/roadmap'. Start from a page that has it.",
}
LOOKED_AT = {"what": "https://example.com/pricing", "page_url": URL, "how": "opened", "outcome": "page"}
FILM = {
    "format": "mp4",
    "duration_s": 24.5,
    "frames": 735,
    "width": 1280,
    "height": 720,
    "fps": 30.0,
    "size_bytes": 1_630_208,
    "subtitles": 1,
    "chapters": 4,
}
QUEUED = Job(
    "7c9e6679f3b84d2e8a1b0c5d4e3f2a10",
    JobSpec.of(URL, ExplorationOptions(), FilmOptions()),
    secret="0123456789abcdef0123456789abcdef",
    created_ms=AT_MS,
    updated_ms=AT_MS,
)
EXPLORING = replace(
    QUEUED,
    status=Status.PROCESSING,
    stage=Stage.EXPLORING,
    updated_ms=AT_MS + 9000,
    attempt=1,
    progress=7,
    metrics={"state": "executing", "clicks": 1, "depth": 1, "visited_urls": [URL], "runtime_s": 7.4},
    steps=(STEP,),
    refused=(REFUSAL,),
)
READY = replace(
    EXPLORING,
    status=Status.COMPLETED,
    stage=Stage.READY,
    updated_ms=AT_MS + 41_000,
    ended_ms=AT_MS + 41_000,
    attempt=0,
    progress=100,
    stop_reason="max_clicks",
    warnings=(WARNING,),
    looked_at=(LOOKED_AT,),
    metrics={**EXPLORING.metrics, "state": "complete", "clicks": 10, "runtime_s": 33.1},
    camera_report={"used": "frames", "notes": [], "lost_frames": 0},
    film=FILM,
)
FAILED = replace(
    QUEUED,
    status=Status.FAILED,
    stage=Stage.EXPLORING,
    ended_ms=AT_MS + 12_000,
    error="https://example.com/ could not be opened: the name does not resolve.",
    error_code="page_unreachable",
)
BUSY = SystemStatus(
    queues={"record": Queue(2, 12.4), "encode": Queue(0, 0.0)},
    active={"exploring": 2, "encoding": 1, "exporting": 0},
    workers=Workers(
        alive=2, slots=8, busy=3, heard_s_ago=0.4, allowed=5, idle=2, limited={"cpu_pressure": 1}
    ),
    totals={
        "jobs:accepted": 42,
        "jobs:completed": 38,
        "stage:exploring:done:45": 38,
        "stage:exploring:done:sum": 1258.3,
    },
    used_bytes=187_000_000,
    max_bytes=1 << 30,
    has_capacity=True,
    latency_ms=0.42,
)
IDLE = replace(
    BUSY, queues={"record": Queue(0, 0.0), "encode": Queue(0, 0.0)}, workers=Workers(0, 0, 0, None, 0, 0, {})
)

#: Bodies of `POST /demo/run`.
FILMS: Examples = {
    "minimal": {"summary": "Only a URL", "value": {"url": URL}},
    "appearance": {
        "summary": "Appearance of the film",
        "value": {"url": URL, "style": "studio", "size": "1080p", "fps": 60, "captions": True, "zoom": True},
    },
    "exploration": {
        "summary": "What the film shows",
        "value": {
            "url": URL,
            "goal": "show how to find a plan that fits",
            "focus": ["/pricing"],
            "avoid": ["/blog"],
            "max_clicks": 6,
        },
    },
}
CHECKS: Examples = {
    "object": {
        "summary": "A script as an object",
        "value": {"script": {"url": URL, "steps": [{"click": "A"}]}},
    },
    "text": {"summary": "The text of a file", "value": {"script": f"url: {URL}\nsteps: [{{clik: A}}]"}},
}
REQUESTS: dict[type, Examples] = {RunRequest: FILMS, CheckRequest: CHECKS}


def _status(job: Job) -> Any:
    return JobStatus.of(job, JOB_TTL_S).model_dump(mode="json")


def _health(system: SystemStatus | None) -> Any:
    return assess(system, 0.6, MAX_QUEUE, PROCESS).model_dump(mode="json")


def _problem(kind: type[Exception]) -> tuple[str, Any]:
    code = error_code(kind)
    return code, problem_details(STATUS[kind], code, meaning_of(kind))


#: Successful responses by model and status, or by media type.
RESPONSES: dict[Any, Examples] = {
    (Accepted, 202): {
        "accepted": Accepted.of(QUEUED, Links.of(QUEUED)).model_dump(mode="json"),
        "accepted, where a token is set": Accepted.of(QUEUED, Links.of(QUEUED, with_key=True)).model_dump(
            mode="json"
        ),
    },
    (JobStatus, 200): {
        "being filmed": _status(EXPLORING),
        "completed": _status(READY),
        "failed": _status(FAILED),
    },
    (JobStatus, 202): {"queued again": _status(QUEUED)},
    (Health, 200): {"ok": _health(BUSY), "degraded: no worker yet": _health(IDLE)},
    (Health, 503): {
        "Redis is unavailable": _health(None),
        "jobs wait without a worker": _health(replace(BUSY, workers=IDLE.workers)),
    },
    (Readiness, 200): {"ready": Readiness(ready=True, reasons=[]).model_dump()},
    (Readiness, 503): {
        "not ready": Readiness(ready=False, reasons=["Redis did not respond in time."]).model_dump()
    },
    (ScriptCheck, 200): {
        name: ScriptCheck.of(CheckRequest.model_validate(example["value"])).model_dump(mode="json")
        for name, example in CHECKS.items()
    },
    "text/plain": {"metrics": render(BUSY).decode()},
}
#: Problem details for each code; the detail of a real one is more specific.
PROBLEMS: Examples = {
    **dict(map(_problem, STATUS)),
    "method_not_allowed": problem_details(405, "method_not_allowed", "Method Not Allowed"),
    "internal_error": problem_details(
        500, "internal_error", "An internal error occurred. See the server's log."
    ),
}
