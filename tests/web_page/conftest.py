"""A real Chromium, and the page of a real API on a Valkey that is empty."""

import os
from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser, BrowserContext, async_playwright

from actors.settings import Settings
from explorer.browser.chromium import find_chromium
from tests.conftest import Serve
from tests.web_page.visitor import Visitor


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """One event loop for all, so that they share a browser."""
    return "asyncio"


@pytest.fixture(scope="session")
async def browser(anyio_backend: str) -> AsyncIterator[Browser]:
    path = find_chromium(os.environ.get("CHROMIUM_PATH")).path
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(
            executable_path=path, chromium_sandbox=False, args=["--no-sandbox", "--disable-gpu"]
        )
        yield launched
        await launched.close()


@pytest.fixture
def settings(redis_url: str) -> Settings:
    # The jobs of these tests have nobody who renews their lease.
    return Settings(redis_url=redis_url, lease_s=120.0, export_grace_s=0.0, rate_limit="off")


@pytest.fixture
def address(settings: Settings, serve: Serve) -> Iterator[str]:
    with serve(settings) as url:
        yield url


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A new browser context."""
    opened = await browser.new_context(
        viewport={"width": 1280, "height": 800},
        locale="en-GB",
        # What moves is drawn without a graphics card here, and costs more than all the rest.
        reduced_motion="reduce",
    )
    yield opened
    await opened.close()


@pytest.fixture
async def visitor(context: BrowserContext, address: str) -> AsyncIterator[Visitor]:
    """A user of the page; errors of its scripts fail the test."""
    someone = Visitor(await context.new_page(), address)
    yield someone
    assert someone.complaints == []
