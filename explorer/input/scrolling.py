"""Scrolls through a page for the viewer, and moves the pointer to what will be clicked."""

from playwright.async_api import Page

from explorer.deadlines import Deadlines
from explorer.input.mouse import Mouse
from explorer.page.discovery import find_click_point, reveal_delta, scroll_containers, stays_in_menu
from explorer.protocols import Clock
from explorer.types import Point

#: Each step of a tour keeps a quarter of the screen in view, so that the viewer can follow.
TOUR_STEP = 0.75
LOOK_MS = 500.0
BEFORE_CLICK_MS = 160.0
#: Smaller distances are not scrolled.
MIN_SCROLL_PX = 4.0
MIN_SCROLLABLE_PX = 80.0
#: So often the pointer follows a moving element; then it clicks where the element was last.
MAX_FOLLOW_MOVES = 3


class Scroller:
    """Scrolls the page and moves the pointer; clicks nothing."""

    def __init__(self, page: Page, mouse: Mouse, clock: Clock, deadlines: Deadlines, height_px: int) -> None:
        self._page = page
        self._mouse = mouse
        self._clock = clock
        self._deadlines = deadlines
        self._height_px = height_px

    async def tour(self, screens: int) -> None:
        """Scrolls down by up to so many screens, with a pause at each."""
        for _ in range(screens):
            if await self._deadlines.limit(self._mouse.scrollable_below()) < MIN_SCROLLABLE_PX:
                return
            await self._deadlines.limit(self._mouse.scroll_by(self._height_px * TOUR_STEP))
            await self._clock.hold(LOOK_MS)

    async def show(self, selector: str) -> None:
        """Scrolls until the element is well in view."""
        if await self._deadlines.do(scroll_containers(self._page, selector)):
            await self._clock.hold(LOOK_MS / 2)
        delta = await self._deadlines.do(reveal_delta(self._page, selector))
        if abs(delta) > MIN_SCROLL_PX:
            await self._deadlines.limit(self._mouse.scroll_by(delta))
            await self._clock.hold(LOOK_MS / 2)

    async def point_at(self, selector: str) -> Point | None:
        """Moves the pointer to a point where a click hits the element; None when there is none in view."""
        point = await self._deadlines.do(find_click_point(self._page, selector))
        if point is None:
            return None
        await self._deadlines.limit(self._mouse.move_to(point))
        await self._clock.hold(BEFORE_CLICK_MS)
        # Hovering may have opened a menu or moved elements: the point is checked again.
        recheck = await self._deadlines.do(find_click_point(self._page, selector))
        if recheck is not None and recheck != point:
            await self._deadlines.limit(self._mouse.move_to(recheck))
        return recheck

    async def is_in_sight(self, selector: str) -> bool:
        """Checks whether a click would hit the element now."""
        return await self._deadlines.do(find_click_point(self._page, selector)) is not None

    async def point_within_menu(self, selector: str) -> Point | None:
        """Moves the pointer to an element of an open menu, if possible without leaving the menu."""
        point = await self._deadlines.do(find_click_point(self._page, selector))
        if point is None:
            return None
        here = self._mouse.position
        corners = [Point(here.x, point.y), Point(point.x, here.y)]
        inside = await self._deadlines.do(stays_in_menu(self._page, selector, corners))
        corner = next((one for one, stays in zip(corners, inside, strict=False) if stays), None)
        await self._deadlines.limit(self._mouse.move_along([corner, point] if corner else [point]))
        await self._clock.hold(BEFORE_CLICK_MS)
        return await self._deadlines.do(find_click_point(self._page, selector))

    async def follow(self, selector: str) -> Point | None:
        """Follows a moving element with the pointer, a few times; None when it is gone or covered."""
        last_point: Point | None = None
        for _ in range(MAX_FOLLOW_MOVES):
            point = await self._deadlines.do(find_click_point(self._page, selector))
            if point is None or self._mouse.is_at(point):
                return point
            await self._deadlines.limit(self._mouse.move_to(point))
            last_point = point
        return last_point
