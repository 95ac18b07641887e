"""Navigates to addresses, with retries, and says why an address could not be opened."""

import asyncio
import logging

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Response
from playwright.async_api import TimeoutError as PlaywrightTimeout

from explorer.blocks.http_response import TRANSIENT_STATUS, HttpResponse, download_error, status_error
from explorer.blocks.page_facts import PageFacts, read_page_facts
from explorer.blocks.start_errors import unreachable_for
from explorer.blocks.walls import REFUSING, elsewhere_error, find_wall, selectors
from explorer.browser.certificate_errors import certificate_error
from explorer.browser.session import BrowserSession
from explorer.deadlines import Deadlines
from explorer.egress.policy import Endpoint
from explorer.egress.proxy import EgressProxy
from explorer.errors import AddressRefused, ExplorerError, PageUnreachable, PageUnresponsive
from explorer.navigation.scope_monitor import ScopeMonitor
from explorer.protocols import Clock
from explorer.retry_policy import Retry, RetryPolicy
from explorer.text import clip

log = logging.getLogger(__name__)

NAVIGATION_TIMEOUT_S = 30.0
#: Chromium's error names in words; rare ones keep their name.
CAUSES = {
    "ERR_TUNNEL_CONNECTION_FAILED": "its host does not exist or does not answer",
    "ERR_EMPTY_RESPONSE": "it closed the connection without an answer",
    "ERR_CONNECTION_RESET": "it broke off the connection",
    "ERR_INVALID_HTTP_RESPONSE": "it does not speak http",
    "ERR_UNSAFE_REDIRECT": "it redirects to what is no website",
    "ERR_INVALID_REDIRECT": "it redirects to what is no address",
    "ERR_RESPONSE_HEADERS_TOO_BIG": "its headers do not end",
    "ERR_SSL_PROTOCOL_ERROR": "it does not speak https",
}
#: What Playwright says of a file that is saved instead of shown.
DOWNLOAD = "Download is starting"
#: Errors that may not occur again a moment later.
TRANSIENT_ERRORS = frozenset(
    (
        *("ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_CONNECTION_CLOSED"),
        *("ERR_CONNECTION_ABORTED", "ERR_CONNECTION_FAILED", "ERR_CONNECTION_TIMED_OUT"),
        *("ERR_TIMED_OUT", "ERR_EMPTY_RESPONSE", "ERR_NETWORK_CHANGED"),
        *("ERR_TUNNEL_CONNECTION_FAILED", "ERR_PROXY_CONNECTION_FAILED"),
        *("ERR_HTTP2_PROTOCOL_ERROR", "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_CONTENT_LENGTH_MISMATCH"),
    )
)
#: The longest pause before a retry, even where a server asks for more.
MAX_PAUSE_S = 8.0
#: A server that asks for more than all retries together would wait is not retried.
HOPELESS_PAUSE_S = 30.0
#: How long the crash event may take: a renderer crash ends its navigation first, as "no content" does.
CRASH_EVENT_S = 0.5
#: A retry needs this much of the take's time.
MIN_LEFT_S = 2.0
#: How long the page of a refusing status may take to load, to tell a bot wall from a plain refusal.
REFUSAL_PAGE_TIMEOUT_S = 3.0


