"""Inspects a page without filming: its clickable elements, and which are refused or covered, and why."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Any, Literal

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from actors.settings import Settings
from explorer.browser.chromium import find_chromium, open_session
from explorer.deadlines import Deadlines
from explorer.egress.policy import EgressPolicy, Endpoint
from explorer.egress.proxy import EgressProxy
from explorer.engine.start_page_check import StartPageCheck
from explorer.errors import PageUnreachable
from explorer.guardrails.rules import Site, refuse_element
from explorer.guardrails.sensitive_fields import refuse_field
from explorer.lookahead.off_camera import OffCameraClock
from explorer.navigation.navigator import Navigator
from explorer.navigation.request_interceptor import RequestInterceptor
from explorer.navigation.scope_monitor import ScopeMonitor
from explorer.page.discovery import discover
from explorer.page.settle import Settler
from explorer.page.stable_selectors import stable_selector
from explorer.retry_policy import RetryPolicy
from explorer.text import title_of
from explorer.types import Brief, Element, Refusal

log = logging.getLogger(__name__)

SETTLE_MS = 6_000.0
INSPECT_LIMIT_S = 60.0
Kind = Literal["offered", "refused", "covered"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One element with its number on the screenshot, and its refusal by a guardrail, if any."""

    number: int
    element: Element
    selector: str
    refusal: Refusal | None

    @property
    def kind(self) -> Kind:
        if self.element.covered_by:
            return "covered"
        return "refused" if self.refusal else "offered"

    @property
    def why(self) -> str:
        """Whether it may be clicked, and why not."""
        if self.element.covered_by:
            return f"is covered by {self.element.covered_by}"
        if self.refusal:
            return self.refusal.detail
        return "may be clicked" if self.element.in_view else "may be clicked after scrolling to it"

    def as_json(self) -> dict[str, Any]:
        e = self.element
        row: dict[str, Any] = {
            "number": self.number,
            "selector": self.selector,
            "tag": e.tag,
            "role": e.role,
            "name": e.label,
            "text": e.text,
            "href": e.href,
            "box": {"x": e.box.x, "y": e.box.y, "width": e.box.width, "height": e.box.height},
            "point": {"x": e.point.x, "y": e.point.y} if e.point else None,
            "in_view": e.in_view,
            "landmark": e.landmark,
            "state": e.state,
            "fills": e.fills,
            "icon": e.icon,
            "frame": e.frame_origin,
            "identity": e.identity,
            "fingerprint": e.fingerprint,
            "refused": self.refusal.rule if self.refusal else None,
            "why": self.why,
        }
        return row | ({"covered_by": e.covered_by} if e.covered_by else {})


@dataclass(frozen=True, slots=True)
class Inspection:
    """A page as the explorer sees it; `screenshot` is its viewport as PNG, without numbers."""

    url: str
    title: str
    width_px: int
    height_px: int
    elements: tuple[Finding, ...]
    covered: tuple[Finding, ...]
    frames: int
    screenshot: bytes

    def as_json(self) -> dict[str, Any]:
        return {
            "url": self.url,
            "title": self.title,
            "viewport": {"width": self.width_px, "height": self.height_px},
            "elements": [finding.as_json() for finding in self.elements],
            "covered": [finding.as_json() for finding in self.covered],
            "frames": self.frames,
        }


async def inspect(url: str, settings: Settings, width_px: int, height_px: int) -> Inspection:
    """Opens `url` as a take does and scans it once. The host of `url` may be private.

    Raises PageUnreachable, AddressRefused, BrowserMissing and BrowserCrashed.
    """
    host = str(Endpoint.of(url))
    brief = Brief(url, width_px=width_px, height_px=height_px, max_runtime_s=INSPECT_LIMIT_S)
    chromium, clock = find_chromium(settings.chromium_path), OffCameraClock()
    async with (
        EgressProxy(EgressPolicy(settings.allow_private_hosts | {host}), allow_writes=False) as proxy,
        open_session(brief, chromium, proxy.url) as session,
    ):
        scope = ScopeMonitor(session.page, clock, Site.of(url), proxy)
        deadlines = Deadlines(clock, INSPECT_LIMIT_S)
        navigator = Navigator(session, clock, deadlines, scope, proxy, RetryPolicy())
        start = StartPageCheck(url, session, clock, scope, deadlines)
        settler = Settler(session.page, clock)
        await settler.install()
        await RequestInterceptor(
            None, brief.wishes, lambda refusal: log.info("request refused: %s", refusal.what)
        ).install(session.page)
        await navigator.open(url)
        await start.check_redirect()
        await settler.settle(SETTLE_MS)
        if scope.failed:
            raise navigator.failure(f"{url} redirects there, and nothing responds")
        try:
            await start.check()
        except PlaywrightError as exc:
            log.info("the page navigated while it was checked: %s", exc)
        try:
            async with asyncio.timeout(INSPECT_LIMIT_S):
                return await _scan(session.page, Site.of(session.page.url), brief)
        except TimeoutError as exc:
            raise PageUnreachable(
                f"{url} did not respond to the inspection within {INSPECT_LIMIT_S:.0f} s."
            ) from exc


async def _scan(page: Page, site: Site, brief: Brief) -> Inspection:
    found = await discover(page, frozenset())
    screenshot = await page.screenshot(type="png")
    selectors = [await stable_selector(page, element) for element in found.elements]

    def finding(number: int, element: Element, selector: str) -> Finding:
        refusal = refuse_element(element, site, page.url)
        field = refuse_field(element) if element.fills else None
        return Finding(number, element, selector, refusal or field)

    elements = tuple(
        finding(n, e, s) for n, (e, s) in enumerate(zip(found.elements, selectors, strict=True), 1)
    )
    covered = tuple(finding(n, e, e.selector) for n, e in enumerate(found.covered, len(elements) + 1))
    title, frames = await title_of(page), len(page.frames) - 1
    return Inspection(page.url, title, brief.width_px, brief.height_px, elements, covered, frames, screenshot)
