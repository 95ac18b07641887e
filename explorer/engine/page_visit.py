"""A page comes into view: it is noted, looked at, scrolled through, and meanwhile tried off camera."""

import asyncio

from playwright.async_api import Page

from explorer.engine.components import Components
from explorer.engine.feedback import remember_screen
from explorer.page.snapshot import Snapshot
from explorer.page.visual_diff import Blocks, changed
from explorer.protocols import Clock
from explorer.text import clip, title_of
from explorer.trace import Visit, Wait
from explorer.types import Refusal

#: How long a page is looked at before it is scrolled through.
ARRIVE_MS = 1_200.0
#: Screens of a page that are scrolled through when it is first seen.
TOUR_SCREENS_START = 2
TOUR_SCREENS = 1


class PageVisit:
    """`here` is the page that was last taken in; `restless` are the parts of it that move by themselves."""

    def __init__(self, components: Components, page: Page, clock: Clock) -> None:
        self._components = components
        self._page = page
        self._clock = clock
        self.here: str | None = None
        self.restless: Blocks | None = None

    async def take_in(self, clicks_left: int) -> list[Refusal]:
        """Notes the page that is now on screen, lets the viewer look, and scrolls through it once.

        Answers what the guardrails newly turned down there.
        """
        components = self._components
        if self.here is not None:
            await components.state_tracker.clear_view()
        url, first = self._page.url, self.here is None
        components.state_tracker.come_to(url)
        new = components.frontier.arrive(url, self.here)
        self.here = url
        title = await components.deadlines.do(title_of(self._page))
        components.recorder.visits.append(Visit(self._clock.now_ms(), clip(url), title))
        snapshot = await components.performer.snapshot()
        components.scope_monitor.sign_in = snapshot.sign_in
        if snapshot.sign_in:
            return []
        remember_screen(components, snapshot)
        offer, refused = await components.scanner.look(snapshot.signature)
        looking = components.scanner.reconnoitre(
            offer, components.state_tracker.state, components.recorder.steps, clicks_left
        )
        # The scout looks ahead while the viewer looks around.
        scouting = asyncio.create_task(looking)
        try:
            await self._look_around(snapshot, TOUR_SCREENS_START if first else TOUR_SCREENS if new else 0)
            began_ms = self._clock.now_ms()
            await scouting
            components.settler.waits.append(Wait(began_ms, self._clock.now_ms()))
        finally:
            scouting.cancel()
            await asyncio.gather(scouting, return_exceptions=True)
        return refused

    async def _look_around(self, snapshot: Snapshot, screens: int) -> None:
        await self._clock.hold(ARRIVE_MS)
        later = await self._components.performer.snapshot()
        if snapshot.picture is not None and later.picture is not None:
            self.restless = changed(snapshot.picture, later.picture)
        await self._components.scroller.tour(screens)
