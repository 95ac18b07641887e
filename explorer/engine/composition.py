"""Composition root: builds the parts of one exploration and hands each what it needs."""

from dataclasses import dataclass, field
from functools import cached_property

from playwright.async_api import Page

from explorer.browser.service_workers import ServiceWorkers
from explorer.browser.session import BrowserSession
from explorer.deadlines import Deadlines
from explorer.egress.proxy import EgressProxy
from explorer.engine.action_guard import ActionGuard
from explorer.engine.actions import ActionPerformer
from explorer.engine.element_retry import ElementRetry
from explorer.engine.executor import Explorer
from explorer.engine.feedback import Feedback
from explorer.engine.goals import GoalCheck
from explorer.engine.page_state_tracker import PageStateTracker
from explorer.engine.page_visit import PageVisit
from explorer.engine.plan_selector import PlanSelector
from explorer.engine.scanner import Scanner
from explorer.engine.screen import Screen
from explorer.engine.start_page_check import StartPageCheck
from explorer.engine.start_page_opener import StartPageOpener
from explorer.engine.step_runner import StepRunner
from explorer.engine.stop_conditions import StopConditions
from explorer.engine.trace_recorder import TraceRecorder
from explorer.guardrails.rules import Site
from explorer.input.mouse import Mouse
from explorer.input.scrolling import Scroller
from explorer.lookahead.scheduler import Lookahead
from explorer.lookahead.scout import Scout
from explorer.navigation.backtracking import Backtracking
from explorer.navigation.navigator import Navigator
from explorer.navigation.request_interceptor import RequestInterceptor
from explorer.navigation.scope_monitor import ScopeMonitor
from explorer.navigation.slides import Slides
from explorer.overlays.clearer import OverlayClearer
from explorer.page.settle import Settler
from explorer.protocols import Clock, Planner
from explorer.retry_policy import RetryPolicy
from explorer.state.frontier import Frontier
from explorer.state.outcomes import OutcomeCache
from explorer.state.refusals import Refusals
from explorer.state.seen_screens import SeenScreens
from explorer.types import Brief, Point, Refusal


def build_explorer(
    brief: Brief,
    session: BrowserSession,
    clock: Clock,
    planner: Planner,
    proxy: EgressProxy,
    scout: Scout | None = None,
    retry_policy: RetryPolicy | None = None,
) -> Explorer:
    """The exploration of `brief.url` in `session`, whose browser is behind `proxy`; `scout` looks ahead."""
    scout = scout if brief.wishes.scout else None
    return Composition(brief, session, clock, planner, proxy, scout, retry_policy or RetryPolicy()).explorer


