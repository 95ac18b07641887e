"""The one page of a take: watched for its death and its storms, and called back when it hangs."""

import asyncio
import logging

from playwright.async_api import Browser, Page
from playwright.async_api import Error as PlaywrightError

from explorer.browser.isolated_world import aside, distrust, stop_script
from explorer.browser.runaway_pages import RunawayLimits
from explorer.errors import BrowserCrashed

log = logging.getLogger(__name__)

#: A page whose script was stopped answers within milliseconds, or not at all.
REVIVE_S = 3.0
MAX_REVIVALS = 3


class BrowserSession:
    """The one page of a take, with the browser behind it; `lost` is set when either of them dies.

    `by_frames` says that the page renders only when it is told to.
    """

    def __init__(self, browser: Browser, page: Page, by_frames: bool = False) -> None:
        self.browser = browser
        self.page = page
        self.by_frames = by_frames
        self.runaway_limits = RunawayLimits(page)
        self._revived = 0
        self.lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        browser.on("disconnected", lambda _: self.lose("the browser died"))
        page.on("crash", lambda _: self.lose("the page's process died"))

    def check(self) -> None:
        """Raises BrowserCrashed when the browser or the page is gone."""
        if self.lost.done():
            raise BrowserCrashed(f"The take was lost: {self.lost.result()} while filming.")

    async def revive(self) -> bool:
        """Stops a script that does not end; True when the page answers again, at most `MAX_REVIVALS` times.

        A page that hangs a second time gets all its scripts switched off.
        """
        self._revived += 1
        if self._revived > MAX_REVIVALS:
            return False
        distrust(self.page)
        self.runaway_limits.told("script", "a script of the page did not end, and was stopped")
        if self._revived > 1:
            self.runaway_limits.told(
                "scripts", "again a script of the page did not end: all were switched off"
            )
            self.runaway_limits.silence()
        try:
            async with asyncio.timeout(REVIVE_S):
                await stop_script(self.page)
                await aside(self.page, "() => 1")
        except (PlaywrightError, TimeoutError) as exc:
            log.info("the page does not come back: %r", exc)
            return False
        return True

    def lose(self, how: str) -> None:
        """Notes that the browser or the page is gone, in words that go on with "while filming"."""
        if not self.lost.done():
            self.lost.set_result(how)
