"""Checks the start page before it is filmed: whether it is a page, and if not, what it is."""

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

#: Errors that may resolve themselves, and how long they may take, in milliseconds of film since the page was
#: opened: an app paints late, a bot check ends, another site redirects back.
RESOLVE_MS: Mapping[type[ExplorerError], float] = {
    StartPageBlank: 8_000.0,
    Blocked: 8_000.0,
    StartPageError: 2_500.0,
    LeftDomain: 2_500.0,
}
#: A document that is still loading, as on a slow connection, gets so long to paint.
LOADING_MS = 20_000.0
#: Outside real time, film time may pass before a site can respond: at least so much real time is given.
RESOLVE_REAL_S = 3.0
#: But no more than this part of the take's runtime limit.
RESOLVE_PART = 0.6
RECHECK_MS = 500.0
RECHECK_S = 0.1
#: A page whose markup redirects within this time is not the page to film.
REFRESH_WITHIN_S = 10.0
MARKUP_TIMEOUT_S = 1.0
MAX_CAUSE_CHARS = 160
#: The content of the markup's refresh, once the document is parsed.
_REFRESH = """
async () => {
  if (document.readyState === "loading") {
    await new Promise((read) => document.addEventListener("DOMContentLoaded", read, { once: true }));
  }
  return document.querySelector("meta[http-equiv=refresh i]")?.getAttribute("content") ?? "";
}
"""


