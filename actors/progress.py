"""What is known of a running stage, and how Redis hears of it while the claim is kept."""

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

from redis.exceptions import RedisError

from actors.jobs.job import Job, Stage
from actors.jobs.keys import Claim
from actors.jobs.store import Event, Store
from actors.supervision.supervisor import Report

log = logging.getLogger(__name__)

News = dict[str, str | int]

BEAT_S = 0.5
#: The exploration's share of the progress bar, in percent.
RECORD_SHARE = 70


class ClaimLost(Exception):
    """Another worker has the job now; whatever we have is worthless."""


@dataclass(slots=True)
class Progress:
    """What is known of a running stage; Redis does not know `news` yet, and those who watch not `events`."""

    max_clicks: int
    steps: list[Any] = field(default_factory=list)
    refused: list[Any] = field(default_factory=list)
    retries: list[Any] = field(default_factory=list)
    news: News = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    progress: int = 0

    @classmethod
    def begin(cls, job: Job, stage: Stage) -> Self:
        """A board for another attempt: of those before, it tells what they have tried again."""
        board = cls(job.spec.limits.max_clicks, retries=list(job.retries))
        if stage is Stage.EXPLORING and job.retries:
            board.retries = list(job.earlier_retries)
            board.news["retries"] = json.dumps(board.retries)
        return board

    def note(self, report: Report) -> None:
        """Takes in one report of the child."""
        NOTE[report["kind"]](self, report)

    def _metrics(self, report: Report) -> None:
        metrics = report["metrics"]
        self.progress = int(RECORD_SHARE * min(1.0, metrics["clicks"] / self.max_clicks))
        self.news |= {"metrics": json.dumps(metrics), "progress": self.progress}
        told = {name: metrics[name] for name in ("state", "clicks", "depth", "runtime_s")}
        self._tell("progress", {"progress": self.progress, "max_clicks": self.max_clicks, **told})

    def _step(self, report: Report) -> None:
        self.steps.append(report["step"])
        self.news["steps"] = json.dumps(self.steps)
        self._tell("step", report["step"])

    def _refused(self, report: Report) -> None:
        self.refused.append(report["refused"])
        self.news["refused"] = json.dumps(self.refused)
        self._tell("refused", report["refused"])

    def _retry(self, report: Report) -> None:
        self.retries.append(report["retry"])
        self.news["retries"] = json.dumps(self.retries)
        self._tell("retry", report["retry"])
        if report["retry"]["kind"] == "browser":
            # The film begins anew, and so do its steps.
            self.steps = []
            self.news["steps"] = "[]"

    def _progress(self, report: Report) -> None:
        self.progress = RECORD_SHARE + int((99 - RECORD_SHARE) * report["part"])
        self.news["progress"] = self.progress
        self._tell("progress", {"progress": self.progress})

    def _tell(self, kind: str, data: Mapping[str, Any]) -> None:
        """Keeps it for those who watch; of several that only say how far it is, the last will do."""
        if kind == "progress" and self.events and self.events[-1][0] == kind:
            self.events.pop()
        self.events.append((kind, json.dumps(data)))


NOTE: dict[str, Callable[[Progress, Report], None]] = {
    "metrics": Progress._metrics,
    "step": Progress._step,
    "refused": Progress._refused,
    "progress": Progress._progress,
    "retry": Progress._retry,
    # A sign of life, for the supervisor alone.
    "alive": lambda board, report: None,
}


async def keep_claim(store: Store, claim: Claim, board: Progress, ended: asyncio.Event) -> None:
    """Renews the claim and tells Redis the news. While Redis is away it goes on, with the news kept."""
    while not ended.is_set():
        with suppress(TimeoutError):
            async with asyncio.timeout(BEAT_S):
                await ended.wait()
                return
        await renew_lease(store, claim, board)


async def renew_lease(store: Store, claim: Claim, board: Progress) -> None:
    """Renews the claim and tells the news; while Redis is away they are kept. Raises ClaimLost."""
    news, board.news = board.news, {}
    events, board.events = board.events, []
    try:
        kept = await store.beat(claim, news, events)
    except RedisError as exc:
        log.warning("Redis is away while job %s runs: %s", claim.job_id, exc)
        board.news = {**news, **board.news}
        board.events = [*events, *board.events]
        return
    if not kept:
        raise ClaimLost(claim.job_id)
