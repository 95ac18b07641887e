"""Lossless pictures of the clock pages' text, from the browser that was filmed."""

from collections.abc import Iterator
from contextlib import contextmanager

import cv2
import numpy as np
from playwright.sync_api import Page, sync_playwright

from tests.benchmark.frames.codes import VIEWPORT_PX, Luma
from tests.benchmark.frames.screening import PANEL_PX

PAGES = ("index.html", "second.html", "third.html")


class Lossless:
    """Takes each picture once; `site_url` ends in a slash."""

    def __init__(self, page: Page, site_url: str) -> None:
        self._page = page
        self._site_url = site_url
        self._taken: dict[tuple[int, int], Luma] = {}

    def text(self, page: int, offset_px: int) -> Luma:
        """The text of a page as it stands at this offset."""
        if (page, offset_px) not in self._taken:
            self._open(page)
            self._page.evaluate("offset => render(offset, 0)", offset_px)
            left, top, width, height = PANEL_PX
            clip = {"x": left, "y": top, "width": width, "height": height}
            self._taken[page, offset_px] = _luma(self._page.screenshot(clip=clip))  # type: ignore[arg-type]
        return self._taken[page, offset_px]

    def _open(self, page: int) -> None:
        url = f"{self._site_url}lab/clock/{PAGES[page]}#still"
        if self._page.url != url:
            self._page.goto(url)


@contextmanager
def lossless(site_url: str, executable: str, flags: tuple[str, ...]) -> Iterator[Lossless]:
    """With a browser started with these flags, because they decide how letters are drawn."""
    width, height = VIEWPORT_PX
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=flags)
        yield Lossless(browser.new_page(viewport={"width": width, "height": height}), site_url)
        browser.close()


def _luma(png: bytes) -> Luma:
    return np.asarray(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE), np.uint8)
