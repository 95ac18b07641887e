"""One archive of a batch: nothing is lost when it breaks off, nothing is silently missing in it."""

import asyncio
import csv
import io
import json
import random
import socket
import struct
import zipfile
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from pydantic import SecretStr

from actors.batches.batch import Batch
from actors.batches.feeder import feed
from actors.batches.store import BatchStore
from actors.jobs.job import Job
from actors.jobs.keys import BATCH, JOB, Claim, film_key
from actors.jobs.states import Stage
from actors.jobs.store import Store
from actors.settings import Settings
from tests.actors.batches.support import TEMPLATE, batch_of, fail_next, film_next
from tests.conftest import Serve
from tests.demo_api.export.test_response import api_process
from tests.support.jobs import put

pytestmark = pytest.mark.anyio

KIB = 1024
HOSTS = ["1.1.1.1", "1.0.0.1", "8.8.8.8", "8.8.4.4", "9.9.9.9", "149.112.112.112"]
CHANCE = random.Random(16)
SIZES = (300, 64 * KIB, 256 * KIB, 700 * KIB, 1)
#: More than a server and its host take in for a client that does not read.
LARGE = bytes(12 << 20)
FILMS = [CHANCE.randbytes(size) for size in SIZES]


def send(queue: str, job_id: str) -> None:
    """Tickets are not what is tested here: the jobs are claimed by hand."""


@dataclass(frozen=True)
class Filmed:
    """A batch that has ended, and the jobs of its films in order."""

    batch: Batch
    jobs: Sequence[Job]

    @property
    def path(self) -> str:
        return f"/demo/batch/export/{self.batch.id}"


async def filmed(store: Store, films: Sequence[bytes] = FILMS, fails: int = 1, **more: Any) -> Filmed:
    """A batch with these films, and one item that has failed."""
    hosts = HOSTS[: len(films) + fails]
    batch = await batch_of(store, hosts, max_concurrency=len(hosts), **more)
    await feed(store, send)
    jobs = [await film_next(store, film) for film in films]
    for _ in range(fails):
        await fail_next(store)
    return Filmed(await BatchStore(store).find(batch.id), jobs)


@dataclass(frozen=True)
class Unpacked:
    """An archive as it is read."""

    films: dict[str, bytes]
    report: dict[str, Any]
    table: list[dict[str, str]]

    @property
    def left_out(self) -> dict[int, str]:
        return {one["item"]: one["left_out"] for one in self.report["items"] if one["left_out"]}


def unpacked(body: bytes) -> Unpacked:
    with zipfile.ZipFile(io.BytesIO(body)) as opened:
        assert opened.testzip() is None
        files = {name: opened.read(name) for name in opened.namelist()}
    report = json.loads(files.pop("report.json"))
    table = files.pop("report.csv").decode("utf-8-sig")
    return Unpacked(files, report, list(csv.DictReader(io.StringIO(table, newline=""))))


@pytest.fixture
async def client(settings: Settings, serve: Serve) -> AsyncIterator[httpx.AsyncClient]:
    # So that a large film is not in its host's buffers as soon as it is asked for.
    small = httpx.AsyncHTTPTransport(socket_options=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * KIB)])
    with serve(settings) as url:
        async with httpx.AsyncClient(base_url=url, timeout=30, transport=small) as opened:
            yield opened


async def got(client: httpx.AsyncClient, path: str) -> httpx.Response:
    """The response once no other download has the batch."""
    for _ in range(300):
        response = await client.get(path)
        if response.status_code != 409:
            break
        await asyncio.sleep(0.05)
    return response


