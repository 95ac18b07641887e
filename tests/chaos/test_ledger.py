"""What the ledger reads from Valkey's own file, and that it notices what must not happen."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from actors.jobs.states import Stage
from actors.jobs.store import Store
from actors.settings import Settings
from tests.chaos.aof import AppendOnlyFile, Transaction
from tests.chaos.ledger import Happened, History, Ledger, doubles
from tests.support.jobs import queued, ready

pytestmark = pytest.mark.anyio

TWO = b"*1\r\n$5\r\nMULTI\r\n*2\r\n$3\r\nDEL\r\n$1\r\na\r\n*2\r\n$3\r\nDEL\r\n$1\r\nb\r\n*1\r\n$4\r\nEXEC\r\n"
ONE = b"*2\r\n$3\r\nDEL\r\n$1\r\nc\r\n"


@pytest.fixture
def redis_url(own_redis_url: str) -> str:
    """Of a Valkey whose append-only file has nothing of other tests."""
    return own_redis_url


@pytest.fixture
def ledger(settings: Settings) -> Ledger:
    assert settings.redis is not None
    return Ledger(Path(settings.redis.removeprefix("unix://")).parent / "appendonlydir")


async def until(ledger: Ledger, arrived: Callable[[History], bool]) -> History:
    """Valkey may answer up to 2 s before it writes: https://valkey.io/topics/persistence/"""
    async with asyncio.timeout(5):
        while not (ledger.jobs.get("j1") and arrived(ledger.jobs["j1"])):
            ledger.read()
            await asyncio.sleep(0.01)
    return ledger.jobs["j1"]


def created(job_id: bytes, url: bytes) -> Transaction:
    job = (b"stage", b"queued", b"status", b"pending", b"url", url)
    return ((b"HSET", b"demo:job:" + job_id, b"created_ms", b"1", b"updated_ms", b"1", *job),)


def moved(job_id: bytes, stage: bytes, status: bytes, *more: bytes) -> Transaction:
    fields = (b"stage", stage, b"status", status, b"updated_ms", b"2", *more)
    return ((b"HSET", b"demo:job:" + job_id, *fields),)


async def test_a_job_is_followed_from_its_creation_to_its_export(ledger: Ledger, store: Store) -> None:
    await ready(store, b"a film")
    claim = await store.claim("j1", Stage.READY, Stage.EXPORTING)
    assert claim is not None
    await store.finish(claim)

    job = await until(ledger, lambda job: bool(job.count(Happened.GONE)))
    assert [(event.what, event.stage, event.claim) for event in job.events] == [
        (Happened.CREATED, "queued", 0),
        (Happened.CLAIMED, "exploring", 1),
        (Happened.MOVED, "recorded", 1),
        (Happened.CLAIMED, "encoding", 2),
        (Happened.PUBLISHED, "encoding", 2),
        (Happened.MOVED, "ready", 2),
        (Happened.CLAIMED, "exporting", 3),
        (Happened.GONE, "exporting", 3),
    ]
    assert doubles([job]) == []


async def test_a_job_that_is_taken_back_has_lost_an_attempt(ledger: Ledger, store: Store) -> None:
    await queued(store)
    claim = await store.claim("j1", Stage.QUEUED, Stage.EXPLORING)
    assert claim is not None
    await until(ledger, lambda job: job.running)

    await store.transition(claim, Stage.QUEUED, {})

    job = await until(ledger, lambda job: not job.running)
    assert [event.what for event in job.after(1)] == [Happened.BACK]


def test_a_film_that_is_published_twice_is_noticed() -> None:
    ledger = Ledger(Path())
    ledger.take(created(b"j1", b"u1"))
    for number in (b"1", b"2"):
        ledger.take(moved(b"j1", b"encoding", b"processing", b"token", number))
        ledger.take(
            (
                (b"RENAME", b"demo:film:j1:" + number, b"demo:film:j1"),
                *moved(b"j1", b"ready", b"completed"),
            )
        )

    assert len(doubles(list(ledger.jobs.values()))) == 2


def test_a_request_that_made_two_jobs_is_noticed() -> None:
    ledger = Ledger(Path())
    for job_id, url in ((b"j1", b"u1"), (b"j2", b"u2"), (b"j3", b"u1")):
        ledger.take(created(job_id, url))

    assert doubles(list(ledger.jobs.values())) == ["one request made 2 jobs: j1, j3"]


def test_what_is_written_half_is_read_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "appendonly.aof.1.incr.aof"
    file = AppendOnlyFile(tmp_path)
    for end in (0, 20, len(TWO) - 1):
        path.write_bytes(TWO[:end])
        assert list(file.read()) == []

    path.write_bytes(TWO + ONE[:5])
    assert list(file.read()) == [((b"DEL", b"a"), (b"DEL", b"b"))]

    path.write_bytes(TWO + ONE)
    assert list(file.read()) == [((b"DEL", b"c"),)]
    assert list(file.read()) == []
