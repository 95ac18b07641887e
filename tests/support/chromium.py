"""A plain Chromium for tests of what runs in a page: no proxy, no camera."""

import asyncio
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from playwright.async_api import Browser, async_playwright

from explorer.browser.chromium import find_chromium


@contextmanager
def launched_chromium(runner: asyncio.Runner, flags: Sequence[str] = ()) -> Iterator[Browser]:
    """A browser in the runner's loop, closed afterwards."""
    playwright = runner.run(async_playwright().start())
    browser = runner.run(
        playwright.chromium.launch(
            executable_path=find_chromium(os.environ.get("CHROMIUM_PATH")).path,
            chromium_sandbox=False,
            args=["--no-sandbox", *flags],
        )
    )
    yield browser
    runner.run(browser.close())
    runner.run(playwright.stop())
