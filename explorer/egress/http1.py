"""Parses and encodes HTTP/1.1 message heads, strictly: whatever two parsers could read differently is
refused.

Not done with `h11`, which was tried (0.16, installed with uvicorn): it would replace about 35 lines of this
file (reading and splitting heads) and need about 20 to drive its connection objects, so it saves fewer than
50; targets, lengths, hop-by-hop fields and re-encoding stay ours. It also accepts five of the heads that the
tests expect to be refused (repeated equal lengths, twice, a length beside chunks, chunks, obs-fold), which
would have to be checked again, and refuses responses of careless servers that browsers show (a line that is
no field, `Transfer-Encoding: gzip, chunked`).
"""

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from explorer.egress.policy import Endpoint

HEAD_LIMIT_BYTES = 128 * 1024

_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VALUE = re.compile(rb"[^\x00\r\n]*")
_TARGET = re.compile(r"[\x21-\x7e]+")
_AUTHORITY = re.compile(r"(\[[0-9a-fA-F:.]+\]|[0-9A-Za-z._\-]+):([0-9]{1,5})")
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-9][0-9]{2})(?: [^\x00\r\n]*)?")

#: Fields that concern one connection only (RFC 9110, section 7.6.1), and those that are replaced. `upgrade`
#: is among them: a browser behind a proxy opens WebSockets through tunnels.
HOP_BY_HOP_FIELDS = frozenset(
    {
        *(b"connection", b"keep-alive", b"te", b"trailer", b"upgrade", b"host", b"proxy-connection"),
        *(b"proxy-authorization", b"proxy-authenticate", b"proxy-authentication-info", b"proxy-status"),
    }
)

Fields = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Request:
    """A browser's request to the proxy; `url` is "" for a tunnel, `path` is the origin-form target."""

    method: str
    endpoint: Endpoint
    url: str
    path: str
    fields: Fields
    body_bytes: int

    def encode_for_origin(self) -> bytes:
        """Encodes the request in origin form for one exchange; its Host is the endpoint it is sent to."""
        is_default_port = self.endpoint.port == 80
        host = str(self.endpoint).removesuffix(":80") if is_default_port else str(self.endpoint)
        start_line = f"{self.method} {self.path} HTTP/1.1".encode()
        return encode_head(start_line, [(b"Host", host.encode()), *_end_to_end(self.fields)])


@dataclass(frozen=True, slots=True)
class Response:
    """An origin's status line and fields."""

    status: int
    start_line: bytes
    fields: Fields

    def encode_for_browser(self) -> bytes:
        """Encodes the response for one exchange, without keep-alive.

        On a connection that is kept, the next request would not be checked by the egress policy.
        """
        return encode_head(self.start_line, _end_to_end(self.fields))


async def read_head(reader: asyncio.StreamReader) -> list[bytes]:
    """Reads lines up to the empty one. Raises ValueError when the head is too long, EOFError when it ends
    early.
    """
    lines: list[bytes] = []
    size = 0
    while True:
        line = await reader.readline()  # ValueError beyond the reader's own limit
        size += len(line)
        if not line.endswith(b"\n"):
            raise EOFError("the head is cut off")
        if size > HEAD_LIMIT_BYTES:
            raise ValueError("the head is too long")
        line = line.removesuffix(b"\n").removesuffix(b"\r")
        if not line:
            return lines
        lines.append(line)


def parse_request(lines: list[bytes]) -> Request:
    """Parses a request. Raises ValueError or AddressRefused for one that no browser would send to a proxy."""
    if not lines:
        raise ValueError("it is empty")
    method, target, version = lines[0].decode("ascii").split(" ")
    if not _TOKEN.fullmatch(method.encode()) or version not in ("HTTP/1.1", "HTTP/1.0"):
        raise ValueError("its request line is not HTTP")
    fields = _parse_fields(lines[1:])
    if method == "CONNECT":
        return Request(method, _parse_authority(target), "", "", fields, 0)
    if not _TARGET.fullmatch(target) or not target.lower().startswith("http://"):
        raise ValueError("only http goes through a proxy without a tunnel")
    parts = urlsplit(target)
    if "@" in parts.netloc:
        raise ValueError("its target has user information")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Request(method, Endpoint.of(target), target, path, fields, _content_length(fields))


def parse_response(lines: list[bytes]) -> Response:
    """Parses a response. Raises ValueError for one that is not HTTP."""
    match = _STATUS.fullmatch(lines[0]) if lines else None
    if match is None:
        raise ValueError("its status line is not HTTP")
    return Response(int(match[1]), lines[0], _parse_fields(lines[1:], lenient=True))


def encode_head(start_line: bytes, fields: Iterable[tuple[bytes, bytes]]) -> bytes:
    lines = [start_line, *(name + b": " + value for name, value in fields), b"Connection: close", b"", b""]
    return b"\r\n".join(lines)


def is_websocket_upgrade(lines: list[bytes]) -> bool:
    """Checks for a WebSocket opening handshake (RFC 6455, section 4.1). Raises ValueError."""
    if not lines or not re.fullmatch(rb"GET /[\x21-\x7e]* HTTP/1\.1", lines[0]):
        return False
    fields = dict(_parse_fields(lines[1:]))
    return fields.get(b"upgrade", b"").lower() == b"websocket" and b"sec-websocket-key" in fields


def _parse_fields(lines: Iterable[bytes], lenient: bool = False) -> Fields:
    """Parses fields, names in lower case. A line that is no field is an error, or skipped when `lenient`."""
    fields = []
    for line in lines:
        name, colon, value = line.partition(b":")
        if colon and _TOKEN.fullmatch(name) and _VALUE.fullmatch(value):
            fields.append((name.lower(), value.strip(b" \t")))
        elif not lenient:
            raise ValueError("one of its header fields is not HTTP")
    return tuple(fields)


def _end_to_end(fields: Fields) -> Fields:
    named = {
        name.strip().lower()
        for field, value in fields
        if field == b"connection"
        for name in value.split(b",")
    }
    # `Connection` must not remove the fields that frame the message.
    dropped = HOP_BY_HOP_FIELDS | (named - {b"content-length", b"transfer-encoding"})
    return tuple(field for field in fields if field[0] not in dropped)


def _content_length(fields: Fields) -> int:
    """Returns the length of the body. Browsers always send one; chunks or two are smuggling."""
    if any(name == b"transfer-encoding" for name, _ in fields):
        raise ValueError("its body has no length")
    lengths = [value for name, value in fields if name == b"content-length"]
    if len(lengths) > 1 or not all(re.fullmatch(rb"[0-9]{1,15}", value) for value in lengths):
        raise ValueError("its body has more than one length")
    return int(lengths[0]) if lengths else 0


def _parse_authority(target: str) -> Endpoint:
    match = _AUTHORITY.fullmatch(target)
    if match is None:
        raise ValueError("a tunnel needs host:port")
    return Endpoint.parse(match[1], int(match[2]))
