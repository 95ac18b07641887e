"""Filtering forward proxy, one for each take: checks every request of the browser, redirects included."""

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import Mapping
from contextlib import suppress
from typing import Self

from explorer.egress.browser_background import BLACKHOLE_HOST, is_background_request
from explorer.egress.dialer import Connect, Connection, Connector, connect
from explorer.egress.forwarding import InvalidResponse, TunnelRefused, forward, tunnel
from explorer.egress.http1 import HEAD_LIMIT_BYTES, Request, parse_request, read_head
from explorer.egress.policy import EgressPolicy
from explorer.egress.relay import Meter, TrafficExceeded
from explorer.errors import AddressRefused
from explorer.types import MAX_REFUSALS, Refusal

log = logging.getLogger(__name__)

#: Chromium preconnects and then sends nothing for a while.
HEAD_TIMEOUT_S = 30.0
OVERFLOW_TIMEOUT_S = 1.0
#: Chromium opens at most 32 for http and https through a proxy, and there are two browsers; the rest is for
#: WebSockets, of which each browser would open 255. None has a time limit: a stream may last as long as the
#: take.
MAX_CONNECTIONS = 256
#: More than any site loads in five minutes, far less than a page can load in an hour.
MAX_TRAFFIC_BYTES = 2 << 30
#: Refusals recorded per rule: a page that scans ports must not displace all others.
MAX_REFUSALS_PER_RULE = MAX_REFUSALS // 4
#: Header that marks a proxy's own responses (RFC 9209).
STATUS_HEADER = "proxy-status"
PRODUCT = "sitereel"
#: Safe methods (RFC 9110, section 9.2.1), and tunnels, whose content is encrypted.
READ_ONLY_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "CONNECT"})
TRAFFIC_EXHAUSTED = "the take has reached its traffic limit"
#: RFC 9209's error types of refusals by address; all others are `http_request_denied`.
PROXY_STATUS_ERRORS = dict.fromkeys(
    ("private_address", "metadata_address", "own_address", "own_service"), "destination_ip_prohibited"
)


class EgressProxy:
    """Listens on loopback while entered; `refused` holds each refused endpoint, up to `MAX_REFUSALS`.

    Without `allow_writes` it also refuses plain http requests that may write. It cannot decrypt https: there,
    and before it for http as well, the request interceptor does that.
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
        #: Why the latest request failed that the proxy answered itself.
        self.last_failure = ""
        #: Endpoints whose names do not exist: they are not tried again.
        self.unresolvable: set[str] = set()
        #: Part of every response of our own, so that no site can imitate them.
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

    def sent_response(self, headers: Mapping[str, str]) -> bool:
        """Checks whether a response with these headers is the proxy's own: refused or unreachable."""
        return headers.get(STATUS_HEADER, "").startswith(f"{PRODUCT}-{self._token};")

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            writer.write(await self._serve(reader, writer))
        except (OSError, EOFError, ValueError, asyncio.CancelledError) as exc:
            # The end of the take cancels it; asyncio 3.11 would log each as an error.
            log.debug("proxied connection ended: %r", exc)
        finally:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        """Serves one request. Returns what is still to be written to the browser."""
        if len(self._tasks) > self._max_connections:
            limit = f"{self._max_connections} connections"
            # Unread input would turn the response into a connection reset.
            with suppress(TimeoutError):
                await asyncio.wait_for(reader.read(HEAD_LIMIT_BYTES), OVERFLOW_TIMEOUT_S)
            return self._refuse("connections", limit, f"the page has opened more than {limit} at a time")
        try:
            async with asyncio.timeout(HEAD_TIMEOUT_S):
                request = parse_request(await read_head(reader))
        except (ValueError, AddressRefused) as exc:
            return self._answer("400 Bad Request", "http_request_error", f"not a request to a proxy: {exc}")
        if request.endpoint.host == BLACKHOLE_HOST:
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        if is_background_request(request.endpoint.host):
            return self._refuse(
                "browser_service", str(request.endpoint), "a background request of the browser itself"
            )
        if self._meter.left_bytes <= 0:
            return self._refuse("traffic", str(request.endpoint), TRAFFIC_EXHAUSTED)
        if request.method not in READ_ONLY_METHODS and not self._allow_writes:
            what = f"{request.method} {request.url.partition('?')[0]}"
            return self._refuse("write", what, "a request that may change something was held back")
        try:
            upstream = await self._dialer.dial(request.endpoint)
        except AddressRefused as exc:
            return self._refuse(exc.rule, str(request.endpoint), str(exc))
        except OSError as exc:
            if isinstance(exc, socket.gaierror) and exc.errno != socket.EAI_AGAIN:
                self.unresolvable.add(str(request.endpoint))
            return self._unavailable(request, _cause(exc))
        try:
            return await self._relay(request, (reader, writer), upstream)
        finally:
            upstream[1].close()

    async def _relay(self, request: Request, browser: Connection, site: Connection) -> bytes:
        try:
            if request.method == "CONNECT":
                await tunnel(browser, site, self._meter, HEAD_TIMEOUT_S)
            else:
                await forward(request, browser, site, self._meter)
        except InvalidResponse as exc:
            return self._unavailable(request, str(exc))
        except TunnelRefused:
            self._record(Refusal("protocol", str(request.endpoint), "neither https nor a WebSocket"))
        except TrafficExceeded:
            self._record(Refusal("traffic", str(request.endpoint), TRAFFIC_EXHAUSTED))
        return b""

    def _unavailable(self, request: Request, cause: str) -> bytes:
        detail = f"{request.endpoint} could not be reached: {cause}"
        return self._answer("502 Bad Gateway", "destination_unavailable", detail)

    def _refuse(self, rule: str, what: str, detail: str) -> bytes:
        self._record(Refusal(rule, what, detail))
        return self._answer("403 Forbidden", PROXY_STATUS_ERRORS.get(rule, "http_request_denied"), detail)

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

    def _record(self, refusal: Refusal) -> None:
        of_this_rule = sum(one.rule == refusal.rule for one in self.refused)
        if (
            refusal not in self.refused
            and of_this_rule < MAX_REFUSALS_PER_RULE
            and len(self.refused) < MAX_REFUSALS
        ):
            self.refused.append(refusal)


def _cause(exc: OSError) -> str:
    if isinstance(exc, TimeoutError):
        return "it did not answer in time"
    # asyncio repeats the address in `strerror`; resolver errors are negative and have texts of their own.
    return os.strerror(exc.errno) if exc.errno and exc.errno > 0 else exc.strerror or str(exc)
