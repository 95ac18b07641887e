"""Notices when a page is on screen that must not be filmed, and when it began to appear."""

from playwright.async_api import Frame, Page, Request, Response

from explorer.blocks.http_response import HttpResponse
from explorer.egress.proxy import EgressProxy
from explorer.errors import AddressRefused
from explorer.guardrails.rules import Site, is_auth_url
from explorer.protocols import Clock
from explorer.types import StopReason

#: Chromium reports a new document up to some 20 ms after it has begun to replace the old one.
COMMIT_MARGIN_MS = 50.0
#: Chromium's own page for a navigation that failed.
FAILED = "chrome-error:"


class ScopeMonitor:
    """Watches the main frame of one page; `site` is where it may be."""

    def __init__(self, page: Page, clock: Clock, site: Site, proxy: EgressProxy) -> None:
        self.site = site
        self._proxy = proxy
        self._page = page
        self._clock = clock
        #: When the first document since the last good look took over.
        self._committed_ms: float | None = None
        #: What the page was last asked to go to, redirects included.
        self.wanted = ""
        #: What has last answered that.
        self.answer: HttpResponse | None = None
        self._unanswered = False
        #: Told by who has looked: the page asks for a password and shows little else.
        self.sign_in = False
        page.on("framenavigated", self._committed)
        page.on("response", self._answered)
        page.on("request", self._requested)

    def crossed(self) -> StopReason | None:
        """Why the page that is on screen now must not be shown, or None."""
        url = self.wanted if self.failed else self._page.url
        if self.sign_in or is_auth_url(url):
            return "auth_page"
        if not self.site.holds(url) and not url.startswith("about:"):
            return "left_domain"
        if not self.failed:
            self._committed_ms = None
        return None

    def is_elsewhere(self, url: str) -> bool:
        """Whether a start page that leads to `url` leads to another site.

        Hosts above and below the site's own are not, as sites send their visitors on to `www.` or `en.`; nor
        is what is no website.
        """
        try:
            other = Site.of(url)
        except AddressRefused:
            return False
        if self.site.holds(url):
            return False
        return other.port not in {None, self.site.port} or not _are_kin(other.host, self.site.host)

    def turn_away(self) -> None:
        """What has answered last says only that there is no page now: it counts as failed."""
        self._unanswered = True

    @property
    def failed(self) -> bool:
        """True when the browser or the proxy shows its own error page instead of what was asked for."""
        return self._unanswered or self._page.url.startswith(FAILED)

    def last_good_ms(self) -> float:
        """The moment before the page was crossed, on the clock."""
        if self._committed_ms is None:
            return self._clock.now_ms()
        return self._committed_ms - COMMIT_MARGIN_MS

    def _requested(self, request: Request) -> None:
        if request.is_navigation_request() and request.frame == self._page.main_frame:
            self.wanted = request.url
            self.answer = None

    def _answered(self, response: Response) -> None:
        request = response.request
        if request.is_navigation_request() and request.frame == self._page.main_frame:
            self.answer = HttpResponse.of(response)
            self._unanswered = self._proxy.sent_response(response.headers)

    def _committed(self, frame: Frame) -> None:
        if frame == self._page.main_frame and self._committed_ms is None:
            self._committed_ms = self._clock.now_ms()


def _are_kin(host: str, other: str) -> bool:
    """Whether one is the other, or lies above it."""
    return host == other or host.endswith(f".{other}") or other.endswith(f".{host}")
