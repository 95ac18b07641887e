"""How long the API takes to answer, at rest and while a film is being made beside it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import quantiles
from typing import TypeVar

import httpx

from tests.benchmark.take import TakeLost, run, status

T = TypeVar("T")

REQUESTS = 200
WARM_UP = 10
POLL_S = 0.1
START_LIMIT_S = 60.0


@dataclass(slots=True)
class Latency:
    """Times from sending a request to having read its answer, over one connection that is kept."""

    status_ms: list[float] = field(default_factory=list)
    run_ms: list[float] = field(default_factory=list)


def percentile(times_ms: list[float], percent: int) -> float:
    """The value below which `percent` of the times lie."""
    return quantiles(times_ms, n=100, method="inclusive")[percent - 1]


def measure_at_rest(client: httpx.Client, url: str) -> Latency:
    """Without a worker: what is accepted stays in the queue."""
    job_id = run(client, url, clicks=1)
    return _measure(client, url, job_id, while_stage="queued")


def measure_while_filming(client: httpx.Client, url: str) -> Latency:
    """While the one worker films; what is accepted meanwhile waits behind it."""
    job_id = run(client, url, clicks=100)
    give_up_s = time.monotonic() + START_LIMIT_S
    # From the first click on, the camera rolls.
    while not (job := status(client, job_id))["steps"]:
        if job["status"] not in ("pending", "processing") or time.monotonic() > give_up_s:
            raise TakeLost(f"The film of {url} is {job['status']}: {job['error'] or 'it did not start'}")
        time.sleep(POLL_S)
    return _measure(client, url, job_id, while_stage="exploring")


def _measure(client: httpx.Client, url: str, job_id: str, while_stage: str) -> Latency:
    """Asks in turn for the status of a job and for another film, as long as the job is where it was."""
    latency = Latency()
    for number in range(WARM_UP + REQUESTS):
        job, status_ms = _timed(lambda: status(client, job_id))
        if job["stage"] != while_stage:
            break
        _, run_ms = _timed(lambda: run(client, url, clicks=1))
        if number >= WARM_UP:
            latency.status_ms.append(status_ms)
            latency.run_ms.append(run_ms)
    return latency


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    began_s = time.perf_counter()
    answer = work()
    return answer, (time.perf_counter() - began_s) * 1000
