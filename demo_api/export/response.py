"""Streams the one-time download of a film, and keeps the film when delivery is not complete."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing

from redis.exceptions import RedisError
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from actors.errors import ExportInProgress, FilmMissing, NotCompleted, TransitionRefused
from actors.jobs.job import Job
from actors.jobs.keys import Claim, film_key
from actors.jobs.states import Stage, Status
from actors.jobs.store import Store
from demo_api.errors import PreviewRefused
from demo_api.export.link_previews import is_link_preview
from demo_api.export.pending import PendingDownloads
from demo_api.export.socket_state import STALL_LIMIT_S, SocketState
from video.blob_store import blob_size, read_blob
from video.errors import VideoError
from video.style import Format

log = logging.getLogger(__name__)

#: Small enough that the slowest client accepts a chunk within STALL_LIMIT_S.
CHUNK_BYTES = 16 * 1024
#: Held back at the end, and sent byte by byte until the client has read what its host has buffered.
TAIL_BYTES = 256
PROBE_S = 0.1
#: A client that reads 10 KB/s enlarges the window of a Linux host at least every 10 s.
TAIL_LIMIT_S = 15.0

MEDIA_TYPES: dict[Format, str] = {"mp4": "video/mp4", "webm": "video/webm", "gif": "image/gif"}


class ClientDisconnected(Exception):
    """The connection was closed before the last byte was sent."""


class ClaimLost(Exception):
    """The claim on the job was lost before the last byte was sent."""


def refuse_link_previews(headers: Mapping[str, str]) -> None:
    """Rejects prefetches and link-preview bots. Raises PreviewRefused."""
    if is_link_preview(headers):
        raise PreviewRefused("This film can be downloaded once. Link previews and prefetches are refused.")


async def film_size(store: Store, job: Job) -> int:
    """Returns the size of a completed job's film in bytes. Raises NotCompleted and FilmMissing."""
    if job.status is not Status.COMPLETED:
        raise NotCompleted(f"There is no film: the job is {job.status}.", job.status)
    size_bytes = await blob_size(store.redis, film_key(job.id))
    if size_bytes is None:
        raise FilmMissing(f"The film of job {job.id} is gone. Send the request again.")
    return size_bytes


async def claim_export(store: Store, job: Job) -> Claim:
    """Claims the job for one download at a time. Raises ExportInProgress when another one runs."""
    claim = await store.claim(job.id, Stage.READY, Stage.EXPORTING)
    if claim is None:
        await film_size(store, await store.find(job.id))
        raise ExportInProgress(
            "The film is being downloaded now. If that download breaks off, the film can be downloaded again."
        )
    return claim


def film_headers(job: Job, size_bytes: int) -> dict[str, str]:
    return {
        "content-type": MEDIA_TYPES[job.format],
        "content-length": str(size_bytes),
        "content-disposition": f'attachment; filename="sitereel-{job.id[:8]}.{job.format}"',
        "accept-ranges": "none",
    }


