"""The state machine that explores one site on camera.

It acts and waits only through the clock, so a camera may render time instead of letting it pass.
"""

import logging
from collections.abc import AsyncGenerator
from dataclasses import replace

from playwright.async_api import Error as PlaywrightError

from explorer.browser.session import BrowserSession
from explorer.deadlines import DeadlineReached
from explorer.egress.proxy import EgressProxy
from explorer.engine.components import Components
from explorer.engine.feedback import learn_from
from explorer.engine.page_visit import PageVisit
from explorer.engine.start_page import MAX_STUMBLES, STUMBLE_MS, open_start_page
from explorer.engine.warnings import Ending, warnings_of
from explorer.errors import PageUnresponsive
from explorer.lookahead.scout import Scout
from explorer.page.snapshot import Snapshot
from explorer.protocols import Clock, Planner
from explorer.retry_policy import RetryPolicy
from explorer.text import clip
from explorer.trace import Trace, Wait
from explorer.types import ActionPlan, Brief, Element, Metrics, Refusal, State, Step, StopReason
from explorer.urls import page_key

log = logging.getLogger(__name__)

Event = Metrics | Step | Refusal | Trace

UNKNOWN_LANGUAGE = (
    "The page is in a language for which there are no word lists ({!r}), so that nobody can tell what its "
    "buttons do: only links to its pages were followed."
)
#: A click of a lower priority shows little, and by so much must another page's best be better to go back.
POOR = 60
WORTH_A_RETURN = 20


