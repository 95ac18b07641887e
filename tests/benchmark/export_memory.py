"""`python -m tests.benchmark.export_memory`: how much memory the API needs to send 1, 20 and 200 MB.

As one film, and as the films of one batch in an archive, 10 MB each.
"""

import asyncio
import sys
import threading
import time
import zipfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO
from urllib.parse import urlsplit

import httpx
import psutil
from rich.table import Table

from actors.batches.feeder import feed
from actors.jobs.store import Store
from actors.settings import Settings
from tests.actors.batches.support import batch_of, film_next
from tests.benchmark.console import screen
from tests.benchmark.deployment import deployed
from tests.support.jobs import ready

MB = 1_000_000
SIZES_MB = (1, 20, 200)
FILM_MB = 10
#: What 200 MB may cost beyond 1 MB.
MOST_MB = 16

Prepare = Callable[[Store, int], Awaitable[str]]


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


async def prepare_film(store: Store, size_mb: int) -> str:
    """Stores one film; gives the path of its export."""
    await ready(store, bytes(size_mb * MB), f"film{size_mb}")
    return f"/demo/export/film{size_mb}"


async def prepare_batch(store: Store, size_mb: int) -> str:
    """Stores a batch of films, each on a host of its own; gives the path of its export."""
    films = -(-size_mb // FILM_MB)
    batch = await batch_of(store, [f"1.1.{size_mb}.{number}" for number in range(films)], max_concurrency=50)
    await feed(store, lambda queue, job_id: None)
    for _ in range(films):
        await film_next(store, bytes(size_mb * MB // films))
    return f"/demo/batch/export/{batch.id}"


def measure(address: str, redis_url: str, prepare: Prepare, size_mb: int) -> tuple[float, float]:
    """Seconds that a download takes to leave, and the most MB that the API has meanwhile."""

    async def prepared() -> str:
        async with Store.opened(redis_url, Settings(redis_url=redis_url)) as store:
            return await prepare(store, size_mb)

    path = asyncio.run(prepared())
    began_s = time.monotonic()
    with (
        TemporaryFile() as received,
        peak_of(server_of(address)) as peak,
        httpx.stream("GET", address + path, timeout=60, trust_env=False) as answer,
    ):
        answer.raise_for_status()
        for piece in answer.iter_raw():
            received.write(piece)
        took_s = time.monotonic() - began_s
        assert bytes_of(received) == size_mb * MB, "not everything has arrived"
    return took_s, peak[0] / MB


def bytes_of(received: IO[bytes]) -> int:
    """How large the films are, which are intact: one film of zeros, or an archive of some."""
    received.seek(0)
    if not zipfile.is_zipfile(received):
        received.seek(0)
        pieces = iter(lambda: received.read(MB), b"")
        return sum(len(piece) for piece in pieces if not any(piece))
    with zipfile.ZipFile(received) as archive:
        assert archive.testzip() is None, "the archive arrived spoilt"
        return sum(entry.file_size for entry in archive.infolist() if entry.filename.endswith(".mp4"))


def main() -> int:
    drawn = Table("what", "MB", "seconds", "most memory of the API, MB", title="Exports")
    grown_mb = []
    with deployed([]) as deployment:
        for what, prepare in (("film", prepare_film), ("batch", prepare_batch)):
            most_mb = []
            for size_mb in SIZES_MB:
                seconds, peak_mb = measure(deployment.api_url, deployment.redis_url, prepare, size_mb)
                most_mb.append(peak_mb)
                drawn.add_row(what, str(size_mb), f"{seconds:.1f}", f"{peak_mb:.1f}")
            grown_mb.append(most_mb[-1] - most_mb[0])
    screen.print(drawn)
    return int(max(grown_mb) > MOST_MB)


if __name__ == "__main__":
    sys.exit(main())
