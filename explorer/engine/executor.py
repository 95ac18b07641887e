"""The state machine that explores one site on camera; it acts and waits only through the clock."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace

from playwright.async_api import Error as PlaywrightError

from explorer.browser.service_workers import ServiceWorkers
from explorer.browser.session import BrowserSession
from explorer.deadlines import DeadlineReached, Deadlines
from explorer.engine.goals import GoalCheck
from explorer.engine.page_state_tracker import PageStateTracker
from explorer.engine.page_visit import PageVisit
from explorer.engine.plan_selector import PlanSelector, Progress
from explorer.engine.scanner import Offer, Scanner
from explorer.engine.screen import Screen
from explorer.engine.start_page_opener import RETRY_HOLD_MS, StartPageOpener
from explorer.engine.step_runner import StepRunner
from explorer.engine.stop_conditions import StopConditions
from explorer.engine.trace_recorder import TraceRecorder
from explorer.engine.warnings import UNKNOWN_LANGUAGE, Ending, warnings_of
from explorer.errors import PageUnresponsive
from explorer.lookahead.scheduler import Lookahead
from explorer.navigation.scope_monitor import ScopeMonitor
from explorer.navigation.slides import Slides
from explorer.overlays.clearer import OverlayClearer
from explorer.planning.base_scores import closes_dialog
from explorer.protocols import Clock
from explorer.state.frontier import Frontier
from explorer.state.refusals import Refusals
from explorer.text import clip
from explorer.trace import Trace
from explorer.types import ActionPlan, Brief, Element, Metrics, Refusal, State, Step
from explorer.urls import page_key

Event = Metrics | Step | Refusal | Trace
Events = AsyncGenerator[Event, None]

#: A click of a lower priority shows little; by so much must another page's best be better to go back.
POOR, WORTH_A_RETURN = 60, 20


@dataclass(slots=True, kw_only=True)
class Explorer:
    """One exploration of `brief.url`, built by `composition.build_explorer`; iterate `explore` once."""

    brief: Brief
    session: BrowserSession
    clock: Clock
    deadlines: Deadlines
    stop: StopConditions
    scope_monitor: ScopeMonitor
    service_workers: ServiceWorkers
    start_page: StartPageOpener
    page_visit: PageVisit
    overlays: OverlayClearer
    slides: Slides
    state_tracker: PageStateTracker
    screen: Screen
    scanner: Scanner
    selector: PlanSelector
    step_runner: StepRunner
    lookahead: Lookahead
    frontier: Frontier
    goal_check: GoalCheck
    refusals: Refusals
    recorder: TraceRecorder
    _metrics: Metrics = field(init=False, default=Metrics())
    #: How many looks had dismissed something when what could not be reached was last forgiven.
    _forgiven_after: int = field(init=False, default=0)

    async def explore(self) -> Events:
        """Yields metrics, steps and refusals as they happen, and a Trace at the end.

        Raises PageUnreachable, AuthRequired or AddressRefused for a start page that cannot be filmed,
        BrowserCrashed when the browser dies, and SafetyViolation where it is not open by the hard limit.
        """
        yield self._enter("navigating")
        await self.start_page.open()
        async for event in self.go_on():
            yield event
        yield self._enter("complete")
        self.refusals.collect()
        ending = self._ending()
        yield self.recorder.trace(ending.stop, warnings_of(ending))

    async def go_on(self) -> Events:
        """Explores from the page that is on screen, until there is a reason to stop."""
        while self.stop.reason is None:
            try:
                async for event in self._round():
                    yield event
            except (PageUnresponsive, DeadlineReached, PlaywrightError) as exc:
                await self.stop.recover(exc)
                await self.clock.hold(RETRY_HOLD_MS)
        self._cut_off()

    def trace_so_far(self) -> Trace:
        """What the final trace will hold in any case, up to a moment between steps."""
        return self.recorder.trace_so_far()

    def _enter(self, state: State) -> Metrics:
        self._metrics = replace(
            self._metrics,
            state=state,
            visited_urls=tuple(map(clip, self.frontier.visited)),
            runtime_s=round(self.deadlines.elapsed_s(), 2),
            scouted=self.lookahead.tries,
        )
        return self._metrics

    async def _round(self) -> Events:
        """Visits the page that is on screen if it is another one, then scans it and acts on it."""
        if self.stop.check_scope():
            return
        if self.scope_monitor.failed:
            await self._go_back()
            return
        self.clock.cover(False)
        self.recorder.confirm()
        await self.state_tracker.reload_if_needed()
        if self.page_visit.url is not None:
            yield self._enter("discovering")  # what a step has shown can be made into film meanwhile
        arrived = not self._is_visited()
        if arrived:
            for refusal in await self._visit():
                yield refusal
        if not await self._may_act_here():
            return
        yield self._enter("discovering")
        async for event in self._act_on_page(look_ahead=not arrived):
            yield event

    async def _visit(self) -> list[Refusal]:
        refused = await self.page_visit.visit(self._progress().clicks_left)
        depth = max(self._metrics.depth, self.frontier.depth(self.session.page.url))
        self._metrics = replace(self._metrics, depth=depth)
        return refused

    async def _may_act_here(self) -> bool:
        """False when a limit is reached, or on a page that is too deep, where a button led: it is left."""
        if self.scope_monitor.site.holds(self.session.page.url):
            await self.deadlines.do(self.service_workers.look())
        if self._should_stop():
            return False
        if self.frontier.depth(self.session.page.url) > self.brief.max_depth:
            self.frontier.exhaust(self.session.page.url)
            await self._go_back()
            return False
        if self.scope_monitor.violation() is None and not self.scope_monitor.failed:
            self.recorder.confirm()
        return True

    async def _act_on_page(self, look_ahead: bool) -> Events:
        """Scans the page, and makes the planned clicks that still make sense, until one shows something."""
        if not await self._clear_view():
            return
        signature = (await self.screen.snapshot()).signature
        offer, refused = await self._scan(signature)
        for refusal in (*self.refusals.collect(), *refused):
            yield refusal
        yield self._enter("planning")
        plans, refused = await self._plan(self._on_this_slide(offer), look_ahead)
        if not plans and self.slides.is_open:
            if await self._turn_slide(offer):
                return
            plans, refused = await self._plan(offer, look_ahead)
        for refusal in (*self.refusals.collect(), *refused):
            yield refusal
        if not self.slides.is_open and await self._leave_poor_page(plans):
            return
        yield self._enter("executing")
        by_selector = {element.selector: element for element in offer.elements}
        for plan, following in zip(plans, [*plans[1:], None], strict=True):
            event = await self._step(plan, by_selector[plan.selector], signature)
            if event is not None:
                yield event
                yield self._enter("executing")
            elif following and following.priority < plan.priority - WORTH_A_RETURN:
                return  # another page may have something better
            if self._should_stop() or (isinstance(event, Step) and event.outcome != "nothing"):
                return

    async def _clear_view(self) -> bool:
        """Dismisses what has come over the page; False when that has led to another page.

        What was covered before is offered again.
        """
        await self.overlays.clear()
        if self.overlays.successes != self._forgiven_after:
            self._forgiven_after = self.overlays.successes
            self.frontier.forgive_unreached(self.session.page.url)
            self.lookahead.retry_unknown()
        return self._is_visited() and not self.scope_monitor.failed

    async def _scan(self, signature: str) -> tuple[Offer, list[Refusal]]:
        offer, refused = await self.scanner.scan(signature)
        self.recorder.note_offered(offer.elements)
        self.recorder.note_letters(self.scanner.sample)
        if language := self.scanner.unknown_language:
            self.recorder.note_unknown_language(UNKNOWN_LANGUAGE.format(language))
        await self.deadlines.do(self.goal_check.locate(self.session.page, offer.elements))
        return offer, refused

    def _on_this_slide(self, offer: Offer) -> Offer:
        """Of a page whose slides are gone through, only what this slide offers."""
        return replace(offer, elements=self.slides.own(offer.elements)) if self.slides.is_open else offer

    async def _turn_slide(self, offer: Offer) -> bool:
        """Goes on to the next slide; False when the last one was shown."""
        if await self.state_tracker.close_dialog(self._metrics.clicks):
            return True
        turned = await self.slides.turn(offer.elements, self.page_visit.moving_blocks)
        if turned:
            self.state_tracker.record_turn()
        return turned

    async def _plan(self, offer: Offer, look_ahead: bool) -> tuple[list[ActionPlan], list[Refusal]]:
        """Asks the planner; `look_ahead` tries the best off camera first, as a visit has done already."""
        began_ms, progress = self.clock.now_ms(), self._progress()
        if look_ahead:
            await self.selector.look_ahead(offer, progress)
        if self.scanner.is_exhausted:
            offer = Offer((), {})
        planned = await self.selector.select(offer, progress)
        self.recorder.note_wait(began_ms)
        return planned

    async def _leave_poor_page(self, plans: list[ActionPlan]) -> bool:
        """Goes to a state or page with more to show, if the best plan shows little; False to stay."""
        best = plans[0].priority if plans else 0
        if best < POOR and (
            await self.state_tracker.close_dialog(self._metrics.clicks) or await self._go_to_better(best)
        ):
            return True
        if plans:
            return False
        if await self.page_visit.await_entrance(self._metrics.clicks):
            return True
        is_finished = self.selector.exhaust_others(self._progress())
        if not await self.state_tracker.leave_dead_end(reopen=not is_finished):
            self.stop.reason = "nothing_left"
        return True

    async def _go_to_better(self, best: float) -> bool:
        """To a page whose best click is worth much more than `best`; False when none is."""
        progress = self._progress()

        def better() -> str | None:
            return self.selector.best_elsewhere(best + WORTH_A_RETURN, progress)

        return await self.state_tracker.go_to_better(better, self._metrics.clicks)

    async def _step(self, plan: ActionPlan, element: Element, signature: str) -> Step | Refusal | None:
        event = await self.step_runner.run(plan, element, signature, self.page_visit.moving_blocks)
        if isinstance(event, Step) and event.plan.action != "hover" and not closes_dialog(element):
            self._metrics = replace(self._metrics, clicks=self._metrics.clicks + 1)
            self.slides.note_step()
        return event

    async def _go_back(self) -> None:
        if not await self.state_tracker.go_back():
            self.stop.reason = "nothing_left"

    def _progress(self) -> Progress:
        clicks_left = self.brief.max_clicks - self._metrics.clicks
        return Progress(self.state_tracker.state, tuple(self.recorder.steps), clicks_left)

    def _is_visited(self) -> bool:
        """Whether the page on screen is the one that was visited last."""
        url = self.page_visit.url
        return url is not None and page_key(self.session.page.url) == page_key(url)

    def _should_stop(self) -> bool:
        return self.stop.check_limits(self._metrics.clicks, self._is_visited())

    def _cut_off(self) -> None:
        """Ends the film before a page that must not be shown, whatever else ended the exploration."""
        violation = self.scope_monitor.violation()
        self.stop.reason = violation or self.stop.reason
        if violation or self.scope_monitor.failed:
            self.recorder.end_at(self.scope_monitor.last_in_scope_ms())

    def _ending(self) -> Ending:
        visits = self.recorder.visits
        return Ending(
            brief=self.brief,
            stop=self.stop.reason or "nothing_left",
            clicks=self._metrics.clicks,
            depth=self._metrics.depth,
            slides=self.slides.turned,
            offered=len(self.recorder.offered),
            refused=self.refusals.all(),
            obstacles=self.recorder.obstacles_left,
            dialogs=self.session.runaway_limits.answered,
            wants_worker=self.service_workers.asked,
            missing_focus=self.goal_check.missing(visits),
            misses_goal=self.goal_check.misses_goal(visits),
            language_note=self.recorder.language_note,
        )
