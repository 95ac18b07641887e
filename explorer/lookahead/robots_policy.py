"""Asks each origin's robots.txt, in the scout's own page, what may be looked at off camera."""

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, Response
from playwright.async_api import TimeoutError as PlaywrightTimeoutError

from explorer.browser.session import BrowserSession
from explorer.egress.proxy import PRODUCT, STATUS_HEADER
from explorer.guardrails.robots_txt import RobotsTxt, fetch_robots_txt
from explorer.lookahead.page_storage import origin_of

TIMEOUT_MS = 3_000.0


class RobotsPolicy:
    """Fetches each robots.txt once."""

    def __init__(self, session: BrowserSession) -> None:
        self._session = session
        self._page: Page = session.page
        self._robots: dict[str, RobotsTxt] = {}
        self._unreachable: set[str] = set()
        self._status = 0
        self._page.on("response", self._answered)

    def is_known(self, url: str) -> bool:
        """Whether `allows` can be answered without going to another page."""
        return origin_of(url) in self._robots

    def is_unreachable(self, url: str) -> bool:
        """Whether the origin could not be reached at all, so that its pages would not load either."""
        return origin_of(url) in self._unreachable

    async def allows(self, url: str) -> bool:
        """Whether robots.txt allows `url`; fetching it takes the page away from where it is."""
        if not self.is_known(url):
            robots = await fetch_robots_txt(self._fetch_text, url)
            if self._session.lost.done():
                return True  # the site is not to blame, and the visit itself will fail
            self._robots[origin_of(url)] = robots
        return self._robots[origin_of(url)].allows(url)

    async def _fetch_text(self, url: str) -> tuple[int, str]:
        """Fetches status and text of a file with the browser itself.

        Playwright's own HTTP client asks the proxy for tunnels to port 80, which it refuses.
        """
        self._status = 0
        try:
            answer = await self._page.goto(url, timeout=TIMEOUT_MS)
        except PlaywrightError as exc:
            # Chromium shows neither a 404 without a body nor a file that it would download.
            if isinstance(exc, PlaywrightTimeoutError):
                raise
            if self._status:
                return self._status, ""
            self._unreachable.add(origin_of(url))
            raise
        if answer is None:
            raise OSError(f"{url} was not answered")
        if answer.headers.get(STATUS_HEADER, "").startswith(f"{PRODUCT}-"):  # the proxy's own response
            self._unreachable.add(origin_of(url))
        return answer.status, await answer.text()

    def _answered(self, response: Response) -> None:
        request = response.request
        if request.is_navigation_request() and request.frame == self._page.main_frame:
            self._status = response.status
