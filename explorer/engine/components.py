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
from explorer.engine.page_state import PageStateTracker
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
from explorer.page.visual_diff import SeenScreens
from explorer.retry_policy import RetryPolicy
from explorer.state.frontier import Frontier, Refusals
from explorer.state.outcomes import OutcomeCache
from explorer.types import Brief, Clock, Element, Planner, Point, Refusal


@dataclass(frozen=True, slots=True)
class Components:
    """The parts that an explorer directs; `overheard` holds refusals from where nothing can be yielded."""

    patience: Deadlines
    settler: Settler
    hand: Mouse
    guide: Scroller
    memory: Frontier
    refusals: Refusals
    overheard: list[Refusal]
    gate: RequestInterceptor
    border: ScopeMonitor
    navigator: Navigator
    ways: Backtracking
    performer: ActionPerformer
    gallery: SeenScreens
    atlas: OutcomeCache
    scout: Scout | None
    survey: Lookahead
    scanner: Scanner
    course: PageStateTracker
    reach: ElementRetry
    journal: TraceRecorder
    wanted: GoalCheck
    workers: ServiceWorkers

    @classmethod
    def assemble(
        cls,
        brief: Brief,
        stage: BrowserSession,
        clock: Clock,
        planner: Planner,
        proxy: EgressProxy,
        scout: Scout | None,
        persistence: RetryPolicy,
    ) -> Self:
        """The crew of one take, on the stage's page."""
        page, overheard, refusals = stage.page, list[Refusal](), Refusals()
        patience, settler, memory = Deadlines(clock, brief.max_runtime_s), Settler(page, clock), Frontier()
        hand = Mouse(page, clock, Point(brief.width_px * 0.5, brief.height_px * 0.6))
        journal = TraceRecorder(clock, hand, settler, refusals)
        guide = Scroller(page, hand, clock, patience, brief.height_px)
        border = ScopeMonitor(page, clock, Site.of(brief.url, brief.wishes.domains), proxy)
        navigator = Navigator(stage, clock, patience, border, proxy, persistence)
        ways = Backtracking(page, settler, navigator, patience, memory)
        gallery = SeenScreens()
        atlas = OutcomeCache(gallery, memory.has_seen)
        scout = scout if brief.wishes.scout else None
        survey = Lookahead(scout, atlas, patience, memory, brief.max_clicks, journal.looked_at)
        gate = RequestInterceptor(None, brief.wishes, overheard.append)
        performer = ActionPerformer(
            page, clock, hand, guide, ways, patience, _judge(brief, page, border), gate
        )
        scanner = Scanner(brief, page, clock, planner, memory, refusals, border, patience, atlas, survey)
        course = PageStateTracker(
            page, clock, hand, settler, patience, ways, brief.url, journal.obstacle_left
        )
        return cls(
            patience=patience,
            settler=settler,
            hand=hand,
            guide=guide,
            memory=memory,
            refusals=refusals,
            overheard=overheard,
            gate=gate,
            border=border,
            navigator=navigator,
            ways=ways,
            performer=performer,
            gallery=gallery,
            atlas=atlas,
            scout=scout,
            survey=survey,
            scanner=scanner,
            course=course,
            reach=ElementRetry(page, clock, patience, performer, scanner, course, persistence),
            journal=journal,
            wanted=GoalCheck(brief.wishes),
            workers=ServiceWorkers(page),
        )


def _judge(brief: Brief, page: Page, border: ScopeMonitor) -> Judge:
    def judge(what: Element | str) -> Refusal | None:
        if isinstance(what, str):
            return refuse_url(what, border.site, page.url, brief.wishes)
        refusal = refuse_element(what, border.site, page.url, brief.wishes)
        return refusal or (refuse_field(what) if what.fills else None)

    return judge
