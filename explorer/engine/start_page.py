"""The start page: opened, looked at however it resists, and shown from the moment when there is a film."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from explorer.blocks.start_errors import error_for
from explorer.browser.isolated_world import evaluate_isolated
from explorer.browser.session import BrowserSession
from explorer.engine.components import Components
from explorer.engine.start_page_check import StartPageCheck
from explorer.errors import PageUnresponsive
from explorer.guardrails.rules import Site, is_auth_url
from explorer.page.branding import read_branding
from explorer.protocols import Clock
from explorer.types import Brief

log = logging.getLogger(__name__)

T = TypeVar("T")

#: A first page may take longer than a click: fonts, hero pictures, hydration.
FIRST_SETTLE_MS = 8_000.0
#: But no more than this part of the time that is left, or there would be no film.
REST_PART = 0.6
PING_PART = 0.1
#: A page may navigate by itself while it is looked at; one that does so without end is left alone.
MAX_STUMBLES = 5
#: A document that is just being replaced gets this long before it is looked at again.
STUMBLE_MS = 500.0


async def open_start_page(
    brief: Brief, session: BrowserSession, clock: Clock, components: Components
) -> None:
    """Goes to the start page and appears on it; from then on there is a film worth keeping.

    Raises PageUnreachable, AddressRefused, AuthRequired and PageUnresponsive for pages that cannot be filmed,
    in the words of `start_errors`.
    """
    page = session.page
    start = StartPageCheck(brief.url, session, clock, components.scope_monitor, components.deadlines)

    async def insist(look: Callable[[], Awaitable[T]]) -> T:
        return await _insist(look, brief, session, clock, components)

    async def first_look() -> bool:
        """The page at rest; whether it asks to sign in."""
        await start.heed_markup()
        await _come_to_rest(page, components)
        if components.scope_monitor.failed:
            raise components.navigator.failure(f"{brief.url} leads there, and nothing answers")
        if is_auth_url(page.url):
            return True
        await start.check()
        return is_auth_url(page.url) or (await components.performer.snapshot()).sign_in

    await components.settler.install()
    await components.interceptor.install(page)
    await components.navigator.open(brief.url)
    if await insist(first_look):
        raise error_for("sign_in", url=brief.url)
    components.scope_monitor.site = components.interceptor.site = Site.of(page.url, brief.wishes.domains)
    if components.scout is not None:
        components.scout.belongs_to(components.scope_monitor.site)
    await insist(components.state_tracker.clear_view)
    components.recorder.look = await read_branding(page, clock)
    # From here on there is a film, even when not a moment is left to look around in it.
    await insist(lambda: components.deadlines.limit(components.mouse.appear()))
    components.recorder.begin()
    components.deadlines.may_wrap_up = True


async def _come_to_rest(page: Page, components: Components) -> None:
    """Waits for that as long as there is time for a film afterwards. Raises PageUnresponsive."""
    left_s = components.deadlines.limit_s - components.deadlines.elapsed_s()
    try:
        async with asyncio.timeout(REST_PART * left_s):
            await components.backtracking.settle(min(FIRST_SETTLE_MS, REST_PART * left_s * 1000))
    except TimeoutError:
        log.info("the start page does not come to rest")
        await components.deadlines.do(evaluate_isolated(page, "() => 1"), PING_PART * left_s)


async def _insist(
    look: Callable[[], Awaitable[T]],
    brief: Brief,
    session: BrowserSession,
    clock: Clock,
    components: Components,
) -> T:
    """Looks again at a page that moved on meanwhile, or that answers once its script was stopped."""
    for _ in range(MAX_STUMBLES):
        try:
            return await look()
        except (PageUnresponsive, PlaywrightError) as exc:
            session.check()
            components.deadlines.check()
            log.info("the start page could not be looked at: %r", exc)
            if session.runaway_limits.is_unstoppable or (
                isinstance(exc, PageUnresponsive) and not await session.recover()
            ):
                break
            await clock.hold(STUMBLE_MS)
    in_circles = any(refusal.what == "pages" for refusal in session.runaway_limits.refused)
    raise error_for("circle" if in_circles else "restless", url=brief.url)