async def test_an_archive_has_all_films_and_a_report_and_then_all_are_deleted(
    store: Store, client: httpx.AsyncClient
) -> None:
    found = await filmed(store)

    answer = await client.get(found.path)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    assert "content-length" not in answer.headers
    name = f'attachment; filename="sitereel-batch-{found.batch.id[:8]}.zip"'
    assert answer.headers["content-disposition"] == name
    archive = unpacked(answer.content)
    assert archive.films == {f"{number}.mp4": film for number, film in enumerate(FILMS, 1)}
    assert [one["file"] for one in archive.report["items"]] == [*archive.films, None]
    assert archive.left_out == {6: "not_completed"}
    assert [(row["file"], row["left_out"]) for row in archive.table][4:] == [
        ("5.mp4", ""),
        ("", "not_completed"),
    ]
    for job in found.jobs:
        gone = await client.get(f"/demo/status/{job.id}")
        assert (gone.status_code, gone.json()["code"]) == (410, "job_gone")
    status = (await client.get(f"/demo/batch/status/{found.batch.id}")).json()
    assert (status["counts"]["exported"], status["counts"]["completed"]) == (5, 5)
    again = await client.get(found.path)
    assert (again.status_code, again.json()["code"]) == (400, "nothing_to_export")
    assert (await client.head(found.path)).status_code == 400
    assert not await store.redis.exists(f"{BATCH}{found.batch.id}:export")


async def test_films_that_are_gone_or_taken_are_left_out_and_the_report_says_why(
    store: Store, client: httpx.AsyncClient
) -> None:
    found = await filmed(store)
    fetched, taken, lost, broken, whole = found.jobs
    assert (await client.get(f"/demo/export/{fetched.id}")).content == FILMS[0]
    assert await store.claim(taken.id, Stage.READY, Stage.EXPORTING)
    await store.redis.unlink(JOB + lost.id, film_key(lost.id))
    await store.redis.hdel(film_key(broken.id), "0")

    archive = unpacked((await client.get(found.path)).content)

    assert archive.films == {"5.mp4": FILMS[4]}
    assert archive.left_out == {
        1: "already_fetched",
        2: "being_downloaded",
        3: "film_missing",
        4: "film_missing",
        6: "not_completed",
    }
    assert (await store.find(taken.id)).stage is Stage.EXPORTING
    assert (await store.find(broken.id)).stage is Stage.READY
    assert (await client.get(f"/demo/status/{whole.id}")).status_code == 410


async def test_while_the_last_film_is_being_downloaded_there_is_a_conflict(
    store: Store, client: httpx.AsyncClient
) -> None:
    found = await filmed(store, FILMS[:1])
    assert await store.claim(found.jobs[0].id, Stage.READY, Stage.EXPORTING)

    answer = await client.get(found.path)

    assert (answer.status_code, answer.json()["code"]) == (409, "export_in_progress")
    assert (await client.head(found.path)).status_code == 200


async def test_films_of_one_name_are_told_apart(store: Store, client: httpx.AsyncClient) -> None:
    template = type(TEMPLATE)(TEMPLATE.exploration, TEMPLATE.film, url=TEMPLATE.url, name="Report")
    found = await filmed(store, FILMS[:3], template=template)

    archive = unpacked((await client.get(found.path)).content)

    assert list(archive.films) == ["Report-2.mp4", "Report-3.mp4", "Report-4.mp4"]


async def test_a_batch_that_goes_on_gives_what_is_ready_and_later_the_rest(
    store: Store, client: httpx.AsyncClient
) -> None:
    batch = await batch_of(store, HOSTS[:3], max_concurrency=3)
    path = f"/demo/batch/export/{batch.id}"
    empty = await client.get(path)
    assert (empty.status_code, empty.json()["job_status"]) == (400, "pending")
    await feed(store, send)
    for film in FILMS[:2]:
        await film_next(store, film)

    first = unpacked((await client.get(path)).content)
    await film_next(store, FILMS[2])
    second = unpacked((await client.get(path)).content)

    assert (list(first.films), first.left_out) == (["1.mp4", "2.mp4"], {3: "not_completed"})
    assert list(second.films) == ["3.mp4"]
    assert second.left_out == {1: "already_fetched", 2: "already_fetched"}


