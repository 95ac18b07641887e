"""The figures of the whole installation for Prometheus: read from Redis, so that any API process has them."""

import asyncio
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response

from actors.jobs.job import BACK
from actors.monitoring.counters import BUCKETS_S, RULES
from actors.monitoring.system_status import SystemStatus, system_status
from explorer.retry_policy import LIMITS

METRICS_LIMIT_S = 1.5
#: What becomes of jobs: see `changed` in prelude.lua, and those who count themselves.
JOBS = ("accepted", "retried", "completed", "failed", "cancelled", "exported")


@dataclass(frozen=True, slots=True)
class Count:
    """A counter and the fields of the totals that it is made from, which begin with `field`.

    With a `label` the rest of a field's name is its value; those in `always` are told even when it is 0.
    """

    name: str
    field: str
    text: str
    label: str = ""
    always: tuple[str, ...] = ()


COUNTS = (
    Count("sitereel_jobs", "jobs:", "How many jobs have come to this.", "status", JOBS),
    Count(
        "sitereel_attempts_failed",
        "attempts_failed:",
        "Attempts at a stage that failed, by error code; some were followed by another.",
        "code",
    ),
    Count(
        "sitereel_retries",
        "retries:",
        "What was tried again within a take, by kind.",
        "kind",
        tuple(sorted(LIMITS)),
    ),
    Count(
        "sitereel_refusals",
        "refusals:",
        "What guardrails, gate and fence have turned down, by rule.",
        "rule",
        tuple(sorted(RULES)),
    ),
    Count("sitereel_footage_frames", "footage_frames", "Frames filmed."),
    Count("sitereel_footage_bytes", "footage_size_bytes", "Bytes of the frames filmed."),
    Count("sitereel_lost_frames", "lost_frames", "Frames that a camera in real time has lost."),
    Count("sitereel_film_frames", "film_frames", "Frames of the films made."),
    Count("sitereel_film_bytes", "film_size_bytes", "Bytes of the films made."),
    Count("sitereel_film_seconds", "film_duration_s", "Length of the films made."),
    Count("sitereel_llm_calls", "llm_calls", "Requests to a language model."),
    Count("sitereel_llm_tokens", "llm_tokens", "Tokens that they took."),
    Count("sitereel_llm_failures", "llm_failures", "Requests without a usable answer."),
    Count("sitereel_llm_fallbacks", "llm_fallbacks", "Scans that keywords planned in the model's place."),
)


async def metrics(request: Request) -> Response:
    """All figures, in Prometheus's text format."""
    async with asyncio.timeout(METRICS_LIMIT_S):
        seen = await system_status(request.app.state.store)
    state = request.app.state
    text = expose(seen, rate_limited=state.limiter.refused, watchers=state.feeds.watchers, process=True)
    return Response(text, media_type=CONTENT_TYPE_PLAIN_0_0_4)


def expose(seen: SystemStatus, *, rate_limited: int = 0, watchers: int = 0, process: bool = False) -> bytes:
    """The figures as text, with or without those of this process's memory and CPU."""
    registry = CollectorRegistry()
    registry.register(Figures(seen, rate_limited, watchers))
    if process:
        ProcessCollector(registry=registry)
    return generate_latest(registry)


class Figures(Collector):
    """What one scrape has found, as families with help, type and unit."""

    def __init__(self, seen: SystemStatus, rate_limited: int, watchers: int) -> None:
        self._seen = seen
        self._rate_limited = rate_limited
        self._watchers = watchers

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("sitereel_build", "What runs here.", {"version": version("sitereel")})
        yield from _line(self._seen)
        yield from _workers(self._seen)
        yield from (_counter(count, self._seen.totals) for count in COUNTS)
        yield _durations(self._seen.totals)
        yield from _memory(self._seen)
        yield CounterMetricFamily(
            "sitereel_rate_limited",
            "Requests that this process has turned down with 429.",
            self._rate_limited,
        )
        yield GaugeMetricFamily(
            "sitereel_watchers", "Connections of this process that follow a job's events.", self._watchers
        )


def _line(seen: SystemStatus) -> Iterator[Metric]:
    waiting = GaugeMetricFamily("sitereel_jobs_waiting", "Jobs that wait for a worker.", labels=["queue"])
    oldest = GaugeMetricFamily(
        "sitereel_jobs_oldest_wait_seconds",
        "How long the one that waits for longest has waited.",
        labels=["queue"],
    )
    active = GaugeMetricFamily("sitereel_jobs_active", "Jobs that somebody has.", labels=["stage"])
    for name, queue in seen.queues.items():
        waiting.add_metric([name], queue.waiting)
        oldest.add_metric([name], queue.oldest_s)
    for stage in BACK:
        active.add_metric([stage], seen.active.get(stage, 0))
    yield from (waiting, oldest, active)


def _workers(seen: SystemStatus) -> Iterator[Metric]:
    yield GaugeMetricFamily("sitereel_workers", "Workers heard of within 10 s.", seen.workers.alive)
    slots = GaugeMetricFamily("sitereel_slots", "Stages that they can do at a time.", labels=["state"])
    slots.add_metric(["busy"], seen.workers.busy)
    slots.add_metric(["idle"], max(0, seen.workers.slots - seen.workers.busy))
    yield slots


def _memory(seen: SystemStatus) -> Iterator[Metric]:
    yield GaugeMetricFamily("sitereel_redis_memory_used_bytes", "Memory that Redis uses.", seen.used_bytes)
    yield GaugeMetricFamily("sitereel_redis_memory_max_bytes", "Its maxmemory; 0 is none.", seen.max_bytes)
    yield GaugeMetricFamily(
        "sitereel_redis_room", "1 when it has memory for another film.", seen.has_capacity
    )


def _counter(count: Count, totals: Mapping[str, float]) -> Metric:
    if not count.label:
        return CounterMetricFamily(count.name, count.text, totals.get(count.field, 0))
    family = CounterMetricFamily(count.name, count.text, labels=[count.label])
    found = {
        name[len(count.field) :]: value for name, value in totals.items() if name.startswith(count.field)
    }
    for value, number in {**dict.fromkeys(count.always, 0.0), **found}.items():
        family.add_metric([value], number)
    return family


def _durations(totals: Mapping[str, float]) -> Metric:
    family = HistogramMetricFamily(
        "sitereel_stage_duration_seconds",
        "How long stages took, by outcome; an attempt that failed is one of its own.",
        labels=["stage", "outcome"],
    )
    for name, sum_s in totals.items():
        match name.split(":"):
            case ["stage", stage, outcome, "sum"]:
                family.add_metric([stage, outcome], _buckets(name.removesuffix("sum"), totals), sum_s)
    return family


def _buckets(prefix: str, totals: Mapping[str, float]) -> list[tuple[str, float]]:
    """Cumulated, as Prometheus wants them; each was counted alone."""
    total, buckets = 0.0, []
    for edge_s in (*BUCKETS_S, math.inf):
        total += totals.get(f"{prefix}{edge_s:g}", 0)
        buckets.append(("+Inf" if math.isinf(edge_s) else str(edge_s), total))
    return buckets
