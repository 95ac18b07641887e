"""`python -m tests.chaos.batch`: a batch whose workers, API and Valkey are killed, and what became of it.

Whoever feeds is among them: the leader is one of these processes. Every item is to end with one film, none
with two, and the archive at the end is to hold them all.
"""

import argparse
import io
import random
import signal
import sys
import tempfile
import time
import zipfile
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
from redis import Redis

from actors.jobs.keys import ACTIVE, BATCHES, PACE, TOTALS, WAITING
from tests.chaos.fleet import API, VALKEY, Fleet, adopt_orphans, free_port
from tests.chaos.leftovers import kill_all, remains
from tests.site.server import SiteServer

TICK_S, LIMIT_S = 0.2, 3600.0
#: Seconds between two kills.
PAUSE_S = (3.0, 8.0)
LEASE_S = 5
SITE_FILE = "hosts: ['127.0.0.1']\npace: {at_once: 3, seconds: 0}\n"


@dataclass(slots=True)
class Run:
    """One run: the installation, the deck of those who are killed, and what was seen."""

    fleet: Fleet
    rows: int
    deck: list[str]
    random: random.Random
    status: dict[str, Any] = field(default_factory=dict)
    killed: Counter[str] = field(default_factory=Counter)
    retries: int = 0

    def play(self, site_url: str) -> list[str]:
        """Starts a batch, kills until the deck is empty, and says what is wrong when it has ended."""
        self._until(lambda: self._asked("GET", "/ready") is not None)
        batch = self._accepted(site_url)
        next_s, deadline_s = time.monotonic(), time.monotonic() + LIMIT_S
        while not self._has_ended(batch):
            if time.monotonic() > deadline_s:
                return [f"the batch did not end in {LIMIT_S:g} s: {self.status}"]
            if self.deck and time.monotonic() >= next_s:
                self._kill(self.deck.pop())
                next_s = time.monotonic() + self.random.uniform(*PAUSE_S)
            self.fleet.tend()
            time.sleep(TICK_S)
        return self._faults(batch)

    def _accepted(self, site_url: str) -> dict[str, str]:
        script = {
            "url": f"{site_url}about.html",
            "variables": {"who": "Ann"},
            "steps": [{"caption": "Hello {{who}}"}, {"scroll": "bottom"}, {"hold": 1}],
        }
        rows = [{"who": f"Customer {number}"} for number in range(1, self.rows + 1)]
        body = {"script": script, "rows": rows, "max_concurrency": 3}
        answer = self._asked("POST", "/demo/batch/run", json=body)
        assert answer is not None, "the batch was not accepted"
        links: dict[str, str] = answer["links"]
        return {**links, "id": answer["batch_id"]}

    def _has_ended(self, batch: dict[str, str]) -> bool:
        """Retries what has used up its attempts, as somebody who runs it would."""
        status = self._asked("GET", batch["status"])
        if status is None:
            return False
        self.status = status
        if status["ended_at"] and status["counts"]["failed"]:
            self.retries += status["counts"]["failed"]
            self._asked("POST", f"/demo/batch/retry/{batch['id']}", json={})
            return False
        return bool(status["ended_at"])

    def _faults(self, batch: dict[str, str]) -> list[str]:
        """What is lost, doubled or left over."""
        self._until(lambda: self._asked("GET", batch["status"]) is not None)
        faults = []
        if self.status["counts"]["completed"] != self.rows:
            faults.append(f"lost: {self.status['counts']}")
        with Redis(unix_socket_path=str(self.fleet.folder / VALKEY / "socket")) as redis:
            completed = int(redis.hget(TOTALS, "jobs:completed") or 0)
            if completed != self.rows:
                faults.append(f"{completed} films were made of {self.rows} rows")
            keys = (ACTIVE, BATCHES, *WAITING.values(), f"{PACE}127.0.0.1")
            faults += [f"{key} is not empty" for key in keys if redis.exists(key)]
        with httpx.Client(base_url=self.fleet.api_url, timeout=600, trust_env=False) as client:
            archive = zipfile.ZipFile(io.BytesIO(client.get(batch["export"]).raise_for_status().content))
        films = [name for name in archive.namelist() if name.endswith(".mp4")]
        if len(films) != self.rows or archive.testzip() is not None:
            faults.append(f"the archive has {len(films)} films of {self.rows}")
        return faults

    def _kill(self, name: str) -> None:
        member = self.fleet.members[name]
        if member.pid is not None:
            with suppress(psutil.Error):
                psutil.Process(member.pid).send_signal(signal.SIGKILL)
            self.killed[name.rstrip("0123456789")] += 1

    def _asked(self, method: str, path: str, **more: Any) -> Any:
        """The answer, or None when the API or its Redis is away."""
        try:
            answer = httpx.request(method, self.fleet.api_url + path, timeout=5, trust_env=False, **more)
        except httpx.HTTPError:
            return None
        return answer.json() if answer.is_success else None

    def _until(self, condition: Any) -> None:
        deadline_s = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < deadline_s, "the installation did not come up"
            self.fleet.tend()
            time.sleep(TICK_S)


def main() -> int:
    options = _options()
    rng = random.Random(options.seed)
    adopt_orphans()
    folder = Path(tempfile.mkdtemp(prefix="chaos-"))
    (folder / "sites").mkdir()
    (folder / "sites" / "local.yaml").write_text(SITE_FILE)
    deck = [VALKEY] * options.redis_kills + [API] * options.api_kills
    deck += [f"worker{1 + number % options.workers}" for number in range(options.kills)]
    rng.shuffle(deck)
    with SiteServer() as site:
        settings = {
            "ALLOW_PRIVATE_HOSTS": site.url.removeprefix("http://").rstrip("/"),
            "LEASE_S": str(LEASE_S),
            "SHUTDOWN_GRACE_S": "2",
            "SITES_DIR": str(folder / "sites"),
        }
        fleet = Fleet(folder, free_port(rng), settings, options.workers, rng)
        run, began_s = Run(fleet, options.rows, deck, rng), time.monotonic()
        try:
            faults = run.play(site.url)
            fleet.close()
            processes, folders = remains(fleet)
        finally:
            fleet.close()
            kill_all(fleet)
    faults += [f"left over: {one}" for one in (*processes, *folders)]
    print(f"{options.rows} rows in {time.monotonic() - began_s:.0f} s; killed: {dict(run.killed)}")
    print(f"retried by hand: {run.retries}; {'; '.join(faults) or '0 lost, 0 doubled, nothing left over'}")
    print(f"logs: {folder}")
    return 1 if faults else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.batch", description=__doc__)
    parser.add_argument("--rows", type=int, default=60)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--kills", type=int, default=20, help="of workers")
    parser.add_argument("--api-kills", type=int, default=5)
    parser.add_argument("--redis-kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=None)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