@dataclass(frozen=True)
class Composition:
    """Builds each part of an exploration once, when it is first needed."""

    brief: Brief
    session: BrowserSession
    clock: Clock
    planner: Planner
    proxy: EgressProxy
    scout: Scout | None
    retry_policy: RetryPolicy
    #: Refusals of the interceptor and of popups, which arise where no event can be yielded.
    reported: list[Refusal] = field(default_factory=list)
    frontier: Frontier = field(default_factory=Frontier)
    seen_screens: SeenScreens = field(default_factory=SeenScreens)

    @property
    def page(self) -> Page:
        return self.session.page

    @cached_property
    def explorer(self) -> Explorer:
        return Explorer(
            brief=self.brief,
            session=self.session,
            clock=self.clock,
            deadlines=self.deadlines,
            stop=self.stop,
            scope_monitor=self.scope_monitor,
            service_workers=ServiceWorkers(self.page),
            start_page=self.start_page,
            page_visit=self.page_visit,
            overlays=self.overlays,
            slides=self.slides,
            state_tracker=self.state_tracker,
            screen=self.screen,
            scanner=self.scanner,
            selector=self.selector,
            step_runner=self.step_runner,
            lookahead=self.lookahead,
            frontier=self.frontier,
            goal_check=self.goal_check,
            refusals=self.refusals,
            recorder=self.recorder,
        )

    @cached_property
    def deadlines(self) -> Deadlines:
        return Deadlines(self.clock, self.brief.max_runtime_s)

    @cached_property
    def stop(self) -> StopConditions:
        limit = self.brief.max_clicks
        return StopConditions(limit, self.session, self.clock, self.deadlines, self.scope_monitor)

    @cached_property
    def outcomes(self) -> OutcomeCache:
        return OutcomeCache(self.seen_screens, self.frontier.has_seen)

    @cached_property
    def refusals(self) -> Refusals:
        scouted = self.scout.refused if self.scout else []
        return Refusals(self.proxy.refused, self.session.runaway_limits.refused, self.reported, scouted)

    @cached_property
    def recorder(self) -> TraceRecorder:
        return TraceRecorder(self.clock, self.mouse, self.settler, self.refusals)

    @cached_property
    def goal_check(self) -> GoalCheck:
        return GoalCheck(self.brief.wishes)

    @cached_property
    def settler(self) -> Settler:
        return Settler(self.page, self.clock)

    @cached_property
    def screen(self) -> Screen:
        return Screen(self.page, self.clock, self.deadlines)

    @cached_property
    def mouse(self) -> Mouse:
        return Mouse(self.page, self.clock, Point(self.brief.width_px * 0.5, self.brief.height_px * 0.6))

    @cached_property
    def scroller(self) -> Scroller:
        return Scroller(self.page, self.mouse, self.clock, self.deadlines, self.brief.height_px)

    @cached_property
    def slides(self) -> Slides:
        limit = self.brief.max_clicks
        return Slides(self.page, self.mouse, self.clock, self.deadlines, self.seen_screens, limit)

    @cached_property
    def performer(self) -> ActionPerformer:
        return ActionPerformer(
            page=self.page,
            clock=self.clock,
            deadlines=self.deadlines,
            screen=self.screen,
            mouse=self.mouse,
            scroller=self.scroller,
            backtracking=self.backtracking,
            interceptor=self.interceptor,
            guard=self.guard,
            overlays=self.overlays,
            report=self.reported.append,
        )

    @cached_property
    def element_retry(self) -> ElementRetry:
        parts = (self.performer, self.scanner, self.overlays, self.retry_policy)
        return ElementRetry(self.clock, self.deadlines, *parts)

    @cached_property
    def guard(self) -> ActionGuard:
        return ActionGuard(self.page, self.scope_monitor, self.brief.wishes)

    @cached_property
    def scope_monitor(self) -> ScopeMonitor:
        wishes = self.brief.wishes
        return ScopeMonitor(self.page, self.clock, Site.of(self.brief.url, wishes.domains), self.proxy)

    @cached_property
    def interceptor(self) -> RequestInterceptor:
        known = self.session.http_credentials
        return RequestInterceptor(None, self.brief.wishes, self.reported.append, credentials=known)

    @cached_property
    def navigator(self) -> Navigator:
        return Navigator(
            self.session, self.clock, self.deadlines, self.scope_monitor, self.proxy, self.retry_policy
        )

    @cached_property
    def backtracking(self) -> Backtracking:
        return Backtracking(self.page, self.settler, self.navigator, self.deadlines, self.frontier)

    @cached_property
    def state_tracker(self) -> PageStateTracker:
        hand = (self.mouse, self.backtracking)
        return PageStateTracker(self.page, self.clock, self.deadlines, *hand, self.brief.url)

    @cached_property
    def overlays(self) -> OverlayClearer:
        hand = (self.mouse, self.backtracking.settle)
        hints = self.brief.consent
        return OverlayClearer(self.page, self.clock, self.deadlines, *hand, self.recorder, hints)

    @cached_property
    def lookahead(self) -> Lookahead:
        return Lookahead(
            self.scout,
            self.outcomes,
            self.deadlines,
            self.frontier,
            self.brief.max_clicks,
            self.recorder.looked_at,
        )

    @cached_property
    def scanner(self) -> Scanner:
        known = (self.frontier, self.outcomes, self.refusals)
        return Scanner(self.brief, self.page, self.deadlines, self.guard, self.overlays, *known)

    @cached_property
    def selector(self) -> PlanSelector:
        return PlanSelector(
            brief=self.brief,
            page=self.page,
            clock=self.clock,
            deadlines=self.deadlines,
            planner=self.planner,
            lookahead=self.lookahead,
            frontier=self.frontier,
            outcomes=self.outcomes,
            goal_check=self.goal_check,
            refusals=self.refusals,
        )

    @cached_property
    def start_page(self) -> StartPageOpener:
        parts = (self.session, self.clock, self.scope_monitor, self.deadlines)
        return StartPageOpener(
            brief=self.brief,
            session=self.session,
            clock=self.clock,
            deadlines=self.deadlines,
            check=StartPageCheck(self.brief.url, *parts),
            scope_monitor=self.scope_monitor,
            interceptor=self.interceptor,
            scout=self.scout,
            navigator=self.navigator,
            backtracking=self.backtracking,
            settler=self.settler,
            screen=self.screen,
            mouse=self.mouse,
            overlays=self.overlays,
            recorder=self.recorder,
        )

    @cached_property
    def page_visit(self) -> PageVisit:
        return PageVisit(
            page=self.page,
            clock=self.clock,
            deadlines=self.deadlines,
            screen=self.screen,
            scroller=self.scroller,
            scope_monitor=self.scope_monitor,
            state_tracker=self.state_tracker,
            overlays=self.overlays,
            scanner=self.scanner,
            selector=self.selector,
            slides=self.slides,
            frontier=self.frontier,
            seen_screens=self.seen_screens,
            recorder=self.recorder,
        )

    @cached_property
    def step_runner(self) -> StepRunner:
        known = (self.frontier, self.seen_screens, self.outcomes)
        return StepRunner(
            clock=self.clock,
            stop=self.stop,
            state_tracker=self.state_tracker,
            lookahead=self.lookahead,
            element_retry=self.element_retry,
            performer=self.performer,
            feedback=Feedback(*known, self.scope_monitor, self.state_tracker),
            frontier=self.frontier,
            outcomes=self.outcomes,
            goal_check=self.goal_check,
            refusals=self.refusals,
            recorder=self.recorder,
        )
