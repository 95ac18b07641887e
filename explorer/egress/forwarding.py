"""Forwards one HTTP request and its response, or one CONNECT tunnel, between browser and site."""

import asyncio

from explorer.egress.dialer import Connection
from explorer.egress.http1 import Request, Response, is_websocket_upgrade, parse_response, read_head
from explorer.egress.relay import Meter, copy, wait_for_first

#: Interim responses (103 Early Hints) before the final one; no server sends more.
MAX_INTERIM_RESPONSES = 8
#: The beginning of TLS: a handshake record (RFC 8446, section 5.1).
TLS_HANDSHAKE_PREFIX = b"\x16\x03"


class InvalidResponse(Exception):
    """The site's response is not HTTP, or is one that only a proxy may send."""


class TunnelRefused(Exception):
    """A tunnel was opened for a protocol other than TLS and WebSocket."""


async def forward(request: Request, browser: Connection, site: Connection, meter: Meter) -> None:
    """Forwards one request and its response.

    Raises InvalidResponse before any byte of the response is forwarded, and TrafficExceeded.
    """
    (reader, writer), (site_reader, site_writer) = browser, site
    site_writer.write(request.encode_for_origin())
    sending = asyncio.create_task(_send_body(request, reader, site_writer, meter))
    try:
        response = await _read_final_response(site_reader, sending)
        if response is None:
            return
        writer.write(response.encode_for_browser())
        receiving = asyncio.create_task(copy(site_reader, writer, meter))
        await wait_for_first(sending, receiving)
    finally:
        sending.cancel()


async def tunnel(browser: Connection, site: Connection, meter: Meter, timeout_s: float) -> None:
    """Tunnels TLS, or a WebSocket without TLS.

    Raises TunnelRefused before a byte of any other protocol is sent, and TrafficExceeded.
    """
    (reader, writer), (site_reader, site_writer) = browser, site
    writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
    async with asyncio.timeout(timeout_s):
        site_writer.write(await _read_first_bytes(reader))
    upload = asyncio.create_task(copy(reader, site_writer, meter))
    download = asyncio.create_task(copy(site_reader, writer, meter))
    await wait_for_first(upload, download)


async def _read_first_bytes(reader: asyncio.StreamReader) -> bytes:
    first = await reader.readexactly(4)
    if first.startswith(TLS_HANDSHAKE_PREFIX):
        return first
    if first != b"GET ":
        raise TunnelRefused
    rest, *lines = await read_head(reader)
    if not is_websocket_upgrade([first + rest, *lines]):
        raise TunnelRefused
    return b"\r\n".join([first + rest, *lines, b"", b""])


async def _send_body(
    request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, meter: Meter
) -> None:
    """Sends the body and nothing after it: a second request on the connection would not be checked."""
    await copy(reader, writer, meter, request.body_bytes)
    await reader.read(1)  # returns when the browser closes the connection


async def _read_final_response(reader: asyncio.StreamReader, sending: asyncio.Task[None]) -> Response | None:
    """Reads the site's final response; None when the browser disconnects first."""
    for _ in range(MAX_INTERIM_RESPONSES):
        reading = asyncio.create_task(_read_response(reader))
        try:
            await asyncio.wait((reading, sending), return_when=asyncio.FIRST_COMPLETED)
        finally:
            reading.cancel()  # also when the take ends meanwhile and nothing awaits its exception
        if not reading.done():
            await sending
            return None
        response = reading.result()
        if response.status in (101, 407):
            # A protocol switch that was not requested, and a request for proxy credentials.
            raise InvalidResponse(f"it answered with status {response.status}, which only a proxy may")
        if response.status >= 200:
            return response
    raise InvalidResponse("it sends no final response")


async def _read_response(reader: asyncio.StreamReader) -> Response:
    try:
        return parse_response(await read_head(reader))
    except ValueError as exc:
        raise InvalidResponse(str(exc)) from exc
