"""What is measured: the processes of a small installation, started as an operator would start them."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from redis import Redis

from actors.embedded_redis import embedded_valkey
from explorer.egress.policy import Endpoint

START_LIMIT_S = 30.0
STOP_LIMIT_S = 15.0
POLL_S = 0.1
REQUEST_TIMEOUT_S = 60.0


class NotStarted(Exception):
    """A process of the installation did not come up; the text is the end of its log."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """A Valkey and an API that runs at `api_url`; workers come and go with `worker`."""

    redis_url: str
    api_url: str
    environment: dict[str, str]

    @contextmanager
    def worker(self, slots: int = 1) -> Iterator[None]:
        """One worker that films up to `slots` jobs at once, ready when entered."""
        with _running(["worker", "--workers", str(slots)], self.environment) as (process, log):
            _await(process, log, lambda: "worker is ready" in log.read_text())
            yield

    def forget(self) -> None:
        """Drops every job and every ticket."""
        with Redis.from_url(self.redis_url) as redis:
            redis.flushall()


@contextmanager
def deployed(targets: Sequence[str]) -> Iterator[Deployment]:
    """Starts Valkey and API; `targets` may be private addresses. Raises NotStarted."""
    with embedded_valkey() as redis_url:
        port = _free_port()
        allowed = [os.environ.get("ALLOW_PRIVATE_HOSTS", ""), *(str(Endpoint.of(url)) for url in targets)]
        environment = {
            **os.environ,
            "REDIS_URL": redis_url,
            # One client asks as fast as it can.
            "RATE_LIMIT": "off",
            "MAX_QUEUE": "10000",
            "ALLOW_PRIVATE_HOSTS": ",".join(filter(None, allowed)),
        }
        api_url = f"http://127.0.0.1:{port}"
        with _running(["api", "--port", str(port)], environment) as (process, log):
            _await(process, log, lambda: _answers(api_url))
            yield Deployment(redis_url, api_url, environment)


def client_of(here: Deployment) -> httpx.Client:
    """A client of its API, which may be used by several threads."""
    return httpx.Client(base_url=here.api_url, timeout=REQUEST_TIMEOUT_S, trust_env=False)


def name_of(url: str) -> str:
    """A site's name in tables."""
    parts = urlsplit(url)
    return parts.netloc + parts.path.rstrip("/")


@contextmanager
def _running(
    arguments: list[str], environment: dict[str, str]
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """A `sitereel` process and its log file; stopped on leaving, as by an operator."""
    sitereel = Path(sys.executable).with_name("sitereel")
    with tempfile.TemporaryDirectory(prefix="bench-of-sitereel-") as folder:
        log = Path(folder) / "log"
        with log.open("wb") as out:
            process = subprocess.Popen([sitereel, *arguments], env=environment, stdout=out, stderr=out)
        try:
            yield process, log
        finally:
            process.terminate()
            try:
                process.wait(STOP_LIMIT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _await(process: subprocess.Popen[bytes], log: Path, ready: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + START_LIMIT_S
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline_s:
            raise NotStarted("\n".join(log.read_text().splitlines()[-5:]) or "it said nothing")
        time.sleep(POLL_S)


def _answers(api_url: str) -> bool:
    try:
        return httpx.get(f"{api_url}/health", trust_env=False).is_success
    except httpx.TransportError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
