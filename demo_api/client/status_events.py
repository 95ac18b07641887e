"""Events of a job, and their derivation from two successive statuses."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

#: Labels of stages.
STAGE_LABELS = {
    "queued": "Waiting for a browser",
    "exploring": "Filming",
    "recorded": "Waiting for the encoder",
    "encoding": "Encoding the film",
    "ready": "The film is ready",
    "exporting": "The film is being downloaded",
}

Json = dict[str, Any]

#: Media type of server-sent events.
EVENT_STREAM = "text/event-stream"

#: Events that end a stream.
LAST_EVENTS = frozenset({"done", "gone"})
#: Statuses of a job that has ended.
ENDED = frozenset({"completed", "failed", "cancelled"})
#: Lists of a status, and the event of a new row in each.
LIST_EVENTS = {"steps": "step", "refused": "refused", "retries": "retry"}
#: The list whose rows change, and the event of a row that has.
CHANGING_LIST, CHANGED = "script_steps", "script_step"


@dataclass(frozen=True, slots=True)
class Event:
    """One event: `kind` is stage, progress, step, script_step, refused, retry, frame, done or gone."""

    kind: str
    data: Json


@dataclass(slots=True)
class StatusDiff:
    """Derives events from successive statuses of one job."""

    _stage: Json = field(default_factory=dict)
    _progress: Json = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)
    _rows: dict[int, Json] = field(default_factory=dict)

    def since(self, status: Json) -> Iterator[Event]:
        """Yields the events since the last call, in a plausible order."""
        stage = {name: status.get(name) for name in ("status", "stage", "error", "error_code")}
        if any(len(status.get(name, ())) < count for name, count in self._counts.items()):
            # Another take has begun since the last poll.
            yield Event("stage", {**stage, "stage": "queued"})
            self._counts.clear()
            self._rows.clear()
        if stage != self._stage:
            self._stage = stage
            yield Event("stage", {**stage, "progress": status.get("progress", 0)})
        for name, kind in LIST_EVENTS.items():
            for row in status.get(name, [])[self._counts.get(name, 0) :]:
                yield Event(kind, row)
            self._counts[name] = len(status.get(name, ()))
        for row in status.get(CHANGING_LIST, []):
            if self._rows.get(row["number"]) != row:
                self._rows[row["number"]] = row
                yield Event(CHANGED, row)
        progress = {
            "progress": status.get("progress", 0),
            "clicks": status.get("metrics", {}).get("clicks", 0),
        }
        if progress != self._progress:
            self._progress = progress
            yield Event("progress", progress)
        if status.get("status") in ENDED:
            yield Event("done", {name: stage[name] for name in ("status", "error", "error_code")})
