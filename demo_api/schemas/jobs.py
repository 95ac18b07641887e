"""What comes in and what goes out, as pydantic models."""

import hashlib
import json
from dataclasses import asdict
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, StrictBool, StrictInt, ValidationError, field_validator

from actors.jobs.job import Job, Limits, Priority, Stage, Status, iso
from actors.settings import Settings
from actors.submission import limits_of, style_of
from demo_api.errors import RequestInvalid
from demo_api.middleware.auth import KEY
from demo_api.middleware.body import parse_object
from demo_api.schemas.options import MAX_URL_LENGTH, ExplorationOptions, check_url
from demo_api.schemas.status import (
    CallbackOut,
    CameraOut,
    FailureOut,
    FilmOut,
    LookedAtOut,
    MetricsOut,
    RefusalOut,
    RetryOut,
    StepOut,
    WarningOut,
    WishesOut,
)
from video.style import CameraChoice, Format, Size, Style, StyleName

Clicks = Annotated[StrictInt, Field(ge=1, le=100, description="most clicks to make")]
Depth = Annotated[StrictInt, Field(ge=1, le=20, description="most links to follow from the start page")]
Runtime = Annotated[StrictInt, Field(ge=1, le=3600, description="longest exploration, in seconds")]


class RunRequest(ExplorationOptions):
    """The body of `POST /demo/run`."""

    max_clicks: Clicks | None = None
    max_depth: Depth | None = None
    max_runtime: Runtime | None = None
    style: StyleName | None = Field(
        None, description="studio: a window on a background of the site's own colour; plain: the page alone"
    )
    size: Size | None = Field(
        None, description="1280x720, 1920x1080, vertical as 1080x1920 or square as 1080x1080"
    )
    fps: Literal[30, 60] | None = Field(None, description="pictures a second")
    format: Format | None = Field(None, description="of the film's file")
    captions: StrictBool | None = Field(None, description="say at the edge of the picture what happens")
    zoom: StrictBool | None = Field(None, description="move closer to what is clicked and what appears")
    title_card: StrictBool | None = Field(None, description="open with the site's title and icon")
    camera: CameraChoice | None = Field(
        None,
        description="frames: outside real time, loses none; realtime; auto: what the browser can do",
    )
    priority: Priority = Field("default", description="who is filmed first")
    callback_url: str | None = Field(
        None,
        min_length=1,
        max_length=MAX_URL_LENGTH,
        description="who is told when the job has ended, by a signed POST; see the webhook",
        json_schema_extra={"format": "uri", "pattern": "^[hH][tT][tT][pP][sS]?://"},
        examples=["https://example.com/hooks/films"],
    )

    @field_validator("callback_url")
    @classmethod
    def _callable(cls, value: str | None) -> str | None:
        if value is not None and check_url(value).partition("//")[2].startswith("["):
            raise ValueError("must name a host or an IPv4 address")
        return value

    @property
    def fingerprint(self) -> str:
        """A digest that is the same for requests that ask for the same, however they are written."""
        canonical = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def limits_on(self, settings: Settings) -> Limits:
        """The operator's limits, with those of the request in their place."""
        return limits_of(settings, self.max_clicks, self.max_depth, self.max_runtime)

    def style_on(self, settings: Settings) -> Style:
        """The operator's film, with what the request names in its place."""
        return style_of(
            settings, self.style, self.size, self.fps, self.format, self.captions, self.zoom, self.title_card
        )

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
    preview: str
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
    callback_secret: str | None = Field(
        None, description="signs the webhook of this job; told nowhere else. Null where the operator's does"
    )

    @classmethod
    def of(cls, job: Job, links: Links) -> Self:
        return cls(job_id=job.id, links=links, callback_secret=job.callback.secret if job.callback else None)


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
    warnings: list[WarningOut]
    looked_at: list[LookedAtOut] = Field(description="off camera, at most 200; told once it is filmed")
    storyboard: bool = Field(description="whether there are pictures of its steps")
    camera: CameraOut
    film: FilmOut | None
    callback: CallbackOut | None
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
            warnings=[WarningOut.model_validate(warning) for warning in job.all_warnings],
            looked_at=[LookedAtOut.model_validate(one) for one in job.looked_at],
            storyboard="storyboard" in job.extras,
            camera=CameraOut.model_validate({**job.camera_report, "wanted": job.camera}),
            film=_film(job),
            callback=_callback(job),
            links=Links.of(job, with_key=with_key),
        )


def _film(job: Job) -> FilmOut | None:
    """Nothing before the film is published."""
    return FilmOut.model_validate({**job.published, "format": job.format}) if job.published else None


def _callback(job: Job) -> CallbackOut | None:
    """Whether somebody is to be called, and what has come of it."""
    if job.callback is None:
        return None
    return CallbackOut.model_validate({"url": job.callback.origin, **job.callback_report})
