"""Tries off camera what may be worth filming: the same site, fence and gate, in a page that nobody sees."""

import logging
from dataclasses import replace
from typing import TypeVar
from urllib.parse import urlsplit

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Response
from playwright.async_api import TimeoutError as PlaywrightTimeoutError

from explorer.browser.session import BrowserSession
from explorer.errors import PageUnresponsive
from explorer.guardrails.robots_txt import RobotsTxt, fetch_robots_txt
from explorer.guardrails.rules import Site, refuse_element, refuse_url
from explorer.guardrails.sensitive_fields import refuse_field
from explorer.lookahead.dry_run import act, approach, may_be_tried
from explorer.lookahead.off_camera import OffCameraClock, SettledSnapshots
from explorer.navigation.popups import Popups
from explorer.navigation.request_interceptor import RequestInterceptor
from explorer.overlays.dismissal import dismiss_overlays
from explorer.page.discovery import discover
from explorer.page.settle import Settler
from explorer.page.snapshot import Snapshot, diff_outcome
from explorer.page.visual_diff import share
from explorer.state.outcomes import KnownOutcome
from explorer.state.page_state import PageState
from explorer.text import title_of
from explorer.types import ActionPlan, Brief, Element, Outcome, Refusal
from explorer.urls import page_key

log = logging.getLogger(__name__)

T = TypeVar("T")

#: What a page gets to answer and to come to rest, in milliseconds; most need some 500.
SETTLE_MS = 2_500.0
GOTO_TIMEOUT_MS = 8_000.0
ACT_TIMEOUT_MS = 2_000.0
#: Half of what a film waits for: nobody sees a page that was not quite at rest, and the pictures tell.
QUIET_MS, FLOOR_MS = 150.0, 60.0
ROBOTS_TIMEOUT_MS = 3_000.0
OUT_OF_REACH = "it could not be used off camera"
#: What a page keeps in its stores, taken and put back so that every rehearsal begins the same.
KEEP = "() => [{...localStorage}, {...sessionStorage}]"
RESTORE = """
(kept) => [localStorage, sessionStorage].forEach((store, i) => {
  store.clear();
  for (const [key, value] of Object.entries(kept[i])) store.setItem(key, value);
})
"""


