"""Monitors the scope of a take: detects pages that must not be filmed, and when they appeared."""

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
    """Monitors the main frame of one page, which must stay on `site`."""

    def __init__(self, page: Page, clock: Clock, site: Site, proxy: EgressProxy) -> None:
        self.site = site
        self._proxy = proxy
        self._page = page
        self._clock = clock
        #: When the first document since the last check was committed.
        self._committed_ms: float | None = None
        #: The last navigation's address, redirects included.
        self.requested_url = ""
        #: The response to that.
        self.answer: HttpResponse | None = None
        self._is_error_response = False
        #: Set from outside: the page asks for a password and shows little else.
        self.sign_in = False
        #: Set from outside: a script may show pages that ask people to sign in.
        self.allows_auth = False
        page.on("framenavigated", self._committed)
        page.on("response", self._answered)
        page.on("request", self._requested)

    def violation(self) -> StopReason | None:
        """Returns why the page that is on screen now must not be shown, or None."""
        url = self.requested_url if self.failed else self._page.url
        if not self.allows_auth and (self.sign_in or is_auth_url(url)):
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
        return other.port not in {None, self.site.port} or not _are_related(other.host, self.site.host)

    def mark_failed(self) -> None:
        """Counts the last navigation as failed: its response says that there is no page at the moment."""
        self._is_error_response = True

    @property
    def failed(self) -> bool:
        """True when the browser or the proxy shows its own error page instead of the one requested."""
        return self._is_error_response or self._page.url.startswith(FAILED)

    def last_in_scope_ms(self) -> float:
        """The last moment on the clock at which the page on screen was within scope."""
        if self._committed_ms is None:
            return self._clock.now_ms()
        return self._committed_ms - COMMIT_MARGIN_MS

    def _requested(self, request: Request) -> None:
        if request.is_navigation_request() and request.frame == self._page.main_frame:
            self.requested_url = request.url
            self.answer = None

    def _answered(self, response: Response) -> None:
        request = response.request
        if request.is_navigation_request() and request.frame == self._page.main_frame:
            self.answer = HttpResponse.of(response)
            self._is_error_response = self._proxy.sent_response(response.headers)

    def _committed(self, frame: Frame) -> None:
        if frame == self._page.main_frame and self._committed_ms is None:
            self._committed_ms = self._clock.now_ms()


def _are_related(host: str, other: str) -> bool:
    """Whether one host is the other or a subdomain of it."""
    return host == other or host.endswith(f".{other}") or other.endswith(f".{host}")
