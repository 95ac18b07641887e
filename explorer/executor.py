"""The state machine that explores one site on camera.

It acts and waits only through the clock, so a camera may render time instead of letting it pass.
"""

import logging
from collections.abc import AsyncGenerator
from dataclasses import replace

from playwright.async_api import Error as PlaywrightError

from explorer.border import Border
from explorer.brand import look_of
from explorer.browser import Stage
from explorer.discovery import describe
from explorer.errors import AuthRequired, PageUnresponsive
from explorer.guardrails import Site, is_auth_url, refuse_element, refuse_url
from explorer.guide import Guide
from explorer.hand import Hand
from explorer.journal import Journal, role_of
from explorer.memory import Memory, Refusals
from explorer.navigation import Navigator
from explorer.patience import Patience, TimeIsUp
from explorer.places import place
from explorer.popups import OPEN_IN_PLACE, Popups
from explorer.proxy import EgressProxy
from explorer.scan import Scanner
from explorer.scenery import signature
from explorer.settle import Settler
from explorer.text import clip, title_of
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
    State,
    Step,
    StopReason,
    Story,
    Visit,
)
from explorer.ways import Ways

log = logging.getLogger(__name__)

Event = Metrics | Step | Refusal | Story

#: A first page may take longer than a click: fonts, hero pictures, hydration.
FIRST_SETTLE_MS = 8_000.0
#: How long a page, or what a click has changed on it, is looked at.
ARRIVE_MS = 1_200.0
LOOK_MS: dict[Outcome, float] = {"page": 0.0, "scene": 1_100.0, "nothing": 250.0}
#: Screens of a page that are scrolled through when it is first seen.
TOUR_SCREENS_START = 2
TOUR_SCREENS = 1
#: A page may navigate by itself while it is looked at; one that does so without end is left alone.
MAX_STUMBLES = 5
#: A document that is just being replaced gets this long before it is looked at again.
STUMBLE_MS = 500.0


