"""The visitor's hand: moves the real pointer along natural curves, clicks, and scrolls smoothly."""

import asyncio
import math
from collections.abc import Awaitable

from playwright.async_api import Page

from explorer.browser.isolated_world import evaluate_isolated
from explorer.protocols import Clock
from explorer.trace import Sample, Scroll
from explorer.types import Point

FRAME_MS = 1000 / 60
#: Fitts's law in its simplest form: a movement takes longer the farther it goes, within these bounds.
MOVE_BASE_MS = 260.0
MOVE_PER_PX_MS = 0.55
MOVE_MAX_MS = 900.0
#: The path bows out by this part of its length, as a wrist does.
BOW = 0.08
PRESS_MS = 80.0
NEAR_PX = 2.0
#: At 900 px/s headings can still be read while they pass.
SCROLL_PX_PER_MS = 0.9
SCROLL_MIN_MS = 350.0
SCROLL_MAX_MS = 1_600.0

#: What a wheel would scroll: the document, or else the largest box that scrolls, or null.
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

#: Scrolls by `dy` with ease-in-out; returns the way gone.
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

#: How far `scroll_by` could still go down, in CSS pixels.
ROOM_BELOW = f"""
() => {{{SCROLLER}
  const target = scroller();
  return target ? Math.max(0, room(target) - target.scrollTop) : 0;
}}
"""


def ease(t: float) -> float:
    """Smootherstep on [0, 1]: velocity and acceleration are zero at both ends (Perlin 2002)."""
    return t * t * t * (t * (6 * t - 15) + 10)


def curve(start: Point, end: Point, t: float) -> Point:
    """The point at `t` in [0, 1] on a quadratic Bezier that bows a little to the side."""
    dx, dy = end.x - start.x, end.y - start.y
    bend = Point((start.x + end.x) / 2 - dy * BOW, (start.y + end.y) / 2 + dx * BOW)
    u = 1 - t
    return Point(
        u * u * start.x + 2 * u * t * bend.x + t * t * end.x,
        u * u * start.y + 2 * u * t * bend.y + t * t * end.y,
    )


class Mouse:
    """Keeps where the pointer is; `trail` and `scrolls` hold all that it did so far, in film time."""

    def __init__(self, page: Page, clock: Clock, start: Point) -> None:
        self._page = page
        self._clock = clock
        self._at = start
        self.trail: list[Sample] = []
        self.scrolls: list[Scroll] = []

    async def appear(self) -> None:
        """Puts the pointer onto its first place."""
        await self._place(self._at)

    async def move_to(self, target: Point) -> None:
        """Travels to `target` in a time that grows with the distance."""
        start = self._at
        distance = math.hypot(target.x - start.x, target.y - start.y)
        if distance < 1:
            return
        duration = min(MOVE_MAX_MS, MOVE_BASE_MS + MOVE_PER_PX_MS * distance)
        began = self._clock.now_ms()
        while (t := (self._clock.now_ms() + FRAME_MS - began) / duration) < 1:
            await self._place(curve(start, target, ease(t)))
        await self._place(target)

    def is_at(self, point: Point) -> bool:
        """Whether the pointer is there, as far as a click can tell."""
        return math.dist((self._at.x, self._at.y), (point.x, point.y)) <= NEAR_PX

    async def click(self) -> float:
        """Presses and releases where the pointer is; returns the moment of the press."""
        await self._within_a_frame(self._page.mouse.down())
        pressed_ms = self._clock.now_ms()
        await self._clock.hold(PRESS_MS)
        await self._within_a_frame(self._page.mouse.up())
        return pressed_ms

    async def drag_to(self, target: Point) -> None:
        """Takes what lies under the pointer to `target`, as the thumb of a slider."""
        await self._within_a_frame(self._page.mouse.down())
        await self.move_to(target)
        await self._clock.hold(PRESS_MS)
        await self._within_a_frame(self._page.mouse.up())

    async def scroll_by(self, dy: float) -> float:
        """Scrolls smoothly by `dy` CSS pixels (down is positive); returns how far it went."""
        duration = min(SCROLL_MAX_MS, max(SCROLL_MIN_MS, abs(dy) / SCROLL_PX_PER_MS))
        began_ms = self._clock.now_ms()
        request = {"dy": dy, "duration": duration}
        gone: float = await self._clock.during(evaluate_isolated(self._page, SCROLL, request))
        if gone:
            self.scrolls.append(Scroll(began_ms, self._clock.now_ms(), gone))
        return gone

    async def room_below(self) -> float:
        room: float = await self._clock.during(evaluate_isolated(self._page, ROOM_BELOW))
        return room

    async def _place(self, point: Point) -> None:
        await self._within_a_frame(self._page.mouse.move(point.x, point.y))
        self._at = point
        self.trail.append(Sample(self._clock.now_ms(), point.x, point.y))

    async def _within_a_frame(self, work: Awaitable[None]) -> None:
        """A page feels the pointer when it next renders: it returns at the time of that frame."""
        await self._clock.during(asyncio.gather(work, self._clock.hold(FRAME_MS)))
