"""Going to an address, more than once where that may help, with each way it can fail told apart."""

import asyncio
import time
from email.utils import parsedate_to_datetime

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Response
from playwright.async_api import TimeoutError as PlaywrightTimeout

from explorer.border import Border
from explorer.browser import Stage
from explorer.certificates import certificate_error
from explorer.errors import AddressRefused, PageUnreachable, PageUnresponsive
from explorer.fence import Endpoint
from explorer.patience import Patience
from explorer.proxy import EgressProxy
from explorer.retries import Persistence, Retry
from explorer.text import clip
from explorer.types import Clock

NAVIGATION_TIMEOUT_S = 30.0
#: In words, for those that people meet; others keep Chromium's own name.
CAUSES = {
    "ERR_TUNNEL_CONNECTION_FAILED": "its host does not exist or does not answer",
    "ERR_EMPTY_RESPONSE": "it closed the connection without an answer",
    "ERR_CONNECTION_RESET": "it broke off the connection",
    "ERR_TOO_MANY_REDIRECTS": "it redirects in a circle",
    "ERR_ABORTED": "it answered without a page, as with status 204",
    "ERR_INVALID_HTTP_RESPONSE": "it does not speak http",
    "ERR_UNSAFE_REDIRECT": "it redirects to what is no website",
    "ERR_INVALID_REDIRECT": "it redirects to what is no address",
    "ERR_RESPONSE_HEADERS_TOO_BIG": "its headers do not end",
    "Download is starting": "it is a file to be saved, not a page",
    "ERR_SSL_PROTOCOL_ERROR": "it does not speak https",
}
#: What a server or the way to it may have got over a moment later.
PASSING_STATUS = frozenset({429, 502, 503, 504})
PASSING_ERRORS = frozenset(
    (
        *("ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_CONNECTION_CLOSED"),
        *("ERR_CONNECTION_ABORTED", "ERR_CONNECTION_FAILED", "ERR_CONNECTION_TIMED_OUT"),
        *("ERR_TIMED_OUT", "ERR_EMPTY_RESPONSE", "ERR_NETWORK_CHANGED"),
        *("ERR_TUNNEL_CONNECTION_FAILED", "ERR_PROXY_CONNECTION_FAILED"),
        *("ERR_HTTP2_PROTOCOL_ERROR", "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_CONTENT_LENGTH_MISMATCH"),
    )
)
#: A server that asks for more patience gets this much.
LONGEST_PAUSE_S = 8.0
#: A page whose process has died first ends its navigation, as an answer without a page does.
VERDICT_S = 0.5
#: What a further try should have left of the take's time when it begins.
LEAST_LEFT_S = 2.0


class MayPass(PageUnreachable):
    """The page did not load this time; `wait_s` is how long its server asks to be left alone."""

    def __init__(self, sentence: str, wait_s: float = 0.0) -> None:
        super().__init__(sentence)
        self.wait_s = wait_s


class Navigator:
    """Opens addresses in the stage's page; why one did not open, the proxy knows better than the browser.

    What may pass is tried again. The camera is covered from before the first try until the page that works
    has settled, so that no film shows what an error looks like; after one try, only until that page comes.
    """

    def __init__(
        self,
        stage: Stage,
        clock: Clock,
        patience: Patience,
        border: Border,
        proxy: EgressProxy,
        persistence: Persistence,
    ) -> None:
        self._stage = stage
        self._clock = clock
        self._patience = patience
        self._border = border
        self._proxy = proxy
        self._persistence = persistence

    async def open(self, url: str) -> None:
        """Goes to `url` until its document begins to arrive.

        Raises PageUnreachable with the cause, or AddressRefused when it, or what it redirects to, is private.
        """
        self._clock.cover(True)
        pauses_s = self._persistence.navigation_pauses_s
        for attempt, pause_s in enumerate(pauses_s, 1):
            try:
                await self._try(url)
            except MayPass as exc:
                pause_s = max(pause_s, min(exc.wait_s, LONGEST_PAUSE_S))
                if self._left_s() < pause_s + LEAST_LEFT_S:
                    raise
                now_ms = self._clock.now_ms()
                self._persistence.note(Retry(now_ms, "navigation", attempt, len(pauses_s), clip(str(exc))))
                # Not on camera: outside real time no film passes meanwhile.
                await self._patience.limit(asyncio.sleep(pause_s), pause_s + LEAST_LEFT_S)
            else:
                if attempt == 1:
                    self._clock.cover(False)
                return
        await self._try(url)

    def reveal(self) -> None:
        """Lets the camera see what is on screen, unless that is an error page."""
        if not self._border.failed:
            self._clock.cover(False)

    def failure(self, cause: str) -> AddressRefused | PageUnreachable:
        """Why what was last asked for is not on screen: the fence, or else `cause`."""
        unreachable = f"{clip(self._border.wanted)} could not be opened: {cause}. Check the address."
        return self._refused() or PageUnreachable(unreachable)

    def _left_s(self) -> float:
        return self._patience.limit_s - self._patience.elapsed_s()

    def _refused(self) -> AddressRefused | None:
        """The fence's answer to what was last asked for, when it turned that down."""
        for refusal in self._proxy.refused:
            if refusal.what == str(Endpoint.of(self._border.wanted)):
                return AddressRefused(refusal.detail)
        return None

    async def _try(self, url: str) -> None:
        response = await self._goto(url)
        if response is None:
            return  # the same document, another fragment
        if self._proxy.has_answered(response.headers):
            detail = clip(self._proxy.last_failure)
            raise self._refused() or (MayPass(detail) if self._may_pass() else PageUnreachable(detail))
        if response.status in PASSING_STATUS:
            self._border.turn_away()
            raise MayPass(_said(url, response.status), _wait_s(response.headers.get("retry-after", "")))
        if response.status >= 400:
            raise PageUnreachable(_said(url, response.status))

    def _may_pass(self) -> bool:
        """Whether what was last asked for has a name that exists."""
        return str(Endpoint.of(self._border.wanted)) not in self._proxy.nameless

    async def _goto(self, url: str) -> Response | None:
        try:
            return await self._patience.do(
                self._stage.page.goto(url, wait_until="commit", timeout=NAVIGATION_TIMEOUT_S * 1000),
                NAVIGATION_TIMEOUT_S + 1,
            )
        except (PlaywrightTimeout, PageUnresponsive) as exc:
            raise MayPass(f"{url} did not answer within {NAVIGATION_TIMEOUT_S:.0f} s.") from exc
        except PlaywrightError as exc:
            said = str(exc).splitlines()[0].removeprefix("Page.goto: ")
            name = said.partition("net::")[2].partition(" at ")[0]
            if name in ("", "ERR_ABORTED"):
                await asyncio.wait({self._stage.lost}, timeout=VERDICT_S)
            self._stage.check()
            if refused := certificate_error(clip(self._border.wanted or url), name):
                raise refused from exc
            failure = self.failure(CAUSES.get(name, name or said))
            # Chromium loads its page for an error, and from that, by itself, what was asked for.
            passing = name in PASSING_ERRORS or "interrupted by another navigation" in said
            if passing and isinstance(failure, PageUnreachable) and self._may_pass():
                raise MayPass(str(failure)) from exc
            raise failure from exc


def _said(url: str, status: int) -> str:
    return f"{url} answered with status {status}. Check the address."


def _wait_s(retry_after: str) -> float:
    """The seconds of a `Retry-After` header, which may also be a date; 0.0 for what is neither."""
    try:
        if retry_after.isdigit():
            return float(retry_after)
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    except ValueError:
        return 0.0
