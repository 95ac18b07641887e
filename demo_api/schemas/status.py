"""Models that are parts of a job's status and events."""

from typing import Literal, get_args

from pydantic import BaseModel, Field

from actors.jobs.states import Stage
from demo_api.client.result import FILE_NOT_WRITTEN
from explorer.engine.warnings import TakeCode
from explorer.script.progress import Heal, StepState
from explorer.types import Interact
from video.style import CameraChoice, Format
from video.warnings import FilmCode

#: All codes of warnings; the last one is added by the client that saves a film.
WARNING_CODES: tuple[str, ...] = (*get_args(TakeCode), *get_args(FilmCode), FILE_NOT_WRITTEN)


class Plan(BaseModel):
    """The plan of a step, with its reason."""

    selector: str
    action: str
    priority: int
    reason: str


class StepOut(BaseModel):
    """One step; times are in milliseconds since the camera started."""

    number: int
    plan: Plan
    label: str
    page_url: str
    start_ms: float
    click_ms: float
    end_ms: float
    outcome: str


class ScriptStepOut(BaseModel):
    """A step of a script; times are in milliseconds since the camera started."""

    number: int
    path: str = Field(description="its place in the script, such as before[0] or steps[2]")
    verb: str
    target: str
    state: StepState
    did: str = Field(description="what was done, or why it was not, in plain words")
    off_camera: bool
    retries: int
    healed: Heal | None = Field(None, description="a lost target that was found again, and how sure that is")
    started_ms: float
    ended_ms: float


class FailedStepOut(BaseModel):
    """The step that has ended a script; `index` counts from 1."""

    index: int
    of: int
    type: str
    target: str
    reason: str
    page_url: str


class RefusalOut(BaseModel):
    """One refusal by a guardrail."""

    rule: str
    what: str
    detail: str
    page_url: str = ""


class RetryOut(BaseModel):
    """One retry within a take: the `attempt`-th of at most `limit`."""

    at_ms: float
    kind: Literal["navigation", "element", "browser", "database"]
    attempt: int
    limit: int
    reason: str


class FailureOut(BaseModel):
    """A failed attempt at a stage that was retried."""

    stage: Stage
    attempt: int
    code: str
    error: str


class WarningOut(BaseModel):
    """One way in which the film is less than was requested."""

    code: str = Field(description="stable; more may be added", examples=list(WARNING_CODES))
    message: str = Field(description="what is missing, why, and what to do")


class LookedAtOut(BaseModel):
    """Something that was tried off camera: a page that was opened, or a control that was pressed."""

    what: str = Field(description="its label or address")
    page_url: str
    how: Literal["opened", "pressed"]
    outcome: str = Field(description="as of a step, or why it is unknown")


class MetricsOut(BaseModel):
    """Progress of the exploration and cost of planning; `runtime` is in seconds."""

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


class ExplorationOut(BaseModel):
    """The exploration options of the job, with the operator's defaults filled in."""

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
    """How the site was filmed; `used` and `lost_frames` are null until known, `notes` give the reasons."""

    wanted: CameraChoice
    used: str | None = None
    notes: list[str] = []
    lost_frames: int | None = None


class FilmOut(BaseModel):
    """Properties of the finished film; `subtitles` and `chapters` are counts."""

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
    """Delivery state of the job's webhook; `error` is the cause of the last failed attempt."""

    url: str = Field(description="the receiver's origin, without path and query, which may be secret")
    state: Literal["waiting", "delivered", "given_up"] = "waiting"
    attempts: int = 0
    error: str | None = None
