"""Reports of a stage's child process to its supervisor: one record per kind, one line of JSON each."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cache
from typing import Annotated, Any, Literal, TypeVar, cast

from pydantic import Discriminator, TypeAdapter, ValidationError

from explorer.retry_policy import Retry
from explorer.script.progress import FailedStep, ScriptStep
from explorer.trace import LookedAt
from explorer.types import Metrics, Refusal, Step, TakeWarning
from video.capture.camera import CameraKind
from video.encoding.verify import FilmInfo
from video.warnings import FilmWarning

T = TypeVar("T", Step, Retry, ScriptStep)

Phase = Literal["start", "explore", "store"]


@dataclass(frozen=True, slots=True)
class Alive:
    """The child's event loop still runs."""

    kind: Literal["alive"] = "alive"


@dataclass(frozen=True, slots=True)
class PhaseStarted:
    """The stage has entered a phase, which has a time limit of its own; the first one is `start`."""

    phase: Phase
    kind: Literal["phase"] = "phase"


@dataclass(frozen=True, slots=True)
class MetricsChanged:
    """The running figures of the exploration."""

    metrics: Metrics
    kind: Literal["metrics"] = "metrics"


@dataclass(frozen=True, slots=True)
class StepTaken:
    """The explorer has made a step."""

    step: Step
    kind: Literal["step"] = "step"


@dataclass(frozen=True, slots=True)
class ScriptStepChanged:
    """A step of the script has another state."""

    step: ScriptStep
    kind: Literal["script_step"] = "script_step"


@dataclass(frozen=True, slots=True)
class ElementRefused:
    """A guardrail has turned something down."""

    refusal: Refusal
    kind: Literal["refused"] = "refused"


@dataclass(frozen=True, slots=True)
class RetryStarted:
    """Something failed and is tried again."""

    retry: Retry
    kind: Literal["retry"] = "retry"


@dataclass(frozen=True, slots=True)
class WriteSent:
    """The script has written to the site for the first time: it must not be played again unasked."""

    kind: Literal["write"] = "write"


@dataclass(frozen=True, slots=True)
class EncodingProgress:
    """How much of the film is encoded, from 0.0 to 1.0."""

    fraction: float
    kind: Literal["progress"] = "progress"


@dataclass(frozen=True, slots=True)
class CameraReport:
    """How the take was filmed; `notes` say why with this camera."""

    used: CameraKind
    notes: tuple[str, ...]
    lost_frames: int
    fps: int


@dataclass(frozen=True, slots=True)
class FootageSize:
    """How much was filmed."""

    frames: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class TakeRecorded:
    """The record stage is done: footage and timeline are stored.

    `film` is the one that was encoded meanwhile, if there is one; `extras` names what was stored beside it.
    """

    stop_reason: str
    camera: CameraReport
    footage: FootageSize
    refused: tuple[Refusal, ...] = ()
    warnings: tuple[TakeWarning | FilmWarning, ...] = ()
    looked_at: tuple[LookedAt, ...] = ()
    film: FilmInfo | None = None
    extras: tuple[str, ...] = ()
    #: Fingerprints of a script's targets, by the path of their step and the words that name them.
    fingerprints: dict[str, dict[str, Any]] = field(default_factory=dict)
    kind: Literal["recorded"] = "recorded"


@dataclass(frozen=True, slots=True)
class FilmEncoded:
    """The encode stage is done: the film is stored; `extras` names what was stored beside it."""

    film: FilmInfo
    extras: tuple[str, ...] = ()
    kind: Literal["encoded"] = "encoded"


@dataclass(frozen=True, slots=True)
class Failed:
    """The stage failed with an error whose code and text are for the client."""

    code: str
    error: str
    #: The step of a script that could not be played.
    failed_step: FailedStep | None = None
    #: What was stored of it.
    extras: tuple[str, ...] = ()
    #: How long the site asks to be left alone, 0.0 if it does not say; None where another try is of no use.
    retry_after_s: float | None = None
    kind: Literal["failed"] = "failed"


#: For the supervisor alone.
Signal = Alive | PhaseStarted
#: What a running stage has done so far.
Update = (
    MetricsChanged
    | StepTaken
    | ScriptStepChanged
    | ElementRefused
    | RetryStarted
    | WriteSent
    | EncodingProgress
)
#: The last report of a stage.
Result = TakeRecorded | FilmEncoded | Failed
Report = Signal | Update | Result

Reporter = Callable[[Report], None]


def encode(report: Report) -> bytes:
    """The report as one line. Lone surrogates, which pages may contain, cannot be encoded and become `?`."""
    return json.dumps(asdict(report), ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def decode(line: bytes) -> Report:
    """The report of a line. Raises ValueError for what is not a report."""
    try:
        return _adapter().validate_python(json.loads(line))
    except ValidationError as exc:
        raise ValueError("; ".join(_describe(error) for error in exc.errors())) from exc


def report_of(event: Metrics | Step | Refusal | ScriptStep) -> Update:
    """The report of an event of the explorer."""
    match event:
        case Metrics():
            return MetricsChanged(event)
        case Step():
            return StepTaken(rounded(event))
        case Refusal():
            return ElementRefused(event)
        case ScriptStep():
            return ScriptStepChanged(rounded(event))


def rounded(record: T) -> T:
    """The same with times to a tenth of a millisecond: clocks are no more precise."""
    values = {field.name: getattr(record, field.name) for field in fields(record)}
    times = {name: round(value, 1) for name, value in values.items() if isinstance(value, float)}
    return replace(record, **cast(Any, times))


@cache
def _adapter() -> TypeAdapter[Report]:
    """Built on first use: it takes time, and a child never decodes."""
    return TypeAdapter(Annotated[Report, Discriminator("kind")])


def _describe(error: Any) -> str:
    """One problem of a report, such as `step.label: Field required`."""
    place = ".".join(str(part) for part in error["loc"])
    return f"{place}: {error['msg']}" if place else str(error["msg"])
