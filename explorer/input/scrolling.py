"""Scrolls through a page for the viewer, and moves the pointer to what will be clicked."""

from playwright.async_api import Page

from explorer.browser.isolated_world import evaluate_isolated
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
#: A page that is scrolled to its end moves on by itself as more comes into view.
MAX_SCROLLS = 12
EDGE_PX = 4.0
_READ_TOP = "() => document.scrollingElement?.scrollTop ?? 0"
#: Scrolls an element in steps of its own: smooth scrolling by the browser is ended by any other scroll.
_GLIDE = """async (el, {place, left, duration}) => {
  const from = [el.scrollTop, el.scrollLeft];
  const tops = { top: 0, bottom: el.scrollHeight, "": from[0] };
  const to = [tops[place] ?? Number(place), left ?? from[1]];
  if (Math.max(...to.map((end, axis) => Math.abs(end - from[axis]))) < 1) return true;
  const begin = performance.now();
  const at = (axis, t) => from[axis] + (to[axis] - from[axis]) * t * t * (3 - 2 * t);
  await new Promise((done) => {
    const frame = () => {
      const t = Math.min(1, (performance.now() - begin) / duration);
      el.scrollTo({ top: at(0, t), left: at(1, t), behavior: "instant" });
      if (t < 1) requestAnimationFrame(frame); else done();
    };
    requestAnimationFrame(frame);
  });
  return true;
}"""
_GLIDE_PAGE = f"(request) => ({_GLIDE})(document.scrollingElement ?? document.documentElement, request)"
GLIDE_MS = 600.0
#: So often the pointer follows a moving element; then it clicks where the element was last.
MAX_FOLLOW_MOVES = 12
#: The pointer is on an element when it is so close to where a click hits it; farther than the last it takes
#: a movement of its own, nearer it follows from frame to frame.
ON_STILL_PX, ON_MOVING_PX, GLIDE_PX = 2.0, 8.0, 60.0


class Scroller:
    """Scrolls the page and moves the pointer; clicks nothing."""

    def __init__(self, page: Page, mouse: Mouse, clock: Clock, deadlines: Deadlines, height_px: int) -> None:
        self._page = page
        self._mouse = mouse
        self._clock = clock
        self._deadlines = deadlines
        self._height_px = height_px

    async def tour(self, screens: int, and_back: bool = False) -> None:
        """Scrolls down by up to so many screens, with a pause at each, and up again if asked to."""
        scrolled_px = 0.0
        for _ in range(screens):
            if await self._deadlines.limit(self._mouse.scrollable_below()) < MIN_SCROLLABLE_PX:
                break
            scrolled_px += await self._deadlines.limit(self._mouse.scroll_by(self._height_px * TOUR_STEP))
            await self._clock.hold(LOOK_MS)
        if and_back and scrolled_px:
            await self._deadlines.limit(self._mouse.scroll_by(-scrolled_px))

    async def scroll_to(self, place: str) -> None:
        """Scrolls the page to `top`, `bottom`, or so many pixels from its top."""
        for _ in range(MAX_SCROLLS):
            if place == "bottom":
                left_px = await self._deadlines.limit(self._mouse.scrollable_below())
            else:
                top_px = float(await self._deadlines.do(evaluate_isolated(self._page, _READ_TOP)))
                left_px = (0.0 if place == "top" else float(place)) - top_px
            if abs(left_px) < EDGE_PX:
                break
            if abs(await self._deadlines.limit(self._mouse.scroll_by(left_px))) < EDGE_PX:
                break

    async def scroll_box(self, selector: str, place: str, left_px: float | None) -> None:
        """Scrolls an element to `top`, `bottom` or so many pixels from its top, and sideways where asked."""
        request = {"place": place, "left": left_px, "duration": GLIDE_MS}
        box = self._page.locator(selector)
        await self._deadlines.limit(self._clock.during(box.evaluate(_GLIDE, request)))

    async def sideways_to(self, left_px: float) -> None:
        """Scrolls the page sideways, to so many pixels from its left."""
        request = {"place": "", "left": left_px, "duration": GLIDE_MS}
        await self._deadlines.limit(self._clock.during(evaluate_isolated(self._page, _GLIDE_PAGE, request)))

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
        """Follows a moving element until the pointer is on it; None when it is gone or covered.

        It aims where the element will be, by its speed between two looks.
        """
        before: tuple[float, Point] | None = None
        point: Point | None = None
        for _ in range(MAX_FOLLOW_MOVES):
            point = await self._deadlines.do(find_click_point(self._page, selector))
            if point is None:
                return None
            now_ms = self._clock.now_ms()
            passed_ms = now_ms - before[0] if before else 0.0
            speed = _speed(before[1], point, passed_ms) if before and passed_ms else Point(0, 0)
            distance_px = self._mouse.distance_to(point)
            if distance_px <= (ON_MOVING_PX if speed.x or speed.y else ON_STILL_PX):
                return point
            if distance_px > GLIDE_PX:
                ahead = _ahead(point, speed, self._mouse.duration_to(point))
                await self._deadlines.limit(self._mouse.move_to(ahead))
            else:
                await self._deadlines.limit(self._mouse.glide_to(_ahead(point, speed, passed_ms)))
            before = now_ms, point
        return point


def _speed(one: Point, next_one: Point, passed_ms: float) -> Point:
    """Computes pixels per millisecond in both directions."""
    return Point((next_one.x - one.x) / passed_ms, (next_one.y - one.y) / passed_ms)


def _ahead(point: Point, speed: Point, later_ms: float) -> Point:
    return Point(point.x + speed.x * later_ms, point.y + speed.y * later_ms)
