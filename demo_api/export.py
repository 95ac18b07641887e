"""The one-shot export: a film leaves once, and stays when it did not arrive whole."""

import array
import asyncio
import fcntl
import logging
import termios
from contextlib import aclosing
from typing import Any

from redis.exceptions import RedisError
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from actors.errors import ExportTaken, FilmMissing, JobUnknown, MoveRefused, NotCompleted
from actors.job import Job, Stage, Status
from actors.settings import Settings
from actors.store import Claim, Store, film_key
from video.errors import VideoError
from video.style import Format
from video.vault import blob_size, read_blob

log = logging.getLogger(__name__)

GLANCE_S = 0.005
#: A client that takes nothing at all for this long is gone.
STALL_LIMIT_S = 60.0
#: Small enough that the slowest client takes a piece within that time.
PIECE_BYTES = 16 * 1024


MEDIA_TYPES: dict[Format, str] = {"mp4": "video/mp4", "webm": "video/webm", "gif": "image/gif"}


class ClientGone(Exception):
    """The connection broke before the last byte was out."""


async def exportable(store: Store, job_id: str) -> tuple[Job, int]:
    """A completed job and the size of its film in bytes. Raises what stands in the way."""
    job = await store.get(job_id)
    if job is None:
        raise JobUnknown(f"There is no job {job_id}, or its time is over.")
    if job.status is not Status.COMPLETED:
        raise NotCompleted(f"The film is not there: the job is {job.status}.", job.status)
    size_bytes = await blob_size(store.redis, film_key(job_id))
    if size_bytes is None:
        raise FilmMissing(f"The film of job {job_id} is gone. Send the request again.")
    return job, size_bytes


async def claim_export(store: Store, job_id: str) -> Claim:
    """The right to send the film, for one at a time. Raises ExportTaken when another has it."""
    claim = await store.claim(job_id, Stage.READY, Stage.EXPORTING)
    if claim is None:
        await exportable(store, job_id)
        raise ExportTaken("The film is being downloaded right now. If that breaks off it can be had again.")
    return claim


def film_headers(job: Job, size_bytes: int) -> dict[str, str]:
    return {
        "content-type": MEDIA_TYPES[job.format],
        "content-length": str(size_bytes),
        "content-disposition": f'attachment; filename="sitereel-{job.id[:8]}.{job.format}"',
        "x-content-type-options": "nosniff",
        "accept-ranges": "none",
        "cache-control": "no-store",
    }


class ExportResponse(Response):
    """Streams the film from Redis, a chunk at a time, and forgets the job once the last byte is out.

    The last byte is held back until the client's host has acknowledged all before it, so that a client that
    breaks off is noticed while the film can still be kept.
    """

    def __init__(self, store: Store, settings: Settings, job: Job, claim: Claim, size_bytes: int) -> None:
        super().__init__(None, headers=film_headers(job, size_bytes))
        self._store = store
        self._settings = settings
        self._job = job
        self._claim = claim

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport = scope.get("state", {}).get("transport")
        leaving = asyncio.create_task(_disconnected(receive))
        renewing = asyncio.create_task(self._renew(leaving))
        sent = False
        try:
            await self._stream(send, leaving, transport)
            sent = True
        except (ClientGone, TimeoutError) as exc:
            log.info("export of job %s broke off, the film is kept: %r", self._job.id, exc)
        except (VideoError, RedisError) as exc:
            log.warning("export of job %s failed, the film is kept if it exists: %s", self._job.id, exc)
        finally:
            leaving.cancel()
            renewing.cancel()
            if not sent:
                await self._release()

    async def _stream(self, send: Send, leaving: asyncio.Task[None], transport: Any) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        last = b""
        async with aclosing(read_blob(self._store.redis, film_key(self._job.id))) as chunks:
            async for chunk in chunks:
                ready, last = last + chunk[:-1], chunk[-1:]
                for start in range(0, len(ready), PIECE_BYTES):
                    await _pass(send, leaving, ready[start : start + PIECE_BYTES])
        await _drained(transport, leaving)
        await asyncio.wait({leaving}, timeout=self._settings.export_grace_s)
        if leaving.done():
            raise ClientGone
        # Nothing may come between the last byte and forgetting the job.
        await send({"type": "http.response.body", "body": last, "more_body": False})
        if not await self._store.finish(self._claim):
            log.warning("job %s was exported, but its claim was lost before that", self._job.id)

    async def _renew(self, leaving: asyncio.Task[None]) -> None:
        """A slow download keeps its claim; one that has lost it ends."""
        while True:
            await asyncio.sleep(self._settings.lease_s / 4)
            try:
                if not await self._store.beat(self._claim, {}):
                    leaving.cancel()
                    return
            except RedisError as exc:
                log.warning("Redis is away during an export: %s", exc)

    async def _release(self) -> None:
        try:
            await self._store.move(self._claim, Stage.READY, {})
        except (RedisError, MoveRefused) as exc:
            log.warning("the export of job %s ends with its lease: %s", self._job.id, exc)


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _pass(send: Send, leaving: asyncio.Task[None], body: bytes) -> None:
    message: Message = {"type": "http.response.body", "body": body, "more_body": True}
    async with asyncio.timeout(STALL_LIMIT_S):
        await send(message)
    # A server ignores what is sent after a disconnect, so only this tells.
    if leaving.done():
        raise ClientGone


async def _drained(transport: Any, leaving: asyncio.Task[None]) -> None:
    """Waits until nothing of what was written is on its way any more (Linux: SIOCOUTQ, tcp(7))."""
    least = None
    async with asyncio.timeout(STALL_LIMIT_S) as limit:
        while transport is not None and not leaving.done() and (left := _unacknowledged(transport)):
            if least is None or left < least:
                least = left
                limit.reschedule(asyncio.get_running_loop().time() + STALL_LIMIT_S)
            await asyncio.sleep(GLANCE_S)


def _unacknowledged(transport: Any) -> int:
    """Bytes in our buffer plus those in the kernel's that the other host has not acknowledged."""
    if transport.is_closing():
        return 0
    waiting = array.array("i", [0])
    fcntl.ioctl(transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, waiting)
    return int(transport.get_write_buffer_size()) + waiting[0]
