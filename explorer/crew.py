"""Who works on a take: each part of an exploration, put together once."""

from dataclasses import dataclass
from typing import Self

from playwright.async_api import Page

from explorer.atlas import Atlas
from explorer.border import Border
from explorer.browser import Stage
from explorer.course import Course
from explorer.gate import Gate
from explorer.guardrails import Site, refuse_element, refuse_url
from explorer.guide import Guide
from explorer.hand import Hand
from explorer.journal import Journal
from explorer.memory import Memory, Refusals
from explorer.navigation import Navigator
from explorer.patience import Patience
from explorer.performer import Judge, Performer
from explorer.pictures import Gallery
from explorer.private import refuse_field
from explorer.proxy import EgressProxy
from explorer.reach import Reach
from explorer.retries import Persistence
from explorer.scan import Scanner
from explorer.scout import Scout
from explorer.settle import Settler
from explorer.survey import Survey
from explorer.types import Brief, Clock, Element, Planner, Point, Refusal
from explorer.wanted import Wanted
from explorer.ways import Ways
from explorer.workers import Workers


@dataclass(frozen=True, slots=True)
class Crew:
    """The parts that an explorer directs; `overheard` holds refusals from where nothing can be yielded."""

    patience: Patience
    settler: Settler
    hand: Hand
    guide: Guide
    memory: Memory
    refusals: Refusals
    overheard: list[Refusal]
    gate: Gate
    border: Border
    navigator: Navigator
    ways: Ways
    performer: Performer
    gallery: Gallery
    atlas: Atlas
    scout: Scout | None
    survey: Survey
    scanner: Scanner
    course: Course
    reach: Reach
    journal: Journal
    wanted: Wanted
    workers: Workers

    @classmethod
    def assemble(
        cls,
        brief: Brief,
        stage: Stage,
        clock: Clock,
        planner: Planner,
        proxy: EgressProxy,
        scout: Scout | None,
        persistence: Persistence,
    ) -> Self:
        """The crew of one take, on the stage's page."""
        page, overheard, refusals = stage.page, list[Refusal](), Refusals()
        patience, settler, memory = Patience(clock, brief.max_runtime_s), Settler(page, clock), Memory()
        hand = Hand(page, clock, Point(brief.width_px * 0.5, brief.height_px * 0.6))
        journal = Journal(clock, hand, settler, refusals)
        guide = Guide(page, hand, clock, patience, brief.height_px)
        border = Border(page, clock, Site.of(brief.url, brief.wishes.domains), proxy)
        navigator = Navigator(stage, clock, patience, border, proxy, persistence)
        ways = Ways(page, settler, navigator, patience, memory)
        gallery = Gallery()
        atlas = Atlas(gallery, memory.has_seen)
        scout = scout if brief.wishes.scout else None
        survey = Survey(scout, atlas, patience, memory, brief.max_clicks, journal.looked_at)
        gate = Gate(None, brief.wishes, overheard.append)
        performer = Performer(page, clock, hand, guide, ways, patience, _judge(brief, page, border), gate)
        scanner = Scanner(brief, page, clock, planner, memory, refusals, border, patience, atlas, survey)
        course = Course(page, clock, hand, settler, patience, ways, brief.url, journal.obstacle_left)
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
            reach=Reach(page, clock, patience, performer, scanner, course, persistence),
            journal=journal,
            wanted=Wanted(brief.wishes),
            workers=Workers(page),
        )


def _judge(brief: Brief, page: Page, border: Border) -> Judge:
    def judge(what: Element | str) -> Refusal | None:
        if isinstance(what, str):
            return refuse_url(what, border.site, page.url, brief.wishes)
        refusal = refuse_element(what, border.site, page.url, brief.wishes)
        return refusal or (refuse_field(what) if what.fills else None)

    return judge
