"""Sends one webhook by HTTP POST through the egress proxy, and evaluates the response."""

import asyncio
import logging
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from importlib.metadata import version
from typing import TYPE_CHECKING

from explorer.egress.dialer import Connect, Connection, connect
from explorer.egress.policy import EgressPolicy
from explorer.egress.proxy import EgressProxy
from explorer.retry_after import parse_retry_after

if TYPE_CHECKING:
    import httpx2

# It would log whole URLs, and those of receivers are often secret.
logging.getLogger("httpx2").setLevel(logging.WARNING)

#: The body of the response is not used: a small one is read, so that its sender sees it arrive.
MAX_BODY_BYTES = 4096
BODY_TIMEOUT_S = 1.0
MAX_TRAFFIC_BYTES = 1 << 20
#: Worth a retry besides 5xx: a receiver that was too slow to read, or is overloaded.
TRANSIENT_STATUSES = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long a receiver may take: to accept the connection, and in all."""

    connect_s: float = 5.0
    total_s: float = 15.0


DEFAULT_TIMEOUTS = Timeouts()


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    """Delivered, or why not; whether a retry may succeed, and the Retry-After of the receiver."""

    error: str = ""
    transient: bool = True
    retry_after_s: float = 0.0

    @property
    def delivered(self) -> bool:
        return not self.error


async def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    egress: EgressPolicy,
    timeouts: Timeouts = DEFAULT_TIMEOUTS,
    trust: ssl.SSLContext | None = None,
) -> DeliveryResult:
    """Sends one request. `trust` has the accepted certificates; without it, the system's."""
    if trust is None:
        trust = await asyncio.to_thread(system_trust)
    proxy = EgressProxy(egress, connect=_within(timeouts.connect_s), max_traffic_bytes=MAX_TRAFFIC_BYTES)
    async with proxy:
        try:
            async with asyncio.timeout(timeouts.total_s):
                return await _send(url, body, headers, proxy, trust)
        except TimeoutError:
            return DeliveryResult(f"It did not answer within {timeouts.total_s:g} s.")


async def _send(
    url: str, body: bytes, headers: Mapping[str, str], proxy: EgressProxy, trust: ssl.SSLContext
) -> DeliveryResult:
    import httpx2  # takes 0.2 s, which only webhooks need

    head = {"content-type": "application/json", "user-agent": _product(), **headers}
    # No timeouts of its own: waiting for the proxy is waiting for the receiver.
    client = httpx2.AsyncClient(proxy=proxy.url, verify=trust, trust_env=False, timeout=None)
    try:
        async with client, client.stream("POST", url, content=body, headers=head) as response:
            if proxy.sent_response(response.headers):
                return _from_proxy(proxy, response.status_code)
            await _discard_body(response)
            return evaluate(response.status_code, response.headers.get("retry-after", ""))
    except httpx2.ProxyError as exc:
        # Its text is the response to CONNECT and begins with the status.
        return _from_proxy(proxy, int(str(exc)[:3]))
    except (httpx2.HTTPError, httpx2.InvalidURL) as exc:
        return _from_error(exc)


def evaluate(status: int, retry_after: str = "") -> DeliveryResult:
    """The result for a response status. Redirects are not followed: their target was not checked."""
    if 200 <= status < 300:
        return DeliveryResult()
    error = f"It answered {status}{_phrase(status)}."
    if 300 <= status < 400:
        return DeliveryResult(f"{error} Redirects are not followed: give the final address.", transient=False)
    transient = status >= 500 or status in TRANSIENT_STATUSES
    return DeliveryResult(error, transient, (parse_retry_after(retry_after) or 0.0) if transient else 0.0)


def _from_proxy(proxy: EgressProxy, status: int) -> DeliveryResult:
    """The result when the proxy responded: a refusal is final, an unreachable receiver may come back."""
    return DeliveryResult(_sentence(proxy.last_failure), transient=status == HTTPStatus.BAD_GATEWAY)


def _from_error(exc: Exception) -> DeliveryResult:
    cause: BaseException | None = exc
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return DeliveryResult(f"Its certificate is not valid: {cause.verify_message}.")
        cause = cause.__cause__ or cause.__context__
    return DeliveryResult(f"The connection broke off before an answer came ({type(exc).__name__}).")


async def _discard_body(response: "httpx2.Response") -> None:
    """Reads a small body. Errors are ignored: the status counts."""
    import httpx2

    read_bytes = 0
    with suppress(TimeoutError, httpx2.HTTPError):
        async with asyncio.timeout(BODY_TIMEOUT_S):
            async for piece in response.aiter_raw():
                read_bytes += len(piece)
                if read_bytes > MAX_BODY_BYTES:
                    return


def _within(limit_s: float) -> Connect:
    """Connects with a timeout."""

    async def connecting(address: str, port: int) -> Connection:
        async with asyncio.timeout(limit_s):
            return await connect(address, port)

    return connecting


@cache
def system_trust() -> ssl.SSLContext:
    """The system's certificates. Takes 30 ms, and the first time as long as loading the client."""
    import httpx2

    return httpx2.create_ssl_context()


@cache
def _product() -> str:
    return f"Sitereel/{version('sitereel')}"


def _phrase(status: int) -> str:
    with suppress(ValueError):
        return f" {HTTPStatus(status).phrase}"
    return ""


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].removesuffix(".") + "."
