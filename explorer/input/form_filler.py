"""Fills fields on camera: keys at a typist's rhythm, options chosen, sliders dragged."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from itertools import cycle

from playwright.async_api import Locator, Page

from explorer.browser.isolated_world import evaluate_isolated
from explorer.forms.values import FieldValue
from explorer.input.mouse import FRAME_MS, Mouse
from explorer.protocols import Clock
from explorer.types import Element, FieldKind, Point

log = logging.getLogger(__name__)

#: From key to key, over and over: 80 ms on average is 150 words a minute, brisk but not a machine's.
KEYS_MS = (70.0, 86.0, 76.0, 90.0, 72.0, 84.0, 80.0, 88.0, 74.0)
#: A caret is seen before the first key, what was typed before Enter, a new value before the next step.
READY_MS = 180.0
READ_MS = 320.0
#: Locators wait by themselves for a field to hold still.
LOCATE_TIMEOUT_MS = 5_000.0
#: Chromium's thumb of a slider is 16 px wide: its middle cannot reach the ends of the track.
THUMB_PX = 16.0

#: Whether keys would go into a field for text, and one that says nothing of a person; null where that
#: cannot be seen, in another origin's frame or a closed shadow root.
_TAKES_TEXT = """
() => {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  while (active?.localName === "iframe" && active.contentDocument?.activeElement)
    active = active.contentDocument.activeElement;
  if (!active || active.localName === "body") return false;
  if (active.localName === "iframe" || active.localName.includes("-")) return null;
  if (active.isContentEditable || active.localName === "textarea") return true;
  const role = active.getAttribute("role") ?? "";
  if (active.localName !== "input") return /^(textbox|searchbox|combobox)$/.test(role);
  return !/^(password|email|tel|file|checkbox|radio|button|submit)$/.test(active.type);
}
"""
_SLIDER = """
(field) => {
  const { x, y, width, height } = field.getBoundingClientRect();
  const number = (text, other) => (text === "" || Number.isNaN(Number(text)) ? other : Number(text));
  const [min, max] = [number(field.min, 0), number(field.max, 100)];
  return { x, y, width, height, min, max, value: Number(field.value) };
}
"""


class FormFiller:
    """Acts fillings out with `mouse`; errors of Playwright are not caught."""

    def __init__(self, page: Page, clock: Clock, mouse: Mouse) -> None:
        self._page = page
        self._clock = clock
        self._mouse = mouse
        self._handlers: Mapping[FieldKind, Callable[[Element, FieldValue, Point], Awaitable[None]]] = {
            "": self._type,
            "text": self._type,
            "search": self._type,
            "number": self._type,
            "date": self._set,
            "time": self._set,
            "month": self._set,
            "week": self._set,
            "datetime": self._set,
            "range": self._slide,
            "color": self._set_unopened,
            "select": self._choose,
        }

    async def fill(self, element: Element, filling: FieldValue, point: Point) -> None:
        """Fills `element`, which a click at `point` hits, and lets the new value be seen."""
        await self._handlers[element.fills](element, filling, point)
        await self._clock.hold(READ_MS)
        if filling.submit and await self._takes_text():
            await self._press("Enter")

    async def _type(self, element: Element, filling: FieldValue, point: Point) -> None:
        await self._mouse.move_to(point)
        await self._mouse.click()
        await self._clock.hold(READY_MS)
        if not await self._takes_text():
            log.info("%s takes no text: nothing is typed", element.selector)
            return
        if element.tag == "input" and element.value:
            await self._press("ControlOrMeta+a")
        for key, pause_ms in zip(filling.value, cycle(KEYS_MS), strict=False):
            await self._within_a_frame(self._page.keyboard.type(key))
            await self._clock.hold(pause_ms - FRAME_MS)

    async def _takes_text(self) -> bool:
        """A click may have opened something else, and keys that no field takes are an app's commands."""
        return await self._clock.during(evaluate_isolated(self._page, _TAKES_TEXT)) is not False

    async def _set(self, element: Element, filling: FieldValue, point: Point) -> None:
        await self._mouse.move_to(point)
        await self._mouse.click()
        await self._clock.hold(READY_MS)
        await self._put(element, filling)

    async def _set_unopened(self, element: Element, filling: FieldValue, point: Point) -> None:
        """Without a click: it would open a window of the browser's own, which no camera sees."""
        await self._mouse.move_to(point)
        await self._clock.during(self._field(element).focus(timeout=LOCATE_TIMEOUT_MS))
        await self._clock.hold(READY_MS)
        await self._put(element, filling)

    async def _choose(self, element: Element, filling: FieldValue, point: Point) -> None:
        """The list of a select is such a window too: only the choice is shown."""
        await self._mouse.move_to(point)
        field = self._field(element)
        await self._clock.during(field.focus(timeout=LOCATE_TIMEOUT_MS))
        await self._clock.hold(READY_MS)
        await self._clock.during(field.select_option(label=filling.value, timeout=LOCATE_TIMEOUT_MS))

    async def _slide(self, element: Element, filling: FieldValue, point: Point) -> None:
        field = self._field(element)
        slider = await self._clock.during(field.evaluate(_SLIDER, timeout=LOCATE_TIMEOUT_MS))
        if slider["width"] > 2 * slider["height"] and slider["max"] > slider["min"]:
            await self._mouse.move_to(_thumb(slider, slider["value"]))
            await self._mouse.drag_to(_thumb(slider, float(filling.value)))
        else:
            await self._mouse.move_to(point)
        now = await self._clock.during(field.evaluate(_SLIDER, timeout=LOCATE_TIMEOUT_MS))
        if now["value"] == slider["value"]:
            await self._put(element, filling)

    async def _put(self, element: Element, filling: FieldValue) -> None:
        await self._clock.during(self._field(element).fill(filling.value, timeout=LOCATE_TIMEOUT_MS))

    def _field(self, element: Element) -> Locator:
        return self._page.locator(element.selector)

    async def _press(self, key: str) -> None:
        await self._within_a_frame(self._page.keyboard.press(key))

    async def _within_a_frame(self, work: Awaitable[None]) -> None:
        """A page gets a key when it next renders, as `Mouse` does with the pointer."""
        await self._clock.during(asyncio.gather(work, self._clock.hold(FRAME_MS)))


def _thumb(slider: dict[str, float], value: float) -> Point:
    part = (value - slider["min"]) / (slider["max"] - slider["min"])
    x = slider["x"] + THUMB_PX / 2 + (slider["width"] - THUMB_PX) * min(1.0, max(0.0, part))
    return Point(x, slider["y"] + slider["height"] / 2)
