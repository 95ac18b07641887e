"""What a child sends to the vault: footage while it films, and finished binaries."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from redis.asyncio import Redis

from actors.jobs.store import connect
from actors.stages.spec import StageSpec
from video.artifacts import ARTIFACTS
from video.blob_store import BlobWriter, NoteRetry
from video.capture.footage import FootageWriter, Frame
from video.capture.frame_store import FrameStore
from video.errors import BlobMissing, VideoError
from video.film import REEL_FILE

log = logging.getLogger(__name__)

#: How long uploads and downloads go on trying while Redis is away: a restart or a hang of 60 s costs no take.
#: The last of 19 retries begins up to 5 s before this, and where each hangs for its 2 s, of 13, up to 7 s.
REDIS_PATIENCE_S = 75.0
PIECE_BYTES = 256 * 1024
#: What can be fetched beside the film, as files in the folder of a take.
EXTRA_FILES = {name: artifact.file for name, artifact in ARTIFACTS.items() if artifact.with_film}
MAX_EXTRA_BYTES = 32 << 20


#: A client that is cancelled just as its answer comes goes on: it is told again.
CANCEL_AGAIN_S = 0.5
CANCELS = 10


class FootageUpload:
    """Sends frames to the vault while the take goes on; `sending` ends early only if that fails.

    `reel` keeps them on disk as well, for the film that is made meanwhile, and for a vault that lost some.
    """

    def __init__(self, order: StageSpec, note: NoteRetry) -> None:
        self.reel = FrameStore(Path(order.folder) / REEL_FILE)
        self._order = order
        self._note = note
        self._redis = connect(order.redis_url)
        self._writer = self._begin()
        self._footage = FootageWriter()
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._closed = False
        self.sending = asyncio.create_task(self._send())

    def take(self, frame: Frame) -> None:
        """A camera's sink."""
        if self._closed:
            return  # a last frame of a browser that was given up
        self.reel.append(frame)
        self._queue.put_nowait(self._footage.frame(frame))

    async def finish(self) -> None:
        """Returns when all is stored. Raises the vault's errors."""
        self._queue.put_nowait(None)
        try:
            await self.sending
        except BlobMissing as exc:
            log.warning("all footage is sent again: %s", exc)
            self._note(1, 1, str(exc))
            await self._send_again()

    async def aclose(self) -> None:
        self._closed = True
        for _ in range(CANCELS):
            self.sending.cancel()
            if (await asyncio.wait({self.sending}, timeout=CANCEL_AGAIN_S))[0]:
                break
        if self.sending.done() and not self.sending.cancelled():
            self.sending.exception()
        await self._redis.aclose()
        self.reel.close()

    def _begin(self) -> BlobWriter:
        # The cap is the camera's; framing adds 12 bytes a picture.
        return BlobWriter(
            self._redis,
            self._order.footage_key,
            ttl_s=self._order.ttl_s,
            max_bytes=2 * self._order.max_footage_bytes,
            give_up_s=REDIS_PATIENCE_S,
            note=self._note,
        )

    async def _send(self) -> None:
        await self._writer.write(self._footage.header())
        while (piece := await self._queue.get()) is not None:
            await self._writer.write(piece)
        await self._writer.write(self._footage.end())
        await self._writer.close()

    async def _send_again(self) -> None:
        """From the reel: a Redis that restarted may have lost what it had taken in just before."""
        writer, footage = self._begin(), FootageWriter()
        await writer.write(footage.header())
        for index, at_ms in enumerate(self.reel.times_ms):
            await writer.write(footage.frame(Frame(at_ms, self.reel.jpeg(index))))
        await writer.write(footage.end())
        await writer.close()


async def store(
    order: StageSpec, key: str, max_bytes: int, pieces: Callable[[], Iterable[bytes]], note: NoteRetry
) -> None:
    """Stores one binary under `key`, once more if Redis lost a part meanwhile. Raises the vault's errors."""
    redis = connect(order.redis_url)
    try:
        try:
            await _store(redis, order, key, max_bytes, pieces(), note)
        except BlobMissing as exc:
            log.warning("it is sent again: %s", exc)
            note(1, 1, str(exc))
            await _store(redis, order, key, max_bytes, pieces(), note)
    finally:
        await redis.aclose()


async def _store(
    redis: Redis, order: StageSpec, key: str, max_bytes: int, pieces: Iterable[bytes], note: NoteRetry
) -> None:
    writer = BlobWriter(
        redis, key, ttl_s=order.ttl_s, max_bytes=max_bytes, give_up_s=REDIS_PATIENCE_S, note=note
    )
    for piece in pieces:
        await writer.write(piece)
    await writer.close()


async def store_extras(order: StageSpec, folder: Path, note: NoteRetry) -> list[str]:
    """Stores those extras that are in the folder; answers their names. One that fails is left out."""
    stored = []
    for name, file in EXTRA_FILES.items():
        path = folder / file
        try:
            if path.is_file():
                await store(order, order.extra_keys[name], MAX_EXTRA_BYTES, partial(read_file, path), note)
                stored.append(name)
        except (VideoError, OSError) as exc:
            log.warning("the film goes without its %s: %s", name, exc)
    return stored


def read_file(path: Path) -> Iterator[bytes]:
    """A file in pieces, so that memory stays small."""
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece
