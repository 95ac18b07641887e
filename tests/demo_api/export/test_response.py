import asyncio
import hashlib
import json
import os
import random
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from typing import Any, cast
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from actors.jobs.keys import GONE, LEADER, SEEN, TOTALS, film_key
from actors.jobs.states import Stage
from actors.jobs.store import GONE_TTL_S, Store
from actors.settings import Settings
from demo_api.export.link_previews import is_link_preview
from tests.attacks.disconnects import run
from tests.conftest import Serve
from tests.support.jobs import ready
from video.style import Format, Style

pytestmark = pytest.mark.anyio

REMEMBERED = {key.encode() for key in (GONE, LEADER, SEEN, TOTALS)}
FILM = random.Random(7).randbytes(3 * 256 * 1024 + 17)


@pytest.fixture
async def address(settings: Settings, serve: Serve) -> AsyncIterator[str]:
    with serve(settings) as url:
        yield url


async def is_kept(store: Store) -> bool:
    """Waits until the server has noticed the end; whether the film can be exported again."""
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


async def test_after_the_last_byte_the_job_is_deleted(store: Store, address: str) -> None:
    await ready(store, FILM)
    async with httpx.AsyncClient(base_url=address) as client:
        await client.get("/demo/export/j1")

        for name in ("export", "status", "poster"):
            answer = await client.get(f"/demo/{name}/j1")
            assert (answer.status_code, answer.json()["code"]) == (410, "job_gone")
        # What is remembered of it is its id, for a while
        assert set(await cast(Any, store.redis.keys("demo:*"))) <= REMEMBERED
        assert 0 < await store.redis.ttl(GONE) <= GONE_TTL_S

        await store.redis.delete(GONE)
        assert (await client.get("/demo/export/j1")).status_code == 404


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


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-purpose": "prefetch;prerender"},
        {"purpose": "prefetch"},
        {"x-purpose": "preview"},
        {"x-moz": "prefetch"},
        {"user-agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"},
        {"user-agent": "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)"},
        {"user-agent": "facebookexternalhit/1.1"},
        {"user-agent": "WhatsApp/2.23.20.0"},
        {"user-agent": "TelegramBot (like TwitterBot)"},
        {"user-agent": "LinkedInBot/1.0 (compatible; Mozilla/5.0)"},
        {"user-agent": "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5"},
        {"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
    ],
)
async def test_previews_and_prefetches_do_not_use_the_film_up(
    headers: dict[str, str], store: Store, address: str
) -> None:
    await ready(store, FILM)
    async with httpx.AsyncClient(base_url=address) as client:
        answer = await client.get("/demo/export/j1", headers=headers)

        assert (answer.status_code, answer.json()["code"]) == (403, "preview_refused")
        assert (await client.get("/demo/export/j1")).content == FILM


@pytest.mark.parametrize(
    "agent",
    [
        "curl/8.5.0",
        "Wget/1.21.4",
        "python-requests/2.32",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36",
        "Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) AppleWebKit/605.1.15 [FBAN/FBIOS;FBAV/440.0]",
        "",
    ],
)
def test_a_download_is_no_link_preview(agent: str) -> None:
    assert not is_link_preview({"user-agent": agent, "sec-fetch-mode": "navigate"})


async def test_asked_for_a_part_the_whole_film_is_sent(store: Store, address: str) -> None:
    await ready(store, FILM)
    async with httpx.AsyncClient(base_url=address) as client:
        answer = await client.get("/demo/export/j1", headers={"range": "bytes=100-199"})

    assert answer.status_code == 200
    assert answer.headers["accept-ranges"] == "none"
    assert answer.content == FILM


async def test_a_completed_job_without_its_film_is_404(store: Store, address: str) -> None:
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
    assert set(statuses) <= {200, 409, 410}
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
        connection.sendall(b"GET /demo/export/j1 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        got = b""
        while b"\r\n\r\n" not in got:
            got += connection.recv(1000)
        body = len(got.partition(b"\r\n\r\n")[2])
        while body < read_bytes:
            body += len(connection.recv(min(65536, read_bytes - body)))


async def test_random_disconnects_lose_no_film(settings: Settings, serve: Serve) -> None:
    assert settings.redis is not None
    # Client threads that share this process's time with the server may take long to leave.
    with serve(settings.model_copy(update={"export_grace_s": 2.0})) as address:
        results = await asyncio.to_thread(run, address, settings.redis, 16, 3)

    assert {result for _, result in results} == {"complete", "kept"}


async def test_a_client_that_closes_with_the_last_byte_has_had_the_film(store: Store, address: str) -> None:
    await ready(store, FILM)

    await asyncio.to_thread(_break_off, address, len(FILM))

    assert not await is_kept(store)


async def test_after_an_api_is_killed_in_mid_stream_the_film_can_be_exported_again(
    store: Store, settings: Settings, serve: Serve
) -> None:
    film = FILM * 16
    await ready(store, film)
    # Watchdogs go round every second; a lease must be longer than that by far.
    settings = settings.model_copy(update={"lease_s": 4.0})
    with (
        serve(settings) as address,
        api_process(settings) as (process, other),
        httpx.Client(base_url=other, timeout=30) as client,
    ):
        with suppress(httpx.TransportError), client.stream("GET", "/demo/export/j1") as answer:
            for piece in answer.iter_raw():
                if process.poll() is None:
                    process.kill()
                    process.wait()
                assert piece

        async with httpx.AsyncClient(base_url=address, timeout=30) as again:
            while (answered := await again.get("/demo/export/j1")).status_code == 409:
                await asyncio.sleep(0.1)
        assert answered.content == film


@contextmanager
def api_process(settings: Settings) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Runs an API in a process that can be killed."""
    assert settings.redis is not None
    command = [sys.executable, "-c", "from demo_api.cli.main import main; main()", "api", "--port", "0"]
    environment = {**os.environ, "REDIS_URL": settings.redis, "LEASE_S": str(settings.lease_s)}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        # In JSON, as stderr is no terminal
        said = json.loads(process.stderr.readline())["message"]
        yield process, said.rpartition(" ")[2]
    finally:
        process.kill()
        process.wait()


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
        assert (await client.get("/demo/export/j1")).status_code == 410


async def _counted(pieces: AsyncIterator[bytes]) -> AsyncIterator[tuple[int, bytes]]:
    number = 0
    async for piece in pieces:
        yield number, piece
        number += 1


@pytest.mark.thorough
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
