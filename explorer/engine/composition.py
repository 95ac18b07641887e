"""Composition root: builds the parts of one exploration and hands each what it needs."""

from functools import cached_property

from explorer.browser.service_workers import ServiceWorkers
from explorer.browser.session import BrowserSession
from explorer.deadlines import Deadlines
from explorer.egress.proxy import EgressProxy
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
from explorer.guardrails.rules import Site, refuse_element, refuse_url
from explorer.guardrails.sensitive_fields import refuse_field
from explorer.input.mouse import Mouse
from explorer.input.scrolling import Scroller
from explorer.lookahead.scheduler import Lookahead
from explorer.lookahead.scout import Scout
from explorer.navigation.backtracking import Backtracking
from explorer.navigation.navigator import Navigator
from explorer.navigation.request_interceptor import RequestInterceptor
from explorer.navigation.scope_monitor import ScopeMonitor
from explorer.page.settle import Settler
from explorer.protocols import Clock, Planner
from explorer.retry_policy import RetryPolicy
from explorer.state.frontier import Frontier
from explorer.state.outcomes import OutcomeCache
from explorer.state.refusals import Refusals
from explorer.state.seen_screens import SeenScreens
from explorer.types import Brief, Element, Point, Refusal


def build_explorer(
    brief: Brief,
    session: BrowserSession,
    clock: Clock,
    planner: Planner,
    proxy: EgressProxy,
    scout: Scout | None = None,
    retry_policy: RetryPolicy | None = None,
) -> Explorer:
    """The exploration of `brief.url` in `session`, whose browser is behind `proxy`.

    With a `scout`, what may be clicked is tried off camera before the film chooses.
    """
    return Composition(brief, session, clock, planner, proxy, scout, retry_policy or RetryPolicy()).explorer


