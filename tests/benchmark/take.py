"""One film, made through the API as a client would, with the moments at which its stage changed."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

#: What a request may say besides its URL, such as `fps` and `camera`.
Wishes = Mapping[str, str | int | bool]

#: How often a status is asked for until the last frame, and from then on; an answer costs the API some 2 ms.
POLL_S, CLOSE_POLL_S = 0.1, 0.02
#: A worker tells how a take goes twice a second: what it tells was so for half of that, give or take as much.
BEAT_S = 0.5
#: Filming may take 300 s and encoding 120 s, each with some grace.
GIVE_UP_S = 600.0
ENDED = ("completed", "failed", "cancelled")


class TakeLost(Exception):
    """The job ended without a film."""


@dataclass(frozen=True, slots=True)
class Span:
    """From one moment of the monotonic clock to another."""

    from_s: float = 0.0
    to_s: float = 0.0

    @property
    def length_s(self) -> float:
        return self.to_s - self.from_s


@dataclass(frozen=True, slots=True)
class Take:
    """What one film took. `wall` runs from the request to the last byte of the download.

    `after_s` runs from the last frame filmed, known to a quarter of a second, to `completed`.
    """

    wall: Span
    filming: Span
    encoding: Span
    after_s: float
    size_bytes: int
    job: dict[str, Any] = field(repr=False)

    @property
    def film_s(self) -> float:
        return float(self.job["film"]["duration_s"])


@dataclass(slots=True)
class Progress:
    """What was seen of a job while it ran."""

    stages: dict[str, Span] = field(default_factory=dict)
    filmed_s: float | None = None

    def note(self, job: dict[str, Any], now_s: float) -> None:
        since_s = self.stages[job["stage"]].from_s if job["stage"] in self.stages else now_s
        self.stages[job["stage"]] = Span(since_s, now_s)
        if self.filmed_s is None and job["stage"] not in ("queued", "exploring"):
            self.filmed_s = now_s
        elif self.filmed_s is None and job["metrics"]["state"] == "complete":
            told_s = datetime.fromisoformat(job["updated_at"]).timestamp()
            self.filmed_s = now_s - (time.time() - told_s) - BEAT_S / 2


def run(client: httpx.Client, url: str, clicks: int, wishes: Wishes | None = None) -> str:
    """Asks for a film; answers the job's id."""
    answer = client.post("/demo/run", json={"url": url, "max_clicks": clicks, **(wishes or {})})
    if answer.status_code != 202:
        raise TakeLost(f"{url} was not accepted: {answer.text}")
    job_id: str = answer.json()["job_id"]
    return job_id


def status(client: httpx.Client, job_id: str) -> dict[str, Any]:
    job: dict[str, Any] = client.get(f"/demo/status/{job_id}").raise_for_status().json()
    return job


def film(
    client: httpx.Client, url: str, clicks: int, wishes: Wishes | None = None, to: Path | None = None
) -> Take:
    """Films `url` and downloads the film, to a file or for nothing. Raises TakeLost."""
    began_s = time.monotonic()
    job_id = run(client, url, clicks, wishes)
    seen, job = _follow(client, job_id)
    completed_s = time.monotonic()
    data = client.get(f"/demo/export/{job_id}").raise_for_status().content
    ended_s = time.monotonic()
    if to is not None:
        to.write_bytes(data)
    return Take(
        wall=Span(began_s, ended_s),
        filming=seen.stages.get("exploring", Span()),
        encoding=seen.stages.get("encoding", Span()),
        after_s=completed_s - (seen.filmed_s or completed_s),
        size_bytes=len(data),
        job=job,
    )


def _follow(client: httpx.Client, job_id: str) -> tuple[Progress, dict[str, Any]]:
    """What was seen on the way, and the finished job."""
    seen, give_up_s = Progress(), time.monotonic() + GIVE_UP_S
    while True:
        job, now_s = status(client, job_id), time.monotonic()
        seen.note(job, now_s)
        if job["status"] == "completed":
            return seen, job
        if job["status"] in ENDED or now_s > give_up_s:
            raise TakeLost(
                f"The film of {job['url']} is {job['status']}: {job['error'] or 'it took too long'}"
            )
        time.sleep(POLL_S if seen.filmed_s is None else CLOSE_POLL_S)