class ExportResponse(Response):
    """Streams the film from Redis in chunks, and deletes the job once the last byte is delivered.

    The last byte is held back until the peer has acknowledged all others and the client has had
    EXPORT_GRACE_S to disconnect, so that a disconnect is noticed while the film can still be kept.
    """

    def __init__(
        self, store: Store, pending: PendingDownloads, job: Job, claim: Claim, size_bytes: int
    ) -> None:
        super().__init__(None, headers=film_headers(job, size_bytes))
        self._store = store
        self._pending = pending
        self._job = job
        self._claim = claim

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        disconnect = asyncio.create_task(_wait_for_disconnect(receive))
        renewal = asyncio.create_task(self._renew_lease(disconnect))
        delivered = False
        try:
            with SocketState(scope.get("state", {}).get("transport")) as peer:
                last = await self._stream(send, disconnect, peer)
                delivered = await self._send_last_byte(send, disconnect, peer, last)
        except (ClientDisconnected, TimeoutError) as exc:
            log.info("the export of job %s broke off, the film is kept: %r", self._job.id, exc)
        except (ClaimLost, VideoError, RedisError) as exc:
            log.warning("the export of job %s failed, the film is kept if it exists: %r", self._job.id, exc)
        finally:
            disconnect.cancel()
            renewal.cancel()
            if not delivered:
                await self._release()

    async def _stream(self, send: Send, disconnect: asyncio.Task[None], peer: SocketState) -> bytes:
        """Sends all but the last byte, and returns that."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        tail = b""
        async with aclosing(read_blob(self._store.redis, film_key(self._job.id))) as chunks:
            async for chunk in _split(chunks):
                tail += chunk
                peer.peer_window()
                await _send_chunk(send, disconnect, peer, tail[:-TAIL_BYTES])
                tail = tail[-TAIL_BYTES:]
        await self._send_tail(send, disconnect, peer, tail[:-1])
        return tail[-1:]

    async def _send_tail(
        self, send: Send, disconnect: asyncio.Task[None], peer: SocketState, tail: bytes
    ) -> None:
        """Sends the tail byte by byte until the client has read what its host has buffered.

        Each acknowledgement carries the host's receive window, which is at its maximum when all was read.
        A window that has not grown for TAIL_LIMIT_S is not waited for: it may have another reason.
        """
        clock, sent, widest_bytes = asyncio.get_running_loop().time, 0, 0
        deadline_s = clock() + TAIL_LIMIT_S
        while sent < len(tail) and clock() < deadline_s:
            await _send_chunk(send, disconnect, peer, tail[sent : sent + 1])
            await peer.wait_acknowledged()
            sent += 1
            window_bytes = peer.peer_window()
            if window_bytes >= peer.max_window_bytes:
                break
            if window_bytes > widest_bytes:
                widest_bytes, deadline_s = window_bytes, clock() + TAIL_LIMIT_S
            await asyncio.wait({disconnect}, timeout=PROBE_S)
        await _send_chunk(send, disconnect, peer, tail[sent:])
        await peer.wait_acknowledged()
        await asyncio.wait({disconnect}, timeout=self._store.settings.export_grace_s)

    async def _send_last_byte(
        self, send: Send, disconnect: asyncio.Task[None], peer: SocketState, last: bytes
    ) -> bool:
        """Sends the last byte and deletes the job once that is delivered. Raises ClientDisconnected."""
        if not await self._store.renew_lease(self._claim, {}):
            raise ClaimLost
        if disconnect.done() or not peer.is_open:
            raise ClientDisconnected
        with self._pending.track(self._job.id):
            await send({"type": "http.response.body", "body": last, "more_body": False})
            if not await peer.confirm_delivery():
                raise ClientDisconnected
            if not await self._store.finish(self._claim):
                log.warning("job %s was exported, but its claim was lost before that", self._job.id)
        return True

    async def _renew_lease(self, disconnect: asyncio.Task[None]) -> None:
        """Renews the lease of a slow download; ends the download when its claim is lost."""
        while True:
            await asyncio.sleep(self._store.settings.lease_s / 4)
            try:
                if not await self._store.renew_lease(self._claim, {}):
                    disconnect.cancel()
                    return
            except RedisError as exc:
                log.warning("Redis is unavailable during an export: %s", exc)

    async def _release(self) -> None:
        try:
            await self._store.transition(self._claim, Stage.READY, {})
        except (RedisError, TransitionRefused) as exc:
            log.warning("the export of job %s is released when its lease expires: %s", self._job.id, exc)


async def _split(chunks: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    async for chunk in chunks:
        for start in range(0, len(chunk), CHUNK_BYTES):
            yield chunk[start : start + CHUNK_BYTES]


async def _wait_for_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send_chunk(send: Send, disconnect: asyncio.Task[None], peer: SocketState, body: bytes) -> None:
    message: Message = {"type": "http.response.body", "body": body, "more_body": True}
    async with asyncio.timeout(STALL_LIMIT_S):
        await send(message)
    # The server ignores what is sent after a disconnect: only these reveal it.
    if disconnect.done() or not peer.is_open:
        raise ClientDisconnected
