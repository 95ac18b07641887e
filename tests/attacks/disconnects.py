"""`python -m tests.attacks.disconnects`: breaks off downloads at random and counts the films lost by it.

A film is lost when a client has not read all of it, and nobody can fetch it any more. Afterwards each film is
fetched whole and compared.
"""

import argparse
import asyncio
import hashlib
import http.client
import random
import socket
import struct
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from redis.exceptions import RedisError
from rich.table import Table

from actors.jobs.store import Store
from actors.settings import Settings
from tests.benchmark.console import screen
from tests.benchmark.deployment import deployed
from tests.support.jobs import ready

KIB = 1024
SIZES = (1, 300, 64 * KIB, 300 * KIB, 1024 * KIB, 3 * 1024 * KIB)
AT_ONCE = 8
#: As much as hosts take in for a program that does not read.
SLOW_BYTES = 192 * KIB
PIECE_BYTES = 16 * KIB
#: Longer than a lease: by then a download that broke off must have let go of its film.
SETTLE_S = 20.0

#: Closes as programs do; resets, as some do that are in a hurry; only says that it has said everything.
How = Literal["close", "reset", "half-close"]
#: Read everything, and closed; or broke off, and the film is there, or is not.
Outcome = Literal["complete", "kept", "lost", "spoilt"]


@dataclass(frozen=True, slots=True)
class Visit:
    """A client that reads so many bytes, the last SLOW_BYTES with pauses, and leaves after a while."""

    size_bytes: int
    read_bytes: int
    pause_s: float
    wait_s: float
    how: How

    @property
    def where(self) -> str:
        left = self.size_bytes - self.read_bytes
        if not left:
            return "after the last byte"
        if not self.read_bytes:
            return "after the headers"
        return "in the last 70 KB" if left <= 70 * KIB else "before that"


def visits(seed: int) -> Iterator[Visit]:
    """Random ones for ever, half of them near the end."""
    chance = random.Random(seed)
    while True:
        size = chance.choice(SIZES)
        left = min(
            size,
            chance.choice((0, 1, 2, chance.randrange(300), chance.randrange(70 * KIB), size, size, size)),
        )
        read = chance.randrange(size) if left == size and chance.random() < 0.8 else size - left
        pause_s = chance.choice((0, 0, chance.uniform(0, 0.15)))
        wait_s = chance.choice((0, 0, chance.uniform(0, 0.15)))
        yield Visit(size, read, pause_s, wait_s, chance.choice(("close", "close", "reset", "half-close")))


def leave(visit: Visit, address: str, job_id: str) -> int:
    """Bytes of the film that the client has read when it leaves."""
    parts = urlsplit(address)
    assert parts.hostname is not None
    with socket.create_connection((parts.hostname, parts.port or 80), timeout=60) as connection:
        head = f"GET /demo/export/{job_id} HTTP/1.1\r\nHost: localhost\r\n\r\n"
        connection.sendall(head.encode())
        got = b""
        while b"\r\n\r\n" not in got:
            got += connection.recv(1)
        assert got.startswith(b"HTTP/1.1 200"), got
        read = _read(connection, visit, 0, visit.read_bytes)
        time.sleep(visit.wait_s)
        if visit.how == "half-close":
            connection.shutdown(socket.SHUT_WR)
            read = _read(connection, visit, read, visit.size_bytes)
        if visit.how == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return read


def _read(connection: socket.socket, visit: Visit, read: int, most: int) -> int:
    """Bytes read in all, once there are `most` or no more come."""
    while read < most:
        try:
            piece = connection.recv(min(PIECE_BYTES, most - read))
        except ConnectionResetError:
            break
        if not piece:
            break
        read += len(piece)
        if visit.size_bytes - read < SLOW_BYTES:
            time.sleep(visit.pause_s)
    return read


def fetch(address: str, job_id: str) -> tuple[int, bytes]:
    """Status and body of a whole download, once nobody else has the film."""
    give_up_s = time.monotonic() + SETTLE_S
    while True:
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
        connection.request("GET", f"/demo/export/{job_id}")
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        if answer.status != 409 or time.monotonic() > give_up_s:
            return answer.status, body
        time.sleep(0.05)


def outcome(visit: Visit, film: bytes, address: str, job_id: str) -> Outcome:
    read = leave(visit, address, job_id)
    status, body = fetch(address, job_id)
    if status == 200:
        same = hashlib.sha256(body).digest() == hashlib.sha256(film).digest()
        gone = fetch(address, job_id)[0] == 410
        return "kept" if same and gone else "spoilt"
    return "complete" if read == visit.size_bytes and status == 410 else "lost"


def run(address: str, redis_url: str, times: int, seed: int) -> list[tuple[Visit, Outcome]]:
    """So many visits, some at once, each to a film of its own."""
    films = {size: random.Random(size).randbytes(size) for size in SIZES}
    chosen = [visit for visit, _ in zip(visits(seed), range(times), strict=False)]
    settings = Settings(redis_url=redis_url, max_queue=100_000)

    async def prepare(visit: Visit) -> str:
        async with Store.opened(redis_url, settings) as store:
            job_id = uuid.uuid4().hex
            await ready(store, films[visit.size_bytes], job_id)
            return job_id

    def one(visit: Visit) -> tuple[Visit, Outcome]:
        return visit, outcome(visit, films[visit.size_bytes], address, _patiently(lambda: prepare(visit)))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, chosen))


def _patiently(prepare: Callable[[], Coroutine[None, None, str]]) -> str:
    """A machine that has other things to do may keep its Redis waiting for longer than the store does."""
    for _ in range(10):
        with suppress(RedisError):
            return asyncio.run(prepare())
    return asyncio.run(prepare())


def table(results: list[tuple[Visit, Outcome]]) -> Table:
    drawn = Table("left", "by", "complete", "kept", "lost", "spoilt", title=f"{len(results)} downloads")
    rows = sorted({(visit.where, visit.how) for visit, _ in results})
    for where, how in rows:
        count = Counter(result for visit, result in results if (visit.where, visit.how) == (where, how))
        drawn.add_row(where, how, *(str(count[name]) for name in ("complete", "kept", "lost", "spoilt")))
    return drawn


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    began_s = time.monotonic()
    with deployed([]) as deployment:
        results = run(deployment.api_url, deployment.redis_url, options.times, options.seed)
    screen.print(table(results))
    for visit, result in results:
        if result in ("lost", "spoilt"):
            screen.print(f"{result}: {visit}")
    bad = sum(result in ("lost", "spoilt") for _, result in results)
    screen.print(f"{bad} films lost or spoilt, in {time.monotonic() - began_s:.0f} s")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
