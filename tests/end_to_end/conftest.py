"""A line of the test's own, and a client that asks it for films as a user would."""

import time
from collections.abc import Callable, Iterator
from typing import Any, cast

import httpx
import pytest

from actors.options import ExplorationOptions
from actors.settings import Settings
from actors.worker import working
from tests.conftest import Serve
from tests.site.server import SiteServer

PATIENCE_S = 120.0


class Client:
    """Asks for films as a user would."""

    def __init__(self, address: str) -> None:
        self.http = httpx.Client(base_url=address, timeout=30)

    def run(self, url: str, **wishes: int | str | bool) -> str:
        answer = self.http.post("/demo/run", json={"url": url, **wishes})
        assert answer.status_code == 202, answer.text
        job_id: str = answer.json()["job_id"]
        return job_id

    def extra(self, job_id: str, name: str) -> bytes:
        """What comes with the film under this name."""
        answer = self.http.get(f"/demo/{name}/{job_id}")
        assert answer.status_code == 200, answer.text
        return answer.content

    def status(self, job_id: str) -> dict[str, Any]:
        return cast(dict[str, Any], self.http.get(f"/demo/status/{job_id}").json())

    def until(self, job_id: str, arrived: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        deadline = time.monotonic() + PATIENCE_S
        while not arrived(body := self.status(job_id)):
            assert body["status"] != "failed", body["error"]
            assert time.monotonic() < deadline, f"still {body['status']}, {body['stage']}"
            time.sleep(0.05)
        return body

    def figures(self, arrived: Callable[[dict[str, float]], bool]) -> dict[str, float]:
        """What /metrics tells, by name and labels."""
        deadline = time.monotonic() + PATIENCE_S
        while not arrived(told := self._figures()):
            assert time.monotonic() < deadline, told
            time.sleep(0.05)
        return told

    def _figures(self) -> dict[str, float]:
        lines = self.http.get("/metrics").text.splitlines()
        return {
            name: float(value)
            for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")
        }

    def ended(self, job_id: str) -> dict[str, Any]:
        return self.until(job_id, lambda body: body["status"] not in ("pending", "processing"))


@pytest.fixture
def settings(redis_url: str, site: SiteServer) -> Settings:
    return Settings(
        redis_url=redis_url,
        poll_interval_s=0.1,
        lease_s=3.0,
        # The line is what is tested; what the scout makes of a site is tested in tests/explorer.
        exploration=ExplorationOptions(scout=False),
        allow_private_hosts=frozenset({site.url.removeprefix("http://").rstrip("/")}),
    )


@pytest.fixture
def line(settings: Settings, serve: Serve) -> Iterator[Client]:
    """API and worker on a Valkey that is empty."""
    with serve(settings) as address, working(settings, slots=1):
        yield Client(address)
