"""What a page must never reach: a service on loopback that notes every connection and every datagram."""

import asyncio
import re
import socket
from contextlib import AsyncExitStack, suppress
from typing import Any, Self

TAG = re.compile(rb"v[0-9]{4}")
#: 127.0.0.2 stands for the rest of 127.0.0.0/8; macOS does not have it, and some containers have no ::1.
HOSTS = ("127.0.0.1", "::1", "127.0.0.2")
FIRST_WORDS_S = 5.0
BODY = b"the secret"
ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nAccess-Control-Allow-Origin: *\r\n"
    b"Access-Control-Allow-Headers: *\r\nAccess-Control-Allow-Methods: *\r\n"
    b"Access-Control-Allow-Private-Network: true\r\nSupports-Loading-Mode: credentialed-prerender\r\n"
    b"Content-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(BODY), BODY)
)


class Secret(asyncio.DatagramProtocol):
    """Listens while entered; `tcp` and `udp` hold the mark in what came, or "" where there was none."""

    def __init__(self) -> None:
        self.port = 0
        self.tcp: list[str] = []
        self.udp: list[str] = []
        self._opened = AsyncExitStack()

    async def __aenter__(self) -> Self:
        first = await asyncio.start_server(self._hear, HOSTS[0], 0)
        self.port = first.sockets[0].getsockname()[1]
        self._opened.callback(first.close)
        loop = asyncio.get_running_loop()
        for host in HOSTS:
            with suppress(OSError):
                if host != HOSTS[0]:
                    server = await asyncio.start_server(self._hear, host, self.port)
                    self._opened.callback(server.close)
                transport, _ = await loop.create_datagram_endpoint(lambda: self, (host, self.port))
                self._opened.callback(transport.close)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._opened.aclose()

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        said = b""
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(FIRST_WORDS_S):
                said = await reader.read(8192)
        self.tcp.append(_mark(said))
        with suppress(OSError):
            writer.write(ANSWER)
            await writer.drain()
        writer.close()

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        self.udp.append(_mark(data))


def _mark(said: bytes) -> str:
    match = TAG.search(said)
    return match[0].decode() if match else ""


def has_ipv6() -> bool:
    with socket.socket(socket.AF_INET6) as tried, suppress(OSError):
        tried.bind(("::1", 0))
        return True
    return False
