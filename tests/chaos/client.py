"""A client that asks for films one after the other, and does not give up before it has to."""

import time
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock
from typing import Any

import httpx

REQUEST_TIMEOUT_S = 5.0
POLL_S = 0.3
SPACING_S = 1.0
#: From being accepted to a film in hand; twenty times what a job takes that nobody disturbs.
JOB_LIMIT_S = 180.0
#: Answers that say "not now" rather than "no": other answers to a request are bugs.
NOT_NOW = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
#: An export whose API was killed is free again after its lease; a film that was had must not come again.
AFTERWARDS_S = 2.0

#: 7 s of CPU a film and 2 MB of footage; about.html, which is scrolled through, takes 14 s and 15 MB.
PAGE = "lab/popup.html"
#: The cheapest film that a real browser and a real ffmpeg make.
WISHES: dict[str, Any] = {
    "max_clicks": 1,
    "max_depth": 1,
    "max_runtime": 20,
    "style": "plain",
    "captions": False,
    "zoom": False,
    "title_card": False,
    "scout": False,
    "interact": "click",
    "camera": "realtime",
}


class Stopped(Exception):
    """Nothing more is asked for."""


class Lost(Exception):
    """A job that was accepted has not led to a film."""


@dataclass(slots=True)
class Outcome:
    """What a client saw of one job."""

    number: int
    job_id: str = ""
    path: Path | None = None
    frames: int = 0
    #: How often the whole film came.
    had: int = 0
    fault: str = ""
    error_code: str = ""
    refusals: int = 0
    wall_s: float = 0.0


class Spacing:
    """Keeps requests apart, so that it can be told later which take belongs to which."""

    def __init__(self, spacing_s: float = SPACING_S) -> None:
        self._spacing_s = spacing_s
        self._lock = Lock()
        self._free_s = 0.0

    def wait(self) -> None:
        with self._lock:
            now_s = time.monotonic()
            at_s = max(now_s, self._free_s)
            self._free_s = at_s + self._spacing_s
        time.sleep(at_s - now_s)


class Client:
    """One client of the API at `url`; films go to `folder`.

    After `no_more` it asks for no new film, after `abort` it waits for none.
    """

    def __init__(
        self, url: str, site: str, folder: Path, spacing: Spacing, no_more: Event, abort: Event
    ) -> None:
        self._http = httpx.Client(base_url=url, timeout=REQUEST_TIMEOUT_S, trust_env=False)
        self._site = site
        self._folder = folder
        self._spacing = spacing
        self._no_more = no_more
        self._abort = abort

    def film(self, number: int) -> Outcome:
        """Asks until accepted, waits until completed and fetches the film. Raises Stopped."""
        outcome = Outcome(number)
        began_s = time.monotonic()
        self._request(outcome)
        try:
            deadline_s = time.monotonic() + JOB_LIMIT_S
            self._await(outcome, deadline_s)
            self._export(outcome, deadline_s)
            self._export_again(outcome)
        except Lost as exc:
            outcome.fault = str(exc)
        outcome.wall_s = time.monotonic() - began_s
        return outcome

    def _request(self, outcome: Outcome) -> None:
        body = {"url": f"{self._site}{PAGE}?request={outcome.number}", **WISHES}
        headers = {"idempotency-key": f"chaos-{outcome.number}"}
        self._spacing.wait()
        while not self._no_more.is_set():
            answer = self._ask("POST", "/demo/run", json=body, headers=headers)
            if answer is not None and answer.status_code in (200, 202):
                outcome.job_id = answer.json()["job_id"]
                return
            if answer is not None and answer.status_code not in NOT_NOW:
                raise AssertionError(f"the API answered {answer.status_code}: {answer.text}")
            outcome.refusals += 1
            self._pause()
        raise Stopped

    def _await(self, outcome: Outcome, deadline_s: float) -> None:
        seen = "nothing"
        while time.monotonic() < deadline_s:
            answer = self._ask("GET", f"/demo/status/{outcome.job_id}")
            if answer is not None and answer.status_code in (404, 410):
                raise Lost(f"its status is {answer.status_code}, and was {seen}")
            if answer is not None and answer.is_success:
                job = answer.json()
                seen = f"{job['status']} ({job['stage']})"
                if job["status"] == "completed":
                    outcome.frames = job["film"]["frames"]
                    return
                if job["status"] in ("failed", "cancelled"):
                    outcome.error_code = job["error_code"] or ""
                    raise Lost(f"{seen}, {job['error_code']}: {job['error']}")
            self._pause()
        raise Lost(f"after {JOB_LIMIT_S:g} s it was still {seen}")

    def _export(self, outcome: Outcome, deadline_s: float) -> None:
        path = self._folder / f"{outcome.number}.mp4"
        while time.monotonic() < deadline_s:
            answer = self._ask("GET", f"/demo/export/{outcome.job_id}")
            if answer is not None and answer.status_code in (404, 410):
                raise Lost(f"its film is {answer.status_code}, before it had come whole")
            if answer is not None and answer.is_success:
                path.write_bytes(answer.content)
                outcome.path, outcome.had = path, 1
                return
            self._pause()
        raise Lost("its film could not be fetched")

    def _export_again(self, outcome: Outcome) -> None:
        deadline_s = time.monotonic() + AFTERWARDS_S
        while time.monotonic() < deadline_s:
            answer = self._ask("GET", f"/demo/export/{outcome.job_id}")
            if answer is not None and answer.status_code in (404, 410):
                return
            if answer is not None and answer.is_success:
                outcome.had += 1
                return
            self._pause()

    def _pause(self) -> None:
        if self._abort.wait(POLL_S):
            raise Stopped

    def _ask(self, method: str, path: str, **rest: Any) -> httpx.Response | None:
        """A whole answer, or None: httpx raises when one breaks off before its content-length."""
        try:
            return self._http.request(method, path, **rest)
        except httpx.TransportError:
            return None
