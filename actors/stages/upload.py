"""Uploads of a child process to the blob store: footage while it is filmed, and finished binaries."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from redis.asyncio import Redis

from actors.cancellation import cancel_and_wait
from actors.jobs.connection import connect
from actors.stages.spec import StorageSpec
from video.blob_store import BlobWriter, NoteRetry
from video.capture.footage import FootageWriter, Frame
from video.capture.frame_store import FrameStore
from video.errors import BlobMissing, VideoError
from video.film import FRAME_STORE_FILE

log = logging.getLogger(__name__)

#: How long uploads and downloads are retried while Redis is away: a restart or a hang of 60 s costs no take.
#: The last of 19 retries starts up to 5 s before this limit; where each hangs for its 2 s, the last of 13
#: starts up to 7 s before it.
REDIS_RETRY_LIMIT_S = 75.0
READ_BYTES = 256 * 1024
#: Files in the work directory of a take that can be fetched beside the film.
EXTRA_FILES = {
    "preview": "preview.mp4",
    "poster": "poster.png",
    "sheet": "sheet.png",
    "captions": "captions.vtt",
}
MAX_EXTRA_BYTES = 32 << 20


class FootageUpload:
    """Uploads frames while the take goes on; `task` ends early only when that fails.

    `frames` keeps them on disk as well, for the live cut, and to repeat an upload of which Redis lost a part.
    """

    def __init__(self, storage: StorageSpec, work_dir: Path, max_bytes: int, note: NoteRetry) -> None:
        self.frames = FrameStore(work_dir / FRAME_STORE_FILE)
        self._storage = storage
        self._max_bytes = max_bytes
        self._note = note
        self._redis = connect(storage.redis_url)
        self._writer = self._open_writer()
        self._footage = FootageWriter()
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._closed = False
        self.task = asyncio.create_task(self._upload())

    def append(self, frame: Frame) -> None:
        """Queues a frame. It is the sink of a camera."""
        if self._closed:
            return  # the last frame of a browser that was given up
        self.frames.append(frame)
        self._queue.put_nowait(self._footage.frame(frame))

    async def finish(self) -> None:
        """Waits until everything is stored. Raises the errors of the blob store."""
        self._queue.put_nowait(None)
        try:
            await self.task
        except BlobMissing as exc:
            log.warning("all footage is uploaded again: %s", exc)
            self._note(1, 1, str(exc))
            await self._upload_again()

    async def aclose(self) -> None:
        self._closed = True
        await cancel_and_wait(self.task)
        await self._redis.aclose()
        self.frames.close()

    def _open_writer(self) -> BlobWriter:
        # The camera enforces the limit; framing adds 12 bytes per picture.
        return _writer(self._redis, self._storage, self._storage.footage_key, 2 * self._max_bytes, self._note)

    async def _upload(self) -> None:
        await self._writer.write(self._footage.header())
        while (piece := await self._queue.get()) is not None:
            await self._writer.write(piece)
        await self._writer.write(self._footage.end())
        await self._writer.close()

    async def _upload_again(self) -> None:
        """Uploads all frames from disk: a Redis that restarted may have lost the last writes."""
        writer, footage = self._open_writer(), FootageWriter()
        await writer.write(footage.header())
        for index, at_ms in enumerate(self.frames.times_ms):
            await writer.write(footage.frame(Frame(at_ms, self.frames.jpeg(index))))
        await writer.write(footage.end())
        await writer.close()


async def store_blob(
    storage: StorageSpec, key: str, max_bytes: int, read: Callable[[], Iterable[bytes]], note: NoteRetry
) -> None:
    """Stores one binary under `key`, twice if Redis lost a part. Raises the errors of the blob store."""
    redis = connect(storage.redis_url)
    try:
        try:
            await _write(_writer(redis, storage, key, max_bytes, note), read())
        except BlobMissing as exc:
            log.warning("it is uploaded again: %s", exc)
            note(1, 1, str(exc))
            await _write(_writer(redis, storage, key, max_bytes, note), read())
    finally:
        await redis.aclose()


def _writer(redis: Redis, storage: StorageSpec, key: str, max_bytes: int, note: NoteRetry) -> BlobWriter:
    return BlobWriter(
        redis, key, ttl_s=storage.ttl_s, max_bytes=max_bytes, give_up_s=REDIS_RETRY_LIMIT_S, note=note
    )


async def _write(writer: BlobWriter, pieces: Iterable[bytes]) -> None:
    for piece in pieces:
        await writer.write(piece)
    await writer.close()


async def store_extras(storage: StorageSpec, work_dir: Path, note: NoteRetry) -> list[str]:
    """Stores the extras that are in the work directory; returns the names of those that could be stored."""
    stored = []
    for name, file in EXTRA_FILES.items():
        path = work_dir / file
        try:
            if path.is_file():
                read = partial(read_file, path)
                await store_blob(storage, storage.extra_keys[name], MAX_EXTRA_BYTES, read, note)
                stored.append(name)
        except (VideoError, OSError) as exc:
            log.warning("the film has no %s: %s", name, exc)
    return stored


def read_file(path: Path) -> Iterator[bytes]:
    """Reads a file in pieces, so that memory stays small."""
    with path.open("rb") as file:
        while piece := file.read(READ_BYTES):
            yield piece
