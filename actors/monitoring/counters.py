"""Counters of one worker, kept until a heartbeat writes them to Redis, so that counting delays no take."""

import threading
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import asdict
from typing import Any

from actors.errors import PipelineError
from actors.jobs.states import Stage
from actors.stages.reports import (
    ElementRefused,
    Failed,
    FilmEncoded,
    MetricsChanged,
    Result,
    RetryStarted,
    TakeRecorded,
    Update,
)
from actors.stages.spec import StageSpec
from explorer.errors import ExplorerError
from explorer.retry_policy import LIMITS
from explorer.types import Refusal
from video.encoding.verify import FilmInfo
from video.errors import VideoError

Supervise = Callable[[StageSpec, Mapping[str, float]], AsyncGenerator[Update | Result, None]]
#: Increments by name: fields of the hash `keys.TOTALS`, which `demo_api/routes/metrics.py` reads.
Counts = Mapping[str, float]

#: Upper bounds in seconds of the histogram of durations; the runtime limit is 300 s unless it is set.
BUCKETS_S = (1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 300.0, 600.0, 1800.0)
#: How a stage ends: with a result, with an error, or stopped (cancelled, shut down, lease lost).
OUTCOMES = ("done", "failed", "stopped")
#: Rules of refusals: of guardrails and page, of the egress policy, and of the proxy.
RULES = frozenset(
    {
        *("auth", "avoid", "blacklist", "download", "field", "form", "language", "not_offered", "off_domain"),
        *("robots", "scheme", "runaway_page", "theme", "write"),
        *("malformed", "metadata_address", "own_address", "own_service", "port", "private_address"),
        *("browser_service", "connections", "protocol", "traffic"),
    }
)
#: The value of a label for whatever is not known: its values must not grow without end.
OTHER = "other"
#: Error codes of attempts that no error class has.
CODES_WITHOUT_CLASS = frozenset({"internal_error", "lease_lost"})


class Counters:
    """Counts of one process, for any number of threads. `take` empties them; `add` can put them back."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._busy: Counter[Stage] = Counter()

    def add(self, counts: Counts) -> None:
        with self._lock:
            for name, count in counts.items():
                # Counter's typing knows whole numbers only.
                self._counts[name] += count  # type: ignore[assignment]

    def take(self) -> dict[str, float]:
        """Returns all counts since the last call, and clears them."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        return {name: count for name, count in counts.items() if count}

    def busy(self) -> dict[Stage, int]:
        """Number of running stages in this process, by stage."""
        with self._lock:
            return {stage: count for stage, count in self._busy.items() if count}

    @contextmanager
    def running(self, stage: Stage) -> Iterator[None]:
        """Counts a stage as running while it is entered."""
        with self._lock:
            self._busy[stage] += 1
        try:
            yield
        finally:
            with self._lock:
                self._busy[stage] -= 1

    def attempt_failed(self, code: str) -> None:
        """Counts an attempt that failed."""
        self.add({f"attempts_failed:{code if code in known_codes() else OTHER}": 1})


def with_counters(supervise: Supervise, counters: Counters) -> Supervise:
    """The same function, which also counts each stage when it ends, however that is."""

    async def counting(
        spec: StageSpec, limits_s: Mapping[str, float]
    ) -> AsyncGenerator[Update | Result, None]:
        attempt = Attempt(spec.stage)
        with counters.running(spec.stage):
            try:
                async with aclosing(supervise(spec, limits_s)) as reports:
                    async for report in reports:
                        attempt.note(report)
                        yield report
            except PipelineError:
                attempt.outcome = "failed"
                raise
            finally:
                counters.add(attempt.counts())

    return counting


class Attempt:
    """Counts of one stage of one job, from the reports of its child."""

    def __init__(self, stage: Stage, now_s: Callable[[], float] = time.monotonic) -> None:
        self.outcome = "stopped"
        self._stage = stage
        self._now_s = now_s
        self._started_s = now_s()
        self._counts: Counter[str] = Counter()
        self._refusals: Counter[str] = Counter()
        self._planning: dict[str, float] = {}

    def note(self, report: Update | Result) -> None:
        """Takes in one report."""
        match report:
            case MetricsChanged(metrics):
                row = asdict(metrics)
                self._planning = {name: row[name] for name in row if name.startswith("llm_") and row[name]}
            case ElementRefused(refusal):
                self._refusals[_refusal_name(refusal)] += 1
            case RetryStarted(retry):
                self._counts[f"retries:{retry.kind if retry.kind in LIMITS else OTHER}"] += 1
            case Failed():
                self.outcome = "failed"
            case FilmEncoded(film):
                self.outcome = "done"
                self._note_film(film)
            case TakeRecorded():
                self.outcome = "done"
                self._note_take(report)

    def counts(self) -> Counts:
        """All counts of the attempt, which has ended."""
        duration_s = self._now_s() - self._started_s
        bucket = next((f"{bound_s:g}" for bound_s in BUCKETS_S if duration_s <= bound_s), "inf")
        name = f"stage:{self._stage}:{self.outcome}"
        durations = {f"{name}:{bucket}": 1, f"{name}:sum": duration_s}
        return {**durations, **self._counts, **self._refusals, **self._planning}

    def _note_take(self, take: TakeRecorded) -> None:
        self._counts["footage_frames"] += take.footage.frames
        self._counts["footage_size_bytes"] += take.footage.size_bytes
        self._counts["lost_frames"] += take.camera.lost_frames
        # All refusals of the take: those of the proxy are reported only here.
        self._refusals = Counter(map(_refusal_name, take.refused))
        if take.film:
            self._note_film(take.film)

    def _note_film(self, film: FilmInfo) -> None:
        self._counts["film_frames"] += film.frames
        self._counts["film_size_bytes"] += film.size_bytes
        # Counter's typing knows whole numbers only.
        self._counts["film_duration_s"] += film.duration_s  # type: ignore[assignment]


def _refusal_name(refusal: Refusal) -> str:
    return f"refusals:{refusal.rule if refusal.rule in RULES else OTHER}"


def known_codes() -> frozenset[str]:
    """Every code that an attempt can fail with."""
    return CODES_WITHOUT_CLASS.union(*map(_codes, (PipelineError, ExplorerError, VideoError)))


def _codes(kind: type[Any]) -> set[str]:
    own = {kind.code} if "code" in vars(kind) and isinstance(kind.code, str) else set()
    return own.union(*map(_codes, kind.__subclasses__()))