async def test_a_film_that_is_finished_while_the_archive_is_sent_is_told_of(
    store: Store, client: httpx.AsyncClient
) -> None:
    batch = await batch_of(store, HOSTS[:3], max_concurrency=3)
    await feed(store, send)
    first = await store.claim_next(Stage.QUEUED, Stage.EXPLORING)  # the item that is passed by
    assert first is not None
    await film_next(store, LARGE)

    received: list[bytes] = []
    async with client.stream("GET", f"/demo/batch/export/{batch.id}") as answer:
        async for piece in answer.aiter_raw():
            if not received:
                await _complete(store, first)
            received.append(piece)

    archive = unpacked(b"".join(received))
    assert list(archive.films) == ["2.mp4"]
    assert archive.left_out == {1: "completed_meanwhile", 3: "not_completed"}


async def _complete(store: Store, claim: Claim) -> None:
    """Ends the take of a job that was claimed to be filmed."""
    await store.transition(claim, Stage.RECORDED, {})
    encoding = await store.claim(claim.job_id, Stage.RECORDED, Stage.ENCODING)
    assert encoding is not None
    await put(store, encoding.film_key, FILMS[0])
    await store.transition(encoding, Stage.READY, {}, publish=encoding.film_key, keep=[])


async def test_of_two_at_once_one_gets_the_films(store: Store, client: httpx.AsyncClient) -> None:
    found = await filmed(store)

    answers = await asyncio.gather(*(client.get(found.path) for _ in range(8)))

    statuses = [answer.status_code for answer in answers]
    assert statuses.count(200) == 1
    assert set(statuses) <= {200, 400, 409}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {
        "export_in_progress"
    }
    assert len(unpacked(next(a for a in answers if a.status_code == 200).content).films) == 5


async def test_while_an_archive_is_sent_its_films_are_nobody_elses(
    store: Store, client: httpx.AsyncClient
) -> None:
    found = await filmed(store, [LARGE, FILMS[0]])
    received = bytearray()
    async with client.stream("GET", found.path) as answer:
        async for piece in answer.aiter_raw():
            if not received:
                begun = await client.get(f"/demo/export/{found.jobs[0].id}")
                assert (begun.status_code, begun.json()["code"]) == (409, "export_in_progress")
                second = await client.get(found.path)
                assert (second.status_code, second.json()["code"]) == (409, "export_in_progress")
                # One that is not begun yet is still anybody's.
                assert (await client.get(f"/demo/export/{found.jobs[1].id}")).content == FILMS[0]
            received += piece

    archive = unpacked(bytes(received))
    assert list(archive.films) == ["1.mp4"]
    assert archive.left_out[2] == "already_fetched"


async def test_head_and_link_previews_use_nothing_up(store: Store, client: httpx.AsyncClient) -> None:
    found = await filmed(store, FILMS[:2])

    looked = await client.head(found.path)
    assert (looked.status_code, looked.headers["content-type"], looked.content) == (
        200,
        "application/zip",
        b"",
    )
    for headers in ({"sec-purpose": "prefetch"}, {"user-agent": "Slackbot-LinkExpanding 1.0"}):
        refused = await client.get(found.path, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "preview_refused")
    assert len(unpacked((await client.get(found.path)).content).films) == 2


async def test_a_batchs_key_opens_its_report_and_its_films(
    store: Store, settings: Settings, serve: Serve
) -> None:
    found = await filmed(store, FILMS[:1])
    locked = settings.model_copy(update={"api_token": SecretStr("a token that is long")})
    with serve(locked) as url:
        async with httpx.AsyncClient(base_url=url) as client:
            for name in ("report", "export"):
                path = f"/demo/batch/{name}/{found.batch.id}"
                assert (await client.get(path)).status_code == 401
                assert (await client.get(f"{path}?key=wrong")).status_code == 401
                assert (await client.get(f"{path}?key={found.batch.secret}")).status_code == 200


ALL_BUT_ONE, STILL_S = 1 << 60, 0.3


