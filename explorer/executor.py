"""The state machine that explores one site on camera.

It acts and waits only through the clock, so a camera may render time instead of letting it pass.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Sequence
from dataclasses import replace
from typing import TypeVar

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Frame, Response
from playwright.async_api import TimeoutError as PlaywrightTimeout

from explorer.browser import Stage
from explorer.discovery import aim, describe, discover, reveal_delta
from explorer.errors import (
    AddressRefused,
    AuthRequired,
    BrowserCrashed,
    PageUnreachable,
    PageUnresponsive,
    SafetyViolation,
)
from explorer.guardrails import Site, is_auth_url, refuse_element, refuse_url
from explorer.hand import Hand
from explorer.memory import Memory, place
from explorer.popups import OPEN_IN_PLACE, Popups
from explorer.proxy import STATUS_HEADER
from explorer.scenery import signature
from explorer.settle import Settler
from explorer.types import (
    ActionPlan,
    Brief,
    Clock,
    Element,
    Metrics,
    Outcome,
    Planner,
    Point,
    Refusal,
    Scene,
    State,
    Step,
    StopReason,
    Story,
    Visit,
)

T = TypeVar("T")
Event = Metrics | Step | Refusal | Story

NAVIGATION_TIMEOUT_S = 30.0
#: A first page may take longer than a click: fonts, hero pictures, hydration.
FIRST_SETTLE_MS = 8_000.0
#: Any single question to the page; what takes longer is a page that hangs.
ACTION_TIMEOUT_S = 8.0
#: Exploring ends this long before the limit (a tenth of it, within bounds), to wrap up in time.
MARGIN_S = (1.0, 10.0)
#: A page that keeps offering what cannot be clicked must not keep us scanning.
SCANS_PER_CLICK = 3

ARRIVE_MS = 900.0
LOOK_MS: dict[Outcome, float] = {"page": 300.0, "scene": 1_100.0, "nothing": 250.0}
PAUSE_MS = 500.0
AIM_MS = 160.0
#: Screens of a page that are scrolled through when it is first seen.
TOUR_SCREENS = {"start": 2, "other": 1}
TOUR_STEP = 0.75
#: A click's own page stays in the film this long when what follows must not be shown.
LAST_LOOK_MS = 120.0


class Explorer:
    """One exploration of `brief.url`; iterate `explore` once. `fenced` is the proxy's list of refusals."""

    def __init__(
        self, brief: Brief, stage: Stage, clock: Clock, planner: Planner, fenced: Sequence[Refusal] = ()
    ) -> None:
        self._fenced = fenced
        self._brief = brief
        self._stage = stage
        self._page = stage.page
        self._clock = clock
        self._planner = planner
        self._settler = Settler(stage.page, clock)
        self._popups = Popups(stage.page)
        self._hand = Hand(stage.page, clock, Point(brief.width_px * 0.5, brief.height_px * 0.6))
        self._memory = Memory()
        self._site = Site.of(brief.url)
        self._began_s = time.monotonic()
        self._metrics = Metrics()
        self._steps: list[Step] = []
        self._refused: dict[tuple[str, str], Refusal] = {}
        self._visits: list[Visit] = []
        self._stop: StopReason | None = None
        self._start_ms = 0.0
        self._end_ms: float | None = None
        self._commits: list[tuple[float, str]] = []
        self._scans = 0
        stage.page.on("framenavigated", self._committed)

    async def explore(self) -> AsyncGenerator[Event, None]:
        """Yields metrics as states change, each step and refusal as it happens, and a Story at the end.

        Raises PageUnreachable, AuthRequired or AddressRefused for a start page that cannot be filmed,
        BrowserCrashed when the browser dies, and SafetyViolation at the hard limit.
        """
        yield self._enter("navigating")
        await self._settler.install()
        await self._open_start()
        while self._stop is None:
            try:
                async for event in self._round():
                    yield event
            except (PageUnresponsive, PlaywrightError) as exc:
                self._survive(exc)
        yield self._enter("complete")
        yield self._story()

    def _enter(self, state: State) -> Metrics:
        self._metrics = replace(
            self._metrics,
            state=state,
            visited_urls=tuple(self._memory.visited),
            runtime_s=round(self._elapsed_s(), 2),
        )
        return self._metrics

    async def _round(self) -> AsyncIterator[Event]:
        """One scan of the page and as many of its plans as still make sense."""
        yield self._enter("discovering")
        offered, refused = await self._offered()
        for refusal in refused:
            yield refusal
        self._scans += 1
        if not offered or self._scans > SCANS_PER_CLICK * self._brief.max_clicks + 10:
            await self._leave_dead_end(final=bool(offered))
            return
        yield self._enter("planning")
        plans = await self._clock.during(self._planner.plan(await self._scene(offered)))
        if not plans:
            await self._leave_dead_end(final=False)
            return
        yield self._enter("executing")
        by_selector = {element.selector: element for element in offered}
        for plan in plans:
            if self._should_stop():
                return
            element = by_selector.get(plan.selector)
            outcome = await self._execute(plan, element) if element is not None else None
            if isinstance(outcome, Refusal):
                yield outcome
            elif outcome is not None:
                yield outcome
                yield self._enter("executing")
                if outcome.outcome != "nothing" or self._should_stop():
                    return

    async def _open_start(self) -> None:
        response = await self._goto(self._brief.url)
        if response is None or response.status >= 400:
            said = f"answered with status {response.status}" if response else "did not answer"
            raise PageUnreachable(f"{self._brief.url} {said}. Check the address.")
        self._site = Site.of(self._page.url)
        if is_auth_url(self._page.url):
            raise AuthRequired(f"{self._page.url} is a sign-in page, and Sitereel films without an account.")
        await self._settle(FIRST_SETTLE_MS)
        if is_auth_url(self._page.url):
            raise AuthRequired(f"{self._brief.url} leads to a sign-in page, {self._page.url}.")
        await self._hand.appear()
        self._start_ms = self._clock.now_ms()
        await self._arrive(None)

    async def _goto(self, url: str) -> Response | None:
        try:
            response = await self._do(
                self._page.goto(url, wait_until="commit", timeout=NAVIGATION_TIMEOUT_S * 1000),
                NAVIGATION_TIMEOUT_S,
            )
        except (PlaywrightTimeout, PageUnresponsive) as exc:
            raise PageUnreachable(f"{url} did not answer within {NAVIGATION_TIMEOUT_S:.0f} s.") from exc
        except PlaywrightError as exc:
            self._raise_if_lost()
            raise self._unreachable(url, str(exc).splitlines()[0]) from exc
        if response is not None and (said := response.headers.get(STATUS_HEADER, "")).startswith("sitereel"):
            reason = (await response.body()).decode(errors="replace")
            raise AddressRefused(reason) if response.status == 403 else PageUnreachable(reason or said)
        return response

    def _unreachable(self, url: str, said: str) -> PageUnreachable | AddressRefused:
        if "ERR_TUNNEL_CONNECTION_FAILED" in said and self._fenced:
            return AddressRefused(self._fenced[-1].detail)
        cause = said.partition("net::")[2].partition(" at ")[0] or said
        return PageUnreachable(f"{url} could not be opened: {cause}.")

    async def _arrive(self, coming_from: str | None) -> None:
        """Notes the page that is now on screen, lets the viewer look, and scrolls through it once."""
        url = self._page.url
        new = self._memory.arrive(url, coming_from)
        self._metrics = replace(self._metrics, depth=max(self._metrics.depth, self._memory.depth(url)))
        self._visits.append(Visit(self._clock.now_ms(), url, await self._do(self._page.title())))
        await self._clock.hold(ARRIVE_MS)
        if new:
            await self._tour(TOUR_SCREENS["start" if coming_from is None else "other"])

    async def _tour(self, screens: int) -> None:
        for _ in range(screens):
            if self._should_stop() or await self._do(self._hand.room_below()) < 80:
                return
            await self._do(self._hand.scroll_by(self._brief.height_px * TOUR_STEP))
            await self._clock.hold(PAUSE_MS)

    async def _offered(self) -> tuple[tuple[Element, ...], list[Refusal]]:
        """What may be clicked here, and what the guardrails newly turned down."""
        found = (await self._do(discover(self._page, self._memory.tried))).elements
        self._memory.note_links(found, self._page.url)
        offered, refused = [], [refusal for refusal in self._fenced if self.note(refusal)]
        for element in found:
            refusal = refuse_element(element, self._site, self._page.url)
            if refusal is None:
                offered.append(element)
            elif self.note(refusal):
                refused.append(refusal)
        deep_enough = tuple(e for e in offered if self._memory.within(e, self._brief.max_depth))
        return deep_enough, refused

    async def _scene(self, elements: tuple[Element, ...]) -> Scene:
        return Scene(
            url=self._page.url,
            title=await self._do(self._page.title()),
            elements=elements,
            story=tuple(step.label for step in self._steps),
            visited_urls=frozenset(self._memory.visited),
            clicks_left=self._brief.max_clicks - self._metrics.clicks,
        )

    async def _execute(self, plan: ActionPlan, planned: Element) -> Step | Refusal | None:
        """Makes one click, or returns the refusal, or None when it can no longer be made."""
        self._memory.tried.add(planned.fingerprint)
        start_ms = self._clock.now_ms()
        point = await self._reach(plan.selector)
        element = await self._do(describe(self._page, plan.selector)) if point else None
        if point is None or element is None:
            return None
        refusal = refuse_element(element, self._site, self._page.url)
        if refusal is not None:
            return refusal if self.note(refusal) else None
        if element.new_tab:
            await self._do(self._page.locator(plan.selector).first.evaluate(OPEN_IN_PLACE))
        page_url, before = self._page.url, await self._do(signature(self._page))
        await self._popups.take()
        click_ms = await self._do(self._hand.click())
        self._metrics = replace(self._metrics, clicks=self._metrics.clicks + 1)
        outcome = await self._consequence(page_url, before, click_ms)
        step = Step(
            number=len(self._steps) + 1,
            plan=plan,
            label=element.label or element.text or element.tag,
            page_url=page_url,
            start_ms=start_ms,
            click_ms=click_ms,
            end_ms=self._clock.now_ms(),
            point=point,
            outcome=outcome,
        )
        self._steps.append(step)
        return step

    async def _reach(self, selector: str) -> Point | None:
        """Scrolls and moves the pointer to where a click really hits; None when there is no such place."""
        delta = await self._do(reveal_delta(self._page, selector))
        if abs(delta) > 4:
            await self._do(self._hand.scroll_by(delta))
            await self._clock.hold(PAUSE_MS / 2)
        point = await self._do(aim(self._page, selector))
        if point is None:
            return None
        await self._hand.move_to(point)
        await self._clock.hold(AIM_MS)
        # Hovering may have opened a menu or moved things: only a place that is still hit is clicked.
        again = await self._do(aim(self._page, selector))
        if again is not None and again != point:
            await self._hand.move_to(again)
        return again

    async def _consequence(self, page_url: str, before: str, click_ms: float) -> Outcome:
        """Waits for what the click does and follows it: a popup folded in, a new page, a new scene."""
        await self._settle()
        wanted = await self._clock.during(self._popups.take())
        if wanted is not None and not self._refuse_popup(wanted, page_url):
            await self._goto(wanted)
            await self._settle()
        if self._left(click_ms):
            return "page"
        if place(self._page.url) != place(page_url):
            await self._clock.hold(LOOK_MS["page"])
            await self._arrive(page_url)
            return "page"
        changed = await self._do(signature(self._page)) != before
        outcome: Outcome = "scene" if changed else "nothing"
        await self._clock.hold(LOOK_MS[outcome])
        return outcome

    def _refuse_popup(self, url: str, page_url: str) -> bool:
        refusal = refuse_url(url, self._site, page_url)
        if refusal is not None:
            self.note(refusal)
        return refusal is not None

    def _left(self, click_ms: float) -> bool:
        """True when a page is on screen that must not be filmed; the film then ends before it appeared."""
        url = self._page.url
        if is_auth_url(url):
            self._stop = "auth_page"
        elif not self._site.holds(url) and not url.startswith("about:"):
            self._stop = "left_domain"
        else:
            return False
        commits = [at_ms for at_ms, _ in self._commits if at_ms >= click_ms]
        self._end_ms = min([*commits, click_ms + LAST_LOOK_MS])
        return True

    async def _leave_dead_end(self, final: bool) -> None:
        """Escape, then the last page that may have more, then the start; stops when nothing is left."""
        here = self._page.url
        before = await self._do(signature(self._page))
        await self._do(self._page.keyboard.press("Escape"))
        await self._settle()
        if not final and await self._do(signature(self._page)) != before:
            return
        self._memory.exhaust(here)
        back = self._memory.unfinished()
        if final or back is None or self._should_stop():
            self._stop = self._stop or "nothing_left"
            return
        await self._goto(back)
        await self._settle()
        if not self._left(self._clock.now_ms()):
            await self._arrive(here)

    async def _settle(self, cap_ms: float | None = None) -> None:
        await (self._settler.settle(cap_ms) if cap_ms else self._settler.settle())
        self._check_hard_limit()

    async def _do(self, work: Awaitable[T], timeout_s: float = ACTION_TIMEOUT_S) -> T:
        """Runs one action on camera, within its own limit and the take's."""
        left_s = self._brief.max_runtime_s - self._elapsed_s()
        try:
            async with asyncio.timeout(max(0.0, min(timeout_s, left_s))):
                return await self._clock.during(work)
        except TimeoutError as exc:
            self._check_hard_limit()
            raise PageUnresponsive("The page stopped answering.") from exc

    def _check_hard_limit(self) -> None:
        if self._elapsed_s() >= self._brief.max_runtime_s:
            limit = f"{self._brief.max_runtime_s:g} s"
            raise SafetyViolation(f"The exploration did not end within its runtime limit of {limit}.")

    def _should_stop(self) -> bool:
        margin_s = min(MARGIN_S[1], max(MARGIN_S[0], self._brief.max_runtime_s / 10))
        if self._stop is None:
            if self._metrics.clicks >= self._brief.max_clicks:
                self._stop = "max_clicks"
            elif self._elapsed_s() >= self._brief.max_runtime_s - margin_s:
                self._stop = "runtime"
            elif self._clock.full:
                self._stop = "footage_limit"
        return self._stop is not None

    def _survive(self, exc: Exception) -> None:
        """A page that hangs ends the exploration and keeps the film; a dead browser ends the job."""
        self._raise_if_lost()
        self._check_hard_limit()
        self._stop = "page_lost"

    def _raise_if_lost(self) -> None:
        if self._stage.lost.done():
            raise BrowserCrashed(f"The take was lost: {self._stage.lost.result()} while filming.")

    def _committed(self, frame: Frame) -> None:
        if frame == self._page.main_frame:
            self._commits.append((self._clock.now_ms(), frame.url))

    def note(self, refusal: Refusal) -> bool:
        """Keeps a refusal once per rule and label; False when it was known."""
        key = (refusal.rule, refusal.what)
        known = key in self._refused
        self._refused.setdefault(key, refusal)
        return not known

    def _elapsed_s(self) -> float:
        return time.monotonic() - self._began_s

    def _story(self) -> Story:
        return Story(
            start_ms=self._start_ms,
            end_ms=self._clock.now_ms() if self._end_ms is None else self._end_ms,
            stop_reason=self._stop or "nothing_left",
            steps=tuple(self._steps),
            visits=tuple(self._visits),
            refused=tuple(self._refused.values()),
            pointer=tuple(self._hand.trail),
        )
