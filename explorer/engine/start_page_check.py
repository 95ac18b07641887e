"""The start page, judged before it is filmed: whether it is a page, and what else was met if it is not."""

import asyncio
import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urljoin

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, Request

from explorer.blocks.error_pages import find_error_text
from explorer.blocks.http_response import kind_of, status_error
from explorer.blocks.page_facts import PAGE_TYPES, PageFacts, is_uniform, read_page_facts, refresh_of
from explorer.blocks.start_errors import unreachable_for
from explorer.blocks.walls import elsewhere_error, find_wall, selectors
from explorer.browser.isolated_world import evaluate_isolated, is_closed_error
from explorer.browser.session import BrowserSession
from explorer.deadlines import Deadlines
from explorer.errors import (
    Blocked,
    ExplorerError,
    LeftDomain,
    PageUnreachable,
    StartPageBlank,
    StartPageError,
)
from explorer.navigation.scope_monitor import ScopeMonitor
from explorer.protocols import Clock
from explorer.text import clean

log = logging.getLogger(__name__)

#: What may still pass by itself, and how long it is given, in milliseconds of film since the page was opened:
#: an app paints late, a check of the browser ends, a page elsewhere sends its visitor back.
PASSING_MS: Mapping[type[ExplorerError], float] = {
    StartPageBlank: 8_000.0,
    Blocked: 8_000.0,
    StartPageError: 2_500.0,
    LeftDomain: 2_500.0,
}
#: A document of which something still loads, as on a slow line, gets so long to paint.
LOADING_MS = 20_000.0
#: Outside real time, film may pass without a site having had the time to answer: at least so much is real.
PASSING_REAL_S = 3.0
#: But no more than this part of what the take may last.
PASSING_PART = 0.6
LOOK_AGAIN_MS = 500.0
LOOK_AGAIN_S = 0.1
#: A page that says so in its markup will be left so soon that it is not the page to film.
REFRESH_WITHIN_S = 10.0
MARKUP_LIMIT_S = 1.0
MAX_CAUSE_CHARS = 160
#: The markup's refresh, once the document is read.
_REFRESH = """
async () => {
  if (document.readyState === "loading") {
    await new Promise((read) => document.addEventListener("DOMContentLoaded", read, { once: true }));
  }
  return document.querySelector("meta[http-equiv=refresh i]")?.getAttribute("content") ?? "";
}
"""


