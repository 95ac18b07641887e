"""Tries off camera what may be worth filming, in a page behind the same proxy and guardrails."""

import logging
from dataclasses import replace
from functools import partial
from typing import TypeVar

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Response

from explorer.browser.session import BrowserSession
from explorer.errors import PageUnresponsive
from explorer.guardrails.rules import Site, refuse_element, refuse_url
from explorer.guardrails.sensitive_fields import refuse_field
from explorer.lookahead.dry_run import act, locate, may_be_tried
from explorer.lookahead.focus_reach import focus_within_reach
from explorer.lookahead.off_camera import OffCameraClock, SettledSnapshots
from explorer.lookahead.page_storage import PageStorage
from explorer.lookahead.reachable_pages import ReachablePages
from explorer.lookahead.robots_policy import RobotsPolicy
from explorer.navigation.popups import Popups
from explorer.navigation.request_interceptor import RequestInterceptor
from explorer.overlays.dismissal import dismiss_overlays
from explorer.overlays.search import note_layers
from explorer.page.settle import Settler
from explorer.page.snapshot import Snapshot, diff_outcome, text_changed
from explorer.page.visual_diff import changed_share
from explorer.state.outcomes import KnownOutcome
from explorer.state.page_state import PageState
from explorer.text import title_of
from explorer.types import ActionPlan, Brief, Element, Outcome, Refusal

log = logging.getLogger(__name__)

T = TypeVar("T")

#: How long a page may take to respond and settle, in milliseconds; most need some 500.
SETTLE_MS = 4_000.0
GOTO_TIMEOUT_MS = 15_000.0
ACT_TIMEOUT_MS = 2_000.0
#: Half of what a film waits for: a page that has not quite settled is not seen, and pictures are compared.
#: Not a rule of a guardrail: what the page shows is unknown.
STILL_LOADING = "loading"
QUIET_MS, FLOOR_MS = 150.0, 60.0


