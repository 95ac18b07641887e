"""What happens to a job, as events; and the same found by comparing one status with the next."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

#: What a stage is called for people.
STAGE_LABELS = {
    "queued": "Waiting for a browser",
    "exploring": "Filming",
    "recorded": "Waiting for the encoder",
    "encoding": "Encoding the film",
    "ready": "The film is ready",
    "exporting": "The film is being downloaded",
}

Json = dict[str, Any]

#: With these a job's events end.
ENDS = frozenset({"done", "gone"})
ENDED = frozenset({"completed", "failed", "cancelled"})
#: What a status lists, and what one more of it is called.
LISTS = {"steps": "step", "refused": "refused", "retries": "retry"}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: `kind` is stage, progress, step, refused, retry, frame, done or gone."""

    kind: str
    data: Json


@dataclass(slots=True)
class StatusDiff:
    """Tells what is new in each status of one job."""

    _stage: Json = field(default_factory=dict)
    _progress: Json = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)

    def since(self, status: Json) -> Iterator[Event]:
        """What has happened since the last call, in an order in which it may have."""
        stage = {name: status.get(name) for name in ("status", "stage", "error", "error_code")}
        if any(len(status.get(name, ())) < count for name, count in self._counts.items()):
            # Another take has begun between two looks.
            yield Event("stage", {**stage, "stage": "queued"})
            self._counts.clear()
        if stage != self._stage:
            self._stage = stage
            yield Event("stage", {**stage, "progress": status.get("progress", 0)})
        for name, kind in LISTS.items():
            for row in status.get(name, [])[self._counts.get(name, 0) :]:
                yield Event(kind, row)
            self._counts[name] = len(status.get(name, ()))
        progress = {
            "progress": status.get("progress", 0),
            "clicks": status.get("metrics", {}).get("clicks", 0),
        }
        if progress != self._progress:
            self._progress = progress
            yield Event("progress", progress)
        if status.get("status") in ENDED:
            yield Event("done", {name: stage[name] for name in ("status", "error", "error_code")})