class Scout:
    """One page off camera; nothing that it finds is kept beyond the take. `refused` is what was held back."""

    def __init__(self, brief: Brief, session: BrowserSession) -> None:
        # Off camera nothing is ever written, whatever the film may do.
        self._brief = brief = replace(brief, wishes=replace(brief.wishes, allow_writes=False))
        self.session = session
        self._page = page = session.page
        page.set_default_timeout(ACT_TIMEOUT_MS)
        self.refused: list[Refusal] = []
        self._interceptor = RequestInterceptor(None, brief.wishes, self.refused.append, unseen=True)
        self._clock = OffCameraClock()
        self._settler = Settler(page, self._clock, quiet_ms=QUIET_MS, floor_ms=FLOOR_MS)
        self._popups = Popups(page)
        #: The state that the page is in, and how that looks, as far as it is known.
        self._at: PageState | None = None
        self._before: Snapshot | None = None
        self._exact = True
        self._settled = SettledSnapshots(page)
        self._reaches: dict[PageState, frozenset[str]] = {}
        self._kept: dict[str, object] = {}
        self._robots: dict[str, RobotsTxt] = {}
        self._status = 0
        page.on("response", self._answered)

    @property
    def lost(self) -> bool:
        """Whether its browser has died: then the film is made without."""
        return self.session.lost.done()

    async def install(self) -> None:
        await self._settler.install()
        await self._interceptor.install(self._page)

    def limit_to(self, site: Site) -> None:
        """From now on only this site is looked at."""
        self._interceptor.site = site

    async def visit(self, url: str) -> KnownOutcome:
        """What a link to `url` shows; with a `rule` when it must not or cannot be shown."""
        if not await self._may(url):
            return KnownOutcome("page", url, rule="robots", detail=f"robots.txt asks to leave {url} alone")
        self._at = self._before = None
        try:
            failure = await self._open(url)
            if failure is not None:
                return failure
            self._at, self._before = PageState(url), await self._settled.initial(PageState(url))
            return await self._seen(self._before, "page")
        except (PlaywrightError, PageUnresponsive) as exc:
            log.info("off camera, %s did not show: %s", url, exc)
            return KnownOutcome("page", url, rule="broken", detail="it did not load when tried off camera")

    async def dry_run(self, plan: ActionPlan, state: PageState) -> KnownOutcome | None:
        """What a deed does in the state `state`, nothing if it cannot be done; None without that state."""
        try:
            if not await self._may(state.url) or not await self._take_up(state):
                return None
            before = self._before or await self._settled.initial(state)
            if state not in self._reaches:
                self._reaches[state] = frozenset(await self._reach())
            await self._popups.take()
            self._status, self._at, self._before = 0, None, None
            target = await approach(self._page, plan, self._refuses)
            if target is not None and not may_be_tried(plan, target.element):
                self._at, self._before = state, before
                return None
            if target is not None and target.scrolled:
                # What a click changes is told from the view that it is made in.
                await self._settler.settle(SETTLE_MS)
                before = await self._settled.take()
            await self._interceptor.press()
            if target is None or not await act(self._page, plan, target.element):
                self._at, self._before = state, before
                return KnownOutcome("nothing", self._page.url, detail=OUT_OF_REACH) if self._exact else None
            await self._settler.settle(SETTLE_MS)
            wanted = await self._popups.take()
            if wanted is not None:
                return await self._popped(wanted)
            after = await self._settled.take()
            outcome = diff_outcome(before, after)
            if outcome == "nothing" and self._interceptor.held:
                return None  # what it asked for was kept back: on camera it may well show something
            outcome_seen = replace(
                await self._seen(after, outcome),
                changed=_changed(before, after, outcome),
                opens=await self._opened(state, before, after),
            )
            if outcome != "page" and await self._undo(plan, before, after):
                self._at, self._before = state, before
            return outcome_seen
        except (PlaywrightError, PageUnresponsive) as exc:
            self._at = self._before = None
            log.info("off camera, a click came to nothing: %s", exc)
            return None

    async def _opened(self, state: PageState, before: Snapshot, after: Snapshot) -> tuple[str, ...]:
        """What has come within reach on the same page."""
        if page_key(before.url) != page_key(after.url) or before.signature == after.signature:
            return ()
        reach = await self._reach()
        known = self._reaches.get(state, frozenset())
        new = (there for there in reach if there not in known and there != page_key(after.url))
        return tuple(dict.fromkeys(new))

    async def _reach(self) -> list[str]:
        """The places that links on the page lead to."""
        found = (await discover(self._page, ())).elements
        return [page_key(e.href) for e in found if e.href and not self._refuses(e)]

    async def _undo(self, plan: ActionPlan, before: Snapshot, after: Snapshot) -> bool:
        """Whether the page is as it was before a click, or is so again after Escape or a second click.

        That spares opening it anew.
        """
        ways = ["escape", "again"] if after.unfolded > before.unfolded else ["escape"]
        while after.signature != before.signature and ways:
            if ways.pop(0) == "escape":
                await self._page.keyboard.press("Escape")
                # Since a key was pressed, what was clicked wears a focus ring, and would look changed.
                await self._page.evaluate("document.activeElement?.blur()")
                await self._settler.settle(SETTLE_MS)
            else:
                await self._act(plan)
            after = await self._settled.take()
        return after.signature == before.signature and diff_outcome(before, after) == "nothing"

    async def _take_up(self, state: PageState) -> bool:
        """Brings the page into the state, by address and by doing again what was done."""
        if self._at == state:
            return True
        self._at = self._before = None
        await self._restore(state.url)
        if await self._open(state.url) is not None:
            return False
        # One that cannot be done again may not have to be: a question that is asked only once, say.
        self._exact = all([await self._act(plan) for plan in state.actions])
        self._at = state
        return True

    async def _act(self, plan: ActionPlan) -> bool:
        target = await approach(self._page, plan, self._refuses)
        if target is not None and not may_be_tried(plan, target.element):
            target = None
        await self._interceptor.press()
        done = target is not None and await act(self._page, plan, target.element)
        await self._settler.settle(SETTLE_MS)
        return done

    async def _open(self, url: str) -> KnownOutcome | None:
        """Goes there and clears the view; a sighting when that failed or is not allowed."""
        self._status, self._interceptor.last_refused = 0, None
        try:
            if self._interceptor.pressed:
                # Another address of the same document would not load anew, and be kept from what it asks for.
                await self._page.goto("about:blank", wait_until="commit", timeout=GOTO_TIMEOUT_MS)
            response = await self._page.goto(url, wait_until="commit", timeout=GOTO_TIMEOUT_MS)
        except PlaywrightError:
            refused = self._interceptor.last_refused
            if refused is not None and refused.rule != "write":
                return _barred(url, refused)
            raise
        await self._settler.settle(SETTLE_MS)
        if response is not None and response.status >= 400:
            return KnownOutcome(
                "page", url, rule="broken", detail=f"it answers with status {response.status}"
            )
        if await dismiss_overlays(self._page, self._clock):
            await self._settler.settle(SETTLE_MS)
        origin = _origin(self._page.url)
        if origin not in self._kept:
            self._kept[origin] = await self._page.evaluate(KEEP)
        return None

    async def _restore(self, url: str) -> None:
        """What earlier rehearsals have left in the page's stores must not change this one."""
        origin = _origin(url)
        if origin in self._kept and _origin(self._page.url) == origin:
            await self._page.evaluate(RESTORE, self._kept[origin])

    def _refuses(self, element: Element) -> bool:
        site = self._interceptor.site
        if site is None or refuse_element(element, site, self._page.url, self._brief.wishes):
            return True
        return element.fills != "" and refuse_field(element) is not None

    async def _popped(self, wanted: str) -> KnownOutcome:
        site = self._interceptor.site
        refusal = refuse_url(wanted, site, self._page.url, self._brief.wishes) if site else None
        return _barred(wanted, refusal) if refusal else await self.visit(wanted)

    async def _seen(self, snapshot: Snapshot, outcome: Outcome) -> KnownOutcome:
        title = await title_of(self._page)
        rule, detail = "", ""
        site = self._interceptor.site
        moved = outcome == "page" and site is not None
        if moved and site and (refusal := refuse_url(snapshot.url, site, "", self._brief.wishes)):
            rule, detail = refusal.rule, refusal.detail
        elif snapshot.sign_in:
            rule, detail = "auth", f"{snapshot.url} shows a password field"
        elif self._status >= 400:
            rule, detail = "broken", f"it answers with status {self._status}"
        return KnownOutcome(outcome, snapshot.url, title, snapshot.picture, rule, detail)

    def _answered(self, response: Response) -> None:
        request = response.request
        if request.is_navigation_request() and request.frame == self._page.main_frame:
            self._status = response.status

    async def _may(self, url: str) -> bool:
        if self._brief.wishes.ignore_robots:
            return True
        origin = _origin(url)
        if origin not in self._robots:
            robots = await fetch_robots_txt(self._fetch_text, url)
            if self.lost:
                return True  # the site is not to blame, and the visit itself will fail
            self._robots[origin] = robots
        return self._robots[origin].allows(url)

    async def _fetch_text(self, url: str) -> tuple[int, str]:
        """Fetches status and text of a file with the browser itself.

        Playwright's own HTTP client asks the proxy for tunnels to port 80, which it refuses.
        """
        self._at = self._before = None
        self._status = 0
        try:
            answer = await self._page.goto(url, timeout=ROBOTS_TIMEOUT_MS)
        except PlaywrightError as exc:
            # Chromium shows neither a 404 without a body nor a file that it would download.
            if isinstance(exc, PlaywrightTimeoutError) or not self._status:
                raise
            return self._status, ""
        if answer is None:
            raise OSError(f"{url} was not answered")
        return answer.status, await answer.text()


def _changed(before: Snapshot, after: Snapshot, outcome: Outcome) -> float:
    if outcome == "page" or before.picture is None or after.picture is None:
        return 1.0
    return share(before.picture, after.picture)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _barred(url: str, refusal: Refusal) -> KnownOutcome:
    return KnownOutcome("page", url, rule=refusal.rule, detail=refusal.detail)
