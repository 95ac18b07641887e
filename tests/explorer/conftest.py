"""A real Chromium for the whole session, and small pages served to it from loopback."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any, Protocol

import pytest
from playwright.async_api import Browser, Page

from explorer.browser.isolated_world import is_trusted
from tests.explorer.support.discovery_browser import DiscoveryBrowser, open_discovery_browser
from tests.explorer.support.exploration import Harness, open_harness
from tests.site.server import SiteServer
from tests.support.chromium import launched_chromium
from tests.support.loopback_server import LoopbackServer


class Show(Protocol):
    """`show(html, look)` opens the page in a fresh 1280x720 context and returns what `look(page)` finds."""

    def __call__(
        self, html: str, look: Callable[[Page], Awaitable[Any]], headers: dict[str, str] | None = None
    ) -> Any: ...


class ShownPages:
    """Serves one page at a time, and opens it in a browser."""

    def __init__(self, runner: asyncio.Runner, browser: Browser, address: str) -> None:
        self._runner = runner
        self._browser = browser
        self._address = address
        self._shared: Page | None = None
        self.body = b""
        self.headers: dict[str, str] = {}

    def in_fresh_page(
        self, html: str, look: Callable[[Page], Awaitable[Any]], headers: dict[str, str] | None = None
    ) -> Any:
        self._serve(html, headers)

        async def visit() -> Any:
            page = await self._new_page()
            try:
                await page.goto(self._address)
                return await look(page)
            finally:
                await page.context.close()

        return self._runner.run(visit())

    def in_shared_page(
        self, html: str, look: Callable[[Page], Awaitable[Any]], headers: dict[str, str] | None = None
    ) -> Any:
        self._serve(html, headers)

        async def visit() -> Any:
            if self._shared is None or self._shared.is_closed() or not is_trusted(self._shared):
                self._shared = await self._new_page()
            # Else the page would be scrolled to where the last one was.
            await self._shared.evaluate("history.scrollRestoration = 'manual'")
            await self._shared.goto(self._address)
            return await look(self._shared)

        return self._runner.run(visit())

    def _serve(self, html: str, headers: dict[str, str] | None) -> None:
        self.body = f"<!doctype html><meta charset=utf-8>{html}".encode()
        self.headers = headers or {}

    async def _new_page(self) -> Page:
        context = await self._browser.new_context(viewport={"width": 1280, "height": 720})
        return await context.new_page()


@pytest.fixture(scope="session")
def shown_pages() -> Iterator[ShownPages]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_page = self.path == "/page"
            self.send_response(200)
            sent = {"Content-Type": "text/html; charset=utf-8", **(shown.headers if is_page else {})}
            for name, value in sent.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(shown.body if is_page else b"<title>other</title>")

        def log_message(self, format: str, *args: object) -> None:
            """Tests are quiet."""

    server = LoopbackServer(Handler)
    server.start()
    with asyncio.Runner() as runner, launched_chromium(runner) as browser:
        shown = ShownPages(runner, browser, f"{server.url}page")
        yield shown
    server.stop()


@pytest.fixture
def show(shown_pages: ShownPages) -> Show:
    return shown_pages.in_fresh_page


@pytest.fixture
def show_in_shared_page(shown_pages: ShownPages) -> Show:
    """For looks that leave nothing in the page: a page of its own takes twice the time of most of them."""
    return shown_pages.in_shared_page


@pytest.fixture(scope="session")
def browser() -> Iterator[DiscoveryBrowser]:
    with open_discovery_browser() as opened:
        yield opened


@pytest.fixture(scope="session")
def harness() -> Iterator[Harness]:
    with open_harness() as opened:
        yield opened


@pytest.fixture(autouse=True)
def nothing_left_over(request: pytest.FixtureRequest) -> None:
    """What an earlier test has served or asked for is forgotten: files run in any order on one harness."""
    if "harness" in request.fixturenames:
        request.getfixturevalue("harness").forget()


@pytest.fixture
def site(harness: Harness) -> SiteServer:
    """The test site, which has been asked nothing yet."""
    return harness.site


@pytest.fixture
def pages(harness: Harness) -> dict[str, str]:
    """The pages that a test writes itself, by path: none yet."""
    return harness.pages
