"""A relay between client and API: counts requests, cuts connections off, and hides paths."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

#: What is passed on of a piece of an answer; after less than all of it, the connection is cut off.
Passing = Callable[[bytes], bytes]


@dataclass(slots=True)
class Relay:
    """Forwards requests to the server at `target`, one for each connection."""

    target: str
    #: Made anew for each connection.
    passing: Callable[[], Passing] = lambda: lambda piece: piece
    #: Renames an address on its way there.
    hidden: tuple[bytes, bytes] = (b"", b"")
    #: Heads of all requests.
    heads: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            await self._pass(reader, writer)
        writer.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heads.append(head.decode())
        there = urlsplit(self.target)
        answers, asking = await asyncio.open_connection(there.hostname, there.port)
        asking.write(head.replace(*self.hidden).replace(b"keep-alive", b"close"))
        passing = self.passing()
        while piece := await answers.read(65536):
            passed = passing(piece)
            writer.write(passed)
            await writer.drain()
            if len(passed) < len(piece):
                break
        asking.close()
