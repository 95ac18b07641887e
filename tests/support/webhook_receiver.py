"""Somebody who is called: a real HTTP server on loopback that fails as it is told, and then listens."""

import asyncio
import json
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.explorer.support.exploration import answer, read_head

PATIENCE_S = 20.0
#: Takes the call and never answers.
HANG = b"hang"
#: Takes the call and hangs up.
DROP = b"drop"
FINE = answer(b"thank you")


@dataclass(frozen=True, slots=True)
class Heard:
    """One call as it came."""

    first: str
    headers: dict[str, str]
    body: bytes
    at_s: float

    @property
    def told(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.body)
        return told


@dataclass(slots=True)
class Receiver:
    """Answers calls in turn with `replies`, and with FINE when there are no more."""

    replies: list[bytes]
    port: int = 0
    scheme: str = "http"
    heard: list[Heard] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host}/hooks/secret-path?token=secret-query"

    async def until(self, arrived: Callable[[list[Heard]], bool]) -> list[Heard]:
        async with asyncio.timeout(PATIENCE_S):
            while not arrived(self.heard):
                await asyncio.sleep(0.005)
        return self.heard

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            first, headers = await read_head(reader)
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            self.heard.append(Heard(first, headers, body, time.monotonic()))
            reply = self.replies.pop(0) if self.replies else FINE
            if reply == HANG:
                await reader.read()  # until the caller has given up
            elif reply != DROP:
                writer.write(reply)
                await writer.drain()
        except (OSError, EOFError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def receiving(
    *replies: bytes, port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Receiver]:
    """Somebody who answers so."""
    receiver = Receiver(list(replies), scheme="https" if tls else "http")
    async with await asyncio.start_server(receiver.serve, "127.0.0.1", port, ssl=tls) as server:
        receiver.port = server.sockets[0].getsockname()[1]
        yield receiver
