"""`python -m tests.benchmark.export_memory`: how much memory the API needs to send 1, 20 and 200 MB."""

import asyncio
import hashlib
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx
import psutil
from rich.table import Table

from actors.jobs.store import Store
from actors.settings import Settings
from tests.benchmark.console import screen
from tests.benchmark.deployment import deployed
from tests.support.jobs import ready

MB = 1_000_000
SIZES_MB = (1, 20, 200)
#: What a film of 200 MB may cost beyond one of 1 MB.
MOST_MB = 16


@contextmanager
def peak_of(process: psutil.Process) -> Iterator[list[int]]:
    """The most resident bytes that were seen, as the only entry of a list."""
    peak, over = [process.memory_info().rss], threading.Event()

    def watch() -> None:
        while not over.wait(0.005):
            peak[0] = max(peak[0], process.memory_info().rss)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield peak
    finally:
        over.set()
        watching.join()


def server_of(address: str) -> psutil.Process:
    """The child of ours that listens there."""
    port = urlsplit(address).port
    for child in psutil.Process().children(recursive=True):
        if any(at.laddr and at.laddr.port == port for at in child.net_connections("tcp")):
            return child
    raise AssertionError(f"none of our processes listens on {address}")


def measure(address: str, redis_url: str, size_mb: int) -> tuple[float, float]:
    """Seconds that a film takes to leave, and the most MB that the API has meanwhile."""
    film = bytes(size_mb * MB)

    async def prepare() -> None:
        async with Store.opened(redis_url, Settings(redis_url=redis_url)) as store:
            await ready(store, film, f"film{size_mb}")

    asyncio.run(prepare())
    got, began_s = hashlib.sha256(), time.monotonic()
    with (
        peak_of(server_of(address)) as peak,
        httpx.stream("GET", f"{address}/demo/export/film{size_mb}", timeout=60, trust_env=False) as answer,
    ):
        for piece in answer.iter_raw():
            got.update(piece)
    assert got.digest() == hashlib.sha256(film).digest(), "the film arrived spoilt"
    return time.monotonic() - began_s, peak[0] / MB


def main() -> int:
    drawn = Table("film, MB", "seconds", "most memory of the API, MB", title="Exports")
    most_mb = []
    with deployed([]) as deployment:
        for size_mb in SIZES_MB:
            seconds, peak_mb = measure(deployment.api_url, deployment.redis_url, size_mb)
            most_mb.append(peak_mb)
            drawn.add_row(str(size_mb), f"{seconds:.1f}", f"{peak_mb:.1f}")
    screen.print(drawn)
    return int(most_mb[-1] - most_mb[0] > MOST_MB)


if __name__ == "__main__":
    sys.exit(main())
