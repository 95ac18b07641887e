"""Progress of a running stage, and how it reaches Redis while the lease is renewed."""

import asyncio
import json
import logging
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from redis.exceptions import RedisError

from actors.jobs.job import Job
from actors.jobs.keys import Claim
from actors.jobs.states import Stage
from actors.jobs.store import Event, Store
from actors.stages.reports import (
    ElementRefused,
    EncodingProgress,
    MetricsChanged,
    RetryStarted,
    ScriptStepChanged,
    StepTaken,
    TakeRecorded,
    Update,
    WriteSent,
)
from explorer.types import Metrics

log = logging.getLogger(__name__)

RENEW_INTERVAL_S = 0.5
#: The exploration's share of the progress bar, in percent.
RECORD_SHARE = 70
#: States of a script's step that is over.
ENDED_STATES = frozenset({"done", "healed", "skipped", "failed"})


class ClaimLost(Exception):
    """Another worker has the job now; nothing of this attempt counts."""


@dataclass(slots=True)
class Progress:
    """What is known of a running stage; `fields` and `events` are not written to Redis yet."""

    max_clicks: int
    #: How many steps the script has; 0 for an exploration.
    script_length: int = 0
    steps: list[Any] = field(default_factory=list)
    script_steps: list[Any] = field(default_factory=list)
    refused: list[Any] = field(default_factory=list)
    retries: list[Any] = field(default_factory=list)
    fields: dict[str, str | int] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    progress: int = 0

    @classmethod
    def begin(cls, job: Job, stage: Stage) -> Self:
        """Progress of another attempt, which keeps the retries of earlier ones."""
        script = job.spec.script
        length = len(list(script.bound.script.all_steps())) if script else 0
        progress = cls(job.spec.limits.max_clicks, length, retries=list(job.retries))
        if stage is Stage.EXPLORING and job.retries:
            progress.retries = list(job.earlier_retries)
            progress.fields["retries"] = json.dumps(progress.retries)
        return progress

    def note(self, report: Update) -> None:
        """Takes in one report of the child."""
        match report:
            case MetricsChanged(metrics):
                self._note_metrics(metrics)
            case StepTaken(step):
                self._append("steps", self.steps, "step", asdict(step))
            case ScriptStepChanged(step):
                self._note_script_step(asdict(step))
            case ElementRefused(refusal):
                self._append("refused", self.refused, "refused", asdict(refusal))
            case RetryStarted(retry):
                self._append("retries", self.retries, "retry", asdict(retry))
                if retry.kind == "browser":
                    # The film begins again, and so do its steps.
                    self.steps, self.script_steps = [], []
                    self.fields |= {"steps": "[]", "script_steps": "[]"}
            case WriteSent():
                self.fields["wrote"] = 1
            case EncodingProgress(fraction):
                self.progress = RECORD_SHARE + int((99 - RECORD_SHARE) * fraction)
                self.fields["progress"] = self.progress
                self._publish("progress", {"progress": self.progress})

    def _note_metrics(self, metrics: Metrics) -> None:
        if not self.script_length:
            self.progress = int(RECORD_SHARE * min(1.0, metrics.clicks / self.max_clicks))
        self.fields |= {"metrics": json.dumps(asdict(metrics)), "progress": self.progress}
        event = {
            "progress": self.progress,
            "max_clicks": self.max_clicks,
            "state": metrics.state,
            "clicks": metrics.clicks,
            "depth": metrics.depth,
            "runtime_s": metrics.runtime_s,
        }
        self._publish("progress", event)

    def _note_script_step(self, row: dict[str, Any]) -> None:
        """Replaces the step's row, or adds it."""
        known = {one["number"]: one for one in self.script_steps} | {row["number"]: row}
        self.script_steps = [known[number] for number in sorted(known)]
        ended = sum(step["state"] in ENDED_STATES for step in self.script_steps)
        self.progress = int(RECORD_SHARE * min(1.0, ended / max(1, self.script_length)))
        self.fields |= {"script_steps": json.dumps(self.script_steps), "progress": self.progress}
        self._publish("script_step", row)

    def _append(self, name: str, rows: list[Any], kind: str, row: Mapping[str, Any]) -> None:
        rows.append(row)
        self.fields[name] = json.dumps(rows)
        self._publish(kind, row)

    def _publish(self, kind: str, data: Mapping[str, Any]) -> None:
        """Queues an event for those who watch; of several in a row that say how far it is, only the last."""
        if kind == "progress" and self.events and self.events[-1][0] == kind:
            self.events.pop()
        self.events.append((kind, json.dumps(data)))


async def keep_claim(store: Store, claim: Claim, progress: Progress, ended: asyncio.Event) -> None:
    """Renews the lease and writes progress until `ended`. Raises ClaimLost."""
    while not ended.is_set():
        with suppress(TimeoutError):
            async with asyncio.timeout(RENEW_INTERVAL_S):
                await ended.wait()
                return
        await renew_lease(store, claim, progress)


async def renew_lease(store: Store, claim: Claim, progress: Progress) -> None:
    """Renews the lease and writes progress, which is kept while Redis is away. Raises ClaimLost."""
    fields, progress.fields = progress.fields, {}
    events, progress.events = progress.events, []
    try:
        renewed = await store.renew_lease(claim, fields, events)
    except RedisError as exc:
        log.warning("Redis is away while job %s runs: %s", claim.job_id, exc)
        progress.fields = {**fields, **progress.fields}
        progress.events = [*events, *progress.events]
        return
    if not renewed:
        raise ClaimLost(claim.job_id)


def take_fields(claim: Claim, take: TakeRecorded, extras: Mapping[str, str]) -> dict[str, str | int]:
    """The fields of a job whose take is recorded."""
    fields: dict[str, str | int] = {
        "stop_reason": take.stop_reason,
        "refused": _json_rows(take.refused),
        "warnings": _json_rows(take.warnings),
        "looked_at": _json_rows(take.looked_at),
        "camera_report": json.dumps(asdict(take.camera)),
        "footage_key": claim.footage_key,
        "timeline_key": claim.timeline_key,
        "extras": json.dumps(extras),
        "fingerprints": json.dumps(take.fingerprints),
        "progress": RECORD_SHARE,
    }
    if take.film:
        fields |= {"film": json.dumps(asdict(take.film)), "draft_key": claim.film_key, "progress": 99}
    return fields


def _json_rows(records: Iterable[Any]) -> str:
    return json.dumps([asdict(record) for record in records])
