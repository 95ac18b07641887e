"""Stores large binaries (blobs) in Redis, in chunks, so that neither side ever holds a whole one in memory.

A blob is one hash: fields `0`, `1`, … of 256 KiB each, and `meta` with `<bytes> <chunks>`, written last. A
hash without `meta` is unfinished and is read as missing. For 200 MB, compared with one SET, chunks took 33 MB
of memory in the client instead of 632 and blocked other clients for 3 ms instead of 88. The caller chooses
key names and their lifecycle. The client must not decode responses, should not retry by itself, and should
have a short socket timeout: it is the granularity of the time limits here.
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TypeVar

from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from video.errors import BlobMissing, BlobStoreFull, BlobStoreUnavailable, BlobTooLarge

log = logging.getLogger(__name__)

CHUNK_BYTES = 256 * 1024
META = "meta"
FIRST_BACKOFF_S = 0.1
MAX_BACKOFF_S = 5.0

#: Redis is down, does not respond, or is still loading its file.
AWAY_ERRORS = (RedisConnectionError, RedisTimeoutError)

T = TypeVar("T")
#: Called before each retry with its number, the maximum, and the reason.
NoteRetry = Callable[[int, int, str], None]


def backoffs_s(give_up_s: float) -> tuple[float, ...]:
    """Computes exponential backoff pauses between the retries of a request, in total `give_up_s` at most.

    Each is twice the one before, from 0.1 s up to 5 s: five in 3.1 s for a short failure, then one every 5 s
    for a restart, so that work continues soon after it.
    """
    pauses: list[float] = []
    while sum(pauses) + (pause := min(FIRST_BACKOFF_S * 2 ** len(pauses), MAX_BACKOFF_S)) <= give_up_s:
        pauses.append(pause)
    return tuple(pauses)


def _ignore_retry(attempt: int, limit: int, reason: str) -> None:
    """Ignores retries."""


class BlobWriter:
    """Writes one blob under `key`, replacing an older one; it can be read once `close` has returned.

    `write` sends every chunk as soon as it is full, so at most one chunk and the written data are in memory.
    While Redis is away it retries with backoff for `give_up_s` seconds per chunk, and calls `note`. Every
    request is idempotent, so nothing is lost or stored twice. The key expires `ttl_s` after the last chunk.

    Raises BlobTooLarge beyond `max_bytes`, BlobStoreUnavailable after `give_up_s`, BlobStoreFull if Redis is
    full.
    """

    def __init__(
        self,
        client: Redis,
        key: str,
        *,
        ttl_s: int,
        max_bytes: int,
        give_up_s: float = 30.0,
        note: NoteRetry = _ignore_retry,
    ) -> None:
        self._client = client
        self._key = key
        self._ttl_s = ttl_s
        self._max_bytes = max_bytes
        self._give_up_s = give_up_s
        self._note = note
        self._buffer = bytearray()
        self._chunks = 0
        self.size_bytes = 0

    async def write(self, data: bytes) -> None:
        """Appends `data` and sends each full chunk."""
        if self.size_bytes + len(data) > self._max_bytes:
            raise BlobTooLarge(f"{self._key} would grow past its limit of {self._max_bytes} bytes.")
        self.size_bytes += len(data)
        self._buffer += data
        while len(self._buffer) >= CHUNK_BYTES:
            await self._send_chunk()

    async def close(self) -> None:
        """Sends the rest and `meta`, which finishes the blob; raises BlobMissing if Redis lost chunks
        meanwhile.
        """
        if self._buffer or not self._chunks:
            await self._send_chunk()
        fields = await self._send(META, f"{self.size_bytes} {self._chunks}".encode())
        if fields != self._chunks + 1:
            await _retry_while_away(lambda: self._client.hdel(self._key, META), self._give_up_s, self._note)
            raise BlobMissing(
                f"{self._key} lost {self._chunks + 1 - fields} of its chunks: did Redis restart?"
            )

    async def _send_chunk(self) -> None:
        await self._send(str(self._chunks), bytes(self._buffer[:CHUNK_BYTES]))
        del self._buffer[:CHUNK_BYTES]
        self._chunks += 1

    async def _send(self, field: str, value: bytes) -> int:
        """Stores a field, renews the TTL and returns the number of fields of the hash."""

        async def send() -> int:
            async with self._client.pipeline(transaction=True) as pipe:
                if not self._chunks:
                    pipe.unlink(self._key)
                pipe.hset(self._key, mapping={field: value})
                pipe.expire(self._key, self._ttl_s)
                pipe.hlen(self._key)
                return int((await pipe.execute())[-1])

        try:
            return await _retry_while_away(send, self._give_up_s, self._note)
        except ResponseError as error:
            raise BlobStoreFull(
                f"Redis took no more of {self._key} after {self._chunks} chunks: {error}"
            ) from error


async def blob_size(client: Redis, key: str) -> int | None:
    """Returns the size of a finished blob in bytes, or None if it is missing or unfinished."""
    meta = await _read_field(client, key, META, 0.0)
    return int(meta.split()[0]) if meta else None


async def is_complete(client: Redis, key: str, *, give_up_s: float = 0.0) -> bool:
    """Checks whether a blob is finished and complete. Raises BlobStoreUnavailable as `read_blob`."""
    meta = await _read_field(client, key, META, give_up_s)
    return meta is not None and await _count_fields(client, key, give_up_s) == int(meta.split()[1]) + 1


async def read_blob(
    client: Redis, key: str, *, give_up_s: float = 0.0, note: NoteRetry = _ignore_retry
) -> AsyncGenerator[bytes, None]:
    """Yields a blob chunk by chunk, with one chunk in memory whatever the size.

    Raises BlobMissing if it is missing, unfinished or deleted meanwhile, and BlobStoreUnavailable if Redis
    does not respond for `give_up_s` seconds (0: at the first failure).
    """
    meta = await _read_field(client, key, META, give_up_s, note)
    if not meta:
        raise BlobMissing(f"There is no finished binary at {key}: it was not stored or its time is over.")
    for number in range(int(meta.split()[1])):
        chunk = await _read_field(client, key, str(number), give_up_s, note)
        if chunk is None:
            raise BlobMissing(f"{key} vanished while it was being read, at chunk {number}.")
        yield chunk


async def read_range(client: Redis, key: str, start: int, end: int) -> AsyncGenerator[bytes, None]:
    """Yields the bytes from `start` up to `end` of a finished blob; reads only the chunks that it needs.

    `end` is at most the size that `blob_size` returned. Raises as `read_blob`.
    """
    for number in range(start // CHUNK_BYTES, -(-end // CHUNK_BYTES)):
        chunk = await _read_field(client, key, str(number), 0.0)
        if chunk is None:
            raise BlobMissing(f"{key} vanished while it was being read, at chunk {number}.")
        base = number * CHUNK_BYTES
        yield chunk[max(start - base, 0) : end - base]


async def _read_field(
    client: Redis, key: str, name: str, give_up_s: float, note: NoteRetry = _ignore_retry
) -> bytes | None:
    value = await _retry_while_away(lambda: client.hget(key, name), give_up_s, note)
    return value if value is None or isinstance(value, bytes) else value.encode()


async def _count_fields(client: Redis, key: str, give_up_s: float) -> int:
    return await _retry_while_away(lambda: client.hlen(key), give_up_s)


async def _retry_while_away(
    request: Callable[[], Awaitable[T]], give_up_s: float, note: NoteRetry = _ignore_retry
) -> T:
    """Retries an idempotent request until Redis responds, for at most `give_up_s` seconds."""
    give_up_at_s = time.monotonic() + give_up_s
    pauses_s = backoffs_s(give_up_s)
    for attempt, pause_s in enumerate(pauses_s, 1):
        try:
            return await request()
        except AWAY_ERRORS as error:
            if time.monotonic() + pause_s > give_up_at_s:
                raise _unavailable(give_up_s, error) from error
            log.warning("Redis is away, retry %d of %d in %.1f s: %s", attempt, len(pauses_s), pause_s, error)
            note(attempt, len(pauses_s), f"Redis did not answer: {error}")
        await asyncio.sleep(pause_s)
    try:
        return await request()
    except AWAY_ERRORS as error:
        raise _unavailable(give_up_s, error) from error


def _unavailable(give_up_s: float, error: Exception) -> BlobStoreUnavailable:
    return BlobStoreUnavailable(f"Redis did not answer for {give_up_s:g} s: {error}")
