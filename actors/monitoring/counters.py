"""What a worker counts: kept until a heartbeat takes it to Redis, so that counting costs no take."""

import threading
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import aclosing, contextmanager
from typing import Any

from actors.errors import PipelineError
from actors.jobs.job import Stage
from actors.stages.spec import StageSpec
from explorer.errors import ExplorerError
from explorer.retry_policy import LIMITS
from video.errors import VideoError

Report = dict[str, Any]
Supervise = Callable[[StageSpec, Mapping[str, float]], AsyncGenerator[Report, None]]
#: Increments by name: fields of the hash `keys.TOTALS`, which `demo_api/routes/metrics.py` reads.
Counts = Mapping[str, float]

#: Upper edges in seconds of what stages are sorted into; the runtime limit is 300 s unless it is set.
EDGES_S = (1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 300.0, 600.0, 1800.0)
#: How a stage ends: with what was asked, with an error, or cut off (cancelled, shut down, lease lost).
OUTCOMES = ("done", "failed", "stopped")
#: By which rules something is refused: by guardrails, gate and page; by the fence; by the proxy.
RULES = frozenset(
    {
        *("auth", "avoid", "blacklist", "download", "field", "form", "language", "not_offered", "off_domain"),
        *("robots", "scheme", "runaway_page", "theme", "write"),
        *("malformed", "metadata_address", "own_address", "own_service", "port", "private_address"),
        *("browser_service", "connections", "protocol", "traffic"),
    }
)
#: Of every label, what is not known: its values must not grow without end.
OTHER = "other"
#: Codes of attempts that no error class has.
UNCLASSED = frozenset({"internal_error", "lease_lost"})


class Counters:
    """Counts of one process. Threads may add; whoever takes has them all, and may put them back."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._busy: Counter[Stage] = Counter()

    def add(self, counts: Counts) -> None:
        with self._lock:
            for name, count in counts.items():
                # Counter's typing knows whole numbers only; seconds are none.
                self._counts[name] += count  # type: ignore[assignment]

    def take(self) -> dict[str, float]:
        """All that was counted since the last time."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        return {name: count for name, count in counts.items() if count}

    def busy(self) -> dict[Stage, int]:
        """How many stages run in this process, by stage."""
        with self._lock:
            return {stage: count for stage, count in self._busy.items() if count}

    @contextmanager
    def running(self, stage: Stage) -> Iterator[None]:
        with self._lock:
            self._busy[stage] += 1
        try:
            yield
        finally:
            with self._lock:
                self._busy[stage] -= 1

    def failed(self, code: str) -> None:
        """Counts an attempt that failed."""
        self.add({f"attempts_failed:{code if code in known_codes() else OTHER}": 1})


def with_counters(supervise: Supervise, tally: Counters) -> Supervise:
    """The same, with every stage counted as it ends, however that is."""

    async def counting(order: StageSpec, limits_s: Mapping[str, float]) -> AsyncGenerator[Report, None]:
        attempt = Attempt(order.stage)
        with tally.running(order.stage):
            try:
                async with aclosing(supervise(order, limits_s)) as reports:
                    async for report in reports:
                        attempt.note(report)
                        yield report
            except PipelineError:
                attempt.outcome = "failed"
                raise
            finally:
                tally.add(attempt.counts())

    return counting


class Attempt:
    """One stage of one job, from its start to its end, as its child tells of it."""

    def __init__(self, stage: Stage, now_s: Callable[[], float] = time.monotonic) -> None:
        self.outcome = "stopped"
        self._stage = stage
        self._now_s = now_s
        self._began_s = now_s()
        self._met: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()
        self._planning: dict[str, float] = {}

    def note(self, report: Report) -> None:
        """Takes in one report."""
        match report:
            case {"kind": "metrics", "metrics": metrics}:
                self._planning = {
                    name: metrics[name] for name in metrics if name.startswith("llm_") and metrics[name]
                }
            case {"kind": "refused", "refused": refusal}:
                self._refused[_rule(refusal)] += 1
            case {"kind": "retry", "retry": {"kind": kind}}:
                self._met[f"retries:{kind if kind in LIMITS else OTHER}"] += 1
            case {"kind": "failed"}:
                self.outcome = "failed"
            case {"kind": "done"}:
                self.outcome = "done"
                self._made(report)

    def counts(self) -> Counts:
        """All that is to be counted of it, now that it has ended."""
        took_s = self._now_s() - self._began_s
        edge = next((f"{edge_s:g}" for edge_s in EDGES_S if took_s <= edge_s), "inf")
        name = f"stage:{self._stage}:{self.outcome}"
        return {f"{name}:{edge}": 1, f"{name}:sum": took_s, **self._met, **self._refused, **self._planning}

    def _made(self, report: Report) -> None:
        for what in ("footage", "film"):
            for name, count in (report.get(what) or {}).items():
                if name in ("frames", "size_bytes", "duration_s"):
                    self._met[f"{what}_{name}"] += count
        if refused := report.get("refused"):
            # All of them: what the proxy has turned down is told at the end only.
            self._refused = Counter(map(_rule, refused))
        self._met["lost_frames"] += (report.get("camera") or {}).get("lost_frames") or 0


def _rule(refusal: Mapping[str, Any]) -> str:
    rule = refusal["rule"]
    return f"refusals:{rule if rule in RULES else OTHER}"


def known_codes() -> frozenset[str]:
    """Every code that an attempt can fail with."""
    return UNCLASSED.union(*map(_codes, (PipelineError, ExplorerError, VideoError)))


def _codes(kind: type[Any]) -> set[str]:
    own = {kind.code} if "code" in vars(kind) and isinstance(kind.code, str) else set()
    return own.union(*map(_codes, kind.__subclasses__()))
