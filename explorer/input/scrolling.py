"""Shows the viewer around: scrolls through a page, and brings the pointer to what will be clicked."""

from playwright.async_api import Page

from explorer.deadlines import Deadlines
from explorer.input.mouse import Mouse
from explorer.page.discovery import aim, bring, reveal_delta
from explorer.protocols import Clock
from explorer.types import Point

#: A screen of a tour leaves a quarter of the one before in view, so that the eye keeps its place.
TOUR_STEP = 0.75
LOOK_MS = 500.0
AIM_MS = 160.0
#: Less than this is not worth a movement.
LEAST_SCROLL_PX = 4.0
LEAST_ROOM_PX = 80.0
#: So often the pointer follows what moves away under it; then it is clicked where it was just seen.
MOST_FOLLOWING = 3


class Scroller:
    """Moves hand and page for the viewer's sake; clicks nothing."""

    def __init__(self, page: Page, mouse: Mouse, clock: Clock, deadlines: Deadlines, height_px: int) -> None:
        self._page = page
        self._mouse = mouse
        self._clock = clock
        self._deadlines = deadlines
        self._height_px = height_px

    async def tour(self, screens: int) -> None:
        """Scrolls down by up to so many screens, with a look at each."""
        for _ in range(screens):
            if await self._deadlines.limit(self._mouse.room_below()) < LEAST_ROOM_PX:
                return
            await self._deadlines.limit(self._mouse.scroll_by(self._height_px * TOUR_STEP))
            await self._clock.hold(LOOK_MS)

    async def show(self, selector: str) -> None:
        """Scrolls to where the element can be seen well."""
        if await self._deadlines.do(bring(self._page, selector)):
            await self._clock.hold(LOOK_MS / 2)
        delta = await self._deadlines.do(reveal_delta(self._page, selector))
        if abs(delta) > LEAST_SCROLL_PX:
            await self._deadlines.limit(self._mouse.scroll_by(delta))
            await self._clock.hold(LOOK_MS / 2)

    async def point_at(self, selector: str) -> Point | None:
        """Moves the pointer to where a click really hits; None when there is no such place in view."""
        point = await self._deadlines.do(aim(self._page, selector))
        if point is None:
            return None
        await self._deadlines.limit(self._mouse.move_to(point))
        await self._clock.hold(AIM_MS)
        # Hovering may have opened a menu or moved things: only a place that is still hit is clicked.
        again = await self._deadlines.do(aim(self._page, selector))
        if again is not None and again != point:
            await self._deadlines.limit(self._mouse.move_to(again))
        return again

    async def stay_on(self, selector: str) -> Point | None:
        """Once the pointer is there: follows what moves, a few times; None when it is gone or covered."""
        at: Point | None = None
        for _ in range(MOST_FOLLOWING):
            point = await self._deadlines.do(aim(self._page, selector))
            if point is None or self._mouse.is_at(point):
                return point
            await self._deadlines.limit(self._mouse.move_to(point))
            at = point
        return at
