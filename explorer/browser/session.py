"""Browser session with its one page: notices crashes, limits runaway pages, recovers a page that hangs."""

import asyncio
import logging
from dataclasses import dataclass, field

from playwright.async_api import Browser, Page
from playwright.async_api import Error as PlaywrightError

from explorer.browser.isolated_world import evaluate_isolated, mark_untrusted, terminate_script
from explorer.browser.runaway_pages import RunawayLimits
from explorer.errors import BrowserCrashed

log = logging.getLogger(__name__)

#: A page whose script was terminated responds within milliseconds, or not at all.
RECOVERY_TIMEOUT_S = 3.0
MAX_RECOVERIES = 3


@dataclass(frozen=True, slots=True)
class HttpCredentials:
    """User name and password for HTTP authentication (RFC 9110, section 11), for one origin alone."""

    origin: str
    username: str
    password: str = field(repr=False)


class BrowserSession:
    """The browser and the one page of a take; `lost` is set when either of them crashes.

    `by_frames` says that the page renders only on request (BeginFrame control).
    """

    def __init__(self, browser: Browser, page: Page, by_frames: bool = False) -> None:
        self.browser = browser
        self.page = page
        self.by_frames = by_frames
        self.runaway_limits = RunawayLimits(page)
        #: For servers that ask for them, set before the first page is opened.
        self.http_credentials: HttpCredentials | None = None
        self._recoveries = 0
        self.lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        browser.on("disconnected", lambda _: self.lose("the browser died"))
        page.on("crash", lambda _: self.lose("the page's process died"))

    def check(self) -> None:
        """Raises BrowserCrashed when the browser or the page was lost."""
        if self.lost.done():
            raise BrowserCrashed(f"The take was lost: {self.lost.result()} while filming.")

    async def recover(self) -> bool:
        """Terminates a script that does not end; True when the page responds again, at most `MAX_RECOVERIES`
        times.

        When the page hangs a second time, all its scripts are disabled.
        """
        self._recoveries += 1
        if self._recoveries > MAX_RECOVERIES:
            return False
        mark_untrusted(self.page)
        self.runaway_limits.record_refusal("script", "a script of the page did not end and was terminated")
        if self._recoveries > 1:
            self.runaway_limits.record_refusal(
                "scripts", "again a script of the page did not end: all were disabled"
            )
            self.runaway_limits.disable_scripts()
        try:
            async with asyncio.timeout(RECOVERY_TIMEOUT_S):
                await terminate_script(self.page)
                await evaluate_isolated(self.page, "() => 1")
        except (PlaywrightError, TimeoutError) as exc:
            log.info("the page does not respond again: %r", exc)
            return False
        return True

    def lose(self, how: str) -> None:
        """Marks the session as lost; `how` is a clause that goes on with "while filming"."""
        if not self.lost.done():
            self.lost.set_result(how)