class Composition:
    """Builds each part of an exploration once, when it is first needed."""

    def __init__(
        self,
        brief: Brief,
        session: BrowserSession,
        clock: Clock,
        planner: Planner,
        proxy: EgressProxy,
        scout: Scout | None,
        retry_policy: RetryPolicy,
    ) -> None:
        self._brief = brief
        self._session = session
        self._page = session.page
        self._clock = clock
        self._planner = planner
        self._proxy = proxy
        self._scout = scout if brief.wishes.scout else None
        self._retry_policy = retry_policy
        #: Refusals of the interceptor and of popups, which arrive where no event can be yielded.
        self._intercepted: list[Refusal] = []
        self._popups_refused: list[Refusal] = []

    @cached_property
    def explorer(self) -> Explorer:
        return Explorer(
            brief=self._brief,
            session=self._session,
            clock=self._clock,
            deadlines=self.deadlines,
            stop=self.stop,
            scope_monitor=self.scope_monitor,
            service_workers=ServiceWorkers(self._page),
            start_page=self.start_page,
            page_visit=self.page_visit,
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
        return Deadlines(self._clock, self._brief.max_runtime_s)

    @cached_property
    def stop(self) -> StopConditions:
        return StopConditions(
            self._brief.max_clicks, self._session, self._clock, self.deadlines, self.scope_monitor
        )

    # What is known of the site

    @cached_property
    def frontier(self) -> Frontier:
        return Frontier()

    @cached_property
    def seen_screens(self) -> SeenScreens:
        return SeenScreens()

    @cached_property
    def outcomes(self) -> OutcomeCache:
        return OutcomeCache(self.seen_screens, self.frontier.has_seen)

    @cached_property
    def refusals(self) -> Refusals:
        return Refusals(
            self._proxy.refused,
            self._session.runaway_limits.refused,
            self._intercepted,
            self._scout.refused if self._scout else [],
            self._popups_refused,
        )

    @cached_property
    def recorder(self) -> TraceRecorder:
        return TraceRecorder(self._clock, self.mouse, self.settler, self.refusals)

    @cached_property
    def goal_check(self) -> GoalCheck:
        return GoalCheck(self._brief.wishes)

    # The page, and acting on it

    @cached_property
    def settler(self) -> Settler:
        return Settler(self._page, self._clock)

    @cached_property
    def screen(self) -> Screen:
        return Screen(self._page, self._clock, self.deadlines)

    @cached_property
    def mouse(self) -> Mouse:
        return Mouse(self._page, self._clock, Point(self._brief.width_px * 0.5, self._brief.height_px * 0.6))

    @cached_property
    def scroller(self) -> Scroller:
        return Scroller(self._page, self.mouse, self._clock, self.deadlines, self._brief.height_px)

    @cached_property
    def performer(self) -> ActionPerformer:
        return ActionPerformer(
            page=self._page,
            clock=self._clock,
            deadlines=self.deadlines,
            screen=self.screen,
            mouse=self.mouse,
            scroller=self.scroller,
            backtracking=self.backtracking,
            interceptor=self.interceptor,
            refuse=self._refuse,
            report=self._popups_refused.append,
        )

    @cached_property
    def element_retry(self) -> ElementRetry:
        return ElementRetry(
            self._page,
            self._clock,
            self.deadlines,
            self.performer,
            self.scanner,
            self.state_tracker,
            self._retry_policy,
        )

    def _refuse(self, target: Element | str) -> Refusal | None:
        """Why an element must not be acted upon, or an address not be opened; None when it may."""
        site, url, wishes = self.scope_monitor.site, self._page.url, self._brief.wishes
        if isinstance(target, str):
            return refuse_url(target, site, url, wishes)
        refusal = refuse_element(target, site, url, wishes)
        return refusal or (refuse_field(target) if target.fills else None)

    # Navigation

    @cached_property
    def scope_monitor(self) -> ScopeMonitor:
        site = Site.of(self._brief.url, self._brief.wishes.domains)
        return ScopeMonitor(self._page, self._clock, site, self._proxy)

    @cached_property
    def interceptor(self) -> RequestInterceptor:
        return RequestInterceptor(None, self._brief.wishes, self._intercepted.append)

    @cached_property
    def navigator(self) -> Navigator:
        return Navigator(
            self._session, self._clock, self.deadlines, self.scope_monitor, self._proxy, self._retry_policy
        )

    @cached_property
    def backtracking(self) -> Backtracking:
        return Backtracking(self._page, self.settler, self.navigator, self.deadlines, self.frontier)

    @cached_property
    def state_tracker(self) -> PageStateTracker:
        return PageStateTracker(
            self._page,
            self._clock,
            self.deadlines,
            self.mouse,
            self.backtracking,
            self.recorder,
            self._brief.url,
        )

    # Planning

    @cached_property
    def lookahead(self) -> Lookahead:
        return Lookahead(
            self._scout,
            self.outcomes,
            self.deadlines,
            self.frontier,
            self._brief.max_clicks,
            self.recorder.looked_at,
        )

    @cached_property
    def scanner(self) -> Scanner:
        return Scanner(
            self._brief,
            self._page,
            self.deadlines,
            self.scope_monitor,
            self.frontier,
            self.outcomes,
            self.refusals,
        )

    @cached_property
    def selector(self) -> PlanSelector:
        return PlanSelector(
            brief=self._brief,
            page=self._page,
            clock=self._clock,
            deadlines=self.deadlines,
            planner=self._planner,
            lookahead=self.lookahead,
            frontier=self.frontier,
            outcomes=self.outcomes,
            refusals=self.refusals,
        )

    # The phases of an exploration

    @cached_property
    def start_page(self) -> StartPageOpener:
        return StartPageOpener(
            brief=self._brief,
            session=self._session,
            clock=self._clock,
            deadlines=self.deadlines,
            check=StartPageCheck(
                self._brief.url, self._session, self._clock, self.scope_monitor, self.deadlines
            ),
            scope_monitor=self.scope_monitor,
            interceptor=self.interceptor,
            scout=self._scout,
            navigator=self.navigator,
            backtracking=self.backtracking,
            settler=self.settler,
            screen=self.screen,
            mouse=self.mouse,
            state_tracker=self.state_tracker,
            recorder=self.recorder,
        )

    @cached_property
    def page_visit(self) -> PageVisit:
        return PageVisit(
            page=self._page,
            clock=self._clock,
            deadlines=self.deadlines,
            screen=self.screen,
            scroller=self.scroller,
            scope_monitor=self.scope_monitor,
            state_tracker=self.state_tracker,
            scanner=self.scanner,
            selector=self.selector,
            frontier=self.frontier,
            seen_screens=self.seen_screens,
            recorder=self.recorder,
        )

    @cached_property
    def step_runner(self) -> StepRunner:
        return StepRunner(
            clock=self._clock,
            stop=self.stop,
            state_tracker=self.state_tracker,
            lookahead=self.lookahead,
            element_retry=self.element_retry,
            performer=self.performer,
            feedback=self.feedback,
            frontier=self.frontier,
            outcomes=self.outcomes,
            goal_check=self.goal_check,
            refusals=self.refusals,
            recorder=self.recorder,
        )

    @cached_property
    def feedback(self) -> Feedback:
        return Feedback(
            self.frontier, self.seen_screens, self.outcomes, self.scope_monitor, self.state_tracker
        )
