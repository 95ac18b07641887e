"""Sends one message to one receiver, past the fence, and judges the answer."""

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

# It would log every address whole, and those of receivers are often secret.
logging.getLogger("httpx2").setLevel(logging.WARNING)

#: Of the answer's body nothing is wanted: a small one is read, so that its sender sees it arrive.
MOST_BODY_BYTES = 4096
BODY_PATIENCE_S = 1.0
MAX_TRAFFIC_BYTES = 1 << 20
#: Besides 5xx: a receiver that was too slow to read, or has too much to do.
PASSING = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a receiver may take: to be connected with, and for all of it."""

    connect_s: float = 5.0
    total_s: float = 15.0


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    """What came of it: taken, or why not; whether that may pass; and what the receiver has asked to wait."""

    error: str = ""
    passing: bool = True
    wait_s: float = 0.0

    @property
    def taken(self) -> bool:
        return not self.error


async def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    fence: EgressPolicy,
    limits: Limits = LIMITS,
    trust: ssl.SSLContext | None = None,
) -> DeliveryResult:
    """Sends it once. `trust` says whose certificates are believed; without it, the system's."""
    if trust is None:
        trust = await asyncio.to_thread(system_trust)
    proxy = EgressProxy(fence, connect=_within(limits.connect_s), max_traffic_bytes=MAX_TRAFFIC_BYTES)
    async with proxy:
        try:
            async with asyncio.timeout(limits.total_s):
                return await _send(url, body, headers, proxy, trust)
        except TimeoutError:
            return DeliveryResult(f"It did not answer within {limits.total_s:g} s.")


async def _send(
    url: str, body: bytes, headers: Mapping[str, str], proxy: EgressProxy, trust: ssl.SSLContext
) -> DeliveryResult:
    import httpx2  # 0.2 s, in vain wherever nobody is to be called

    head = {"content-type": "application/json", "user-agent": _product(), **headers}
    # No limits of its own: what waits for the proxy waits for the receiver behind it.
    client = httpx2.AsyncClient(proxy=proxy.url, verify=trust, trust_env=False, timeout=None)
    try:
        async with client, client.stream("POST", url, content=body, headers=head) as response:
            if proxy.sent_response(response.headers):
                return _held_back(proxy, response.status_code)
            await _skim(response)
            return judge(response.status_code, response.headers.get("retry-after", ""))
    except httpx2.ProxyError as exc:
        # The answer to a request for a tunnel, as text that begins with its status.
        return _held_back(proxy, int(str(exc)[:3]))
    except (httpx2.HTTPError, httpx2.InvalidURL) as exc:
        return _broken(exc)


def judge(status: int, retry_after: str = "") -> DeliveryResult:
    """What an answer's status means. One that sends elsewhere is not followed: that was not agreed on."""
    if 200 <= status < 300:
        return DeliveryResult()
    error = f"It answered {status}{_phrase(status)}."
    if 300 <= status < 400:
        return DeliveryResult(f"{error} Redirects are not followed: give the final address.", passing=False)
    passing = status >= 500 or status in PASSING
    return DeliveryResult(error, passing, (parse_retry_after(retry_after) or 0.0) if passing else 0.0)


def _held_back(proxy: EgressProxy, status: int) -> DeliveryResult:
    """What the proxy answered itself: the fence's refusal stays, a receiver out of reach may come back."""
    return DeliveryResult(_sentence(proxy.last_failure), passing=status == HTTPStatus.BAD_GATEWAY)


def _broken(exc: Exception) -> DeliveryResult:
    cause: BaseException | None = exc
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return DeliveryResult(f"Its certificate is not valid: {cause.verify_message}.")
        cause = cause.__cause__ or cause.__context__
    return DeliveryResult(f"The connection broke off before an answer came ({type(exc).__name__}).")


async def _skim(response: "httpx2.Response") -> None:
    """Whatever becomes of the body, the answer is what its head says."""
    import httpx2

    read_bytes = 0
    with suppress(TimeoutError, httpx2.HTTPError):
        async with asyncio.timeout(BODY_PATIENCE_S):
            async for piece in response.aiter_raw():
                read_bytes += len(piece)
                if read_bytes > MOST_BODY_BYTES:
                    return


def _within(limit_s: float) -> Connect:
    async def connecting(address: str, port: int) -> Connection:
        async with asyncio.timeout(limit_s):
            return await connect(address, port)

    return connecting


@cache
def system_trust() -> ssl.SSLContext:
    """Takes 30 ms, and the first time as long as loading the client does."""
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
