"""A forward proxy for one take: every request of the browser passes the fence here, redirects included."""

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import Mapping
from contextlib import suppress
from typing import Self

from explorer.egress.browser_background import NOWHERE, is_background_request
from explorer.egress.dialer import Connect, Connection, Connector, connect
from explorer.egress.forwarding import NotHttp, NotTheWeb, forward, tunnel
from explorer.egress.http1 import HEAD_LIMIT_BYTES, Request, parse_request, read_head
from explorer.egress.policy import EgressPolicy
from explorer.egress.relay import Meter, TrafficExceeded
from explorer.errors import AddressRefused
from explorer.types import MAX_REFUSALS, Refusal

log = logging.getLogger(__name__)

#: Chromium opens connections ahead of need and then says nothing for a while.
HEAD_TIMEOUT_S = 30.0
OVERFLOW_TIMEOUT_S = 1.0
#: Chromium opens at most 32 for http and https through a proxy, and there are two of it; the rest is for
#: WebSockets, of which each would open 255. None has a time limit: a stream may live as long as the take.
MAX_CONNECTIONS = 256
#: Beyond any site's five minutes, far below what a page can pull in an hour.
MAX_TRAFFIC_BYTES = 2 << 30
#: Refusals of one rule: a page that scans ports must not crowd out all others.
MAX_OF_A_RULE = MAX_REFUSALS // 4
#: Header by which a proxy's own answer is told from the site's (RFC 9209).
STATUS_HEADER = "proxy-status"
PRODUCT = "sitereel"
#: What only reads (RFC 9110, section 9.2.1), and a tunnel, into which nobody can look.
PASSED = frozenset({"GET", "HEAD", "OPTIONS", "CONNECT"})
SPENT = "the take has loaded as much as it may"
#: What RFC 9209 calls refusals by address; all others are a request denied.
ERRORS = dict.fromkeys(
    ("private_address", "metadata_address", "own_address", "own_service"), "destination_ip_prohibited"
)


class EgressProxy:
    """Listens on loopback while entered; `refused` holds each endpoint turned down, up to `MAX_REFUSALS`.

    Without `allow_writes` it also turns down plain http requests that may write. It cannot look into https:
    there, and first of all here, the gate does that.
    """

    def __init__(
        self,
        egress_policy: EgressPolicy,
        allow_writes: bool = True,
        *,
        connect: Connect = connect,
        max_connections: int = MAX_CONNECTIONS,
        max_traffic_bytes: int = MAX_TRAFFIC_BYTES,
    ) -> None:
        self._dialer = Connector(egress_policy, connect)
        self._allow_writes = allow_writes
        self._max_connections = max_connections
        self._meter = Meter(max_traffic_bytes)
        self.refused: list[Refusal] = []
        #: What the latest request failed of that the proxy answered itself.
        self.last_failure = ""
        #: Endpoints whose names do not exist, which no further try will change.
        self.nameless: set[str] = set()
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
            writer.write(await self._serve(reader, writer))
        except (OSError, EOFError, ValueError, asyncio.CancelledError) as exc:
            # Cancelled is what the end of the take does; asyncio 3.11 would log each as an error.
            log.debug("proxied connection ended: %r", exc)
        finally:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        """Carries out one request. What this returns is still to be said to the browser."""
        if len(self._tasks) > self._max_connections:
            most = f"{self._max_connections} connections"
            # What is left unread would turn the answer into a reset.
            with suppress(TimeoutError):
                await asyncio.wait_for(reader.read(HEAD_LIMIT_BYTES), OVERFLOW_TIMEOUT_S)
            return self._refuse("connections", most, f"the page has opened more than {most} at a time")
        try:
            async with asyncio.timeout(HEAD_TIMEOUT_S):
                request = parse_request(await read_head(reader))
        except (ValueError, AddressRefused) as exc:
            return self._answer("400 Bad Request", "http_request_error", f"not a request to a proxy: {exc}")
        if request.endpoint.host == NOWHERE:
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        if is_background_request(request.endpoint.host):
            return self._refuse(
                "browser_service", str(request.endpoint), "only browsers ask for this, for themselves"
            )
        if self._meter.left_bytes <= 0:
            return self._refuse("traffic", str(request.endpoint), SPENT)
        if request.method not in PASSED and not self._allow_writes:
            what = f"{request.method} {request.url.partition('?')[0]}"
            return self._refuse("write", what, "a request that may change something was held back")
        try:
            upstream = await self._dialer.dial(request.endpoint)
        except AddressRefused as exc:
            return self._refuse(exc.rule, str(request.endpoint), str(exc))
        except OSError as exc:
            if isinstance(exc, socket.gaierror) and exc.errno != socket.EAI_AGAIN:
                self.nameless.add(str(request.endpoint))
            return self._unavailable(request, _cause(exc))
        try:
            return await self._carry(request, (reader, writer), upstream)
        finally:
            upstream[1].close()

    async def _carry(self, request: Request, browser: Connection, site: Connection) -> bytes:
        try:
            if request.method == "CONNECT":
                await tunnel(browser, site, self._meter, HEAD_TIMEOUT_S)
            else:
                await forward(request, browser, site, self._meter)
        except NotHttp as exc:
            return self._unavailable(request, str(exc))
        except NotTheWeb:
            self._note(Refusal("protocol", str(request.endpoint), "neither https nor a WebSocket"))
        except TrafficExceeded:
            self._note(Refusal("traffic", str(request.endpoint), SPENT))
        return b""

    def _unavailable(self, request: Request, cause: str) -> bytes:
        detail = f"{request.endpoint} could not be reached: {cause}"
        return self._answer("502 Bad Gateway", "destination_unavailable", detail)

    def _refuse(self, rule: str, what: str, detail: str) -> bytes:
        self._note(Refusal(rule, what, detail))
        return self._answer("403 Forbidden", ERRORS.get(rule, "http_request_denied"), detail)

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
        alike = sum(one.rule == refusal.rule for one in self.refused)
        if refusal not in self.refused and alike < MAX_OF_A_RULE and len(self.refused) < MAX_REFUSALS:
            self.refused.append(refusal)


def _cause(exc: OSError) -> str:
    if isinstance(exc, TimeoutError):
        return "it did not answer in time"
    # asyncio repeats the address in `strerror`; resolvers count downwards from 0 and have texts of their own.
    return os.strerror(exc.errno) if exc.errno and exc.errno > 0 else exc.strerror or str(exc)
