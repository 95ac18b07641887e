"""Sends what can be downloaded once, and lets go of it unless delivery is complete."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Protocol

from redis.exceptions import RedisError
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from actors.settings import Settings
from demo_api.export.pending import PendingDownloads
from demo_api.export.socket_state import STALL_LIMIT_S, SocketState
from video.errors import VideoError

log = logging.getLogger(__name__)

#: Small enough that the slowest client accepts a chunk within STALL_LIMIT_S.
CHUNK_BYTES = 16 * 1024
#: Held back at the end, and sent byte by byte until the client has read what its host has buffered.
TAIL_BYTES = 256
PROBE_S = 0.1
#: A client that reads 10 KB/s enlarges the window of a Linux host at least every 10 s.
TAIL_LIMIT_S = 15.0


class ClientDisconnected(Exception):
    """The connection was closed before the last byte was sent."""


class ClaimLost(Exception):
    """The claim on what is downloaded was lost before the last byte was sent."""


class Contents(Protocol):
    """What is downloaded: bytes, and the claims under which nobody else has it. Its str is for the log."""

    def chunks(self) -> AsyncGenerator[bytes, None]:
        """Yields the bytes. Raises VideoError and RedisError, after which the download breaks off."""
        ...

    async def renew(self) -> bool:
        """Renews the leases; False when a claim is lost."""
        ...

    async def delete(self) -> None:
        """Deletes what was delivered."""
        ...

    async def release(self) -> None:
        """Gives back what was not deleted, so that it can be downloaded again. Raises nothing."""
        ...

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids in whose paths requests wait until delivery is confirmed."""
        ...


class OneTimeResponse(Response):
    """Streams contents in chunks, and deletes them once the last byte is delivered.

    The last byte is held back until the peer has acknowledged all others and the client has had
    EXPORT_GRACE_S to disconnect, so that a disconnect is noticed while the contents can still be kept.
    """

    def __init__(
        self, contents: Contents, pending: PendingDownloads, settings: Settings, headers: Mapping[str, str]
    ) -> None:
        super().__init__(None, headers=headers)
        if "content-length" not in headers:
            without_length(self)
        self._contents = contents
        self._pending = pending
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        disconnect = asyncio.create_task(_wait_for_disconnect(receive))
        renewal = asyncio.create_task(self._renew_leases(disconnect))
        delivered = False
        try:
            with SocketState(scope.get("state", {}).get("transport")) as peer:
                last = await self._stream(send, disconnect, peer)
                await self._send_last_byte(send, disconnect, peer, last)
                delivered = True
        except (ClientDisconnected, TimeoutError) as exc:
            log.info("the export of %s broke off, it is kept: %r", self._contents, exc)
        except (ClaimLost, VideoError, RedisError) as exc:
            log.warning("the export of %s failed, what exists is kept: %r", self._contents, exc)
        finally:
            disconnect.cancel()
            renewal.cancel()
            if not delivered:
                await self._contents.release()

    async def _stream(self, send: Send, disconnect: asyncio.Task[None], peer: SocketState) -> bytes:
        """Sends all but the last byte, and returns that."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        tail = b""
        async with aclosing(self._contents.chunks()) as chunks:
            async for chunk in _even(chunks):
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
        await asyncio.wait({disconnect}, timeout=self._settings.export_grace_s)

    async def _send_last_byte(
        self, send: Send, disconnect: asyncio.Task[None], peer: SocketState, last: bytes
    ) -> None:
        """Sends the last byte and deletes the contents once that is delivered. Raises ClientDisconnected."""
        if not await self._contents.renew():
            raise ClaimLost
        if disconnect.done() or not peer.is_open:
            raise ClientDisconnected
        with self._pending.track(*self._contents.ids):
            await send({"type": "http.response.body", "body": last, "more_body": False})
            if not await peer.confirm_delivery():
                raise ClientDisconnected
            await self._contents.delete()

    async def _renew_leases(self, disconnect: asyncio.Task[None]) -> None:
        """Renews the leases of a slow download; ends the download when a claim is lost."""
        while True:
            await asyncio.sleep(self._settings.lease_s / 4)
            try:
                if not await self._contents.renew():
                    disconnect.cancel()
                    return
            except RedisError as exc:
                log.warning("Redis is unavailable during an export: %s", exc)


def without_length(response: Response) -> Response:
    """Takes away the length that a response without a body has by default."""
    del response.headers["content-length"]
    return response


async def _even(chunks: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """Yields the same bytes in chunks of CHUNK_BYTES, the last of which may be smaller.

    Small ones on the way would make the peer's host offer a smaller window for a while.
    """
    held = b""
    async for chunk in chunks:
        held += chunk
        whole = len(held) - len(held) % CHUNK_BYTES
        for start in range(0, whole, CHUNK_BYTES):
            yield held[start : start + CHUNK_BYTES]
        held = held[whole:]
    if held:
        yield held


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
