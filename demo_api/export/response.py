"""The one-shot export: a film leaves once, and stays when it did not arrive whole."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing

from redis.exceptions import RedisError
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from actors.errors import ExportInProgress, FilmMissing, NotCompleted, TransitionRefused
from actors.jobs.job import Job, Stage, Status
from actors.jobs.keys import Claim, film_key
from actors.jobs.store import Store
from demo_api.errors import PreviewRefused
from demo_api.export.link_previews import is_link_preview
from demo_api.export.pending import PendingDownloads
from demo_api.export.socket_state import STALL_LIMIT_S, SocketState
from video.blob_store import blob_size, read_blob
from video.errors import VideoError
from video.style import Format

log = logging.getLogger(__name__)

#: Small enough that the slowest client takes a piece within STALL_LIMIT_S.
PIECE_BYTES = 16 * 1024
#: So much is held back at the end, to be sent byte by byte while a client catches up with what its host has.
TAIL_BYTES = 256
PROBE_S = 0.1
#: A program that reads 10 KB/s makes room on a Linux host at least every 10 s.
LINGER_S = 15.0

MEDIA_TYPES: dict[Format, str] = {"mp4": "video/mp4", "webm": "video/webm", "gif": "image/gif"}


class ClientGone(Exception):
    """The connection broke before the last byte was out."""


class ClaimGone(Exception):
    """The right to send the film was lost before the last byte was out."""


def check_wanted(headers: Mapping[str, str]) -> None:
    """Raises PreviewRefused."""
    if is_link_preview(headers):
        raise PreviewRefused(
            "This address gives a film once, to somebody who downloads it. Previews do not get it."
        )


async def exportable(store: Store, job: Job) -> int:
    """The size of a completed job's film in bytes. Raises what stands in the way."""
    if job.status is not Status.COMPLETED:
        raise NotCompleted(f"The film is not there: the job is {job.status}.", job.status)
    size_bytes = await blob_size(store.redis, film_key(job.id))
    if size_bytes is None:
        raise FilmMissing(f"The film of job {job.id} is gone. Send the request again.")
    return size_bytes


async def claim_export(store: Store, job: Job) -> Claim:
    """The right to send the film, for one at a time. Raises ExportInProgress when another has it."""
    claim = await store.claim(job.id, Stage.READY, Stage.EXPORTING)
    if claim is None:
        await exportable(store, await store.find(job.id))
        raise ExportInProgress(
            "The film is being downloaded right now. If that breaks off it can be had again."
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
    """Streams the film from Redis, a chunk at a time, and forgets the job once the last byte has arrived.

    The end is held back until the client's host has acknowledged all before it and the client has had
    EXPORT_GRACE_S to break off, so that this is noticed while the film can still be kept.
    """

    def __init__(
        self, store: Store, farewells: PendingDownloads, job: Job, claim: Claim, size_bytes: int
    ) -> None:
        super().__init__(None, headers=film_headers(job, size_bytes))
        self._store = store
        self._farewells = farewells
        self._job = job
        self._claim = claim

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        leaving = asyncio.create_task(_disconnected(receive))
        renewing = asyncio.create_task(self._renew(leaving))
        over = False
        try:
            with SocketState(scope.get("state", {}).get("transport")) as wire:
                last = await self._stream(send, leaving, wire)
                over = await self._part(send, leaving, wire, last)
        except (ClientGone, TimeoutError) as exc:
            log.info("the export of job %s broke off, the film is kept: %r", self._job.id, exc)
        except (ClaimGone, VideoError, RedisError) as exc:
            log.warning("the export of job %s failed, the film is kept if it exists: %r", self._job.id, exc)
        finally:
            leaving.cancel()
            renewing.cancel()
            if not over:
                await self._release()

    async def _stream(self, send: Send, leaving: asyncio.Task[None], wire: SocketState) -> bytes:
        """Sends everything but the last byte, and answers that."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        tail = b""
        async with aclosing(read_blob(self._store.redis, film_key(self._job.id))) as chunks:
            async for piece in _pieces(chunks):
                tail += piece
                wire.look()
                await _pass(send, leaving, wire, tail[:-TAIL_BYTES])
                tail = tail[-TAIL_BYTES:]
        await self._linger(send, leaving, wire, tail[:-1])
        return tail[-1:]

    async def _linger(self, send: Send, leaving: asyncio.Task[None], wire: SocketState, tail: bytes) -> None:
        """Sends the end byte by byte until the client has read what its host has taken in for it.

        Each acknowledgement says how much room that host has: all that it ever had, when everything was read.
        One that has had no more room for LINGER_S is not waited for: it may have another reason.
        """
        clock, sent, most = asyncio.get_running_loop().time, 0, 0
        give_up_s = clock() + LINGER_S
        while sent < len(tail) and clock() < give_up_s:
            await _pass(send, leaving, wire, tail[sent : sent + 1])
            await wire.drained()
            sent += 1
            if wire.look() >= wire.roomiest:
                break
            if wire.look() > most:
                most, give_up_s = wire.look(), clock() + LINGER_S
            await asyncio.wait({leaving}, timeout=PROBE_S)
        await _pass(send, leaving, wire, tail[sent:])
        await wire.drained()
        await asyncio.wait({leaving}, timeout=self._store.settings.export_grace_s)

    async def _part(self, send: Send, leaving: asyncio.Task[None], wire: SocketState, last: bytes) -> bool:
        """Sends the last byte and forgets the job if that has arrived; False when the film is kept."""
        if not await self._store.renew_lease(self._claim, {}):
            raise ClaimGone
        if leaving.done() or not wire.open:
            raise ClientGone
        with self._farewells.leaving(self._job.id):
            await send({"type": "http.response.body", "body": last, "more_body": False})
            if not await wire.arrived():
                raise ClientGone
            if not await self._store.finish(self._claim):
                log.warning("job %s was exported, but its claim was lost before that", self._job.id)
        return True

    async def _renew(self, leaving: asyncio.Task[None]) -> None:
        """A slow download keeps its claim; one that has lost it ends."""
        while True:
            await asyncio.sleep(self._store.settings.lease_s / 4)
            try:
                if not await self._store.renew_lease(self._claim, {}):
                    leaving.cancel()
                    return
            except RedisError as exc:
                log.warning("Redis is away during an export: %s", exc)

    async def _release(self) -> None:
        try:
            await self._store.transition(self._claim, Stage.READY, {})
        except (RedisError, TransitionRefused) as exc:
            log.warning("the export of job %s ends with its lease: %s", self._job.id, exc)


async def _pieces(chunks: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    async for chunk in chunks:
        for start in range(0, len(chunk), PIECE_BYTES):
            yield chunk[start : start + PIECE_BYTES]


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _pass(send: Send, leaving: asyncio.Task[None], wire: SocketState, body: bytes) -> None:
    message: Message = {"type": "http.response.body", "body": body, "more_body": True}
    async with asyncio.timeout(STALL_LIMIT_S):
        await send(message)
    # A server ignores what is sent after a disconnect, so only these tell.
    if leaving.done() or not wire.open:
        raise ClientGone
