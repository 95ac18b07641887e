"""One film, made through the API as a client would, with the moments at which its stage changed."""

import time
from dataclasses import dataclass
from typing import Any

import httpx

from tests.benchmark.meter import Meter

POLL_S = 0.1
#: Filming may take 300 s and encoding 120 s, each with some grace.
GIVE_UP_S = 600.0
ENDED = ("completed", "failed", "cancelled")


class TakeLost(Exception):
    """The job ended without a film."""


@dataclass(frozen=True, slots=True)
class Take:
    """What one film took. Wall time runs from the request to the last byte of the download."""

    film_s: float
    wall_s: float
    filming_s: float
    encoding_s: float
    cpu_s: float
    filming_cpu_s: float
    encoding_cpu_s: float
    filming_peak_bytes: int
    encoding_peak_bytes: int
    size_bytes: int
    clicks: int


def run(client: httpx.Client, url: str, clicks: int) -> str:
    """Asks for a film; answers the job's id."""
    answer = client.post("/demo/run", json={"url": url, "max_clicks": clicks})
    if answer.status_code != 202:
        raise TakeLost(f"{url} was not accepted: {answer.text}")
    job_id: str = answer.json()["job_id"]
    return job_id


def status(client: httpx.Client, job_id: str) -> dict[str, Any]:
    job: dict[str, Any] = client.get(f"/demo/status/{job_id}").raise_for_status().json()
    return job


def film(client: httpx.Client, meter: Meter, url: str, clicks: int) -> Take:
    """Films `url`, downloads the film and throws it away. Raises TakeLost."""
    began_s = time.monotonic()
    job_id = run(client, url, clicks)
    stages, job = _follow(client, job_id)
    size_bytes = len(client.get(f"/demo/export/{job_id}").raise_for_status().content)
    ended_s = time.monotonic()
    filming, encoding = stages.get("exploring", (0.0, 0.0)), stages.get("encoding", (0.0, 0.0))
    return Take(
        film_s=job["film"]["duration_s"],
        wall_s=ended_s - began_s,
        filming_s=filming[1] - filming[0],
        encoding_s=encoding[1] - encoding[0],
        cpu_s=meter.cpu_s(began_s, ended_s),
        filming_cpu_s=meter.cpu_s(*filming),
        encoding_cpu_s=meter.cpu_s(*encoding),
        filming_peak_bytes=meter.peak_bytes(*filming),
        encoding_peak_bytes=meter.peak_bytes(*encoding),
        size_bytes=size_bytes,
        clicks=job["metrics"]["clicks"],
    )


def _follow(client: httpx.Client, job_id: str) -> tuple[dict[str, tuple[float, float]], dict[str, Any]]:
    """From when to when each stage was seen, and the finished job."""
    stages: dict[str, tuple[float, float]] = {}
    give_up_s = time.monotonic() + GIVE_UP_S
    while True:
        job, now_s = status(client, job_id), time.monotonic()
        since_s, _ = stages.get(job["stage"], (now_s, now_s))
        stages[job["stage"]] = (since_s, now_s)
        if job["status"] == "completed":
            return stages, job
        if job["status"] in ENDED or now_s > give_up_s:
            raise TakeLost(
                f"The film of {job['url']} is {job['status']}: {job['error'] or 'it took too long'}"
            )
        time.sleep(POLL_S)
