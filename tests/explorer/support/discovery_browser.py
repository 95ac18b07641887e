"""A browser with its hooks in place, for tests of what is seen; it serves pages of two origins."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from playwright.async_api import Browser, Page

from explorer.browser.chromium import find_chromium, open_browser, prepare_session
from explorer.browser.isolated_world import is_trusted
from explorer.browser.session import BrowserSession
from explorer.egress.policy import EgressPolicy
from explorer.egress.proxy import EgressProxy
from explorer.page.discovery import Discovery, discover
from explorer.types import Brief
from tests.explorer.support.exploration import answer, read_head, serving

Look = Callable[[Page], Awaitable[Any]]


class DiscoveryBrowser:
    """`see(html)` discovers a page; `show(html, look)` lets a test look for itself."""

    def __init__(self, runner: asyncio.Runner) -> None:
        self._runner = runner
        self.pages: dict[str, str] = {}
        self.port = 0
        self.browser: Browser
        self._session: BrowserSession | None = None

    def see(self, html: str) -> Discovery:
        """All in one page: opening one takes longer than finding what is in it."""

        async def visit() -> Discovery:
            if self._session is None or not is_trusted(self._session.page):
                self._session = await prepare_session(self.browser, Brief("http://page.example/"))
            found: Discovery = await self._open(
                self._session.page, html, lambda page: discover(page, frozenset())
            )
            return found

        return self._runner.run(visit())

    def labels(self, html: str) -> list[str]:
        return [element.label for element in self.see(html).elements]

    def show(self, html: str, look: Look) -> Any:
        """What `look` makes of the page, once it is loaded with all its frames. `OTHER` is another origin."""

        async def visit() -> Any:
            session = await prepare_session(self.browser, Brief("http://page.example/"))
            try:
                return await self._open(session.page, html, look)
            finally:
                await session.page.context.close()

        return self._runner.run(visit())

    async def _open(self, page: Page, html: str, look: Look) -> Any:
        self.pages["/page"] = html.replace("OTHER", f"http://localhost:{self.port}")
        await page.goto("about:blank")  # else the page would be scrolled to where the last one was
        await page.goto(f"http://127.0.0.1:{self.port}/page")
        return await look(page)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first, _ = await read_head(reader)
        page = self.pages.get(first.split(" ")[1].partition("?")[0], "")
        body = f"<!doctype html><meta charset=utf-8><title>page</title>{page}".encode()
        writer.write(answer(body, "200 OK", "Content-Type: text/html"))
        await writer.drain()


@contextmanager
def open_discovery_browser() -> Iterator[DiscoveryBrowser]:
    with asyncio.Runner() as runner:
        opened_browser = DiscoveryBrowser(runner)

        @asynccontextmanager
        async def opened() -> AsyncIterator[None]:
            async with serving(opened_browser.serve) as opened_browser.port:
                allowed = frozenset({f"127.0.0.1:{opened_browser.port}", f"localhost:{opened_browser.port}"})
                async with (
                    EgressProxy(EgressPolicy(allowed)) as proxy,
                    open_browser(find_chromium(), proxy.url) as opened_browser.browser,
                ):
                    yield

        stack = opened()
        runner.run(stack.__aenter__())
        try:
            yield opened_browser
        finally:
            runner.run(stack.__aexit__(None, None, None))
