"""A forward proxy for one take: every request of the browser passes the fence here, redirects included."""

import asyncio
import contextlib
import logging
from typing import Self
from urllib.parse import urlsplit

from explorer.errors import AddressRefused
from explorer.fence import Endpoint, Fence
from explorer.types import Refusal

log = logging.getLogger(__name__)

HEAD_LIMIT_BYTES = 128 * 1024
HEAD_TIMEOUT_S = 30.0
DIAL_TIMEOUT_S = 10.0
PIECE_BYTES = 64 * 1024
#: Header by which a proxy's own answer is told from the site's (RFC 9209).
STATUS_HEADER = "proxy-status"
HOP_HEADERS = (b"proxy-", b"connection:", b"keep-alive:")


class EgressProxy:
    """Listens on loopback while entered; `refused` grows by one for each endpoint turned down."""

    def __init__(self, fence: Fence) -> None:
        self._fence = fence
        self.refused: list[Refusal] = []
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.url = ""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=HEAD_LIMIT_BYTES)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            await self._serve(reader, writer)
        except (OSError, EOFError, asyncio.LimitOverrunError, ValueError) as exc:
            log.debug("proxied connection ended: %r", exc)
        finally:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(HEAD_TIMEOUT_S):
            head = await reader.readuntil(b"\r\n\r\n")
        method, target, _version = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
        endpoint = _endpoint(method, target)
        try:
            upstream_reader, upstream_writer = await self._dial(endpoint)
        except AddressRefused as exc:
            self._note(endpoint, exc)
            writer.write(_answer("403 Forbidden", "destination_ip_prohibited", str(exc)))
            return
        except (OSError, TimeoutError) as exc:
            detail = f"{endpoint} could not be reached: {_cause(exc)}"
            writer.write(_answer("502 Bad Gateway", "destination_unavailable", detail))
            return
        try:
            if method == "CONNECT":
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                upstream_writer.write(_origin_form(head, method, target))
            await _join(reader, writer, upstream_reader, upstream_writer)
        finally:
            upstream_writer.close()

    async def _dial(self, endpoint: Endpoint) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        async with asyncio.timeout(DIAL_TIMEOUT_S):
            address = await self._fence.resolve(endpoint)
            return await asyncio.open_connection(address, endpoint.port)

    def _note(self, endpoint: Endpoint, exc: AddressRefused) -> None:
        if all(refusal.what != str(endpoint) for refusal in self.refused):
            self.refused.append(Refusal(rule="private_address", what=str(endpoint), detail=str(exc)))


def _endpoint(method: str, target: str) -> Endpoint:
    if method == "CONNECT":
        host, _, port = target.rpartition(":")
        return Endpoint.parse(host, int(port))
    return Endpoint.of(target)


def _origin_form(head: bytes, method: str, target: str) -> bytes:
    """The request as the origin expects it, for one exchange: no proxy headers, closed afterwards."""
    lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")[1:]
    kept = [line for line in lines if not line.lower().startswith(HOP_HEADERS)]
    parts = urlsplit(target)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    first = f"{method} {path} HTTP/1.1".encode("latin-1")
    return b"\r\n".join([first, *kept, b"Connection: close", b"", b""])


def _answer(status: str, error: str, detail: str) -> bytes:
    body = detail.encode()
    head = (
        f"HTTP/1.1 {status}\r\nProxy-Status: sitereel; error={error}\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


def _cause(exc: BaseException) -> str:
    return "it did not answer in time" if isinstance(exc, TimeoutError) else (str(exc) or type(exc).__name__)


async def _join(
    down_reader: asyncio.StreamReader,
    down_writer: asyncio.StreamWriter,
    up_reader: asyncio.StreamReader,
    up_writer: asyncio.StreamWriter,
) -> None:
    """Copies both ways until the origin has said all, or the browser has gone away."""
    upload = asyncio.create_task(_copy(down_reader, up_writer))
    try:
        await _copy(up_reader, down_writer)
    finally:
        upload.cancel()
        with contextlib.suppress(asyncio.CancelledError, OSError):
            await upload


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(PIECE_BYTES):
        writer.write(piece)
        await writer.drain()
    if writer.can_write_eof():
        with contextlib.suppress(OSError):
            writer.write_eof()
