"""What comes in and what goes out, as pydantic models."""

import hashlib
import json
from dataclasses import asdict
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, StrictBool, StrictInt, ValidationError

from actors.job import CameraWish, Job, Priority, Stage, Status, iso
from demo_api.bodies import parse_object
from demo_api.errors import RequestInvalid
from demo_api.token import KEY
from demo_api.wishes import WishRequest
from explorer.types import Interact
from video.style import Format, Size, StyleName

Clicks = Annotated[StrictInt, Field(ge=1, le=100, description="most clicks to make")]
Depth = Annotated[StrictInt, Field(ge=1, le=20, description="most links to follow from the start page")]
Runtime = Annotated[StrictInt, Field(ge=1, le=3600, description="longest exploration, in seconds")]


class RunRequest(WishRequest):
    """The body of `POST /demo/run`."""

    max_clicks: Clicks | None = None
    max_depth: Depth | None = None
    max_runtime: Runtime | None = None
    style: StyleName | None = None
    size: Size | None = None
    fps: Literal[30, 60] | None = None
    format: Format | None = None
    captions: StrictBool | None = None
    zoom: StrictBool | None = None
    title_card: StrictBool | None = None
    camera: CameraWish | None = None
    priority: Priority = Field("default", description="who is filmed first")

    @property
    def fingerprint(self) -> str:
        """A digest that is the same for requests that ask for the same, however they are written."""
        canonical = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Raises RequestInvalid naming each field that is wrong."""
        try:
            return cls.model_validate(parse_object(body))
        except ValidationError as exc:
            raise RequestInvalid([_complaint(error) for error in exc.errors()]) from exc


def _complaint(error: Any) -> dict[str, str]:
    field = str(error["loc"][0])[:100] if error["loc"] else "body"
    return {"field": field, "message": error["msg"].removeprefix("Value error, ")}


class Links(BaseModel):
    """Where a job's answers are, as paths. With a token set, they also open with the job's key."""

    status: str
    events: str
    export: str
    poster: str
    sheet: str
    captions: str
    timeline: str
    storyboard: str

    @classmethod
    def of(cls, job: Job, *, with_key: bool = False) -> Self:
        links = {name: f"/demo/{name}/{job.id}" for name in cls.model_fields}
        if with_key:
            links = {name: f"{link}?{KEY}={job.secret}" for name, link in links.items()}
        return cls(**links)


class Accepted(BaseModel):
    """The answer to `POST /demo/run`."""

    job_id: str
    status: Literal[Status.PENDING] = Status.PENDING
    links: Links


class Health(BaseModel):
    """The answer to `GET /health`."""

    status: Literal["ok"] = "ok"
    redis: Literal["ok"] = "ok"


class Plan(BaseModel):
    """Why a step was taken."""

    selector: str
    action: str
    priority: int
    reason: str


class StepOut(BaseModel):
    """One click; times are milliseconds since the camera started."""

    number: int
    plan: Plan
    label: str
    page_url: str
    start_ms: float
    click_ms: float
    end_ms: float
    outcome: str


class RefusalOut(BaseModel):
    """Something a guardrail turned down."""

    rule: str
    what: str
    detail: str
    page_url: str = ""


class RetryOut(BaseModel):
    """Something that failed within a take, and which further try that was, of at most `limit`."""

    at_ms: float
    kind: Literal["navigation", "element", "browser", "database"]
    attempt: int
    limit: int
    reason: str


class FailureOut(BaseModel):
    """An attempt at a stage that failed and was followed by another."""

    stage: Stage
    attempt: int
    code: str
    error: str


class MetricsOut(BaseModel):
    """How far the exploration is, and what planning has cost; `runtime` is in seconds."""

    state: str = "initial"
    clicks: int = 0
    depth: int = 0
    visited_urls: list[str] = []
    runtime: float = Field(0.0, validation_alias="runtime_s")
    llm_calls: int = 0
    llm_tokens: int = 0
    llm_fallbacks: int = 0
    scouted: int = 0


class WishesOut(BaseModel):
    """What was wished of the exploration, with the operator's habits filled in."""

    goal: str
    focus: list[str]
    avoid: list[str]
    domains: list[str]
    interact: Interact
    allow_writes: bool
    scout: bool
    ignore_robots: bool
    ignore_certificate_errors: bool


class CameraOut(BaseModel):
    """How it was filmed; `used` and `lost_frames` are null until that is known, `notes` say why."""

    wanted: CameraWish
    used: str | None = None
    notes: list[str] = []
    lost_frames: int | None = None


class FilmOut(BaseModel):
    """What the finished film really is; `subtitles` and `chapters` are how many it has."""

    format: Format
    duration_s: float
    frames: int
    width: int
    height: int
    fps: float
    size_bytes: int
    subtitles: int = 0
    chapters: int = 0


class JobStatus(BaseModel):
    """The answer to `GET /demo/status/<id>`; `progress` is a percentage."""

    job_id: str
    url: str
    status: Status
    stage: Stage
    priority: Priority
    created_at: str
    updated_at: str
    expires_at: str | None = Field(description="when a job that has ended is forgotten, film and all")
    error: str | None
    error_code: str | None
    progress: int
    wishes: WishesOut
    metrics: MetricsOut
    stop_reason: str | None
    steps: list[StepOut]
    refused: list[RefusalOut]
    retries: list[RetryOut]
    failures: list[FailureOut]
    warnings: list[str]
    camera: CameraOut
    film: FilmOut | None
    links: Links

    @classmethod
    def of(cls, job: Job, ttl_s: int, *, with_key: bool = False) -> Self:
        """`ttl_s` is how long jobs are kept."""
        ended = job.ended_ms is not None
        return cls(
            job_id=job.id,
            url=job.url,
            status=job.status,
            stage=job.stage,
            priority=job.priority,
            created_at=iso(job.created_ms),
            updated_at=iso(job.updated_ms),
            expires_at=iso(job.updated_ms + ttl_s * 1000) if ended else None,
            error=job.error,
            error_code=job.error_code,
            progress=job.progress,
            wishes=WishesOut.model_validate(asdict(job.wishes)),
            metrics=MetricsOut.model_validate(job.metrics),
            stop_reason=job.stop_reason,
            steps=[StepOut.model_validate(step) for step in job.steps],
            refused=[RefusalOut.model_validate(refusal) for refusal in job.refused],
            retries=[RetryOut.model_validate(retry) for retry in job.retries],
            failures=[FailureOut.model_validate(failure) for failure in job.failures],
            warnings=list(job.warnings),
            camera=CameraOut.model_validate({**job.camera_report, "wanted": job.camera}),
            film=_film(job),
            links=Links.of(job, with_key=with_key),
        )


def _film(job: Job) -> FilmOut | None:
    """Nothing before the film is published, though a draft of it may be known."""
    if not job.film or job.status is not Status.COMPLETED:
        return None
    return FilmOut.model_validate({**job.film, "format": job.format})
