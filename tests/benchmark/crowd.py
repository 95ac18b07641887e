"""A crowd at one API process: some watch live events, some ask for the status, while films are made."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

#: An event is late when it arrives so much later than Redis has taken it in.
LATE_MS = 1_000.0
POLL_S = 1.0
LINE_BYTES = 1 << 20
CONNECT_PAUSE_S = 0.005


@dataclass(slots=True)
class Crowd:
    """What all of them saw. `lags_ms` are of events whose watcher was there when they happened."""

    lags_ms: list[float] = field(default_factory=list)
    status_ms: list[float] = field(default_factory=list)
    #: For each watcher: the ids it was given, how many pictures, and whether the stream came to its end.
    ids: list[list[str]] = field(default_factory=list)
    frames: list[int] = field(default_factory=list)
    ended: int = 0

    @property
    def missed(self) -> int:
        """Events that some watcher was not given, or twice, compared with the one who saw most of its job."""
        told: dict[str, set[str]] = {}
        for ids in self.ids:
            if ids:
                told.setdefault(ids[0], set()).update(ids)
        return sum(abs(len(told[ids[0]]) - len(ids)) if ids else 1 for ids in self.ids)

    @property
    def late(self) -> int:
        return sum(lag_ms > LATE_MS for lag_ms in self.lags_ms)


async def gather_crowd(api_url: str, jobs: list[str], watchers: int, pollers: int) -> Crowd:
    """Watches and asks until all jobs have ended."""
    crowd, over = Crowd(), asyncio.Event()
    host, port = urlsplit(api_url).hostname or "", urlsplit(api_url).port or 80
    watching = await _spread(
        watchers, lambda number: _watch(host, port, jobs[number % len(jobs)], crowd), CONNECT_PAUSE_S
    )
    polling = await _spread(
        pollers,
        lambda number: _poll(host, port, jobs[number % len(jobs)], crowd, over),
        POLL_S / max(1, pollers),
    )
    await asyncio.gather(*watching)
    over.set()
    await asyncio.gather(*polling)
    return crowd


async def _spread(
    count: int, start: Callable[[int], Coroutine[Any, Any, None]], pause_s: float
) -> list[asyncio.Task[None]]:
    """As many as that, not all in the same moment."""
    tasks = []
    for number in range(count):
        tasks.append(asyncio.create_task(start(number)))
        await asyncio.sleep(pause_s)
    return tasks


async def _open(host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection(host, port, limit=LINE_BYTES)


async def _watch(host: str, port: int, job_id: str, crowd: Crowd) -> None:
    reader, writer = await _open(host, port)
    here_ms, ids, frames = time.time() * 1000, [], 0
    try:
        writer.write(f"GET /demo/events/{job_id} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        # The API sends whole events in each chunk, so lines are whole as well.
        while line := await reader.readline():
            now_ms = time.time() * 1000
            if line.startswith(b"id: "):
                ids.append(line[4:].decode().strip())
                told_ms = int(ids[-1].partition("-")[0])
                if told_ms > here_ms:
                    crowd.lags_ms.append(now_ms - told_ms)
            elif line == b"event: frame\n":
                frames += 1
            elif line == b"event: done\n":
                crowd.ended += 1
                break
    finally:
        writer.close()
        crowd.ids.append(ids)
        crowd.frames.append(frames)


async def _poll(host: str, port: int, job_id: str, crowd: Crowd, over: asyncio.Event) -> None:
    reader, writer = await _open(host, port)
    try:
        while not over.is_set():
            began_s = time.perf_counter()
            await _status(reader, writer, f"{host}:{port}", job_id)
            crowd.status_ms.append((time.perf_counter() - began_s) * 1000)
            await _sleep_unless(over.wait(), POLL_S)
    finally:
        writer.close()


async def _sleep_unless(event: Awaitable[object], limit_s: float) -> None:
    try:
        await asyncio.wait_for(event, limit_s)
    except TimeoutError:
        return


async def _status(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, job_id: str
) -> dict[str, Any]:
    """The status of a job over a connection that is kept."""
    writer.write(f"GET /demo/status/{job_id} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    size_bytes = int(head.partition("content-length:")[2].partition("\r\n")[0])
    body: dict[str, Any] = json.loads(await reader.readexactly(size_bytes))
    assert head.startswith("http/1.1 200"), body
    return body
