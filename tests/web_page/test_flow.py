"""From a pasted address to a downloaded film, on the real pipeline: one film for all of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, expect

from actors.options import ExplorationOptions
from actors.settings import Settings
from actors.worker import working
from tests.conftest import Serve
from tests.site.server import SiteServer
from tests.web_page.visitor import Visitor
from video.encoding.ffmpeg_binary import find_ffmpeg
from video.encoding.verify import probe

pytestmark = pytest.mark.anyio

FILM_MS = 120_000


@pytest.fixture
def settings(redis_url: str, site: SiteServer) -> Settings:
    return Settings(
        redis_url=redis_url,
        poll_interval_s=0.1,
        exploration=ExplorationOptions(scout=False),
        allow_private_hosts=frozenset({site.url.removeprefix("http://").rstrip("/")}),
    )


@pytest.fixture
def address(settings: Settings, serve: Serve) -> Iterator[str]:
    with serve(settings) as url, working(settings, slots=1):
        yield url


async def plays(page: Page, after: float = 0.2) -> None:
    """Waits until the film is seen to go on."""
    await page.wait_for_function(
        """after => {
            const video = document.querySelector("#player video");
            return video && !video.paused && video.currentTime > after && video.videoWidth > 0;
        }""",
        arg=after,
    )


async def test_an_address_is_pasted_and_its_film_is_watched_played_and_downloaded(
    visitor: Visitor, context: BrowserContext, site: SiteServer, tmp_path: Path
) -> None:
    page = visitor.page
    # A film that was waited for begins by itself, except for those who do not want things to move.
    await page.emulate_media(reduced_motion="no-preference")
    await visitor.visit()
    await page.get_by_text("More options").click()
    await page.get_by_label("Most clicks").fill("1")
    await visitor.asks_for(site.url)
    await visitor.sees("live")
    await expect(page.get_by_alt_text("What the browser shows right now")).to_be_visible(timeout=30_000)
    job = page.url

    await page.reload()
    await visitor.sees("live")
    assert page.url == job
    await expect(page.locator("#live .steps > li").first).to_contain_text("Clicked", timeout=30_000)
    await expect(page.get_by_alt_text("What the browser shows right now")).to_be_visible(timeout=30_000)

    await expect(page.locator("#film")).to_be_visible(timeout=FILM_MS)
    await expect(page.locator("#facts")).to_contain_text("30 a second")
    await expect(page.locator("#film-story .steps > li")).to_have_count(1)
    # Whoever has waited for it sees it begin by itself.
    await plays(page)

    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="Download").click()
    film = tmp_path / "film.mp4"
    await (await downloading.value).save_as(film)
    assert (await probe(find_ffmpeg(), film)).width == 1280
    await expect(page.locator("#leave")).to_contain_text("Downloaded", timeout=15_000)
    await expect(page.get_by_role("region", name="Your films")).to_contain_text("Downloaded or expired")
    # What played goes on playing in this tab, from memory.
    await page.evaluate("document.querySelector('#player video').currentTime = 0")
    await page.evaluate("document.querySelector('#player video').play()")
    await plays(page)
