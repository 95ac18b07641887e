"""What passes between browser and site once they are connected: one exchange of HTTP, or one tunnel."""

import asyncio

from explorer.egress.dialer import Connection
from explorer.egress.http1 import Request, Response, asks_for_websocket, parse_response, read_head
from explorer.egress.relay import Meter, copy, until_first

#: Interim answers (103 Early Hints) before the real one; nobody sends more.
MAX_INTERIM = 8
#: The beginning of TLS: a handshake record (RFC 8446, section 5.1).
TLS = b"\x16\x03"


class NotHttp(Exception):
    """The site does not answer in HTTP, or with what only a proxy may say."""


class NotTheWeb(Exception):
    """A tunnel was opened for something else than https and WebSockets."""


async def forward(request: Request, browser: Connection, site: Connection, meter: Meter) -> None:
    """One request, one answer. Raises NotHttp before a byte of it has been passed on, and TrafficExceeded."""
    (reader, writer), (site_reader, site_writer) = browser, site
    site_writer.write(request.for_origin())
    sending = asyncio.create_task(_send(request, reader, site_writer, meter))
    try:
        answer = await _answer(site_reader, sending)
        if answer is None:
            return
        writer.write(answer.for_browser())
        receiving = asyncio.create_task(copy(site_reader, writer, meter))
        await until_first(sending, receiving)
    finally:
        sending.cancel()


async def tunnel(browser: Connection, site: Connection, meter: Meter, patience_s: float) -> None:
    """TLS, or a WebSocket without it. Raises NotTheWeb before anything else has left, and TrafficExceeded."""
    (reader, writer), (site_reader, site_writer) = browser, site
    writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
    async with asyncio.timeout(patience_s):
        site_writer.write(await _first_words(reader))
    there = asyncio.create_task(copy(reader, site_writer, meter))
    back = asyncio.create_task(copy(site_reader, writer, meter))
    await until_first(there, back)


async def _first_words(reader: asyncio.StreamReader) -> bytes:
    first = await reader.readexactly(4)
    if first.startswith(TLS):
        return first
    if first != b"GET ":
        raise NotTheWeb
    rest, *lines = await read_head(reader)
    if not asks_for_websocket([first + rest, *lines]):
        raise NotTheWeb
    return b"\r\n".join([first + rest, *lines, b"", b""])


async def _send(
    request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, meter: Meter
) -> None:
    """The body, and then nothing: a second request on this connection would not have been looked at."""
    await copy(reader, writer, meter, request.body_bytes)
    await reader.read(1)  # only says that the browser has gone


async def _answer(reader: asyncio.StreamReader, sending: asyncio.Task[None]) -> Response | None:
    """The site's answer, or None when the browser has gone before it came."""
    for _ in range(MAX_INTERIM):
        reading = asyncio.create_task(_read_answer(reader))
        try:
            await asyncio.wait((reading, sending), return_when=asyncio.FIRST_COMPLETED)
        finally:
            reading.cancel()  # also when the take ends meanwhile: what it would raise then nobody hears
        if not reading.done():
            await sending
            return None
        answer = reading.result()
        if answer.status in (101, 407):
            # A switch that nobody asked for, and a question for our own password.
            raise NotHttp(f"it answered with status {answer.status}, which only a proxy may")
        if answer.status >= 200:
            return answer
    raise NotHttp("it does not come to an answer")


async def _read_answer(reader: asyncio.StreamReader) -> Response:
    try:
        return parse_response(await read_head(reader))
    except ValueError as exc:
        raise NotHttp(str(exc)) from exc
