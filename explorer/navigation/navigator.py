"""Going to an address, more than once where that may help, with each way it can fail told apart."""

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
#: In words, for those that people meet; others keep Chromium's own name.
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
#: What a server or the way to it may have got over a moment later.
PASSING_ERRORS = frozenset(
    (
        *("ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_CONNECTION_CLOSED"),
        *("ERR_CONNECTION_ABORTED", "ERR_CONNECTION_FAILED", "ERR_CONNECTION_TIMED_OUT"),
        *("ERR_TIMED_OUT", "ERR_EMPTY_RESPONSE", "ERR_NETWORK_CHANGED"),
        *("ERR_TUNNEL_CONNECTION_FAILED", "ERR_PROXY_CONNECTION_FAILED"),
        *("ERR_HTTP2_PROTOCOL_ERROR", "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_CONTENT_LENGTH_MISMATCH"),
    )
)
#: A server that asks for more patience gets this much, before each further try.
LONGEST_PAUSE_S = 8.0
#: One that asks for more than all of these together is not tried again.
HOPELESS_PAUSE_S = 30.0
#: A page whose process has died first ends its navigation, as an answer without a page does.
VERDICT_S = 0.5
#: What a further try should have left of the take's time when it begins.
LEAST_LEFT_S = 2.0
#: What a site sends with a status that refuses is looked at for so long, to tell a wall from a mere no.
REFUSAL_LOOK_S = 3.0


class Navigator:
    """Opens addresses in the stage's page; why one did not open, the proxy knows better than the browser.

    What may pass is tried again. The camera is covered from before the first try until the page that works
    has settled, so that no film shows what an error looks like; after one try, only until that page comes.
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
        self._asked = ""

    async def open(self, url: str) -> None:
        """Goes to `url` until its document begins to arrive.

        Raises PageUnreachable, of the kind that says what was met instead of a page, or AddressRefused when
        the address, or what it redirects to, is private.
        """
        self._clock.cover(True)
        self._asked = url
        pauses_s = self._retry_policy.navigation_pauses_s
        for attempt, pause_s in enumerate(pauses_s, 1):
            try:
                await self._try(url)
            except PageUnreachable as exc:
                if exc.retry_after_s is None or exc.retry_after_s > HOPELESS_PAUSE_S:
                    raise
                pause_s = max(pause_s, min(exc.retry_after_s, LONGEST_PAUSE_S))
                if self._left_s() < pause_s + LEAST_LEFT_S:
                    raise
                now_ms = self._clock.now_ms()
                self._retry_policy.note(Retry(now_ms, "navigation", attempt, len(pauses_s), clip(str(exc))))
                # Not on camera: outside real time no film passes meanwhile.
                await self._deadlines.limit(asyncio.sleep(pause_s), pause_s + LEAST_LEFT_S)
            else:
                if attempt == 1:
                    self._clock.cover(False)
                return
        await self._try(url)

    def reveal(self) -> None:
        """Lets the camera see what is on screen, unless that is an error page."""
        if not self._scope_monitor.failed:
            self._clock.cover(False)

    def failure(self, cause: str) -> AddressRefused | PageUnreachable:
        """Why what was last asked for is not on screen: the fence, or else `cause`."""
        wanted = clip(self._scope_monitor.wanted)
        if self._is_redirected():
            wanted = f"{wanted}, to which {clip(self._asked)} redirects,"
        return self._refused() or unreachable_for("unopened", url=wanted, cause=cause)

    def _left_s(self) -> float:
        return self._deadlines.limit_s - self._deadlines.elapsed_s()

    def _refused(self) -> AddressRefused | None:
        """The fence's answer to what was last asked for, when it turned that down."""
        for refusal in self._proxy.refused:
            if refusal.what == _endpoint(self._scope_monitor.wanted):
                return AddressRefused(self._by_redirect(refusal.detail), refusal.rule)
        return None

    def _by_redirect(self, detail: str) -> str:
        """What happened at another address than was asked for, with the way there."""
        if not self._is_redirected():
            return detail
        return f"{clip(self._asked)} redirects to {clip(self._scope_monitor.wanted)}: {detail}"

    def _is_redirected(self) -> bool:
        """Whether another host, or another port of it, was asked in the end."""
        return bool(self._asked) and _endpoint(self._asked) != _endpoint(self._scope_monitor.wanted)

    async def _try(self, url: str) -> None:
        response = await self._goto(url)
        if response is None:
            return  # the same document, another fragment
        answer = HttpResponse.of(response)
        if self._proxy.sent_response(answer.headers):
            raise self._refused() or self._out_of_reach()
        if answer.status >= 400:
            raise await self._turned_away(url, answer)

    def _out_of_reach(self) -> PageUnreachable:
        """As the proxy tells it."""
        error = PageUnreachable(self._by_redirect(clip(self._proxy.last_failure)))
        error.retry_after_s = 0.0 if self._may_pass() else None
        return error

    async def _turned_away(self, url: str, answer: HttpResponse) -> PageUnreachable:
        """What an error's status means: by the answer's head, and by its page where that may be a wall."""
        if answer.status in TRANSIENT_STATUS:
            self._scope_monitor.turn_away()
        if self._scope_monitor.is_elsewhere(answer.url):
            return elsewhere_error(url, answer.url)
        look = await self._look() if answer.status in REFUSING else None
        if wall := find_wall(answer, look):
            return unreachable_for("wall", url=url, wall=str(wall))
        error = status_error(url, answer)
        assert error is not None
        return error

    async def _look(self) -> PageFacts | None:
        """The page that came with a refusal, once it is read; None when it does not come to that."""
        page = self._session.page
        try:
            async with asyncio.timeout(REFUSAL_LOOK_S):
                await self._clock.during(page.wait_for_load_state("domcontentloaded"))
                return await self._clock.during(read_page_facts(page, selectors()))
        except (TimeoutError, PlaywrightError) as exc:
            log.debug("a refusal was not looked at: %r", exc)
            return None

    def _may_pass(self) -> bool:
        """Whether what was last asked for has a name that exists."""
        return _endpoint(self._scope_monitor.wanted) not in self._proxy.unresolvable

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
                await asyncio.wait({self._session.lost}, timeout=VERDICT_S)
            self._session.check()
            raise self._not_opened(url, name, said) from exc

    def _not_opened(self, url: str, name: str, said: str) -> ExplorerError:
        """Why nothing was opened: by Chromium's name for it, and by what Playwright said."""
        if refused := certificate_error(clip(self._scope_monitor.wanted or url), name):
            return refused
        if name == "ERR_TOO_MANY_REDIRECTS":
            return unreachable_for("circle", url=url)
        if said == DOWNLOAD:
            return download_error(url, self._scope_monitor.answer)
        if not _endpoint(self._scope_monitor.wanted):
            return unreachable_for("other_scheme", url=url, target=self._scope_monitor.wanted)
        if name == "ERR_ABORTED":
            status = f" (status {self._scope_monitor.answer.status})" if self._scope_monitor.answer else ""
            return self._refused() or unreachable_for("no_content", url=url, status=status)
        failure = self.failure(CAUSES.get(name, name or said))
        # Chromium loads its page for an error, and from that, by itself, what was asked for.
        passing = name in PASSING_ERRORS or "interrupted by another navigation" in said
        if passing and isinstance(failure, PageUnreachable) and self._may_pass():
            failure.retry_after_s = 0.0
        return failure


def _endpoint(url: str) -> str:
    """Its host and port; "" for what is no address of a website."""
    try:
        return str(Endpoint.of(url))
    except AddressRefused:
        return ""
