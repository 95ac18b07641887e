"""Two films made while a crowd looks on, after two that nobody looks at: what it sees, and what it costs."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
from rich.table import Table

from tests.benchmark.crowd import LATE_MS, Crowd, gather_crowd
from tests.benchmark.deployment import Deployment
from tests.benchmark.latency import percentile
from tests.benchmark.take import ENDED, TakeLost, run, status

WATCHERS, POLLERS, FILMS = 200, 50, 2
POLL_S = 0.5


@dataclass(frozen=True, slots=True)
class Round:
    """Films that were made at the same time, and who looked on."""

    jobs: list[dict[str, Any]]
    wall_s: float
    crowd: Crowd

    @property
    def lost_frames(self) -> int:
        return sum(job["camera"]["lost_frames"] for job in self.jobs)

    @property
    def film_s(self) -> float:
        return sum(float(job["film"]["duration_s"]) for job in self.jobs)


def measure_crowd(here: Deployment, client: httpx.Client, url: str, clicks: int) -> tuple[Round, Round]:
    """Both rounds: alone, and with the crowd. Raises TakeLost."""
    with here.worker(slots=FILMS):
        alone = _round(client, url, clicks, lambda jobs: _wait(client, jobs))
        crowded = _round(
            client, url, clicks, lambda jobs: asyncio.run(gather_crowd(here.api_url, jobs, WATCHERS, POLLERS))
        )
    return alone, crowded


def _round(client: httpx.Client, url: str, clicks: int, look_on: Callable[[list[str]], Crowd]) -> Round:
    began_s = time.monotonic()
    ids = [run(client, url, clicks) for _ in range(FILMS)]
    crowd = look_on(ids)
    wall_s = time.monotonic() - began_s
    jobs = [status(client, job_id) for job_id in ids]
    for job in jobs:
        if job["status"] != "completed":
            raise TakeLost(f"A film of {url} is {job['status']}: {job['error']}")
    return Round(jobs, wall_s, crowd)


def _wait(client: httpx.Client, ids: list[str]) -> Crowd:
    while any(status(client, job_id)["status"] not in ENDED for job_id in ids):
        time.sleep(POLL_S)
    return Crowd()


def crowd_table(alone: Round, crowded: Round) -> Table:
    """What one API process gave to all of them, and what that cost the films."""
    table = Table(
        title=f"{WATCHERS} watchers and {POLLERS} pollers on one API process, {FILMS} films at once"
    )
    for title in ("", "nobody looks on", "the crowd looks on"):
        table.add_column(title, justify="left" if not title else "right")
    crowd = crowded.crowd
    walls = [f"{each.wall_s / each.film_s:.2f}" for each in (alone, crowded)]
    table.add_row("wall / film, all films", *walls)
    table.add_row("frames lost", str(alone.lost_frames), str(crowded.lost_frames))
    for label, said in (
        ("events received", f"{sum(map(len, crowd.ids))}"),
        ("events missed or doubled", f"{crowd.missed}"),
        (f"events late (more than {LATE_MS / 1000:g} s)", f"{crowd.late} of {len(crowd.lags_ms)}"),
        ("event, p50 / p99 / last, ms", _three(crowd.lags_ms)),
        ("pictures a watcher and second", f"{_rate(crowded):.2f}"),
        ("streams that came to their end", f"{crowd.ended} of {WATCHERS}"),
        ("status, requests", f"{len(crowd.status_ms)}"),
        ("status, p50 / p99 / last, ms", _three(crowd.status_ms)),
    ):
        table.add_row(label, "-", said)
    return table


def _three(times_ms: list[float]) -> str:
    if len(times_ms) < 2:
        return "-"
    return f"{percentile(times_ms, 50):.0f} / {percentile(times_ms, 99):.0f} / {max(times_ms):.0f}"


def _rate(crowded: Round) -> float:
    return sum(crowded.crowd.frames) / WATCHERS / crowded.wall_s
