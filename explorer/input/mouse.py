"""Human-like pointer movement along curves, clicks, and smooth scrolling, with real input events."""

import asyncio
import math
from collections.abc import Awaitable, Sequence

from playwright.async_api import Page

from explorer.browser.isolated_world import evaluate_isolated
from explorer.protocols import Clock
from explorer.trace import Sample, Scroll
from explorer.types import Point

FRAME_MS = 1000 / 60
#: Fitts's law in its simplest form: a longer movement takes more time, within these limits.
MOVE_BASE_MS = 260.0
MOVE_PER_PX_MS = 0.55
MOVE_MAX_MS = 900.0
#: The path bends to the side by this share of its length.
CURVE_BEND = 0.08
PRESS_MS = 80.0
SAME_POINT_PX = 2.0
#: At 900 px/s headings can still be read while scrolling.
SCROLL_PX_PER_MS = 0.9
SCROLL_MIN_MS = 350.0
SCROLL_MAX_MS = 1_600.0

#: Finds what a wheel would scroll: the document, or else the largest scrollable box, or null.
SCROLLER = """
  const room = (e) => e.scrollHeight - e.clientHeight;
  const scroller = () => {
    const overflow = (e) => (e ? getComputedStyle(e).overflowY : "visible");
    const html = overflow(document.documentElement);
    const locked = /hidden|clip/.test(html === "visible" ? overflow(document.body) : html);
    const root = document.scrollingElement ?? document.documentElement;
    if (root && room(root) >= 8 && !locked) return root;
    const area = (e) => e.clientWidth * e.clientHeight;
    const boxes = [...document.querySelectorAll("body, body *")].filter((e) => room(e) >= 8
      && area(e) > 0.25 * innerWidth * innerHeight && /auto|scroll/.test(getComputedStyle(e).overflowY));
    return boxes.sort((a, b) => area(b) - area(a))[0] ?? null;
  };
"""

#: Scrolls by `dy` with ease-in-out; returns the distance scrolled.
SCROLL = (
    "async ({dy, duration}) => {"
    + SCROLLER
    + """
  const target = scroller();
  if (!target) return 0;
  const from = target.scrollTop;
  const to = Math.max(0, Math.min(from + dy, room(target)));
  if (Math.abs(to - from) < 1) return 0;
  const ease = (t) => (t < 0.5 ? 4 * t ** 3 : 1 - (-2 * t + 2) ** 3 / 2);
  const begin = performance.now();
  await new Promise((done) => {
    const frame = () => {
      const t = Math.min(1, (performance.now() - begin) / duration);
      target.scrollTo({top: from + (to - from) * ease(t), behavior: "instant"});
      if (t < 1) requestAnimationFrame(frame); else done();
    };
    requestAnimationFrame(frame);
  });
  return target.scrollTop - from;
}
"""
)

#: Returns how far `scroll_by` can still scroll down, in CSS pixels.
READ_SCROLLABLE_BELOW = f"""
() => {{{SCROLLER}
  const target = scroller();
  return target ? Math.max(0, room(target) - target.scrollTop) : 0;
}}
"""


def ease(t: float) -> float:
    """Smootherstep on [0, 1]: velocity and acceleration are zero at both ends (Perlin 2002)."""
    return t * t * t * (t * (6 * t - 15) + 10)


def curve(start: Point, end: Point, t: float) -> Point:
    """Returns the point at `t` in [0, 1] on a quadratic Bezier curve that bends a little to the side."""
    dx, dy = end.x - start.x, end.y - start.y
    control = Point((start.x + end.x) / 2 - dy * CURVE_BEND, (start.y + end.y) / 2 + dx * CURVE_BEND)
    u = 1 - t
    return Point(
        u * u * start.x + 2 * u * t * control.x + t * t * end.x,
        u * u * start.y + 2 * u * t * control.y + t * t * end.y,
    )


class Mouse:
    """Controls the pointer; `trail` and `scrolls` record its movements and scrolls so far, in film time."""

    def __init__(self, page: Page, clock: Clock, start: Point) -> None:
        self._page = page
        self._clock = clock
        self._start = self._position = start
        self.trail: list[Sample] = []
        self.scrolls: list[Scroll] = []

    async def place_at_start(self) -> None:
        """Moves the pointer to its start position."""
        await self._move_pointer(self._position)

    @property
    def position(self) -> Point:
        return self._position

    async def move_to(self, target: Point) -> None:
        """Moves to `target` in a time that grows with the distance."""
        start = self._position
        distance = math.hypot(target.x - start.x, target.y - start.y)
        if distance < 1:
            return
        duration = min(MOVE_MAX_MS, MOVE_BASE_MS + MOVE_PER_PX_MS * distance)
        began_ms = self._clock.now_ms()
        while (t := (self._clock.now_ms() + FRAME_MS - began_ms) / duration) < 1:
            await self._move_pointer(curve(start, target, ease(t)))
        await self._move_pointer(target)

    async def rest(self) -> None:
        """Moves to where it began, in the middle of the page."""
        await self.move_to(self._start)

    async def move_along(self, points: Sequence[Point]) -> None:
        """Moves from point to point, as one does who must not leave an open menu."""
        for point in points:
            await self.move_to(point)

    def is_at(self, point: Point) -> bool:
        """Checks whether the pointer is at this point, within `SAME_POINT_PX`."""
        return math.dist((self._position.x, self._position.y), (point.x, point.y)) <= SAME_POINT_PX

    async def click(self) -> float:
        """Clicks at the pointer's position; returns the time of the press."""
        await self._for_one_frame(self._page.mouse.down())
        pressed_ms = self._clock.now_ms()
        await self._clock.hold(PRESS_MS)
        await self._for_one_frame(self._page.mouse.up())
        return pressed_ms

    async def double_click(self) -> None:
        """Clicks twice at the pointer's position."""
        await self.click()
        await self._for_one_frame(self._page.mouse.down(click_count=2))
        await self._for_one_frame(self._page.mouse.up(click_count=2))

    async def drag_to(self, target: Point) -> None:
        """Drags what is under the pointer, such as the thumb of a slider, to `target`."""
        await self._for_one_frame(self._page.mouse.down())
        await self.move_to(target)
        await self._clock.hold(PRESS_MS)
        await self._for_one_frame(self._page.mouse.up())

    async def scroll_by(self, dy: float) -> float:
        """Scrolls smoothly by `dy` CSS pixels (down is positive); returns how far it scrolled."""
        duration = min(SCROLL_MAX_MS, max(SCROLL_MIN_MS, abs(dy) / SCROLL_PX_PER_MS))
        began_ms = self._clock.now_ms()
        request = {"dy": dy, "duration": duration}
        scrolled_px: float = await self._clock.during(evaluate_isolated(self._page, SCROLL, request))
        if scrolled_px:
            self.scrolls.append(Scroll(began_ms, self._clock.now_ms(), scrolled_px))
        return scrolled_px

    async def scrollable_below(self) -> float:
        scrollable_px: float = await self._clock.during(evaluate_isolated(self._page, READ_SCROLLABLE_BELOW))
        return scrollable_px

    async def _move_pointer(self, point: Point) -> None:
        await self._for_one_frame(self._page.mouse.move(point.x, point.y))
        self._position = point
        self.trail.append(Sample(self._clock.now_ms(), point.x, point.y))

    async def _for_one_frame(self, work: Awaitable[None]) -> None:
        """Performs pointer input during one frame: the page handles it when it next renders."""
        await self._clock.during(asyncio.gather(work, self._clock.hold(FRAME_MS)))