class Explorer:
    """One exploration of `brief.url`; iterate `explore` once. `proxy` is the one that `session` is behind.

    With a `scout`, what may be clicked is tried off camera before the film chooses.
    """

    def __init__(
        self,
        brief: Brief,
        session: BrowserSession,
        clock: Clock,
        planner: Planner,
        proxy: EgressProxy,
        scout: Scout | None = None,
        retry_policy: RetryPolicy | None = None,
    ) -> None:
        retry_policy = retry_policy or RetryPolicy()
        self._brief = brief
        self._session = session
        self._page = session.page
        self._clock = clock
        self._proxy = proxy
        self._components = Components.assemble(brief, session, clock, planner, proxy, scout, retry_policy)
        self._page_visit = PageVisit(self._components, session.page, clock)
        self._metrics = Metrics()
        self._stumbles = 0
        self._stop: StopReason | None = None

    async def explore(self) -> AsyncGenerator[Event, None]:
        """Yields metrics as states change, each step and refusal as it happens, and a Story at the end.

        Raises PageUnreachable, AuthRequired or AddressRefused for a start page that cannot be filmed,
        BrowserCrashed when the browser dies, and SafetyViolation at the hard limit.
        """
        yield self._enter("navigating")
        await open_start_page(self._brief, self._session, self._clock, self._components)
        while self._stop is None:
            try:
                async for event in self._round():
                    yield event
            except (PageUnresponsive, DeadlineReached, PlaywrightError) as exc:
                await self._survive(exc)
                await self._clock.hold(STUMBLE_MS)
        self._cut_off()
        yield self._enter("complete")
        self._heard()
        stop = self._stop or "nothing_left"
        ending = Ending.of(self._brief, self._session, self._components, self._metrics, stop)
        yield self._components.recorder.trace(stop, warnings_of(ending))

    def trace_so_far(self) -> Trace:
        """What will be told whatever comes, up to a moment between steps; grows when the state changes."""
        return self._components.recorder.so_far()

    def _enter(self, state: State) -> Metrics:
        self._metrics = replace(
            self._metrics,
            state=state,
            visited_urls=tuple(map(clip, self._components.frontier.visited)),
            runtime_s=round(self._components.deadlines.elapsed_s(), 2),
            scouted=self._components.lookahead.looks,
        )
        return self._metrics

    async def _round(self) -> AsyncGenerator[Event, None]:
        """Looks at what is on screen, scans it, and makes the planned clicks that still make sense."""
        self._stop = self._components.scope_monitor.crossed()
        if self._stop is not None:
            return
        if self._components.scope_monitor.failed:
            await self._go_back()
            return
        self._components.navigator.reveal()
        self._components.recorder.good()
        await self._components.state_tracker.start_over_if_astray()
        if self._page_visit.here is not None:
            yield self._enter("discovering")  # what a step has shown can be made into film meanwhile
        arrived = self._page_visit.here is None or page_key(self._page.url) != page_key(self._page_visit.here)
        if arrived:
            clicks_left = self._brief.max_clicks - self._metrics.clicks
            for refusal in await self._page_visit.take_in(clicks_left):
                yield refusal
            depth = self._components.frontier.depth(self._page.url)
            self._metrics = replace(self._metrics, depth=max(self._metrics.depth, depth))
        if self._components.scope_monitor.site.holds(self._page.url):
            await self._components.deadlines.do(self._components.service_workers.look())
        if self._should_stop():
            return
        if self._components.frontier.depth(self._page.url) > self._brief.max_depth:
            self._components.frontier.exhaust(
                self._page.url
            )  # links this deep are not offered, but buttons lead anywhere
            await self._go_back()
            return
        if self._components.scope_monitor.crossed() is None and not self._components.scope_monitor.failed:
            self._components.recorder.good()
        yield self._enter("discovering")
        snapshot = await self._components.performer.snapshot()
        offer, refused = await self._components.scanner.look(snapshot.signature)
        self._components.recorder.offer(offer.elements)
        self._components.recorder.read(self._components.scanner.sample)
        if language := self._components.scanner.unknown_language:
            self._components.recorder.language_unknown(UNKNOWN_LANGUAGE.format(language))
        await self._components.deadlines.do(self._components.goal_check.locate(self._page, offer.elements))
        for refusal in (*self._heard(), *refused):
            yield refusal
        yield self._enter("planning")
        began_ms, clicks_left = self._clock.now_ms(), self._brief.max_clicks - self._metrics.clicks
        if not arrived:
            await self._components.scanner.reconnoitre(
                offer, self._components.state_tracker.state, self._components.recorder.steps, clicks_left
            )
        plans, refused = await self._components.scanner.plan(
            offer, self._components.state_tracker.state, self._components.recorder.steps, clicks_left
        )
        self._components.settler.waits.append(Wait(began_ms, self._clock.now_ms()))
        for refusal in (*self._heard(), *refused):
            yield refusal
        best = plans[0].priority if plans else 0
        if best < POOR and (
            await self._components.state_tracker.close_dialog(self._metrics.clicks)
            or await self._go_to_better(best, clicks_left)
        ):
            return
        if not plans:
            if not await self._components.state_tracker.leave_dead_end():
                self._stop = "nothing_left"
            return
        yield self._enter("executing")
        by_selector = {element.selector: element for element in offer.elements}
        for plan in plans:
            event = await self._execute(plan, by_selector[plan.selector], snapshot)
            if event is not None:
                yield event
                yield self._enter("executing")
            if self._should_stop() or (isinstance(event, Step) and event.outcome != "nothing"):
                return

    async def _go_to_better(self, best: float, clicks_left: int) -> bool:
        """To a page whose best click is worth much more than `best`; False when none is."""

        def better() -> str | None:
            return self._components.scanner.best_elsewhere(
                best + WORTH_A_RETURN,
                self._components.recorder.steps,
                clicks_left,
                changed=bool(self._components.state_tracker.state.actions),
            )

        return await self._components.state_tracker.go_to_better(better, self._metrics.clicks)

    async def _go_back(self) -> None:
        if not await self._components.state_tracker.go_back():
            self._stop = "nothing_left"

    def _heard(self) -> list[Refusal]:
        """What proxy, gate and scout have turned down since this was last asked."""
        scouted = self._components.scout.refused if self._components.scout else []
        return self._components.refusals.new(
            [
                *self._proxy.refused,
                *self._session.runaway_limits.refused,
                *self._components.intercepted,
                *scouted,
                *self._components.performer.refused,
            ]
        )

    async def _execute(self, plan: ActionPlan, planned: Element, snapshot: Snapshot) -> Step | Refusal | None:
        """Makes one click; answers a refusal, or None, when it must not or can no longer be made."""
        known = self._components.lookahead.knows(planned, self._components.state_tracker.state)
        foreseen = await self._components.lookahead.vet(planned, plan, self._components.state_tracker.state)
        if foreseen is not None and not known and not self._components.outcomes.is_new(foreseen):
            return None  # the next scan knows it, and may prefer something else
        self._components.frontier.try_out(planned, snapshot.signature)
        ready = await self._components.element_retry.reach(plan, planned)
        if ready is None or isinstance(ready, Refusal):
            return self._components.refusals.add(ready) if ready else None
        self._metrics = replace(self._metrics, clicks=self._metrics.clicks + 1)
        performance = self._components.performer.begin(plan, ready, len(self._components.recorder.steps) + 1)
        try:
            await self._components.performer.perform(performance, ready, self._page_visit.restless)
        except (PageUnresponsive, DeadlineReached, PlaywrightError) as exc:
            await self._survive(exc)
        performance.step = step = replace(performance.step, end_ms=self._clock.now_ms())
        self._components.recorder.steps.append(step)
        self._components.goal_check.shown(planned, step)
        learn_from(self._components, planned, performance, foreseen, promised=known)
        return step

    def _should_stop(self) -> bool:
        if self._stop is None:
            arrived = self._page_visit.here is not None and page_key(self._page.url) == page_key(
                self._page_visit.here
            )
            if self._metrics.clicks >= self._brief.max_clicks and arrived:
                self._stop = "max_clicks"
            elif self._components.deadlines.nearly_over:
                self._stop = "runtime"
            elif self._session.runaway_limits.is_unstoppable:
                self._stop = "page_lost"
            elif self._clock.full:
                self._stop = "footage_limit"
        return self._stop is not None

    async def _survive(self, exc: Exception) -> None:
        """Ends the exploration but keeps the film; a page that moved on by itself is looked at again."""
        self._session.check()
        self._components.deadlines.check()
        log.info("a step was cut short: %r", exc)
        if isinstance(exc, DeadlineReached):
            self._stop = "runtime"
        elif (
            self._stumbles >= MAX_STUMBLES
            or self._session.runaway_limits.is_unstoppable
            or (isinstance(exc, PageUnresponsive) and not await self._session.recover())
        ):
            self._stop = "page_lost"
        self._stumbles += 1

    def _cut_off(self) -> None:
        """Ends the film before a page that must not be shown, whatever else ended the exploration."""
        crossed = self._components.scope_monitor.crossed()
        self._stop = crossed or self._stop
        if crossed or self._components.scope_monitor.failed:
            self._components.recorder.end_ms = max(
                self._components.recorder.start_ms, self._components.scope_monitor.last_good_ms()
            )
