"""The heads of HTTP messages, read strictly: what two readers could take for two things is turned down."""

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

#: Fields that concern one connection only (RFC 9110, section 7.6.1), and those that we write anew. `upgrade`
#: is among them: a browser behind a proxy opens WebSockets through tunnels.
CONNECTION_FIELDS = frozenset(
    {
        *(b"connection", b"keep-alive", b"te", b"trailer", b"upgrade", b"host", b"proxy-connection"),
        *(b"proxy-authorization", b"proxy-authenticate", b"proxy-authentication-info", b"proxy-status"),
    }
)

Fields = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Request:
    """What a browser asks of a proxy; `url` is "" for a tunnel, `path` what the origin is asked for."""

    method: str
    endpoint: Endpoint
    url: str
    path: str
    fields: Fields
    body_bytes: int

    def for_origin(self) -> bytes:
        """The request as the origin expects it, for one exchange; its Host is where it goes."""
        default = self.endpoint.port == 80
        host = str(self.endpoint).removesuffix(":80") if default else str(self.endpoint)
        first = f"{self.method} {self.path} HTTP/1.1".encode()
        return write_head(first, [(b"Host", host.encode()), *_kept(self.fields)])


@dataclass(frozen=True, slots=True)
class Response:
    """An origin's status and fields."""

    status: int
    first: bytes
    fields: Fields

    def for_browser(self) -> bytes:
        """For one exchange: a browser that kept the connection would send its next request past the fence."""
        return write_head(self.first, _kept(self.fields))


async def read_head(reader: asyncio.StreamReader) -> list[bytes]:
    """Lines up to the empty one. Raises ValueError when there are too many, EOFError when they end early."""
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
    """Raises ValueError or AddressRefused for what no browser would send to a proxy."""
    if not lines:
        raise ValueError("it is empty")
    method, target, version = lines[0].decode("ascii").split(" ")
    if not _TOKEN.fullmatch(method.encode()) or version not in ("HTTP/1.1", "HTTP/1.0"):
        raise ValueError("its first line is none of HTTP")
    fields = _fields(lines[1:])
    if method == "CONNECT":
        return Request(method, _authority(target), "", "", fields, 0)
    if not _TARGET.fullmatch(target) or not target.lower().startswith("http://"):
        raise ValueError("only http goes through a proxy without a tunnel")
    parts = urlsplit(target)
    if "@" in parts.netloc:
        raise ValueError("it has a user in its address")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Request(method, Endpoint.of(target), target, path, fields, _body_bytes(fields))


def parse_response(lines: list[bytes]) -> Response:
    """Raises ValueError for what is no answer of HTTP."""
    match = _STATUS.fullmatch(lines[0]) if lines else None
    if match is None:
        raise ValueError("it does not speak HTTP")
    return Response(int(match[1]), lines[0], _fields(lines[1:], lenient=True))


def write_head(first: bytes, fields: Iterable[tuple[bytes, bytes]]) -> bytes:
    lines = [first, *(name + b": " + value for name, value in fields), b"Connection: close", b"", b""]
    return b"\r\n".join(lines)


def asks_for_websocket(lines: list[bytes]) -> bool:
    """Whether these are the first words of a WebSocket (RFC 6455, section 4.1). Raises ValueError."""
    if not lines or not re.fullmatch(rb"GET /[\x21-\x7e]* HTTP/1\.1", lines[0]):
        return False
    fields = dict(_fields(lines[1:]))
    return fields.get(b"upgrade", b"").lower() == b"websocket" and b"sec-websocket-key" in fields


def _fields(lines: Iterable[bytes], lenient: bool = False) -> Fields:
    """Names in lower case. What is no field is an error, or left out where servers may be careless."""
    fields = []
    for line in lines:
        name, colon, value = line.partition(b":")
        if colon and _TOKEN.fullmatch(name) and _VALUE.fullmatch(value):
            fields.append((name.lower(), value.strip(b" \t")))
        elif not lenient:
            raise ValueError("one of its fields is none of HTTP")
    return tuple(fields)


def _kept(fields: Fields) -> Fields:
    named = {
        name.strip().lower()
        for field, value in fields
        if field == b"connection"
        for name in value.split(b",")
    }
    # A site must not take away what frames its message by calling it a matter of the connection.
    dropped = CONNECTION_FIELDS | (named - {b"content-length", b"transfer-encoding"})
    return tuple(field for field in fields if field[0] not in dropped)


def _body_bytes(fields: Fields) -> int:
    """How long the body is. Browsers always say it; a body in chunks, or of two lengths, is a trick."""
    if any(name == b"transfer-encoding" for name, _ in fields):
        raise ValueError("its body has no length")
    lengths = [value for name, value in fields if name == b"content-length"]
    if len(lengths) > 1 or not all(re.fullmatch(rb"[0-9]{1,15}", value) for value in lengths):
        raise ValueError("its body has more than one length")
    return int(lengths[0]) if lengths else 0


def _authority(target: str) -> Endpoint:
    match = _AUTHORITY.fullmatch(target)
    if match is None:
        raise ValueError("a tunnel needs host:port")
    return Endpoint.parse(match[1], int(match[2]))
