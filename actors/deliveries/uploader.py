"""Sends one film by HTTP PUT through the egress policy, and makes sure that it has arrived."""

import asyncio
import hashlib
import os
import re
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from importlib.metadata import version
from urllib.parse import urlsplit

from actors.deliveries.address import host_of, is_azure, target_of
from actors.webhooks.sender import TRANSIENT_STATUSES, DeliveryResult, system_trust
from explorer.egress.dialer import Connect, Connection, Connector, connect
from explorer.egress.http1 import HEAD_LIMIT_BYTES, Response, encode_head, parse_response, read_head
from explorer.egress.policy import EgressPolicy, Endpoint
from explorer.errors import AddressRefused
from explorer.retry_after import parse_retry_after

#: Interim responses before the final one; no server sends more.
MAX_INTERIM_RESPONSES = 8
#: An ETag of this form is the MD5 of what was stored, unless it was encrypted under a key of its owner's.
_MD5 = re.compile(r'"([0-9a-fA-F]{32})"')
_ENCRYPTION = "x-amz-server-side-encryption"


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a receiver may take. A film as a whole may take `answer_s`, and as long as `slowest` says."""

    #: To say that it wants the film. Who says nothing gets it then.
    continue_s: float = 1.0
    #: To take the next chunk of the film.
    stall_s: float = 30.0
    #: To answer when it has all.
    answer_s: float = 60.0
    slowest_bytes_s: int = 50_000


@dataclass(frozen=True, slots=True)
class Upload:
    """A film to be sent."""

    url: str = field(repr=False)
    content_type: str
    size_bytes: int
    chunks: AsyncIterator[bytes] = field(repr=False)

    def head(self) -> bytes:
        """The request without its body."""
        fields = {
            "Host": host_of(self.url),
            "User-Agent": f"Sitereel/{version('sitereel')}",
            "Content-Type": self.content_type,
            "Content-Length": str(self.size_bytes),
            # Who refuses it says so before the film is sent, instead of hanging up in the middle.
            "Expect": "100-continue",
            **({"x-ms-blob-type": "BlockBlob"} if is_azure(self.url) else {}),
        }
        start_line = f"PUT {target_of(self.url)} HTTP/1.1".encode()
        return encode_head(start_line, [(name.encode(), value.encode()) for name, value in fields.items()])


DEFAULT_LIMITS = Limits()


async def put(
    upload: Upload,
    egress: EgressPolicy,
    limits: Limits = DEFAULT_LIMITS,
    trust: ssl.SSLContext | None = None,
) -> DeliveryResult:
    """Sends a film. `trust` has the accepted certificates; without it, the system's.

    Errors name the receiver's host alone. Raises whatever `upload.chunks` does.
    """
    host, is_tls = host_of(upload.url), urlsplit(upload.url).scheme.lower() == "https"
    if is_tls and trust is None:
        trust = await asyncio.to_thread(system_trust)
    endpoint = Endpoint.of(upload.url)
    try:
        connection = await Connector(egress, _secured(endpoint, trust) if is_tls else connect).dial(endpoint)
    except AddressRefused as exc:
        return DeliveryResult(str(exc).removesuffix("."), transient=False)
    except ssl.SSLCertVerificationError as exc:
        return DeliveryResult(f"The certificate of {host} is not valid: {exc.verify_message}")
    except OSError as exc:
        return DeliveryResult(f"{host} could not be reached: {_cause(exc)}")
    try:
        async with asyncio.timeout(limits.answer_s + upload.size_bytes / limits.slowest_bytes_s):
            return await _Exchange(upload, host, connection, limits).run()
    except TimeoutError:
        return DeliveryResult(f"{host} took too long to take the film or to answer")
    except (OSError, EOFError):
        return DeliveryResult(f"The connection to {host} broke off before it had answered")
    except ValueError:
        return DeliveryResult(f"{host} answered with something that is not HTTP")
    finally:
        connection[1].close()


def refusal(host: str, status: int, retry_after: str = "") -> DeliveryResult:
    """The result for the status of a response that is no success. Redirects are not followed."""
    error = f"{host} answered {status}"
    with suppress(ValueError):
        error += f" {HTTPStatus(status).phrase}"
    if 300 <= status < 400:
        return DeliveryResult(f"{error}, and redirects are not followed", transient=False)
    transient = status >= 500 or status in TRANSIENT_STATUSES
    return DeliveryResult(error, transient, (parse_retry_after(retry_after) or 0.0) if transient else 0.0)


def _cause(exc: OSError) -> str:
    if isinstance(exc, TimeoutError):
        return "it did not answer in time"
    if isinstance(exc, ssl.SSLError):
        return f"TLS failed ({exc.reason})"
    # asyncio repeats the address in `strerror`; resolver errors are negative and have texts of their own.
    return os.strerror(exc.errno) if exc.errno and exc.errno > 0 else exc.strerror or type(exc).__name__


def _secured(endpoint: Endpoint, trust: ssl.SSLContext | None) -> Connect:
    """Connects by TLS, with the name that its certificate has to have."""

    async def connecting(address: str, port: int) -> Connection:
        return await asyncio.open_connection(
            address, port, limit=HEAD_LIMIT_BYTES, ssl=trust, server_hostname=endpoint.host
        )

    return connecting


class _Exchange:
    """One request and its response, on a connection of its own."""

    def __init__(self, upload: Upload, host: str, connection: Connection, limits: Limits) -> None:
        self._upload = upload
        self._host = host
        self._reader, self._writer = connection
        self._limits = limits
        self._wanted = asyncio.Event()
        self._sent_bytes = 0
        self._md5 = hashlib.md5(usedforsecurity=False)

    async def run(self) -> DeliveryResult:
        """Raises TimeoutError, OSError, EOFError, and ValueError for a response that is none."""
        self._writer.write(self._upload.head())
        answering = asyncio.create_task(self._answer())
        answering.add_done_callback(lambda _: self._wanted.set())
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._limits.continue_s):
                    await self._wanted.wait()
            with suppress(ConnectionError):  # it may have answered before it hung up
                await self._send(answering)
            async with asyncio.timeout(self._limits.answer_s):
                return self._judged(await answering)
        finally:
            answering.cancel()
            await asyncio.gather(answering, return_exceptions=True)

    async def _send(self, answering: asyncio.Task[Response]) -> None:
        """Sends the film, until all of it was taken or there is an answer."""
        if answering.done():
            return
        async for chunk in self._upload.chunks:
            self._writer.write(chunk)
            async with asyncio.timeout(self._limits.stall_s):
                await self._writer.drain()
            self._sent_bytes += len(chunk)
            self._md5.update(chunk)
            if answering.done():
                return

    async def _answer(self) -> Response:
        for _ in range(MAX_INTERIM_RESPONSES):
            response = parse_response(await read_head(self._reader))
            if response.status >= 200:
                return response
            if response.status == HTTPStatus.CONTINUE:
                self._wanted.set()
        raise ValueError("it sends no final response")

    def _judged(self, response: Response) -> DeliveryResult:
        status = response.status
        fields = {name.decode(): value.decode("latin-1") for name, value in response.fields}
        if not 200 <= status < 300:
            return refusal(self._host, status, fields.get("retry-after", ""))
        left_bytes = self._writer.transport.get_write_buffer_size()
        if self._sent_bytes - left_bytes != self._upload.size_bytes:
            return DeliveryResult(f"{self._host} answered {status} before it had the whole film")
        if _stored_md5(fields) not in (None, self._md5.hexdigest()):
            return DeliveryResult(f"{self._host} has stored something else than the film, as its ETag says")
        return DeliveryResult()


def _stored_md5(fields: Mapping[str, str]) -> str | None:
    """The MD5 of what was stored, if a response tells it."""
    found = _MD5.fullmatch(fields.get("etag", ""))
    if any(name.startswith(_ENCRYPTION) and value != "AES256" for name, value in fields.items()):
        return None
    return found[1].lower() if found else None