class StartPageCheck:
    """Watches the page that a take begins at, from before its first navigation on."""

    def __init__(
        self,
        url: str,
        session: BrowserSession,
        clock: Clock,
        scope_monitor: ScopeMonitor,
        deadlines: Deadlines,
        *,
        passing_ms: Mapping[type[ExplorerError], float] = PASSING_MS,
        passing_real_s: float = PASSING_REAL_S,
    ) -> None:
        self._url = url
        self._session = session
        self._clock = clock
        self._scope_monitor = scope_monitor
        self._deadlines = deadlines
        self._passing_ms = passing_ms
        self._passing_real_s = passing_real_s
        self._opened: tuple[float, float] | None = None
        #: What its scripts have thrown first.
        self._thrown = ""
        #: Why its document did not arrive whole, by Chromium's name for it.
        self._broken = ""
        self._is_loading = False
        session.page.on("pageerror", lambda error: self._note(error.message))
        session.page.on("request", self._requested)
        session.page.on("requestfailed", self._failed)

    async def heed_markup(self) -> None:
        """Raises LeftDomain when the document says that it leads elsewhere soon. To be asked when it arrives.

        Later, the browser may have gone there already.
        """
        if self._opened is None:
            self._opened = self._clock.now_ms(), time.monotonic()
        try:
            async with asyncio.timeout(MARKUP_LIMIT_S):
                content = await self._clock.during(evaluate_isolated(self._page, _REFRESH))
        except (TimeoutError, PlaywrightError) as exc:
            log.debug("the markup is looked at later: %r", exc)
            return
        if error := self._refreshes(str(content)):
            raise error

    async def check(self) -> None:
        """Looks at the page at rest, and again where that may help.

        Raises what it is instead of a page (PageUnreachable), PageUnresponsive, and PlaywrightError when it
        moves on meanwhile.
        """
        looks = 0
        while (error := await self._judged()) is not None:
            looks += 1
            may_pass = type(error) in self._passing_ms
            # Not at the first look: on a machine that stood still, the camera's last picture is an old one.
            if not may_pass or (looks > 1 and self._has_had_its_time(error)):
                raise error
            await self._clock.hold(LOOK_AGAIN_MS)
            await self._deadlines.limit(asyncio.sleep(LOOK_AGAIN_S))

    @property
    def _page(self) -> Page:
        return self._session.page

    async def _judged(self) -> PageUnreachable | None:
        try:
            look = await self._deadlines.do(read_page_facts(self._page, selectors()))
        except PlaywrightError as exc:
            if is_closed_error(exc):
                raise
            log.info("the start page is filmed as it is, it does not let itself be looked at: %s", exc)
            return None
        self._is_loading = not look.loaded
        return (
            self._leads_elsewhere(look)
            or self._is_refused(look)
            or self._is_data(look)
            or self._is_blank(look)
            or self._is_error_page(look)
        )

    def _leads_elsewhere(self, look: PageFacts) -> PageUnreachable | None:
        if not self._scope_monitor.is_elsewhere(self._page.url):
            return self._refreshes(look.refresh)
        return elsewhere_error(self._url, self._page.url)

    def _refreshes(self, content: str) -> PageUnreachable | None:
        answer = self._scope_monitor.answer
        said = answer.headers.get("refresh", "") if answer else ""
        for delay_s, address in filter(None, map(refresh_of, (said, content))):
            with suppress(ValueError):  # an address that no browser goes to
                target = urljoin(self._page.url, address)
                if delay_s <= REFRESH_WITHIN_S and self._scope_monitor.is_elsewhere(target):
                    return elsewhere_error(self._url, target)
        return None

    def _is_refused(self, look: PageFacts) -> PageUnreachable | None:
        if wall := find_wall(self._scope_monitor.answer, look):
            return unreachable_for("wall", url=self._url, wall=str(wall))
        return status_error(self._url, self._scope_monitor.answer) if self._scope_monitor.answer else None

    def _is_data(self, look: PageFacts) -> PageUnreachable | None:
        is_empty = look.media_type == "text/plain" and not look.text
        if look.is_page or is_empty:
            return None
        said = self._scope_monitor.answer.media_type if self._scope_monitor.answer else ""
        kind = kind_of(look.media_type if said in {"", *PAGE_TYPES} else said)
        if look.is_json and look.media_type in PAGE_TYPES:
            kind = f"JSON data (sent as {look.media_type})"
        return unreachable_for("data", url=self._url, kind=kind)

    def _is_blank(self, look: PageFacts) -> PageUnreachable | None:
        uniform = is_uniform(self._clock.picture())
        paints = look.paints if uniform is None else not uniform
        if paints or look.below:
            return None
        if any(refusal.what == "pages" for refusal in self._session.runaway_limits.refused):
            return unreachable_for("circle", url=self._url)
        if self._broken:
            cause = f"its document did not arrive whole ({self._broken})"
            return unreachable_for("unopened", url=self._url, cause=cause)
        cause = f", and its script ended with “{self._thrown}”" if self._thrown else ""
        return unreachable_for("blank", url=self._url, waited_s=self._film_ms() / 1000, cause=cause)

    def _is_error_page(self, look: PageFacts) -> PageUnreachable | None:
        said = find_error_text(look)
        if said is None:
            return None
        status = self._scope_monitor.answer.status if self._scope_monitor.answer else 200
        return unreachable_for("error_page", url=self._url, said=said, status=status)

    def _has_had_its_time(self, error: PageUnreachable) -> bool:
        if self._deadlines.elapsed_s() >= PASSING_PART * self._deadlines.limit_s:
            return True
        is_loading = self._is_loading and isinstance(error, StartPageBlank)
        passing_ms = LOADING_MS if is_loading else self._passing_ms[type(error)]
        real_s = time.monotonic() - (self._opened[1] if self._opened else 0.0)
        return self._film_ms() >= passing_ms and real_s >= self._passing_real_s

    def _film_ms(self) -> float:
        """Since the page was opened."""
        return self._clock.now_ms() - (self._opened[0] if self._opened else 0.0)

    def _requested(self, request: Request) -> None:
        if self._is_document(request):
            self._broken = ""

    def _failed(self, request: Request) -> None:
        name = (request.failure or "").removeprefix("net::")
        if self._is_document(request) and name != "ERR_ABORTED":  # as when its page moves on
            self._broken = name

    def _is_document(self, request: Request) -> bool:
        return request.is_navigation_request() and request.frame == self._page.main_frame

    def _note(self, message: str) -> None:
        line = " ".join(clean(message[:MAX_CAUSE_CHARS]).split())
        self._thrown = self._thrown or line