class Navigator:
    """Opens addresses in the session's page, and retries transient failures.

    Why an address did not open, the proxy knows better than the browser. The camera is covered from before
    the first try until the page has settled, so that no film shows an error page; where the first try
    succeeds, only until its document arrives.
    """

    def __init__(
        self,
        session: BrowserSession,
        clock: Clock,
        deadlines: Deadlines,
        scope_monitor: ScopeMonitor,
        proxy: EgressProxy,
        retry_policy: RetryPolicy,
    ) -> None:
        self._session = session
        self._clock = clock
        self._deadlines = deadlines
        self._scope_monitor = scope_monitor
        self._proxy = proxy
        self._retry_policy = retry_policy
        self._requested = ""

    async def open(self, url: str) -> None:
        """Navigates to `url`, and returns when its document begins to arrive.

        The camera stays covered until `reveal`: what is blank while it loads is not filmed.

        Raises PageUnreachable, of the kind that says what was met instead of a page, or AddressRefused when
        the address, or what it redirects to, is private.
        """
        self._clock.cover(True)
        self._requested = url
        pauses_s = self._retry_policy.navigation_pauses_s
        for attempt, pause_s in enumerate(pauses_s, 1):
            try:
                await self._try(url)
            except PageUnreachable as exc:
                if exc.retry_after_s is None or exc.retry_after_s > HOPELESS_PAUSE_S:
                    raise
                pause_s = max(pause_s, min(exc.retry_after_s, MAX_PAUSE_S))
                if self._left_s() < pause_s + MIN_LEFT_S:
                    raise
                now_ms = self._clock.now_ms()
                self._retry_policy.note(Retry(now_ms, "navigation", attempt, len(pauses_s), clip(str(exc))))
                # Not on camera: outside real time, no film time passes meanwhile.
                await self._deadlines.limit(asyncio.sleep(pause_s), pause_s + MIN_LEFT_S)
            else:
                return
        await self._try(url)

    def reveal(self) -> None:
        """Uncovers the camera, unless an error page is on screen."""
        if not self._scope_monitor.failed:
            self._clock.cover(False)

    def failure(self, cause: str) -> AddressRefused | PageUnreachable:
        """Returns why the last address is not on screen: the egress policy, or else `cause`."""
        wanted = clip(self._scope_monitor.requested_url)
        if self._is_redirected():
            wanted = f"{wanted}, to which {clip(self._requested)} redirects,"
        return self._refused() or unreachable_for("unopened", url=wanted, cause=cause)

    def _left_s(self) -> float:
        return self._deadlines.limit_s - self._deadlines.elapsed_s()

    def _refused(self) -> AddressRefused | None:
        """The egress policy's refusal of the last address, if there is one."""
        for refusal in self._proxy.refused:
            if refusal.what == _endpoint(self._scope_monitor.requested_url):
                return AddressRefused(self._by_redirect(refusal.detail), refusal.rule)
        return None

    def _by_redirect(self, detail: str) -> str:
        """Adds the redirect to what happened at another address than was asked for."""
        if not self._is_redirected():
            return detail
        return f"{clip(self._requested)} redirects to {clip(self._scope_monitor.requested_url)}: {detail}"

    def _is_redirected(self) -> bool:
        """Whether the last address has another host or port than the one asked for."""
        return bool(self._requested) and _endpoint(self._requested) != _endpoint(
            self._scope_monitor.requested_url
        )

    async def _try(self, url: str) -> None:
        response = await self._goto(url)
        if response is None:
            return  # the same document, another fragment
        answer = HttpResponse.of(response)
        if self._proxy.sent_response(answer.headers):
            raise self._refused() or self._out_of_reach()
        if answer.status >= 400:
            raise await self._refused_by_status(url, answer)

    def _out_of_reach(self) -> PageUnreachable:
        """The proxy's last failure."""
        error = PageUnreachable(self._by_redirect(clip(self._proxy.last_failure)))
        error.retry_after_s = 0.0 if self._is_transient() else None
        return error

    async def _refused_by_status(self, url: str, answer: HttpResponse) -> PageUnreachable:
        """What an error status means, by the response's head and, where it may be a bot wall, its page."""
        if answer.status in TRANSIENT_STATUS:
            self._scope_monitor.mark_failed()
        if self._scope_monitor.is_elsewhere(answer.url):
            return elsewhere_error(url, answer.url)
        facts = await self._read_page() if answer.status in REFUSING else None
        if wall := find_wall(answer, facts):
            return unreachable_for("wall", url=url, wall=str(wall))
        error = status_error(url, answer)
        assert error is not None
        return error

    async def _read_page(self) -> PageFacts | None:
        """The facts of the page that came with a refusing status; None when it does not load in time."""
        page = self._session.page
        try:
            async with asyncio.timeout(REFUSAL_PAGE_TIMEOUT_S):
                await self._clock.during(page.wait_for_load_state("domcontentloaded"))
                return await self._clock.during(read_page_facts(page, selectors()))
        except (TimeoutError, PlaywrightError) as exc:
            log.debug("the page of a refusing status did not load: %r", exc)
            return None

    def _is_transient(self) -> bool:
        """Whether the last address has a host name that exists."""
        return _endpoint(self._scope_monitor.requested_url) not in self._proxy.unresolvable

    async def _goto(self, url: str) -> Response | None:
        try:
            return await self._deadlines.do(
                self._session.page.goto(url, wait_until="commit", timeout=NAVIGATION_TIMEOUT_S * 1000),
                NAVIGATION_TIMEOUT_S + 1,
            )
        except (PlaywrightTimeout, PageUnresponsive) as exc:
            silent = unreachable_for("silent", url=url, limit_s=NAVIGATION_TIMEOUT_S)
            silent.retry_after_s = 0.0
            raise silent from exc
        except PlaywrightError as exc:
            said = str(exc).splitlines()[0].removeprefix("Page.goto: ")
            name = said.partition("net::")[2].partition(" at ")[0]
            if name in ("", "ERR_ABORTED"):
                await asyncio.wait({self._session.lost}, timeout=CRASH_EVENT_S)
            self._session.check()
            raise self._not_opened(url, name, said) from exc

    def _not_opened(self, url: str, name: str, said: str) -> ExplorerError:
        """Why nothing was opened, by Chromium's error name and Playwright's message."""
        if refused := certificate_error(clip(self._scope_monitor.requested_url or url), name):
            return refused
        if name == "ERR_TOO_MANY_REDIRECTS":
            return unreachable_for("circle", url=url)
        if said == DOWNLOAD:
            return download_error(url, self._scope_monitor.answer)
        if not _endpoint(self._scope_monitor.requested_url):
            return unreachable_for("other_scheme", url=url, target=self._scope_monitor.requested_url)
        if name == "ERR_ABORTED":
            status = f" (status {self._scope_monitor.answer.status})" if self._scope_monitor.answer else ""
            return self._refused() or unreachable_for("no_content", url=url, status=status)
        failure = self.failure(CAUSES.get(name, name or said))
        # Chromium loads its error page, and from there, by itself, the requested address.
        transient = name in TRANSIENT_ERRORS or "interrupted by another navigation" in said
        if transient and isinstance(failure, PageUnreachable) and self._is_transient():
            failure.retry_after_s = 0.0
        return failure


def _endpoint(url: str) -> str:
    """Host and port of an address; "" if it is not one of a website."""
    try:
        return str(Endpoint.of(url))
    except AddressRefused:
        return ""
