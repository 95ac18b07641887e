"""Parts of what is told of a job, in its status and as it happens."""

from typing import Literal, get_args

from pydantic import BaseModel, Field

from actors.jobs.job import Stage
from demo_api.client.result import UNWRITTEN
from explorer.engine.warnings import TakeCode
from explorer.types import Interact
from video.style import CameraChoice, Format
from video.warnings import FilmCode

#: All that a warning may be; the last one is told by whoever saves a film.
WARNING_CODES: tuple[str, ...] = (*get_args(TakeCode), *get_args(FilmCode), UNWRITTEN)


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


class WarningOut(BaseModel):
    """What a film comes without, though there is one."""

    code: str = Field(description="does not change; more may come", examples=list(WARNING_CODES))
    message: str = Field(description="what is less than was asked for, why, and what to do, for people")


class LookedAtOut(BaseModel):
    """Something that was tried off camera: a page that was opened, or a control that was pressed there."""

    what: str = Field(description="its label or address")
    page_url: str
    how: Literal["opened", "pressed"]
    outcome: str = Field(description="as of a step, or why it is not known")


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
    llm_failures: int = 0
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

    wanted: CameraChoice
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


class CallbackOut(BaseModel):
    """How far the webhook of a job is; `error` is what the last attempt failed of."""

    url: str = Field(description="where to, without path and query, which may be secret")
    state: Literal["waiting", "delivered", "given_up"] = "waiting"
    attempts: int = 0
    error: str | None = None
