"""What a child sends to the vault: footage while it films, and finished binaries."""

import asyncio
import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

from actors.order import Order
from actors.store import connect
from video.errors import VideoError
from video.film import REEL_FILE
from video.footage import FootageWriter, Frame
from video.reel import Reel
from video.vault import BlobWriter

log = logging.getLogger(__name__)

#: How long uploads and downloads go on trying while Redis is away.
REDIS_PATIENCE_S = 60.0
PIECE_BYTES = 256 * 1024
#: What can be fetched beside the film, as files in the folder of a take.
EXTRA_FILES = {"poster": "poster.png", "sheet": "sheet.png", "captions": "captions.vtt"}
MAX_EXTRA_BYTES = 32 << 20


class Uplink:
    """Sends frames to the vault while the take goes on; `sending` ends early only if that fails.

    `reel` keeps them on disk as well, for the film that is made meanwhile.
    """

    def __init__(self, order: Order) -> None:
        self.reel = Reel(Path(order.folder) / REEL_FILE)
        self._redis = connect(order.redis_url)
        # The cap is the camera's; framing adds 12 bytes a picture.
        self._writer = BlobWriter(
            self._redis,
            order.footage_key,
            ttl_s=order.ttl_s,
            max_bytes=2 * order.max_footage_bytes,
            give_up_s=REDIS_PATIENCE_S,
        )
        self._footage = FootageWriter()
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.sending = asyncio.create_task(self._send())

    def take(self, frame: Frame) -> None:
        """A camera's sink."""
        self.reel.append(frame)
        self._queue.put_nowait(self._footage.frame(frame))

    async def finish(self) -> None:
        """Returns when all is stored. Raises the vault's errors."""
        self._queue.put_nowait(None)
        await self.sending

    async def aclose(self) -> None:
        self.sending.cancel()
        await asyncio.gather(self.sending, return_exceptions=True)
        await self._redis.aclose()
        self.reel.close()

    async def _send(self) -> None:
        await self._writer.write(self._footage.header())
        while (piece := await self._queue.get()) is not None:
            await self._writer.write(piece)
        await self._writer.write(self._footage.end())
        await self._writer.close()


async def store(order: Order, key: str, max_bytes: int, pieces: Iterable[bytes]) -> None:
    """Stores one binary under `key`. Raises the vault's errors."""
    redis = connect(order.redis_url)
    try:
        writer = BlobWriter(redis, key, ttl_s=order.ttl_s, max_bytes=max_bytes, give_up_s=REDIS_PATIENCE_S)
        for piece in pieces:
            await writer.write(piece)
        await writer.close()
    finally:
        await redis.aclose()


async def store_extras(order: Order, folder: Path) -> list[str]:
    """Stores those extras that are in the folder; answers their names. One that fails is left out."""
    stored = []
    for name, file in EXTRA_FILES.items():
        path = folder / file
        try:
            if path.is_file():
                await store(order, order.extra_keys[name], MAX_EXTRA_BYTES, read_file(path))
                stored.append(name)
        except (VideoError, OSError) as exc:
            log.warning("the film goes without its %s: %s", name, exc)
    return stored


def read_file(path: Path) -> Iterator[bytes]:
    """A file in pieces, so that memory stays small."""
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece
