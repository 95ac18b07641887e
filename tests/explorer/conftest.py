"""A real Chromium for the whole session, and small pages served to it from loopback."""

import asyncio
import os
import threading
from collections.abc import Awaitable, Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

import pytest
from playwright.async_api import Page, async_playwright

from explorer.browser.chromium import find_chromium
from tests.explorer.support.exploration import Theatre, open_theatre
from tests.site.server import SiteServer


class Show(Protocol):
    """`show(html, look)` opens the page in a fresh 1280x720 context and returns what `look(page)` finds."""

    def __call__(
        self, html: str, look: Callable[[Page], Awaitable[Any]], headers: dict[str, str] | None = None
    ) -> Any: ...


@pytest.fixture(scope="session")
def show() -> Iterator[Show]:
    pages: dict[str, tuple[bytes, dict[str, str]]] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body, headers = pages.get(self.path, (b"<title>other</title>", {}))
            self.send_response(200)
            for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
    address = f"http://127.0.0.1:{server.server_address[1]}/page"
    with asyncio.Runner() as runner:
        playwright = runner.run(async_playwright().start())
        browser = runner.run(
            playwright.chromium.launch(
                executable_path=find_chromium(os.environ.get("CHROMIUM_PATH")).path,
                chromium_sandbox=False,
                args=["--no-sandbox"],
            )
        )

        async def visit(look: Callable[[Page], Awaitable[Any]]) -> Any:
            context = await browser.new_context(viewport={"width": 1280, "height": 720})
            try:
                page = await context.new_page()
                await page.goto(address)
                return await look(page)
            finally:
                await context.close()

        def run(
            html: str, look: Callable[[Page], Awaitable[Any]], headers: dict[str, str] | None = None
        ) -> Any:
            pages["/page"] = (f"<!doctype html><meta charset=utf-8>{html}".encode(), headers or {})
            return runner.run(visit(look))

        yield run
        runner.run(browser.close())
        runner.run(playwright.stop())
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    with open_theatre() as opened:
        yield opened


@pytest.fixture
def site(theatre: Theatre) -> SiteServer:
    """The test site, which has been asked nothing yet."""
    theatre.site.requests.clear()
    return theatre.site


@pytest.fixture
def pages(theatre: Theatre) -> dict[str, str]:
    """The pages that a test writes itself, by path: none yet."""
    theatre.pages.clear()
    theatre.plain.clear()
    theatre.heads.clear()
    theatre.failing.clear()
    theatre.asked.clear()
    return theatre.pages
