"""A forward proxy for one take: every request of the browser passes the fence here, redirects included."""

import asyncio
import logging
import os
import secrets
from collections.abc import Mapping
from typing import Self
from urllib.parse import urlsplit

from explorer.errors import AddressRefused
from explorer.fence import Endpoint, Fence
from explorer.types import MAX_REFUSALS, Refusal

log = logging.getLogger(__name__)

HEAD_LIMIT_BYTES = 128 * 1024
HEAD_TIMEOUT_S = 30.0
DIAL_TIMEOUT_S = 10.0
PIECE_BYTES = 64 * 1024
#: Header by which a proxy's own answer is told from the site's (RFC 9209).
STATUS_HEADER = "proxy-status"
PRODUCT = "sitereel"
#: What only reads (RFC 9110, section 9.2.1), and a tunnel, into which nobody can look.
PASSED = frozenset({"GET", "HEAD", "OPTIONS", "CONNECT"})
HOP_HEADERS = (b"proxy-", b"connection:", b"keep-alive:")


class EgressProxy:
    """Listens on loopback while entered; `refused` holds each endpoint turned down, up to `MAX_REFUSALS`.

    Without `allow_writes` it also turns down plain http requests that may write. It cannot look into https:
    there, and first of all here, the gate does that.
    """

    def __init__(self, fence: Fence, allow_writes: bool = True) -> None:
        self._fence = fence
        self._allow_writes = allow_writes
        self.refused: list[Refusal] = []
        #: What the latest request failed of that the proxy answered itself.
        self.last_failure = ""
        #: Part of every answer of our own, so that no site can speak in our name.
        self._token = secrets.token_hex(16)
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

    def has_answered(self, headers: Mapping[str, str]) -> bool:
        """Whether an answer with these headers is our own: the address was refused or out of reach."""
        return headers.get(STATUS_HEADER, "").startswith(f"{PRODUCT}-{self._token};")

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
        try:
            method, target, endpoint = _request(head)
        except (ValueError, AddressRefused) as exc:
            writer.write(
                self._answer("400 Bad Request", "http_request_error", f"not a request to a proxy: {exc}")
            )
            return
        if method not in PASSED and not self._allow_writes:
            what = f"{method} {target.partition('?')[0]}"
            detail = "a request that may change something was held back"
            self._note(Refusal("write", what, detail))
            writer.write(self._answer("403 Forbidden", "http_request_denied", detail))
            return
        try:
            upstream_reader, upstream_writer = await self._dial(endpoint)
        except AddressRefused as exc:
            self._note(Refusal("private_address", str(endpoint), str(exc)))
            writer.write(self._answer("403 Forbidden", "destination_ip_prohibited", str(exc)))
            return
        except OSError as exc:
            detail = f"{endpoint} could not be reached: {_cause(exc)}"
            writer.write(self._answer("502 Bad Gateway", "destination_unavailable", detail))
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
        """Tries the addresses in turn: a name may have an IPv6 address on which nobody listens."""
        async with asyncio.timeout(DIAL_TIMEOUT_S):
            addresses = await self._fence.resolve(endpoint)
        failure: OSError = OSError("it has no address")
        for address in addresses:
            try:
                async with asyncio.timeout(DIAL_TIMEOUT_S / len(addresses)):
                    return await asyncio.open_connection(address, endpoint.port)
            except OSError as exc:
                failure = exc
        raise failure

    def _answer(self, status: str, error: str, detail: str) -> bytes:
        self.last_failure = detail
        body = detail.encode()
        head = (
            f"HTTP/1.1 {status}",
            f"Proxy-Status: {PRODUCT}-{self._token}; error={error}",
            "Content-Type: text/plain; charset=utf-8",
            f"Content-Length: {len(body)}",
            "Connection: close",
        )
        return "\r\n".join([*head, "", ""]).encode() + body

    def _note(self, refusal: Refusal) -> None:
        if refusal not in self.refused and len(self.refused) < MAX_REFUSALS:
            self.refused.append(refusal)


def _request(head: bytes) -> tuple[str, str, Endpoint]:
    """Method, target and endpoint. Raises ValueError or AddressRefused for what no browser would send."""
    method, target, _version = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
    if method != "CONNECT":
        return method, target, Endpoint.of(target)
    host, _, port = target.rpartition(":")
    return method, target, Endpoint.parse(host, int(port))


def _origin_form(head: bytes, method: str, target: str) -> bytes:
    """The request as the origin expects it, for one exchange: no proxy headers, closed afterwards."""
    lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")[1:]
    kept = [line for line in lines if not line.lower().startswith(HOP_HEADERS)]
    parts = urlsplit(target)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    first = f"{method} {path} HTTP/1.1".encode("latin-1")
    return b"\r\n".join([first, *kept, b"Connection: close", b"", b""])


def _cause(exc: OSError) -> str:
    if isinstance(exc, TimeoutError):
        return "it did not answer in time"
    # asyncio repeats the address in `strerror`; resolvers count downwards from 0 and have texts of their own.
    return os.strerror(exc.errno) if exc.errno and exc.errno > 0 else exc.strerror or str(exc)


async def _join(
    down_reader: asyncio.StreamReader,
    down_writer: asyncio.StreamWriter,
    up_reader: asyncio.StreamReader,
    up_writer: asyncio.StreamWriter,
) -> None:
    """Copies both ways until the origin has said all, or the browser has gone away."""
    ways = [
        asyncio.create_task(_copy(down_reader, up_writer)),
        asyncio.create_task(_copy(up_reader, down_writer)),
    ]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(PIECE_BYTES):
        writer.write(piece)
        await writer.drain()