class Scout:
    """One page off camera, whose findings are not kept beyond the take. `refused` is what was held back."""

    def __init__(self, brief: Brief, session: BrowserSession) -> None:
        # Off camera nothing is ever written, whatever the film may do.
        self._brief = brief = replace(brief, wishes=replace(brief.wishes, allow_writes=False))
        self.session = session
        self._page = page = session.page
        page.set_default_timeout(ACT_TIMEOUT_MS)
        self.refused: list[Refusal] = []
        self._interceptor = RequestInterceptor(None, brief.wishes, self.refused.append, off_camera=True)
        self._clock = OffCameraClock()
        self._dismiss = partial(dismiss_overlays, page, self._clock, hints=brief.consent)
        self._settler = Settler(page, self._clock, quiet_ms=QUIET_MS, floor_ms=FLOOR_MS)
        self._popups = Popups(page)
        #: The state that the page is in, and how that looks, as far as it is known.
        self._state: PageState | None = None
        self._before: Snapshot | None = None
        self._settled = SettledSnapshots(page)
        #: Whether all actions of the state could be repeated.
        self._is_exact = True
        self._reachable = ReachablePages(page, self._refuses)
        self._storage = PageStorage(page)
        self._robots = RobotsPolicy(session)
        self._status = self._answered_before = 0
        page.on("response", self._answered)

    @property
    def lost(self) -> bool:
        """Whether its browser has died: then the film is made without it."""
        return self.session.lost.done()

    async def install(self) -> None:
        await self._settler.install()
        await self._interceptor.install(self._page)

    def limit_to(self, site: Site) -> None:
        """Keeps to this site from now on."""
        self._interceptor.site = site

    def _be_in(self, state: PageState, snapshot: Snapshot) -> None:
        self._state, self._before = state, snapshot

    def _forget_state(self) -> None:
        self._state = self._before = None

    async def visit(self, url: str) -> KnownOutcome:
        """Opens `url` and returns what it shows; with a `rule` when that must not or cannot be shown.

        The rule is `STILL_LOADING` for a page that keeps showing placeholders of what it loads.
        """
        if not await self._is_allowed(url):
            if self._robots.is_unreachable(url):
                return KnownOutcome("page", url, rule="broken", detail="its host could not be reached")
            return KnownOutcome("page", url, rule="robots", detail=f"robots.txt asks to leave {url} alone")
        self._forget_state()
        try:
            failure = await self._open(url)
            if failure is not None:
                return failure
            state = PageState(url)
            snapshot = await self._settled.loaded(await self._settled.initial(state))
            if snapshot.loading:
                return KnownOutcome("page", url, rule=STILL_LOADING)
            self._be_in(state, snapshot)
            return await self._outcome(snapshot, "page")
        except (PlaywrightError, PageUnresponsive) as exc:
            log.info("off camera, %s did not load: %s", url, exc)
            return KnownOutcome("page", url, rule="broken", detail="it did not load when tried off camera")

    async def dry_run(self, plan: ActionPlan, state: PageState) -> KnownOutcome | None:
        """Performs an action in `state` and returns its outcome; None when that cannot be known.

        What is there and cannot be acted upon has the outcome "nothing".
        """
        try:
            if not await self._is_allowed(state.url) or not await self._restore_state(state):
                return None
            before = self._before or await self._settled.initial(state)
            await self._reachable.note(state)
            return await self._perform(plan, state, before)
        except (PlaywrightError, PageUnresponsive) as exc:
            self._forget_state()
            log.info("off camera, an action failed: %s", exc)
            return None

    async def _perform(self, plan: ActionPlan, state: PageState, before: Snapshot) -> KnownOutcome | None:
        await self._popups.take()
        self._status = 0
        self._answered_before = self.session.runaway_limits.answered.total()
        self._forget_state()
        target = await locate(self._page, plan, self._refuses)
        if target is not None and not may_be_tried(plan, target.element):
            self._be_in(state, before)
            return None
        if target is not None and target.scrolled:
            # What a click changes is compared with the view that it is made in.
            await self._settler.settle(SETTLE_MS)
            before = await self._settled.take()
        await self._interceptor.note_action()
        if target is None or not await self._reach(plan, target.element):
            self._be_in(state, before)
            return None  # out of reach off camera is unknown: on camera it may well be within reach
        await self._settler.settle(SETTLE_MS)
        popup_url = await self._popups.take()
        if popup_url is not None:
            return await self._visit_popup(popup_url)
        return await self._compare(plan, state, before)

    async def _compare(self, plan: ActionPlan, state: PageState, before: Snapshot) -> KnownOutcome | None:
        """The outcome of an action that was performed; undoes it where that is possible."""
        after = await self._settled.loaded(await self._settled.take())
        if after.loading and not before.loading:
            return None
        outcome = diff_outcome(before, after)
        # A dialog of the browser is all that some actions show.
        has_asked = self.session.runaway_limits.answered.total() > self._answered_before
        if outcome == "nothing" and not self._is_exact:
            return None  # what the film has done here before, such as an entry that it typed, is missing
        if outcome == "nothing" and self._interceptor.held_back and not has_asked:
            return None  # what it asked for was held back: on camera it may well show something
        known = replace(
            await self._outcome(after, outcome),
            changed=_changed(before, after, outcome),
            opens=await self._reachable.revealed(state, before, after),
            text=text_changed(before, after),
        )
        if outcome != "page" and await self._undo(plan, before, after):
            self._be_in(state, before)
        return known

    async def _undo(self, plan: ActionPlan, before: Snapshot, after: Snapshot) -> bool:
        """Whether the page is as before a click, at once or after Escape or a second click.

        That spares loading it again.
        """
        ways = ["escape", "again"] if after.unfolded > before.unfolded else ["escape"]
        if plan.action == "hover":
            ways = ["leave"]
        while after.signature != before.signature and ways:
            way = ways.pop(0)
            if way == "leave":
                await self._page.mouse.move(0, 0)
                await self._settler.settle(SETTLE_MS)
            elif way == "escape":
                await self._page.keyboard.press("Escape")
                # After a key press, what was clicked has a focus ring, and would look changed.
                await self._page.evaluate("document.activeElement?.blur()")
                await self._settler.settle(SETTLE_MS)
            else:
                await self._act(plan)
            after = await self._settled.take()
        return after.signature == before.signature and diff_outcome(before, after) == "nothing"

    async def _restore_state(self, state: PageState) -> bool:
        """Opens the state's address and repeats its actions; False when that fails."""
        if self._state == state:
            return True
        self._forget_state()
        await self._storage.restore(state.url)
        if await self._open(state.url) is not None:
            return False
        # An action that cannot be repeated may not have to be, such as answering a question asked only once.
        self._is_exact = all([await self._act(plan) for plan in state.actions])
        self._state = state
        return True

    async def _act(self, plan: ActionPlan) -> bool:
        target = await locate(self._page, plan, self._refuses)
        if target is not None and not may_be_tried(plan, target.element):
            target = None
        await self._interceptor.note_action()
        await note_layers(self._page, asked=False)
        done = target is not None and await act(self._page, plan, target.element)
        await self._settler.settle(SETTLE_MS)
        await note_layers(self._page, asked=True)
        return done

    async def _reach(self, plan: ActionPlan, element: Element) -> bool:
        """Acts, if need be once what lies over the page is dismissed; False when no click would hit."""
        if await act(self._page, plan, element):
            return True
        return bool(await self._dismiss()) and await act(self._page, plan, element)

    async def _open(self, url: str) -> KnownOutcome | None:
        """Opens `url` and dismisses overlays; returns an outcome when that failed or is refused."""
        self._status, self._interceptor.last_refused = 0, None
        try:
            if self._interceptor.is_acted_upon:
                # Another address of the same document would not load again, and have its requests held back.
                await self._page.goto("about:blank", wait_until="commit", timeout=GOTO_TIMEOUT_MS)
            response = await self._page.goto(url, wait_until="commit", timeout=GOTO_TIMEOUT_MS)
        except PlaywrightError:
            refused = self._interceptor.last_refused
            if refused is not None and refused.rule != "write":
                return _refused_outcome(url, refused)
            raise
        await self._settler.settle(SETTLE_MS)
        if response is not None and response.status >= 400:
            detail = f"it answers with status {response.status}"
            return KnownOutcome("page", url, rule="broken", detail=detail)
        if await self._dismiss():
            await self._settler.settle(SETTLE_MS)
        await self._storage.save()
        return None

    def _refuses(self, element: Element) -> bool:
        site = self._interceptor.site
        if site is None or refuse_element(element, site, self._page.url, self._brief.wishes):
            return True
        return element.fills != "" and refuse_field(element) is not None

    async def _visit_popup(self, popup_url: str) -> KnownOutcome:
        site = self._interceptor.site
        refusal = refuse_url(popup_url, site, self._page.url, self._brief.wishes) if site else None
        return _refused_outcome(popup_url, refusal) if refusal else await self.visit(popup_url)

    async def _outcome(self, snapshot: Snapshot, outcome: Outcome) -> KnownOutcome:
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
        known = KnownOutcome(outcome, snapshot.url, title, snapshot.picture, rule, detail)
        if rule:
            return known
        return replace(known, focus=await focus_within_reach(self._page, self._brief.wishes, self._refuses))

    def _answered(self, response: Response) -> None:
        request = response.request
        if request.is_navigation_request() and request.frame == self._page.main_frame:
            self._status = response.status

    async def _is_allowed(self, url: str) -> bool:
        if self._brief.wishes.ignore_robots:
            return True
        if not self._robots.is_known(url):
            self._forget_state()
        return await self._robots.allows(url)


def _changed(before: Snapshot, after: Snapshot, outcome: Outcome) -> float:
    if outcome == "page" or before.picture is None or after.picture is None:
        return 1.0
    return changed_share(before.picture, after.picture)


def _refused_outcome(url: str, refusal: Refusal) -> KnownOutcome:
    return KnownOutcome("page", url, rule=refusal.rule, detail=refusal.detail)
