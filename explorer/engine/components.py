"""Who works on a take: each part of an exploration, put together once."""

from dataclasses import dataclass
from typing import Self

from playwright.async_api import Page

from explorer.browser.service_workers import ServiceWorkers
from explorer.browser.session import BrowserSession
from explorer.deadlines import Deadlines
from explorer.egress.proxy import EgressProxy
from explorer.engine.actions import ActionPerformer, Judge
from explorer.engine.element_retry import ElementRetry
from explorer.engine.goals import GoalCheck
from explorer.engine.page_state_tracker import PageStateTracker
from explorer.engine.scanner import Scanner
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


@dataclass(frozen=True, slots=True)
class Components:
    """The parts that an explorer directs; `intercepted` holds refusals from where nothing can be yielded."""

    deadlines: Deadlines
    settler: Settler
    mouse: Mouse
    scroller: Scroller
    frontier: Frontier
    refusals: Refusals
    intercepted: list[Refusal]
    interceptor: RequestInterceptor
    scope_monitor: ScopeMonitor
    navigator: Navigator
    backtracking: Backtracking
    performer: ActionPerformer
    seen_screens: SeenScreens
    outcomes: OutcomeCache
    scout: Scout | None
    lookahead: Lookahead
    scanner: Scanner
    state_tracker: PageStateTracker
    element_retry: ElementRetry
    recorder: TraceRecorder
    goal_check: GoalCheck
    service_workers: ServiceWorkers

    @classmethod
    def assemble(
        cls,
        brief: Brief,
        session: BrowserSession,
        clock: Clock,
        planner: Planner,
        proxy: EgressProxy,
        scout: Scout | None,
        retry_policy: RetryPolicy,
    ) -> Self:
        """The crew of one take, on the stage's page."""
        page, intercepted, refusals = session.page, list[Refusal](), Refusals()
        deadlines, settler, frontier = Deadlines(clock, brief.max_runtime_s), Settler(page, clock), Frontier()
        mouse = Mouse(page, clock, Point(brief.width_px * 0.5, brief.height_px * 0.6))
        recorder = TraceRecorder(clock, mouse, settler, refusals)
        scroller = Scroller(page, mouse, clock, deadlines, brief.height_px)
        scope_monitor = ScopeMonitor(page, clock, Site.of(brief.url, brief.wishes.domains), proxy)
        navigator = Navigator(session, clock, deadlines, scope_monitor, proxy, retry_policy)
        backtracking = Backtracking(page, settler, navigator, deadlines, frontier)
        seen_screens = SeenScreens()
        outcomes = OutcomeCache(seen_screens, frontier.has_seen)
        scout = scout if brief.wishes.scout else None
        lookahead = Lookahead(scout, outcomes, deadlines, frontier, brief.max_clicks, recorder.looked_at)
        interceptor = RequestInterceptor(None, brief.wishes, intercepted.append)
        performer = ActionPerformer(
            page,
            clock,
            mouse,
            scroller,
            backtracking,
            deadlines,
            _judge(brief, page, scope_monitor),
            interceptor,
        )
        scanner = Scanner(
            brief, page, clock, planner, frontier, refusals, scope_monitor, deadlines, outcomes, lookahead
        )
        state_tracker = PageStateTracker(
            page, clock, mouse, settler, deadlines, backtracking, brief.url, recorder.obstacle_left
        )
        return cls(
            deadlines=deadlines,
            settler=settler,
            mouse=mouse,
            scroller=scroller,
            frontier=frontier,
            refusals=refusals,
            intercepted=intercepted,
            interceptor=interceptor,
            scope_monitor=scope_monitor,
            navigator=navigator,
            backtracking=backtracking,
            performer=performer,
            seen_screens=seen_screens,
            outcomes=outcomes,
            scout=scout,
            lookahead=lookahead,
            scanner=scanner,
            state_tracker=state_tracker,
            element_retry=ElementRetry(
                page, clock, deadlines, performer, scanner, state_tracker, retry_policy
            ),
            recorder=recorder,
            goal_check=GoalCheck(brief.wishes),
            service_workers=ServiceWorkers(page),
        )


def _judge(brief: Brief, page: Page, scope_monitor: ScopeMonitor) -> Judge:
    def judge(what: Element | str) -> Refusal | None:
        if isinstance(what, str):
            return refuse_url(what, scope_monitor.site, page.url, brief.wishes)
        refusal = refuse_element(what, scope_monitor.site, page.url, brief.wishes)
        return refusal or (refuse_field(what) if what.fills else None)

    return judge
