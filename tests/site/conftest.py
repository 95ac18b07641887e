"""A real Chromium that visits the site's pages."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Protocol

import pytest
from playwright.async_api import Page

from tests.site.server import SiteServer
from tests.support.chromium import launched_chromium


class Visit(Protocol):
    """`visit(path, look)` opens a page of the site at 1280x720 and returns what `look(page)` finds."""

    def __call__(self, path: str, look: Callable[[Page], Awaitable[Any]]) -> Any: ...


@pytest.fixture(scope="session")
def visit(site: SiteServer) -> Iterator[Visit]:
    with asyncio.Runner() as runner, launched_chromium(runner) as browser:

        async def opened(path: str, look: Callable[[Page], Awaitable[Any]]) -> Any:
            context = await browser.new_context(viewport={"width": 1280, "height": 720})
            try:
                page = await context.new_page()
                await page.goto(site.url + path)
                return await look(page)
            finally:
                await context.close()

        yield lambda path, look: runner.run(opened(path, look))


@pytest.fixture
def written(site: SiteServer) -> Callable[[], int]:
    """How many requests since the test began would have changed something."""
    before = len(site.requests)
    return lambda: sum(method == "POST" for method, _ in site.requests[before:])
