"""The hostile site: its pages, its redirects, its name server, and what it learns of who asks."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Self
from urllib.parse import SplitResult, urlsplit

from explorer.egress.dialer import Connection
from tests.attacks.egress.naming import NAMES, PUBLIC
from tests.attacks.egress.vectors import Places, Vector, fill
from tests.explorer.support.exploration import answer, read_head

FRAME = "<iframe width=60 height=40 allow='payment; identity-credentials-get' src='{home}/v/{tag}'></iframe>"
REDIRECT = ("300", "301", "302", "303", "304", "305", "307", "308")


class HostileSite:
    """Serves vectors while entered, as http://localhost and as http://hostile.test."""

    def __init__(self) -> None:
        self.port = 0
        self._pages: dict[str, tuple[Vector, Places]] = {}
        self._lookups: dict[str, int] = {}
        #: Names that no vector asks for: only the browser itself does.
        self.strange_names: set[str] = set()
        #: Connections that came in, those that the proxy has opened, and the names of all fields that came.
        self.accepted = 0
        self.dialed = 0
        self.fields: set[str] = set()
        #: Where else the proxy has gone: nowhere, if the fence holds.
        self.escapes: list[str] = []

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def evil(self) -> str:
        return f"http://hostile.test:{self.port}"

    def stage(self, tagged: Mapping[str, Vector], places: Places) -> None:
        self._pages |= {tag: (vector, places) for tag, vector in tagged.items()}

    async def look_up(self, host: str, port: int) -> tuple[str, ...]:
        """Its name server, which answers differently the second time."""
        if host == "localhost":
            return ("127.0.0.1",)
        # Some disguises are names of one label; no service of a browser is.
        if not host.endswith(".test") and "." in host:
            self.strange_names.add(host)
        first, later = NAMES.get(host, ((), ()))
        asked = self._lookups[host] = self._lookups.get(host, 0) + 1
        if not first:
            raise OSError("no such name")
        return first if asked == 1 else later

    async def connect(self, address: str, port: int) -> Connection:
        """The world outside: one public address, where this site is, and the machine's own loopback."""
        if address == PUBLIC or (address == "127.0.0.1" and port == self.port):
            self.dialed += 1
            return await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 17)
        self.escapes.append(f"{address} port {port}")
        return await asyncio.open_connection(address, port, limit=1 << 17)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        with suppress(OSError, EOFError, ValueError):
            first, headers = await read_head(reader)
            self.fields |= headers.keys()
            writer.write(self._answer(urlsplit(first.split(" ")[1])))
            await writer.drain()
        writer.close()

    def _answer(self, address: SplitResult) -> bytes:
        kind, _, rest = address.path.removeprefix("/").partition("/")
        if kind == "batch":
            return _html(
                "".join(FRAME.format(home=self.home_of(tag), tag=tag) for tag in address.query.split(","))
            )
        if kind == "v" and rest in self._pages:
            return self._page(rest)
        if kind == "f":
            tag, _, name = rest.partition("/")
            type_, text = self._pages[tag][0].files[name]
            vector, places = self._pages[tag]
            more = (f"Content-Type: {type_}", "Access-Control-Allow-Origin: *", "Service-Worker-Allowed: /")
            return answer(fill(text, vector, tag, places).encode(), "200 OK", *more)
        if kind == "to":
            return self._redirect(*rest.split("/"))
        return answer(b"", "404 Not Found")

    def home_of(self, tag: str) -> str:
        return self.evil if self._pages[tag][0].stranger else self.url

    def _page(self, tag: str) -> bytes:
        vector, places = self._pages[tag]
        return _html(
            fill(vector.html, vector, tag, places),
            [fill(head, vector, tag, places) for head in vector.headers],
        )

    def _redirect(self, status: str, tag: str, *hops: str) -> bytes:
        vector, places = self._pages[tag]
        there = fill("@URL", vector, tag, places)
        if status == "refresh":
            return answer(b"", "200 OK", f"Refresh: 0;url={there}", "Content-Type: text/html")
        if status == "chain" and len(hops) < 5:
            there = f"{self.evil if len(hops) % 2 else self.url}/to/chain/{'/'.join((tag, *hops, 'x'))}"
        code = status if status in REDIRECT else "302"
        return answer(b"", f"{code} Elsewhere", f"Location: {there}", "Access-Control-Allow-Origin: *")


def _html(body: str, more: Sequence[str] = ()) -> bytes:
    page = f"<!doctype html><meta charset=utf-8><body>{body}".encode()
    return answer(page, "200 OK", "Content-Type: text/html", "Origin-Trial: x", *more)
