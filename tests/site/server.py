"""The site that the tests and `make demo` film, served on loopback only."""

import json
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import BinaryIO, Self, cast
from urllib.parse import parse_qs, unquote, urlsplit

from tests.site.sockets import tick
from tests.support.loopback_server import LoopbackServer

PAGES = Path(__file__).parent / "pages"
#: A hung request is let go after this long, so that a forgotten one cannot outlive a test run.
HANG_CAP_S = 120.0
SLOW_CAP_MS = 30_000
CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}


class _Server(LoopbackServer):
    def __init__(self, port: int) -> None:
        super().__init__(_Handler, port)
        self.seen: list[tuple[str, str]] = []
        self.closing = Event()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self.server.seen.append((self.command, self.path))
        address = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(address.query).items()}
        route = GET_ROUTES.get(address.path)
        if route is None:
            self.send_page(unquote(address.path))
        else:
            route(self, query)

    do_HEAD = do_GET

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.seen.append((self.command, self.path))
        self.answer(204 if urlsplit(self.path).path in POST_PATHS else 404)

    def send_page(self, path: str) -> None:
        file = (PAGES / path.lstrip("/")).resolve()
        if not file.is_relative_to(PAGES.resolve()):
            file = PAGES / "404.html"
        elif file.is_dir() and not path.endswith("/"):
            return self.answer(HTTPStatus.FOUND, location=f"{path}/")
        elif file.is_dir():
            file /= "index.html"
        found = file.is_file() and file.name != "404.html"
        file = file if found else PAGES / "404.html"
        status = HTTPStatus.OK if found else HTTPStatus.NOT_FOUND
        return self.answer(status, file.read_bytes(), CONTENT_TYPES[file.suffix])

    def send_json(self, value: object) -> None:
        self.answer(HTTPStatus.OK, json.dumps(value).encode(), "application/json")

    def answer(self, status: int, body: bytes = b"", kind: str = "", location: str = "") -> None:
        self.send_response(status)
        self.send_header("Cache-Control", "no-store")
        size = "" if status == HTTPStatus.NO_CONTENT else str(len(body))
        for name, value in (("Content-Type", kind), ("Location", location), ("Content-Length", size)):
            if value:
                self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a test reads `SiteServer.requests` instead."""


Query = dict[str, str]


def _slow(handler: _Handler, query: Query) -> None:
    wait_ms = min(int(query.get("ms", "1000")), SLOW_CAP_MS)
    handler.server.closing.wait(wait_ms / 1000)
    handler.send_json({"waited_ms": wait_ms})


def _close(handler: _Handler, query: Query) -> None:
    handler.close_connection = True


def _hang(handler: _Handler, query: Query) -> None:
    handler.server.closing.wait(HANG_CAP_S)
    handler.close_connection = True


def _status(handler: _Handler, query: Query) -> None:
    code = int(query.get("code", "503"))
    handler.answer(code, f"<h1>Status {code}</h1>".encode(), CONTENT_TYPES[".html"])


def _ticker(handler: _Handler, query: Query) -> None:
    key = handler.headers.get("Sec-WebSocket-Key")
    if key is None:
        return handler.answer(HTTPStatus.UPGRADE_REQUIRED)
    handler.close_connection = True
    return tick(cast(BinaryIO, handler.wfile), key, handler.server.closing.wait)


GET_ROUTES: dict[str, Callable[[_Handler, Query], None]] = {
    "/api/time": lambda handler, query: handler.send_json({"now_s": time.time()}),
    "/api/slow": _slow,
    "/lab/to-login": lambda handler, query: handler.answer(302, location="/login.html"),
    "/lab/redirect": lambda handler, query: handler.answer(302, location=query.get("to", "/")),
    "/lab/ticker/feed": _ticker,
    "/lab/hang": _hang,
    "/lab/close": _close,
    "/lab/status": _status,
}
#: Every one answers 204; `/api/danger` is what a well-behaved explorer never reaches.
POST_PATHS = frozenset({"/api/danger", "/api/message", "/api/login"})


class SiteServer:
    """Serves `pages/` at `url` from entering to leaving; `requests` lists (method, path) as they came."""

    def __init__(self, port: int = 0) -> None:
        self._server = _Server(port)
        self.url = self._server.url
        self.requests = self._server.seen

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.closing.set()
        self._server.stop()