class Explorer:
    """One exploration of `brief.url`; iterate `explore` once. `proxy` is the one that `stage` is behind."""

    def __init__(
        self, brief: Brief, stage: Stage, clock: Clock, planner: Planner, proxy: EgressProxy
    ) -> None:
        self._brief = brief
        self._stage = stage
        self._page = stage.page
        self._clock = clock
        self._proxy = proxy
        self._patience = Patience(clock, brief.max_runtime_s)
        self._settler = Settler(stage.page, clock)
        self._popups = Popups(stage.page)
        self._hand = Hand(stage.page, clock, Point(brief.width_px * 0.5, brief.height_px * 0.6))
        self._guide = Guide(stage.page, self._hand, clock, self._patience, brief.height_px)
        self._memory = Memory()
        self._refusals = Refusals()
        self._border = Border(stage.page, clock, Site.of(brief.url), proxy)
        self._navigator = Navigator(stage, self._patience, self._border, proxy)
        self._ways = Ways(stage.page, self._settler, self._navigator, self._patience, self._memory)
        self._scanner = Scanner(
            brief, stage.page, planner, self._memory, self._refusals, self._border, self._patience
        )
        self._here: str | None = None
        self._metrics = Metrics()
        self._journal = Journal(clock, self._hand, self._settler, self._refusals)
        self._stumbles = 0
        self._stop: StopReason | None = None

    async def explore(self) -> AsyncGenerator[Event, None]:
        """Yields metrics as states change, each step and refusal as it happens, and a Story at the end.

        Raises PageUnreachable, AuthRequired or AddressRefused for a start page that cannot be filmed,
        BrowserCrashed when the browser dies, and SafetyViolation at the hard limit.
        """
        yield self._enter("navigating")
        await self._open_start()
        while self._stop is None:
            try:
                async for event in self._round():
                    yield event
            except (PageUnresponsive, TimeIsUp, PlaywrightError) as exc:
                self._survive(exc)
                await self._clock.hold(STUMBLE_MS)
        self._cut_off()
        yield self._enter("complete")
        self._refusals.new(self._proxy.refused)
        yield self._journal.story(self._stop or "nothing_left")

    def story_so_far(self) -> Story:
        """What will be told whatever comes, up to a moment between steps; grows when the state changes."""
        return self._journal.so_far()

    def _enter(self, state: State) -> Metrics:
        self._metrics = replace(
            self._metrics,
            state=state,
            visited_urls=tuple(map(clip, self._memory.visited)),
            runtime_s=round(self._patience.elapsed_s(), 2),
        )
        return self._metrics

    async def _open_start(self) -> None:
        await self._settler.install()
        await self._navigator.open(self._brief.url)
        await self._ways.settle(FIRST_SETTLE_MS)
        if self._border.failed:
            raise self._navigator.failure(f"{self._brief.url} leads there, and nothing answers")
        if is_auth_url(self._page.url):
            raise AuthRequired(
                f"{self._brief.url} leads to a sign-in page, and Sitereel films without an account. "
                "Choose a page that everybody can see."
            )
        self._border.site = Site.of(self._page.url)
        self._journal.look = await look_of(self._page, self._clock)
        # From here on there is a film, even when not a moment is left to look around in it.
        await self._patience.limit(self._hand.appear())
        self._journal.begin()
        self._patience.may_wrap_up = True

    async def _round(self) -> AsyncGenerator[Event, None]:
        """Looks at what is on screen, scans it, and makes the planned clicks that still make sense."""
        self._stop = self._border.crossed()
        if self._stop is not None:
            return
        if self._border.failed:
            await self._go_back()
            return
        self._journal.good()
        if self._here is not None:
            yield self._enter("discovering")  # what a step has shown can be made into film meanwhile
        if self._here is None or place(self._page.url) != place(self._here):
            await self._arrive()
        if self._should_stop():
            return
        if self._memory.depth(self._page.url) > self._brief.max_depth:
            self._memory.exhaust(self._page.url)  # links this deep are not offered, but buttons lead anywhere
            await self._go_back()
            return
        if self._border.crossed() is None and not self._border.failed:
            self._journal.good()
        yield self._enter("discovering")
        offered, refused = await self._scanner.look()
        for refusal in (*self._refusals.new(self._proxy.refused), *refused):
            yield refusal
        yield self._enter("planning")
        clicks_left = self._brief.max_clicks - self._metrics.clicks
        plans, refused = await self._scanner.plan(offered, self._journal.steps, clicks_left)
        for refusal in refused:
            yield refusal
        if not plans:
            if not await self._ways.leave_dead_end():
                self._stop = "nothing_left"
            return
        if await self._ways.go_to_better(plans[0].priority, self._metrics.clicks):
            return
        yield self._enter("executing")
        by_selector = {element.selector: element for element in offered}
        for plan in plans:
            event = await self._execute(plan, by_selector[plan.selector])
            if event is not None:
                yield event
                yield self._enter("executing")
            if self._should_stop() or (isinstance(event, Step) and event.outcome != "nothing"):
                return

    async def _arrive(self) -> None:
        """Notes the page that is now on screen, lets the viewer look, and scrolls through it once."""
        url, first = self._page.url, self._here is None
        new = self._memory.arrive(url, self._here)
        self._here = url
        self._metrics = replace(self._metrics, depth=max(self._metrics.depth, self._memory.depth(url)))
        self._journal.visits.append(
            Visit(self._clock.now_ms(), clip(url), await self._patience.do(title_of(self._page)))
        )
        await self._clock.hold(ARRIVE_MS)
        if new:
            await self._guide.tour(TOUR_SCREENS_START if first else TOUR_SCREENS)

    async def _execute(self, plan: ActionPlan, planned: Element) -> Step | Refusal | None:
        """Makes one click; answers a refusal, or None, when it must not or can no longer be made."""
        self._memory.tried.add(planned.fingerprint)
        start_ms, page_url = self._clock.now_ms(), self._page.url
        point = await self._guide.reach(plan.selector)
        element = await self._patience.do(describe(self._page, plan.selector)) if point else None
        if point is None or element is None:
            return None
        refusal = refuse_element(element, self._border.site, page_url)
        if refusal is not None:
            return self._refusals.add(refusal)
        if element.new_tab:
            await self._patience.do(self._page.locator(plan.selector).first.evaluate(OPEN_IN_PLACE))
        before = await self._patience.do(signature(self._page))
        await self._patience.do(self._popups.take())
        self._metrics = replace(self._metrics, clicks=self._metrics.clicks + 1)
        step = Step(
            number=len(self._journal.steps) + 1,
            plan=plan,
            label=element.label or element.text or element.tag,
            page_url=clip(page_url),
            start_ms=start_ms,
            click_ms=self._clock.now_ms(),
            end_ms=self._clock.now_ms(),
            point=point,
            outcome="nothing",
            role=role_of(element),
            target=element.box,
        )
        try:
            step = replace(step, click_ms=await self._patience.limit(self._hand.click()))
            step = replace(step, outcome=await self._consequence(page_url, before))
        except (PageUnresponsive, TimeIsUp, PlaywrightError) as exc:
            self._survive(exc)
        step = replace(step, end_ms=self._clock.now_ms())
        self._journal.steps.append(step)
        return step

    async def _consequence(self, page_url: str, before: str) -> Outcome:
        """Waits for what a click does: a popup to fold in, a new page, a new scene, or nothing."""
        await self._ways.settle()
        wanted = await self._patience.do(self._popups.take())
        if wanted is not None:
            await self._fold(wanted, page_url)
        outcome: Outcome = "nothing"
        if place(self._page.url) != place(page_url):
            outcome = "page"
        elif await self._patience.do(signature(self._page)) != before:
            outcome = "scene"
        await self._clock.hold(LOOK_MS[outcome])
        return outcome

    async def _fold(self, wanted: str, page_url: str) -> None:
        """Shows in the one page what a popup wanted to show."""
        refusal = refuse_url(wanted, self._border.site, page_url)
        if refusal is not None:
            self._refusals.add(refusal)
        else:
            await self._ways.open(wanted)

    async def _go_back(self) -> None:
        if not await self._ways.go_back():
            self._stop = "nothing_left"

    def _should_stop(self) -> bool:
        if self._stop is None:
            arrived = self._here is not None and place(self._page.url) == place(self._here)
            if self._metrics.clicks >= self._brief.max_clicks and arrived:
                self._stop = "max_clicks"
            elif self._patience.nearly_over:
                self._stop = "runtime"
            elif self._clock.full:
                self._stop = "footage_limit"
        return self._stop is not None

    def _survive(self, exc: Exception) -> None:
        """Ends the exploration but keeps the film; a page that moved on by itself is looked at again."""
        self._stage.check()
        self._patience.check()
        log.info("a step was cut short: %r", exc)
        if isinstance(exc, TimeIsUp):
            self._stop = "runtime"
        elif isinstance(exc, PageUnresponsive) or self._stumbles >= MAX_STUMBLES:
            self._stop = "page_lost"
        self._stumbles += 1

    def _cut_off(self) -> None:
        """Ends the film before a page that must not be shown, whatever else ended the exploration."""
        crossed = self._border.crossed()
        self._stop = crossed or self._stop
        if crossed or self._border.failed:
            self._journal.end_ms = max(self._journal.start_ms, self._border.last_good_ms())
