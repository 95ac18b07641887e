"""A small app with sessions and CSRF tokens: who signs in sees a dashboard that repeats the password."""

import html
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, quote

from tests.support.loopback_server import LoopbackServer

PASSWORD = 'Pa"ss wörd/9+1'
STYLE = "<!doctype html><meta charset=utf-8><style>body{font:20px sans-serif;margin:80px}</style>"


class SignInApp(LoopbackServer):
    """Knows one user; `writes` are the requests that were posted, `sessions` those who have signed in."""

    def __init__(self) -> None:
        super().__init__(_Handler)
        self.tokens: set[str] = set()
        self.sessions: set[str] = set()
        self.writes: list[str] = []

    @property
    def origin(self) -> str:
        return self.url.rstrip("/")


class _Handler(BaseHTTPRequestHandler):
    server: SignInApp

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""

    def do_GET(self) -> None:
        if self.path == "/login":
            token = secrets.token_hex(8)
            self.server.tokens.add(token)
            self._page(
                "Sign in",
                f"<form method=post><input type=hidden name=csrf value={token}>"
                "<label>User <input name=user></label><label>Password <input type=password name=pass></label>"
                "<button>Sign in</button></form>",
            )
        elif self._session() in self.server.sessions:
            said = html.escape(PASSWORD)
            self._page(
                "Dashboard",
                f"<button id=pin onclick=\"document.body.style.background = 'teal'\">PIN {said}</button>"
                f"<p><a href='/app?of={quote(PASSWORD)}'>Reports</a>",
            )
        else:
            self._redirect("/login")

    def do_POST(self) -> None:
        fields = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
        self.server.writes.append(self.path)
        is_right = fields.get("csrf", [""])[0] in self.server.tokens and fields.get("pass") == [PASSWORD]
        if not is_right:
            self._page("Sign in", "<p>Wrong password")
            return
        session = secrets.token_hex(8)
        self.server.sessions.add(session)
        self._redirect("/app", ("Set-Cookie", f"session={session}; HttpOnly"))

    def _session(self) -> str:
        return self.headers.get("cookie", "").partition("session=")[2]

    def _page(self, title: str, body: str) -> None:
        data = f"{STYLE}<title>{title}</title><h1>{title}</h1>{body}".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _redirect(self, to: str, *headers: tuple[str, str]) -> None:
        self.send_response(303)
        for name, value in (("Location", to), ("Content-Length", "0"), *headers):
            self.send_header(name, value)
        self.end_headers()


@contextmanager
def sign_in_app() -> Iterator[SignInApp]:
    app = SignInApp()
    app.start()
    yield app
    app.stop()
