"""Visits a page that comes into view: records it, lets the viewer look, and looks ahead meanwhile."""

import asyncio
from dataclasses import dataclass, field

from playwright.async_api import Page

from explorer.deadlines import Deadlines
from explorer.engine.page_state_tracker import PageStateTracker
from explorer.engine.plan_selector import PlanSelector, Progress
from explorer.engine.scanner import Offer, Scanner
from explorer.engine.screen import Screen
from explorer.engine.trace_recorder import TraceRecorder
from explorer.input.scrolling import Scroller
from explorer.navigation.scope_monitor import ScopeMonitor
from explorer.navigation.slides import Slides
from explorer.overlays.clearer import OverlayClearer
from explorer.page.entrance import await_entrance
from explorer.page.snapshot import Snapshot
from explorer.page.visual_diff import Blocks, changed_blocks
from explorer.protocols import Clock
from explorer.state.frontier import Frontier
from explorer.state.seen_screens import SeenScreens
from explorer.text import clip, title_of
from explorer.trace import Visit
from explorer.types import Refusal
from explorer.urls import page_key

#: How long a page is shown before it is scrolled through.
ARRIVE_MS = 1_200.0
#: How long a page is watched for what moves by itself, once all has entered.
ENTERED_MS = 600.0
#: Screens of a page that are scrolled through when it is first seen.
TOUR_SCREENS_START = 2
TOUR_SCREENS = 1
#: So many links to places on the page make its menu one of places.
FEWEST_PLACES = 3


@dataclass(slots=True, kw_only=True)
class PageVisit:
    """`url` is the page that was visited last, `moving_blocks` the parts of it that move by themselves."""

    page: Page
    clock: Clock
    deadlines: Deadlines
    screen: Screen
    scroller: Scroller
    scope_monitor: ScopeMonitor
    state_tracker: PageStateTracker
    overlays: OverlayClearer
    scanner: Scanner
    selector: PlanSelector
    slides: Slides
    frontier: Frontier
    seen_screens: SeenScreens
    recorder: TraceRecorder
    url: str | None = None
    moving_blocks: Blocks | None = None
    #: On which pages an entrance was waited for, and after how many clicks.
    _entrances: set[tuple[str, int]] = field(default_factory=set)

    async def visit(self, clicks_left: int) -> list[Refusal]:
        """Records the page that is now on screen, lets the viewer look, and scrolls through it once.

        Returns what the guardrails newly turned down there.
        """
        if self.url is not None:
            await self.overlays.clear()
        first = self.url is None
        new = await self._arrive()
        snapshot = await self.screen.snapshot()
        self.scope_monitor.sign_in = snapshot.sign_in
        if snapshot.sign_in:
            return []
        self.seen_screens.add_lines(snapshot.lines)
        if snapshot.picture is not None and not snapshot.loading:
            self.seen_screens.add(snapshot.picture)
        offer, refused = await self.scanner.scan(snapshot.signature)
        screens = TOUR_SCREENS_START if first else TOUR_SCREENS if new else 0
        await self._look_around_while_scouting(snapshot, screens, offer, clicks_left)
        if new and clicks_left > 0 and await self.slides.begin(offer.elements, self.moving_blocks):
            self.state_tracker.record_turn()
        return refused

    async def await_entrance(self, clicks: int) -> bool:
        """Waits for what still enters a page that offers nothing; False when there was nothing to wait for.

        Once for each page and number of clicks; hidden controls are waited for before the first click only.
        """
        key = (page_key(self.page.url), clicks)
        if key in self._entrances:
            return False
        self._entrances.add(key)
        return await await_entrance(self.page, self.clock, self.deadlines, for_hidden=not clicks)

    async def _arrive(self) -> bool:
        """Records the visit; True when it is the first of this page."""
        url = self.page.url
        self.state_tracker.arrive_at(url)
        new = self.frontier.visit(url, self.url)
        self.url = url
        title = await self.deadlines.do(title_of(self.page))
        self.recorder.visits.append(Visit(self.clock.now_ms(), clip(url), title))
        return new

    async def _look_around_while_scouting(
        self, snapshot: Snapshot, screens: int, offer: Offer, clicks_left: int
    ) -> None:
        progress = Progress(self.state_tracker.state, tuple(self.recorder.steps), clicks_left)
        scouting = asyncio.create_task(self.selector.look_ahead(offer, progress))
        try:
            await self._look_around(snapshot, screens, and_back=_is_one_pager(offer, self.page.url))
            began_ms = self.clock.now_ms()
            await scouting
            self.recorder.note_wait(began_ms)
        finally:
            scouting.cancel()
            await asyncio.gather(scouting, return_exceptions=True)

    async def _look_around(self, snapshot: Snapshot, screens: int, and_back: bool) -> None:
        await self.clock.hold(ARRIVE_MS)
        if await await_entrance(self.page, self.clock, self.deadlines):
            # What has entered moves no more.
            snapshot = await self.screen.snapshot()
            await self.clock.hold(ENTERED_MS)
        later = await self.screen.snapshot()
        if snapshot.picture is not None and later.picture is not None:
            self.moving_blocks = changed_blocks(snapshot.picture, later.picture)
        await self.scroller.tour(screens, and_back)


def _is_one_pager(offer: Offer, url: str) -> bool:
    """Whether the menu leads to places on the page: what a tour leaves in view, its entries cannot show."""
    places = [e for e in offer.elements if e.landmark in {"nav", "header"} and "#" in e.href and not e.route]
    return sum(page_key(element.href) == page_key(url) for element in places) >= FEWEST_PLACES
