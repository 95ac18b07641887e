"""Job record: what was asked, and where it stands."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self, cast

from actors.jobs.spec import JobSpec
from actors.jobs.states import Stage, Status
from video.style import Format

#: Fields of an exploration, forgotten when the next begins; and those of the attempts, when somebody retries.
OF_EXPLORATION = (
    "metrics",
    "steps",
    "script_steps",
    "fingerprints",
    "failed_step",
    "refused",
    "retries",
    "wrote",
    "progress",
    "stop_reason",
    "warnings",
    "looked_at",
    "camera_report",
    "footage_key",
    "timeline_key",
    "draft_key",
    "extras",
    "film",
)
#: Of the former, what is told on while attempts follow each other: the history of the job.
TOLD_ON = frozenset({"retries", "wrote"})
OF_ATTEMPT = ("error", "error_code", "attempt", "failures", "callback_report", "retry_after_ms")


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it stands in Redis. Times are epoch milliseconds of Redis's clock."""

    id: str
    spec: JobSpec
    #: Opens the job's film and extras to whoever was given its links, where a token guards everything else.
    secret: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    #: What has come of its webhook: `state`, `attempts`, `error`.
    callback_report: dict[str, Any] = field(default_factory=dict)
    #: The batch that it belongs to, and its number there.
    batch: str | None = None
    item: int | None = None
    #: What its film's file is called, without an ending; "" for any.
    film_name: str = ""
    #: Key of the record of the Idempotency-Key that has made this job.
    once: str | None = None
    status: Status = Status.PENDING
    stage: Stage = Stage.QUEUED
    created_ms: int = 0
    updated_ms: int = 0
    #: When it ended; the film, if there is one, is kept for JOB_TTL from then on.
    ended_ms: int | None = None
    attempt: int = 0
    progress: int = 0
    error: str | None = None
    error_code: str | None = None
    #: Attempts that failed without ending the job: `stage`, `attempt`, `code`, `error`.
    failures: tuple[dict[str, Any], ...] = ()
    stop_reason: str | None = None
    metrics: dict[str, Any] = field(default_factory=dict)
    steps: tuple[dict[str, Any], ...] = ()
    #: Steps of a script as they stand, and the one that has ended it: `ScriptStep`, `FailedStep`.
    script_steps: tuple[dict[str, Any], ...] = ()
    failed_step: dict[str, Any] | None = None
    #: What the script's targets were like, by the path of their step and the words that name them.
    fingerprints: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: tuple[dict[str, Any], ...] = ()
    #: Whether an attempt at its script has written to the site.
    wrote: bool = False
    #: What failed within a take and was tried again.
    retries: tuple[dict[str, Any], ...] = ()
    #: What the take comes without, `code` and `message`; the film has warnings of its own in `film`.
    warnings: tuple[dict[str, Any], ...] = ()
    #: What was tried off camera: `what`, `page_url`, `how`, `outcome`.
    looked_at: tuple[dict[str, Any], ...] = ()
    #: How it was filmed: `used`, `notes`, `lost_frames`, `fps`.
    camera_report: dict[str, Any] = field(default_factory=dict)
    #: Vault keys of the take that counts; the draft is a film that was encoded while filming.
    footage_key: str | None = None
    timeline_key: str | None = None
    draft_key: str | None = None
    #: Vault keys of what can be fetched beside the film, by name.
    extras: dict[str, str] = field(default_factory=dict)
    #: All vault keys that live and go with this job.
    blobs: tuple[str, ...] = ()
    film: dict[str, Any] = field(default_factory=dict)

    @property
    def format(self) -> Format:
        """What the film is; before it is made, what it is to be."""
        return cast(Format, self.film.get("format", self.spec.style.format))

    @property
    def earlier_retries(self) -> tuple[dict[str, Any], ...]:
        """The retries as a film tells of them that is begun now: all of them happened before it."""
        return tuple({**retry, "at_ms": 0.0} for retry in self.retries)

    @property
    def published(self) -> dict[str, Any]:
        """The film; empty before it can be fetched, though a draft of it may be known."""
        return self.film if self.status is Status.COMPLETED else {}

    @property
    def all_warnings(self) -> tuple[dict[str, Any], ...]:
        """Those of the take, and once there is a film, its own: one that is made again has others."""
        return (*self.warnings, *self.published.get("warnings", ()))

    def encode(self) -> dict[str, str]:
        """The fields that a new job is created with."""
        once = {"once": self.once} if self.once else {}
        name = {"film_name": self.film_name} if self.film_name else {}
        return {
            "id": self.id,
            "status": self.status,
            "stage": self.stage,
            "secret": self.secret,
            **once,
            **name,
            **self.spec.encode(),
        }

    @classmethod
    def decode(cls, row: dict[bytes, bytes]) -> Self:
        """From a Redis hash."""
        text = {key.decode(): value.decode() for key, value in row.items()}
        return cls(
            id=text["id"],
            spec=JobSpec.decode(text),
            secret=text.get("secret", ""),
            callback_report=json.loads(text.get("callback_report", "{}")),
            **_of_batch(text),
            once=text.get("once"),
            status=Status(text["status"]),
            stage=Stage(text["stage"]),
            created_ms=int(text["created_ms"]),
            updated_ms=int(text["updated_ms"]),
            ended_ms=int(text["ended_ms"]) if "ended_ms" in text else None,
            attempt=int(text.get("attempt", 0)),
            progress=int(text.get("progress", 0)),
            error=text.get("error") or None,
            error_code=text.get("error_code") or None,
            failures=tuple(json.loads(text.get("failures", "[]"))),
            stop_reason=text.get("stop_reason") or None,
            metrics=json.loads(text.get("metrics", "{}")),
            steps=tuple(json.loads(text.get("steps", "[]"))),
            script_steps=tuple(json.loads(text.get("script_steps", "[]"))),
            failed_step=json.loads(text.get("failed_step", "null")),
            fingerprints=json.loads(text.get("fingerprints", "{}")),
            refused=tuple(json.loads(text.get("refused", "[]"))),
            retries=tuple(json.loads(text.get("retries", "[]"))),
            wrote="wrote" in text,
            warnings=tuple(json.loads(text.get("warnings", "[]"))),
            looked_at=tuple(json.loads(text.get("looked_at", "[]"))),
            camera_report=json.loads(text.get("camera_report", "{}")),
            footage_key=text.get("footage_key") or None,
            timeline_key=text.get("timeline_key") or None,
            draft_key=text.get("draft_key") or None,
            extras=json.loads(text.get("extras", "{}")),
            blobs=tuple(json.loads(text.get("blobs", "[]"))),
            film=json.loads(text.get("film", "{}")),
        )


def _of_batch(text: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a job that belongs to a batch."""
    if "batch" not in text:
        return {}
    return {
        "batch": text["batch"],
        "item": int(text["item"]),
        "film_name": text.get("film_name", ""),
    }


def iso(epoch_ms: int) -> str:
    """ISO 8601 in UTC with milliseconds."""
    moment = datetime.fromtimestamp(epoch_ms / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
