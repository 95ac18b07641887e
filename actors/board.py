"""What is known of a running stage, and how Redis hears of it while the claim is kept."""

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from redis.exceptions import RedisError

from actors.keys import Claim
from actors.store import Store
from actors.supervisor import Report

log = logging.getLogger(__name__)

News = dict[str, str | int]

BEAT_S = 0.5
#: The exploration's share of the progress bar, in percent.
RECORD_SHARE = 70


class ClaimLost(Exception):
    """Another worker has the job now; whatever we have is worthless."""


@dataclass(slots=True)
class Board:
    """What is known of a running stage; `news` is what Redis has not been told yet."""

    max_clicks: int
    steps: list[Any] = field(default_factory=list)
    refused: list[Any] = field(default_factory=list)
    retries: list[Any] = field(default_factory=list)
    news: News = field(default_factory=dict)

    def note(self, report: Report) -> None:
        """Takes in one report of the child."""
        NOTE[report["kind"]](self, report)

    def _metrics(self, report: Report) -> None:
        done = min(1.0, report["metrics"]["clicks"] / self.max_clicks)
        self.news |= {"metrics": json.dumps(report["metrics"]), "progress": int(RECORD_SHARE * done)}

    def _step(self, report: Report) -> None:
        self.steps.append(report["step"])
        self.news["steps"] = json.dumps(self.steps)

    def _refused(self, report: Report) -> None:
        self.refused.append(report["refused"])
        self.news["refused"] = json.dumps(self.refused)

    def _retry(self, report: Report) -> None:
        self.retries.append(report["retry"])
        self.news["retries"] = json.dumps(self.retries)
        if report["retry"]["kind"] == "browser":
            # The film begins anew, and so do its steps.
            self.steps = []
            self.news["steps"] = "[]"

    def _progress(self, report: Report) -> None:
        self.news["progress"] = RECORD_SHARE + int((99 - RECORD_SHARE) * report["part"])


NOTE: dict[str, Callable[[Board, Report], None]] = {
    "metrics": Board._metrics,
    "step": Board._step,
    "refused": Board._refused,
    "progress": Board._progress,
    "retry": Board._retry,
    # A sign of life, for the supervisor alone.
    "alive": lambda board, report: None,
}


async def keep_claim(store: Store, claim: Claim, board: Board, ended: asyncio.Event) -> None:
    """Renews the claim and tells Redis the news. While Redis is away it goes on, with the news kept."""
    while not ended.is_set():
        with suppress(TimeoutError):
            async with asyncio.timeout(BEAT_S):
                await ended.wait()
                return
        news, board.news = board.news, {}
        try:
            kept = await store.beat(claim, news)
        except RedisError as exc:
            log.warning("Redis is away while job %s runs: %s", claim.job_id, exc)
            board.news = {**news, **board.news}
            continue
        if not kept:
            raise ClaimLost(claim.job_id)
