"""Prometheus metrics of the whole installation, read from Redis by any API process."""

import asyncio
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import get_args

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

from actors.jobs.states import BACK
from actors.monitoring.counters import BUCKETS_S, RULES
from actors.monitoring.pool import Limit
from actors.monitoring.system_status import SystemStatus, system_status
from explorer.retry_policy import LIMITS

METRICS_LIMIT_S = 1.5
#: Counted outcomes of jobs; most by `changed` in prelude.lua.
JOBS = ("accepted", "retried", "completed", "failed", "cancelled", "exported")


@dataclass(frozen=True, slots=True)
class Count:
    """A counter metric and the fields of the totals that it is read from, which begin with `field`.

    With a `label`, the rest of a field's name is the label's value; those in `always` are exported even if 0.
    """

    name: str
    field: str
    text: str
    label: str = ""
    always: tuple[str, ...] = ()


COUNTS = (
    Count("sitereel_jobs", "jobs:", "Jobs by outcome.", "status", JOBS),
    Count(
        "sitereel_attempts_failed",
        "attempts_failed:",
        "Failed attempts at a stage, by error code; some were retried.",
        "code",
    ),
    Count(
        "sitereel_retries",
        "retries:",
        "Retries within a take, by kind.",
        "kind",
        tuple(sorted(LIMITS)),
    ),
    Count(
        "sitereel_refusals",
        "refusals:",
        "Refusals by guardrails, request interceptor and egress policy, by rule.",
        "rule",
        tuple(sorted(RULES)),
    ),
    Count("sitereel_footage_frames", "footage_frames", "Frames filmed."),
    Count("sitereel_footage_bytes", "footage_size_bytes", "Bytes of the frames filmed."),
    Count("sitereel_lost_frames", "lost_frames", "Frames lost by the real-time camera."),
    Count("sitereel_film_frames", "film_frames", "Frames of the films encoded."),
    Count("sitereel_film_bytes", "film_size_bytes", "Bytes of the films encoded."),
    Count("sitereel_film_seconds", "film_duration_s", "Duration of the films encoded."),
    Count("sitereel_llm_calls", "llm_calls", "Requests to a language model."),
    Count("sitereel_llm_tokens", "llm_tokens", "Tokens used by language models."),
    Count(
        "sitereel_llm_failures", "llm_failures", "Requests to a language model without a usable completion."
    ),
    Count(
        "sitereel_llm_fallbacks", "llm_fallbacks", "Scans planned by keywords because the model had failed."
    ),
)


async def metrics(request: Request) -> Response:
    """Exports all metrics in the Prometheus text format."""
    async with asyncio.timeout(METRICS_LIMIT_S):
        system = await system_status(request.app.state.store)
    state = request.app.state
    text = render(
        system, rate_limited=state.limiter.rejected, watchers=state.broadcast.watchers, process=True
    )
    return Response(text, media_type=CONTENT_TYPE_PLAIN_0_0_4)


def render(system: SystemStatus, *, rate_limited: int = 0, watchers: int = 0, process: bool = False) -> bytes:
    """Renders the metrics as text, with this process's memory and CPU if `process` is set."""
    registry = CollectorRegistry()
    registry.register(SystemCollector(system, rate_limited, watchers))
    if process:
        ProcessCollector(registry=registry)
    return generate_latest(registry)


class SystemCollector(Collector):
    """Collects the metric families of one scrape."""

    def __init__(self, system: SystemStatus, rate_limited: int, watchers: int) -> None:
        self._system = system
        self._rate_limited = rate_limited
        self._watchers = watchers

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("sitereel_build", "Version of Sitereel.", {"version": version("sitereel")})
        yield from _queues(self._system)
        yield from _workers(self._system)
        yield from (_counter(count, self._system.totals) for count in COUNTS)
        yield _durations(self._system.totals)
        yield from _memory(self._system)
        yield CounterMetricFamily(
            "sitereel_rate_limited",
            "Requests that this process has rejected with 429.",
            self._rate_limited,
        )
        yield GaugeMetricFamily("sitereel_watchers", "Event streams of this process.", self._watchers)


def _queues(system: SystemStatus) -> Iterator[Metric]:
    waiting = GaugeMetricFamily("sitereel_jobs_waiting", "Jobs that wait for a worker.", labels=["queue"])
    oldest = GaugeMetricFamily(
        "sitereel_jobs_oldest_wait_seconds",
        "How long the oldest waiting job has waited.",
        labels=["queue"],
    )
    active = GaugeMetricFamily("sitereel_jobs_active", "Jobs that are claimed.", labels=["stage"])
    for name, queue in system.queues.items():
        waiting.add_metric([name], queue.waiting)
        oldest.add_metric([name], queue.oldest_s)
    for stage in BACK:
        active.add_metric([stage], system.active.get(stage, 0))
    yield from (waiting, oldest, active)


def _workers(system: SystemStatus) -> Iterator[Metric]:
    yield GaugeMetricFamily("sitereel_workers", "Workers with a heartbeat within 10 s.", system.workers.alive)
    slots = GaugeMetricFamily(
        "sitereel_slots",
        "Slots of all workers; held ones are free, but may not be used now.",
        labels=["state"],
    )
    slots.add_metric(["busy"], system.workers.busy)
    slots.add_metric(["idle"], system.workers.idle)
    slots.add_metric(["held"], system.workers.held)
    allowed = GaugeMetricFamily(
        "sitereel_slots_allowed", "Stages that may run now, as memory and pressure of the hosts allow."
    )
    allowed.add_metric([], system.workers.allowed)
    limited = GaugeMetricFamily(
        "sitereel_workers_limited",
        "Workers that may not use all slots now, by reason.",
        labels=["reason"],
    )
    for reason in get_args(Limit):
        limited.add_metric([reason], system.workers.limited.get(reason, 0))
    yield from (slots, allowed, limited)


def _memory(system: SystemStatus) -> Iterator[Metric]:
    yield GaugeMetricFamily("sitereel_redis_memory_used_bytes", "Memory that Redis uses.", system.used_bytes)
    yield GaugeMetricFamily(
        "sitereel_redis_memory_max_bytes", "Maxmemory of Redis; 0 is no limit.", system.max_bytes
    )
    yield GaugeMetricFamily(
        "sitereel_redis_room", "1 when Redis has memory for another film.", system.has_capacity
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
        "Duration of stages by outcome; each failed attempt counts.",
        labels=["stage", "outcome"],
    )
    for name, sum_s in totals.items():
        match name.split(":"):
            case ["stage", stage, outcome, "sum"]:
                family.add_metric([stage, outcome], _buckets(name.removesuffix("sum"), totals), sum_s)
    return family


def _buckets(prefix: str, totals: Mapping[str, float]) -> list[tuple[str, float]]:
    """Accumulates the buckets, as Prometheus requires; Redis has each on its own."""
    total, buckets = 0.0, []
    for edge_s in (*BUCKETS_S, math.inf):
        total += totals.get(f"{prefix}{edge_s:g}", 0)
        buckets.append(("+Inf" if math.isinf(edge_s) else str(edge_s), total))
    return buckets