def _leave(address: str, path: str, read_bytes: int, *, reset: bool) -> None:
    """Begins a download as soon as nobody else has it, reads so much as comes over the wire, and leaves."""
    parts = urlsplit(address)
    assert parts.hostname is not None
    status = b"409"
    while status == b"409":
        with socket.create_connection((parts.hostname, parts.port or 80), timeout=30) as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            received = b""
            while b"\r\n\r\n" not in received:
                received += connection.recv(1)
            status, read = received.split()[1], 0
            if status == b"409":
                continue
            # Once nothing more comes, only the last byte is left.
            connection.settimeout(STILL_S if read_bytes == ALL_BUT_ONE else None)
            with suppress(TimeoutError):
                while read < read_bytes and (piece := connection.recv(min(65536, read_bytes - read))):
                    read += len(piece)
            if reset:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert status == b"200"


async def test_an_archive_that_breaks_off_anywhere_loses_nothing(
    store: Store, settings: Settings, serve: Serve
) -> None:
    # Client threads that share this process's time with the server may take long to leave.
    with serve(settings.model_copy(update={"export_grace_s": 1.0})) as address:
        async with httpx.AsyncClient(base_url=address, timeout=30) as client:
            found = await filmed(store)
            total = sum(SIZES)
            places = [0, 1, total, *(CHANCE.randrange(total) for _ in range(4)), total + 2000]
            places += [ALL_BUT_ONE, ALL_BUT_ONE]
            for number, place in enumerate(places):
                await asyncio.to_thread(_leave, address, found.path, place, reset=number % 2 == 0)
            archive = unpacked((await got(client, found.path)).content)

    assert list(archive.films.values()) == FILMS
    assert archive.left_out == {6: "not_completed"}


@pytest.mark.thorough
async def test_after_an_api_is_killed_in_mid_stream_all_films_can_be_exported_again(
    store: Store, settings: Settings, serve: Serve
) -> None:
    found = await filmed(store, [FILMS[0], LARGE, FILMS[1]])
    # Watchdogs go round every second; a lease must be longer than that by far.
    settings = settings.model_copy(update={"lease_s": 4.0})
    with (
        serve(settings) as address,
        api_process(settings) as (process, other),
        httpx.Client(base_url=other, timeout=30) as doomed,
    ):
        with suppress(httpx.TransportError), doomed.stream("GET", found.path) as answer:
            for piece in answer.iter_raw():
                assert piece
                process.kill()
                process.wait()
        async with httpx.AsyncClient(base_url=address, timeout=30) as client:
            archive = unpacked((await got(client, found.path)).content)

    assert list(archive.films.values()) == [FILMS[0], LARGE, FILMS[1]]


async def test_after_a_download_that_broke_off_films_live_as_long_as_their_batch(
    store: Store, settings: Settings, serve: Serve
) -> None:
    lasting = settings.model_copy(update={"job_ttl_s": 60, "batch_ttl_s": 5000})
    long = Store(store.redis, lasting)
    found = await filmed(long, FILMS[:2])
    with serve(lasting) as address:
        await asyncio.to_thread(_leave, address, found.path, 100, reset=True)
        for _ in range(300):
            if (await store.find(found.jobs[0].id)).stage is Stage.READY:
                break
            await asyncio.sleep(0.02)

    for job in found.jobs:
        for key in (JOB + job.id, film_key(job.id)):
            assert await store.redis.ttl(key) > 4000, key
    assert not await store.redis.exists(f"{BATCH}{found.batch.id}:export")


async def test_a_batch_does_not_expire_while_it_is_downloaded(store: Store) -> None:
    found, batches = await filmed(store, FILMS[:2]), BatchStore(store)
    keys = [BATCH + found.batch.id, JOB + found.jobs[1].id, film_key(found.jobs[1].id)]
    for key in keys:
        await store.redis.expire(key, 5)

    assert await batches.lease_export(found.batch.id, "claim", "a")
    assert not await batches.lease_export(found.batch.id, "claim", "b")
    for key in keys:
        assert await store.redis.ttl(key) > 5
    assert not await batches.lease_export(found.batch.id, "release", "b")
    assert await batches.lease_export(found.batch.id, "release", "a")
    assert not await batches.lease_export(found.batch.id, "renew", "a")
