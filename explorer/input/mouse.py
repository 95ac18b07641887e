"""Human-like pointer movement along curves, clicks, and smooth scrolling, with real input events."""

import asyncio
import math
from collections.abc import Awaitable, Sequence
from typing import Literal

from playwright.async_api import Page

from explorer.browser.isolated_world import evaluate_isolated
from explorer.protocols import Clock
from explorer.trace import Sample, Scroll
from explorer.types import Point

MouseButton = Literal["left", "middle", "right"]

FRAME_MS = 1000 / 60
#: Fitts's law in its simplest form: a longer movement takes more time, within these limits.
MOVE_BASE_MS = 260.0
MOVE_PER_PX_MS = 0.55
MOVE_MAX_MS = 900.0
#: The path bends to the side by this share of its length.
CURVE_BEND = 0.08
PRESS_MS = 80.0
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

#: Scrolls by `dy` with ease-in-out; returns the distance scrolled. Where the page snaps, it scrolls to where
#: the page would come to rest, and without snapping on the way, which would jump there in one frame.
SCROLL = (
    "async ({dy, duration}) => {"
    + SCROLLER
    + """
  const target = scroller();
  if (!target) return 0;
  const from = target.scrollTop;
  const within = (top) => Math.max(0, Math.min(top, room(target)));
  const place = (top) => target.scrollTo({top, behavior: "instant"});
  const snaps = getComputedStyle(target).scrollSnapType !== "none";
  const rest = (top) => {
    place(within(top));
    const found = target.scrollTop;
    place(from);
    return found;
  };
  let to = within(from + dy);
  if (snaps) {
    const wanted = to;
    to = rest(wanted);
    if (Math.abs(to - from) < 1 && Math.abs(wanted - from) > target.clientHeight / 3)
      to = rest(from + Math.sign(dy) * target.clientHeight);
  }
  if (Math.abs(to - from) < 1) return 0;
  const snapping = [target.style.getPropertyValue("scroll-snap-type"),
    target.style.getPropertyPriority("scroll-snap-type")];
  if (snaps) target.style.setProperty("scroll-snap-type", "none", "important");
  const ease = (t) => (t < 0.5 ? 4 * t ** 3 : 1 - (-2 * t + 2) ** 3 / 2);
  const begin = performance.now();
  await new Promise((done) => {
    const frame = () => {
      const t = Math.min(1, (performance.now() - begin) / duration);
      place(from + (to - from) * ease(t));
      if (t < 1) requestAnimationFrame(frame); else done();
    };
    requestAnimationFrame(frame);
  });
  if (snaps) target.style.setProperty("scroll-snap-type", ...snapping);
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

    async def glide_to(self, target: Point) -> None:
        """Moves to `target` during one frame, as a hand does that follows something."""
        await self._move_pointer(target)

    def distance_to(self, point: Point) -> float:
        """Computes how far the pointer is from this point, in CSS pixels."""
        return math.dist((self._position.x, self._position.y), (point.x, point.y))

    async def move_to(self, target: Point) -> None:
        """Moves to `target` in a time that grows with the distance."""
        start = self._position
        if self.distance_to(target) < 1:
            return
        duration = self.duration_to(target)
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

    def duration_to(self, target: Point) -> float:
        """Computes how long a movement to `target` takes, in milliseconds."""
        return min(MOVE_MAX_MS, MOVE_BASE_MS + MOVE_PER_PX_MS * self.distance_to(target))

    async def click(self, hold_ms: float = PRESS_MS, button: MouseButton = "left") -> float:
        """Clicks at the pointer's position, and holds the button so long; returns the time of the press."""
        await self._for_one_frame(self._page.mouse.down(button=button))
        pressed_ms = self._clock.now_ms()
        await self._clock.hold(hold_ms)
        await self._for_one_frame(self._page.mouse.up(button=button))
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
