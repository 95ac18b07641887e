"""`… URL context|page CHROMIUM`: the walk, filmed by Playwright itself into film.webm."""

import sys
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.benchmark.frames.codes import VIEWPORT_PX
from tests.benchmark.rivals import WEBM_FILE
from tests.benchmark.rivals.walk import LINKS, LOOK_S, SCROLL_PX, SCROLL_S

NOTCHES = 25


def walk(page: Page) -> None:
    for link in (*LINKS, None):
        time.sleep(LOOK_S)
        for _ in range(NOTCHES):
            page.mouse.wheel(0, SCROLL_PX / NOTCHES)
            time.sleep(SCROLL_S / NOTCHES)
        time.sleep(LOOK_S)
        if link:
            page.get_by_text(link, exact=True).first.click()


def main() -> None:
    url, how, chromium = sys.argv[1:]
    width, height = VIEWPORT_PX
    size = {"width": width, "height": height}
    recorded = {"record_video_dir": ".", "record_video_size": size} if how == "context" else {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        context = browser.new_context(viewport=size, **recorded)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(url)
        if how == "page":
            page.screencast.start(path=WEBM_FILE, size=size)  # type: ignore[arg-type]
        walk(page)
        if how == "page":
            page.screencast.stop()
        context.close()
        if page.video:
            Path(page.video.path()).rename(WEBM_FILE)
        browser.close()


if __name__ == "__main__":
    main()