class StartPageCheck:
    """Watches the start page from before its first navigation."""

    def __init__(
        self,
        url: str,
        session: BrowserSession,
        clock: Clock,
        scope_monitor: ScopeMonitor,
        deadlines: Deadlines,
        *,
        resolve_ms: Mapping[type[ExplorerError], float] = RESOLVE_MS,
        resolve_real_s: float = RESOLVE_REAL_S,
    ) -> None:
        self._url = url
        self._session = session
        self._clock = clock
        self._scope_monitor = scope_monitor
        self._deadlines = deadlines
        self._resolve_ms = resolve_ms
        self._resolve_real_s = resolve_real_s
        self._opened: tuple[float, float] | None = None
        #: The first uncaught error of its scripts.
        self._script_error = ""
        #: Why its document did not load completely, by Chromium's error name.
        self._load_error = ""
        self._is_loading = False
        session.page.on("pageerror", lambda error: self._note_script_error(error.message))
        session.page.on("request", self._requested)
        session.page.on("requestfailed", self._failed)

    async def check_redirect(self) -> None:
        """Raises LeftDomain when the markup redirects to another site; called when the document arrives.

        Later, the browser may have gone there already.
        """
        if self._opened is None:
            self._opened = self._clock.now_ms(), time.monotonic()
        try:
            async with asyncio.timeout(MARKUP_TIMEOUT_S):
                content = await self._clock.during(evaluate_isolated(self._page, _REFRESH))
        except (TimeoutError, PlaywrightError) as exc:
            log.debug("the markup could not be read yet: %r", exc)
            return
        if error := self._refresh_error(str(content)):
            raise error

    async def check(self) -> None:
        """Checks the settled page, again and again while an error may resolve itself.

        Raises PageUnreachable for what is no page, PageUnresponsive, and PlaywrightError when the page
        navigates meanwhile.
        """
        checks = 0
        while (error := await self._error()) is not None:
            checks += 1
            may_resolve = type(error) in self._resolve_ms
            # Not at the first check: after a pause of the machine, the camera's last picture is an old one.
            if not may_resolve or (checks > 1 and self._is_unresolved(error)):
                raise error
            await self._clock.hold(RECHECK_MS)
            await self._deadlines.limit(asyncio.sleep(RECHECK_S))

    @property
    def _page(self) -> Page:
        return self._session.page

    async def _error(self) -> PageUnreachable | None:
        try:
            facts = await self._deadlines.do(read_page_facts(self._page, selectors()))
        except PlaywrightError as exc:
            if is_closed_error(exc):
                raise
            log.info("the start page is filmed unchecked, its facts could not be read: %s", exc)
            return None
        self._is_loading = not facts.loaded
        return (
            self._redirect_error(facts)
            or self._refusal_error(facts)
            or self._media_type_error(facts)
            or self._blank_error(facts)
            or self._error_page_error(facts)
        )

    def _redirect_error(self, facts: PageFacts) -> PageUnreachable | None:
        if not self._scope_monitor.is_elsewhere(self._page.url):
            return self._refresh_error(facts.refresh)
        return elsewhere_error(self._url, self._page.url)

    def _refresh_error(self, content: str) -> PageUnreachable | None:
        answer = self._scope_monitor.answer
        said = answer.headers.get("refresh", "") if answer else ""
        for delay_s, address in filter(None, map(refresh_of, (said, content))):
            with suppress(ValueError):  # an address that no browser goes to
                target = urljoin(self._page.url, address)
                if delay_s <= REFRESH_WITHIN_S and self._scope_monitor.is_elsewhere(target):
                    return elsewhere_error(self._url, target)
        return None

    def _refusal_error(self, facts: PageFacts) -> PageUnreachable | None:
        if wall := find_wall(self._scope_monitor.answer, facts):
            return unreachable_for("wall", url=self._url, wall=str(wall))
        return status_error(self._url, self._scope_monitor.answer) if self._scope_monitor.answer else None

    def _media_type_error(self, facts: PageFacts) -> PageUnreachable | None:
        is_empty = facts.media_type == "text/plain" and not facts.text
        if facts.is_page or is_empty:
            return None
        said = self._scope_monitor.answer.media_type if self._scope_monitor.answer else ""
        kind = kind_of(facts.media_type if said in {"", *PAGE_TYPES} else said)
        if facts.is_json and facts.media_type in PAGE_TYPES:
            kind = f"JSON data (sent as {facts.media_type})"
        return unreachable_for("data", url=self._url, kind=kind)

    def _blank_error(self, facts: PageFacts) -> PageUnreachable | None:
        uniform = is_uniform(self._clock.picture())
        paints = facts.paints if uniform is None else not uniform
        if paints or facts.below:
            return None
        if any(refusal.what == "pages" for refusal in self._session.runaway_limits.refused):
            return unreachable_for("circle", url=self._url)
        if self._load_error:
            cause = f"its document did not arrive whole ({self._load_error})"
            return unreachable_for("unopened", url=self._url, cause=cause)
        cause = f", and its script ended with “{self._script_error}”" if self._script_error else ""
        return unreachable_for("blank", url=self._url, waited_s=self._film_ms() / 1000, cause=cause)

    def _error_page_error(self, facts: PageFacts) -> PageUnreachable | None:
        said = find_error_text(facts)
        if said is None:
            return None
        status = self._scope_monitor.answer.status if self._scope_monitor.answer else 200
        return unreachable_for("error_page", url=self._url, said=said, status=status)

    def _is_unresolved(self, error: PageUnreachable) -> bool:
        if self._deadlines.elapsed_s() >= RESOLVE_PART * self._deadlines.limit_s:
            return True
        is_loading = self._is_loading and isinstance(error, StartPageBlank)
        resolve_ms = LOADING_MS if is_loading else self._resolve_ms[type(error)]
        real_s = time.monotonic() - (self._opened[1] if self._opened else 0.0)
        return self._film_ms() >= resolve_ms and real_s >= self._resolve_real_s

    def _film_ms(self) -> float:
        """Film time since the page was opened."""
        return self._clock.now_ms() - (self._opened[0] if self._opened else 0.0)

    def _requested(self, request: Request) -> None:
        if self._is_document(request):
            self._load_error = ""

    def _failed(self, request: Request) -> None:
        name = (request.failure or "").removeprefix("net::")
        if self._is_document(request) and name != "ERR_ABORTED":  # as when its page moves on
            self._load_error = name

    def _is_document(self, request: Request) -> bool:
        return request.is_navigation_request() and request.frame == self._page.main_frame

    def _note_script_error(self, message: str) -> None:
        line = " ".join(clean(message[:MAX_CAUSE_CHARS]).split())
        self._script_error = self._script_error or line
