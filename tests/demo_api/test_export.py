import asyncio
import hashlib
import random
import socket
from collections.abc import AsyncIterator
from typing import Any, cast
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from actors.job import Stage
from actors.settings import Settings
from actors.store import Store, film_key
from tests.conftest import Serve
from tests.jobs import ready
from video.style import Format, Style

pytestmark = pytest.mark.anyio

FILM = random.Random(7).randbytes(3 * 256 * 1024 + 17)


@pytest.fixture
async def address(settings: Settings, serve: Serve) -> AsyncIterator[str]:
    with serve(settings) as url:
        yield url


async def is_kept(store: Store) -> bool:
    """Waits a moment for the server to notice, then says whether the film can be fetched again."""
    for _ in range(300):
        job = await store.get("j1")
        if job is None:
            return False
        if job.stage is Stage.READY:
            return True
        await asyncio.sleep(0.02)
    return False


async def test_a_film_arrives_whole_with_its_length_and_a_name(store: Store, address: str) -> None:
    await ready(store, FILM)

    answer = await asyncio.to_thread(httpx.get, f"{address}/demo/export/j1")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["content-length"] == str(len(FILM))
    assert answer.headers["content-disposition"] == 'attachment; filename="sitereel-j1.mp4"'
    assert answer.content == FILM


@pytest.mark.parametrize(
    ("kind", "media_type"), [("mp4", "video/mp4"), ("webm", "video/webm"), ("gif", "image/gif")]
)
async def test_every_format_has_its_own_type_and_ending(
    kind: Format, media_type: str, store: Store, address: str
) -> None:
    await ready(store, FILM, style=Style(format=kind))
    async with httpx.AsyncClient(base_url=address) as client:
        for answer in (await client.head("/demo/export/j1"), await client.get("/demo/export/j1")):
            assert answer.headers["content-type"] == media_type
            assert answer.headers["content-disposition"] == f'attachment; filename="sitereel-j1.{kind}"'


async def test_after_the_last_byte_nothing_of_the_job_is_left(store: Store, address: str) -> None:
    await ready(store, FILM)
    async with httpx.AsyncClient(base_url=address) as client:
        await client.get("/demo/export/j1")

        assert (await client.get("/demo/export/j1")).status_code == 404
        assert (await client.get("/demo/status/j1")).status_code == 404
    left = await cast(Any, store.redis.keys("demo:*"))
    assert set(left) <= {b"demo:watchdog"}


@pytest.mark.parametrize("size", [1, 2, 256 * 1024, 256 * 1024 + 1])
async def test_films_of_every_size_arrive_exactly(size: int, store: Store, address: str) -> None:
    await ready(store, FILM[:size])

    async with httpx.AsyncClient(base_url=address) as client:
        assert (await client.get("/demo/export/j1")).content == FILM[:size]


async def test_looking_with_head_does_not_use_the_film_up(store: Store, address: str) -> None:
    await ready(store, FILM)
    async with httpx.AsyncClient(base_url=address) as client:
        for _ in range(3):
            looked = await client.head("/demo/export/j1")
            assert looked.status_code == 200
            assert looked.headers["content-length"] == str(len(FILM))
            assert looked.content == b""

        assert (await client.get("/demo/export/j1")).content == FILM


async def test_a_completed_job_whose_film_is_gone_is_404(store: Store, address: str) -> None:
    await ready(store, FILM)
    await store.redis.delete(film_key("j1"))

    async with httpx.AsyncClient(base_url=address) as client:
        answer = await client.get("/demo/export/j1")

    assert answer.status_code == 404
    assert answer.json()["code"] == "film_missing"


async def test_of_twenty_at_once_one_gets_the_film(store: Store, address: str) -> None:
    await ready(store, FILM)
    async with httpx.AsyncClient(base_url=address, timeout=30) as client:
        answers = await asyncio.gather(*(client.get("/demo/export/j1") for _ in range(20)))

    statuses = sorted(answer.status_code for answer in answers)
    assert statuses.count(200) == 1
    # The rest came too early or, on a slow machine, after it was over.
    assert set(statuses) <= {200, 404, 409}
    assert next(a for a in answers if a.status_code == 200).content == FILM


@pytest.mark.parametrize("read_bytes", [0, 1, 1000, 200_000, len(FILM) - 1])
async def test_a_client_that_breaks_off_loses_nothing(read_bytes: int, store: Store, address: str) -> None:
    await ready(store, FILM)

    await asyncio.to_thread(_break_off, address, read_bytes)

    assert await is_kept(store)
    async with httpx.AsyncClient(base_url=address) as client:
        assert (await client.get("/demo/export/j1")).content == FILM


def _break_off(address: str, read_bytes: int) -> None:
    """Reads the headers and so much of the film, then closes without reading the rest."""
    parts = urlsplit(address)
    assert parts.hostname is not None
    with socket.create_connection((parts.hostname, parts.port or 80)) as connection:
        connection.sendall(b"GET /demo/export/j1 HTTP/1.1\r\nHost: x\r\n\r\n")
        got = b""
        while b"\r\n\r\n" not in got:
            got += connection.recv(1000)
        body = len(got.partition(b"\r\n\r\n")[2])
        while body < read_bytes:
            body += len(connection.recv(min(65536, read_bytes - body)))


async def test_a_slow_client_keeps_its_claim(store: Store, settings: Settings, address: str) -> None:
    await ready(store, FILM * 8)
    got = hashlib.sha256()

    async with httpx.AsyncClient(base_url=address, timeout=30) as client:
        async with client.stream("GET", "/demo/export/j1") as answer:
            async for number, piece in _counted(answer.aiter_raw()):
                got.update(piece)
                if number < 3:
                    # Three pauses take longer than the lease.
                    await asyncio.sleep(settings.lease_s / 2)
        assert got.digest() == hashlib.sha256(FILM * 8).digest()
        assert (await client.get("/demo/export/j1")).status_code == 404


async def _counted(pieces: AsyncIterator[bytes]) -> AsyncIterator[tuple[int, bytes]]:
    number = 0
    async for piece in pieces:
        yield number, piece
        number += 1


async def test_a_large_film_is_streamed_in_little_memory(store: Store, address: str) -> None:
    size = 64 << 20
    await ready(store, bytes(size))
    before = psutil.Process().memory_info().rss

    received, peak = 0, before
    async with (
        httpx.AsyncClient(base_url=address, timeout=60) as client,
        client.stream("GET", "/demo/export/j1") as answer,
    ):
        async for piece in answer.aiter_raw():
            received += len(piece)
            peak = max(peak, psutil.Process().memory_info().rss)

    assert received == size
    assert peak - before < size / 4
