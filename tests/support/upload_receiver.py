"""A store that films are sent to: a real HTTP server on loopback that fails as it is told, and then works."""

import asyncio
import hashlib
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.explorer.support.exploration import answer, read_head
from tests.support.canaries import SIGN

PATIENCE_S = 20.0
#: Stands in the signature of every address.
SIGNATURE = f"{SIGN}-signature"
#: What stands in the path of every address, and is no more to be told than the signature.
SECRET_PATH = "secret-bucket-path"


@dataclass(frozen=True, slots=True)
class Received:
    """One request: its head, and as much of its body as was taken."""

    first: str
    headers: dict[str, str]
    body: bytes
    at_s: float


@dataclass(slots=True)
class FilmStore:
    """Answers requests in turn with `replies`, and stores what it is sent when there are no more."""

    replies: list["Reply"]
    port: int = 0
    scheme: str = "http"
    #: How many requests have begun, and those that were answered or broken off.
    begun: int = 0
    received: list[Received] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, name: str = "film.mp4", query: str = "") -> str:
        """A presigned address."""
        signed = f"X-Amz-Signature={SIGNATURE}"
        return f"{self.scheme}://{self.host}/{SECRET_PATH}/{name}?{signed}{query and f'&{query}'}"

    async def until_begun(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while self.begun < count:
                await asyncio.sleep(0.005)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            first, headers = await read_head(reader)
            self.begun += 1
            reply = self.replies.pop(0) if self.replies else stores
            body = await reply(reader, writer, int(headers["content-length"]))
            self.received.append(Received(first, headers, body, time.monotonic()))
            await writer.drain()
        except (OSError, EOFError, asyncio.CancelledError):
            pass  # the end of the test cancels it; asyncio 3.11 would log that as an error
        finally:
            writer.close()


#: Takes as much of a body as it likes, answers, and says what it has taken.
Reply = Callable[[asyncio.StreamReader, asyncio.StreamWriter, int], Awaitable[bytes]]


async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, size_bytes: int) -> bytes:
    """Asks for the body, as servers do, and takes so much of it."""
    writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    return await reader.readexactly(size_bytes)


async def stores(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, size_bytes: int) -> bytes:
    """Takes all, and answers as S3 does."""
    body = await take(reader, writer, size_bytes)
    writer.write(answer(b"", "200 OK", f'ETag: "{hashlib.md5(body).hexdigest()}"'))
    return body


def refuses(status: str, *fields: str) -> Reply:
    """Answers so as soon as it has seen the head."""

    async def reply(_: asyncio.StreamReader, writer: asyncio.StreamWriter, size_bytes: int) -> bytes:
        writer.write(answer(b"", status, *fields))
        return b""

    return reply


def answers(status: str, *fields: str, part: float = 1.0, asks: bool = True) -> Reply:
    """Takes a part of the film, and answers so. Who does not ask for the film waits until it comes."""

    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, size_bytes: int) -> bytes:
        wanted_bytes = int(size_bytes * part)
        body = await (take(reader, writer, wanted_bytes) if asks else reader.readexactly(wanted_bytes))
        writer.write(answer(b"", status, *fields))
        return body

    return reply


async def breaks_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, size_bytes: int) -> bytes:
    """Hangs up in the middle of the film."""
    body = await take(reader, writer, size_bytes // 2)
    writer.transport.abort()
    return body


async def hangs(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, size_bytes: int) -> bytes:
    """Takes half of the film, and no more."""
    body = await take(reader, writer, size_bytes // 2)
    await asyncio.sleep(PATIENCE_S)
    return body


@asynccontextmanager
async def storing(*replies: Reply, tls: ssl.SSLContext | None = None) -> AsyncIterator[FilmStore]:
    """A store that answers so."""
    store = FilmStore(list(replies), scheme="https" if tls else "http")
    async with await asyncio.start_server(store.serve, "127.0.0.1", 0, ssl=tls) as server:
        store.port = server.sockets[0].getsockname()[1]
        yield store
