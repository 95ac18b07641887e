"""The site of one exam page: it keeps a session for each visitor, and notes what was done by whom."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler
from threading import Lock
from types import TracebackType
from typing import Self

from tests.conduct.controls import Address, Control, Sheet
from tests.conduct.layout import page_of
from tests.support.loopback_server import LoopbackServer

#: Whoever comes first is the film: it opens the start page before anything is tried off camera.
NAMES = ("film", "look-ahead")
HTML, TEXT, SVG = "text/html; charset=utf-8", "text/plain; charset=utf-8", "image/svg+xml"
PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><rect width="20" height="20"/></svg>'
)


@dataclass(frozen=True, slots=True)
class Deed:
    """A control's own address was asked for: what it does was done, by whatever method."""

    control: Control
    who: str
    method: str


@dataclass(slots=True)
class Ledger:
    """All that visitors have done since it was opened; `seen` are the other addresses that they asked for."""

    done: list[Deed] = field(default_factory=list)
    seen: list[tuple[str, str]] = field(default_factory=list)
    visitors: list[str] = field(default_factory=list)
    ended: set[str] = field(default_factory=set)

    def by(self, who: str) -> list[Deed]:
        return [deed for deed in self.done if deed.who == who]

    def pages_of(self, who: str) -> set[str]:
        return {path for name, path in self.seen if name == who}


class ExamSite:
    """Serves a sheet at `url`, all of its paths alike, from entering to leaving.

    What was done leads back to the start page, or where the page `stays`, nowhere.
    """

    def __init__(self, sheet: Sheet, stays: bool = False) -> None:
        self.sheet = sheet
        self._after = 204 if stays else 302
        self.ledger = Ledger()
        self._lock = Lock()
        self._server = _Server(self)
        self.host = f"127.0.0.1:{self._server.server_port}"
        self.url = self._server.url

    def open_ledger(self) -> Ledger:
        """A new one, in which the next visitor is the film."""
        with self._lock:
            self.ledger = Ledger()
            return self.ledger

    @contextmanager
    def showing(self, sheet: Sheet) -> Iterator[None]:
        """Serves another sheet meanwhile."""
        before, self.sheet = self.sheet, sheet
        try:
            yield
        finally:
            self.sheet = before

    def answer(self, method: str, url: str, cookie: str, wants_page: bool) -> "Answer":
        """What this request gets, once it is in the ledger."""
        with self._lock:
            return self._answer(method, Address.of(url), cookie, wants_page)

    def _answer(self, method: str, address: Address, cookie: str, wants_page: bool) -> "Answer":
        book = self.ledger
        new = cookie not in book.visitors
        if new and wants_page:
            cookie = f"{id(book):x}-{len(book.visitors)}"
            book.visitors.append(cookie)
        who = _named(book.visitors, cookie)
        control = controls_at(self.sheet.dangerous, address)
        set_cookie = cookie if new and wants_page else ""
        if control is None:
            book.seen.append((who, address.path))
            return self._shown(address.path, cookie, wants_page, set_cookie)
        book.done.append(Deed(control, who, method))
        if control.ends_session:
            book.ended.add(cookie)
        return Answer(self._after if wants_page else 200, "ok", TEXT, set_cookie)

    def _shown(self, path: str, cookie: str, wants_page: bool, set_cookie: str) -> "Answer":
        if path.startswith("/img/"):
            return Answer(200, PICTURE, SVG)
        if path == "/robots.txt" or not wants_page:
            return Answer(404 if path == "/robots.txt" else 200, "ok", TEXT, set_cookie)
        if cookie in self.ledger.ended:
            return Answer(200, "<h1>Bye</h1><p>This session has ended.</p>", HTML, set_cookie)
        done = sum(deed.who == _named(self.ledger.visitors, cookie) for deed in self.ledger.done)
        return Answer(200, page_of(self.sheet, path, f"✓ {done}" if done else ""), HTML, set_cookie)

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()


@dataclass(frozen=True, slots=True)
class Answer:
    """A response; 302 leads to the start page, 204 has no body."""

    status: int
    body: str
    kind: str
    cookie: str = ""


def controls_at(dangerous: Iterable[Control], address: Address) -> Control | None:
    """The control whose address this is; of several the one with most parameters."""
    fitting = [
        control
        for control in dangerous
        if control.address.path == address.path and control.address.query <= address.query
    ]
    return max(fitting, key=lambda control: len(control.address.query), default=None)


def _named(visitors: list[str], cookie: str) -> str:
    number = visitors.index(cookie) if cookie in visitors else len(visitors)
    return NAMES[number] if number < len(NAMES) else f"visitor {number + 1}"


class _Server(LoopbackServer):
    def __init__(self, site: ExamSite) -> None:
        super().__init__(_Handler)
        self.site = site


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        jar = SimpleCookie(self.headers.get("Cookie", ""))
        cookie = jar["visitor"].value if "visitor" in jar else ""
        wants_page = self.headers.get("Sec-Fetch-Dest", "document") in {"document", "iframe"}
        self._send(self.server.site.answer(self.command, self.path, cookie, wants_page))

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

    def _send(self, answer: Answer) -> None:
        body = b"" if answer.status == 204 else answer.body.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        if answer.cookie:
            self.send_header("Set-Cookie", f"visitor={answer.cookie}; Path=/")
        if answer.status == 302:
            self.send_header("Location", "/")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the ledger tells."""
