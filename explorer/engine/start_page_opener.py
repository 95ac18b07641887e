"""Opens the start page, and begins the film once there is a page worth filming."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from playwright.async_api import Error as PlaywrightError

from explorer.blocks.start_errors import error_for
from explorer.browser.isolated_world import evaluate_isolated
from explorer.browser.session import BrowserSession
from explorer.deadlines import Deadlines
from explorer.engine.screen import Screen
from explorer.engine.start_page_check import StartPageCheck
from explorer.engine.stop_conditions import MAX_INTERRUPTIONS
from explorer.engine.trace_recorder import TraceRecorder
from explorer.errors import PageUnresponsive
from explorer.guardrails.rules import Site, is_auth_url
from explorer.input.mouse import Mouse
from explorer.lookahead.scout import Scout
from explorer.navigation.backtracking import Backtracking
from explorer.navigation.navigator import Navigator
from explorer.navigation.request_interceptor import RequestInterceptor
from explorer.navigation.scope_monitor import ScopeMonitor
from explorer.overlays.clearer import OverlayClearer
from explorer.page.branding import read_branding
from explorer.page.settle import Settler
from explorer.protocols import Clock
from explorer.types import Brief

log = logging.getLogger(__name__)

T = TypeVar("T")

#: A first page may take longer than a click: fonts, hero pictures, hydration.
FIRST_SETTLE_MS = 8_000.0
#: But no more than this part of the time that is left, or there would be no film.
SETTLE_PART = 0.6
PING_PART = 0.1
#: A document that is just being replaced gets this long before the next try.
RETRY_HOLD_MS = 500.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StartPageOpener:
    """Opens `brief.url`, checks what came, and settles on the site that is filmed."""

    brief: Brief
    session: BrowserSession
    clock: Clock
    deadlines: Deadlines
    check: StartPageCheck
    scope_monitor: ScopeMonitor
    interceptor: RequestInterceptor
    scout: Scout | None
    navigator: Navigator
    backtracking: Backtracking
    settler: Settler
    screen: Screen
    mouse: Mouse
    overlays: OverlayClearer
    recorder: TraceRecorder

    async def open(self) -> None:
        """Goes to the start page and shows the pointer on it; from then on there is a film worth keeping.

        Raises PageUnreachable, AddressRefused, AuthRequired and PageUnresponsive for pages that cannot be
        filmed, in the words of `start_errors`.
        """
        page = self.session.page
        await self.settler.install()
        await self.interceptor.install(page)
        await self.navigator.open(self.brief.url)
        if await self._retrying(self._asks_to_sign_in) and not self.scope_monitor.allows_auth:
            raise error_for("sign_in", url=self.brief.url)
        self._limit_to(Site.of(page.url, self.brief.wishes.domains))
        await self._retrying(self.overlays.clear)
        self.recorder.branding = await read_branding(page, self.clock)
        # From here on there is a film, even when not a moment is left to look around in it.
        await self._retrying(lambda: self.deadlines.limit(self.mouse.place_at_start()))
        self.recorder.begin_film()
        self.deadlines.may_wrap_up = True

    async def _asks_to_sign_in(self) -> bool:
        """Whether the page, once settled and checked, is one that asks for a password."""
        page = self.session.page
        await self.check.check_redirect()
        await self._settle()
        if self.scope_monitor.failed:
            raise self.navigator.failure(f"{self.brief.url} leads there, and nothing answers")
        if is_auth_url(page.url):
            return True
        await self.check.check()
        return is_auth_url(page.url) or (await self.screen.snapshot()).sign_in

    def _limit_to(self, site: Site) -> None:
        self.scope_monitor.site = self.interceptor.site = site
        if self.scout is not None:
            self.scout.limit_to(site)

    async def _settle(self) -> None:
        """Waits until the page has settled, as long as there is time for a film afterwards.

        Raises PageUnresponsive.
        """
        left_s = self.deadlines.limit_s - self.deadlines.elapsed_s()
        try:
            async with asyncio.timeout(SETTLE_PART * left_s):
                await self.backtracking.settle(min(FIRST_SETTLE_MS, SETTLE_PART * left_s * 1000))
        except TimeoutError:
            log.info("the start page does not settle")
            await self.deadlines.do(evaluate_isolated(self.session.page, "() => 1"), PING_PART * left_s)

    async def _retrying(self, look: Callable[[], Awaitable[T]]) -> T:
        """Retries on a page that moved on meanwhile, or that answers once its script was stopped."""
        runaway = self.session.runaway_limits
        for _ in range(MAX_INTERRUPTIONS):
            try:
                return await look()
            except (PageUnresponsive, PlaywrightError) as exc:
                self.session.check()
                self.deadlines.check()
                log.info("looking at the start page was interrupted: %r", exc)
                hangs = isinstance(exc, PageUnresponsive)
                if runaway.is_unstoppable or (hangs and not await self.session.recover()):
                    break
                await self.clock.hold(RETRY_HOLD_MS)
        in_circles = any(refusal.what == "pages" for refusal in runaway.refused)
        raise error_for("circle" if in_circles else "restless", url=self.brief.url)
