"""Fills fields on camera: types at a human rhythm, selects options, drags sliders."""

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

#: From key to key, repeated: 80 ms on average is 150 words a minute, as a fast typist.
KEY_INTERVALS_MS = (70.0, 86.0, 76.0, 90.0, 72.0, 84.0, 80.0, 88.0, 74.0)
#: The viewer sees the caret before the first key, and the new value before Enter or the next step.
BEFORE_INPUT_MS = 180.0
AFTER_INPUT_MS = 320.0
#: How long a locator waits for a field to be stable.
LOCATE_TIMEOUT_MS = 5_000.0
#: The thumb of Chromium's sliders is 16 px wide: its centre cannot reach the ends of the track.
THUMB_PX = 16.0

#: Checks whether the focused element is a text field for no personal data; null where that is unknown, in
#: another origin's frame or a closed shadow root.
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
_READ_SLIDER = """
(field) => {
  const { x, y, width, height } = field.getBoundingClientRect();
  const number = (text, other) => (text === "" || Number.isNaN(Number(text)) ? other : Number(text));
  const [min, max] = [number(field.min, 0), number(field.max, 100)];
  return { x, y, width, height, min, max, value: Number(field.value) };
}
"""


class FormFiller:
    """Fills fields with `mouse`; errors of Playwright are not caught."""

    def __init__(self, page: Page, clock: Clock, mouse: Mouse) -> None:
        self._page = page
        self._clock = clock
        self._mouse = mouse
        self._handlers: Mapping[FieldKind, Callable[[Element, FieldValue, Point], Awaitable[None]]] = {
            "": self._type_into_cell,
            "text": self._type,
            "search": self._type,
            "number": self._type,
            "date": self._click_and_set,
            "time": self._click_and_set,
            "month": self._click_and_set,
            "week": self._click_and_set,
            "datetime": self._click_and_set,
            "range": self._drag_slider,
            "color": self._focus_and_set,
            "select": self._select_option,
        }

    async def fill(self, element: Element, field_value: FieldValue, point: Point) -> None:
        """Fills `element`, which a click at `point` hits, and shows the new value for a moment."""
        await self._handlers[element.fills](element, field_value, point)
        await self._clock.hold(AFTER_INPUT_MS)
        if field_value.submit and await self._takes_text():
            await self._press_key("Enter")

    async def _type(self, element: Element, field_value: FieldValue, point: Point) -> None:
        await self._mouse.move_to(point)
        await self._mouse.click()
        await self._clock.hold(BEFORE_INPUT_MS)
        if not await self._takes_text():
            log.info("%s takes no text: nothing is typed", element.selector)
            return
        if element.tag == "input" and element.value:
            await self._press_key("ControlOrMeta+a")
        await self._press_keys(field_value.value)

    async def _press_keys(self, text: str) -> None:
        for key, pause_ms in zip(text, cycle(KEY_INTERVALS_MS), strict=False):
            await self._for_one_frame(self._page.keyboard.type(key))
            await self._clock.hold(pause_ms - FRAME_MS)

    async def _type_into_cell(self, element: Element, field_value: FieldValue, point: Point) -> None:
        """Types where a double click opens an editor, as in the cells of a sheet, and else nothing."""
        await self._mouse.move_to(point)
        await self._mouse.double_click()
        await self._clock.hold(BEFORE_INPUT_MS)
        if await self._clock.during(evaluate_isolated(self._page, _TAKES_TEXT)) is True:
            await self._press_keys(field_value.value)

    async def _takes_text(self) -> bool:
        """Checks the focus: a click may have opened something else, where keys may be an app's shortcuts."""
        return await self._clock.during(evaluate_isolated(self._page, _TAKES_TEXT)) is not False

    async def _click_and_set(self, element: Element, field_value: FieldValue, point: Point) -> None:
        await self._mouse.move_to(point)
        await self._mouse.click()
        await self._clock.hold(BEFORE_INPUT_MS)
        await self._set_value(element, field_value)

    async def _focus_and_set(self, element: Element, field_value: FieldValue, point: Point) -> None:
        """Sets the value without a click, which would open a native popup that no camera records."""
        await self._mouse.move_to(point)
        await self._clock.during(self._field(element).focus(timeout=LOCATE_TIMEOUT_MS))
        await self._clock.hold(BEFORE_INPUT_MS)
        await self._set_value(element, field_value)

    async def _select_option(self, element: Element, field_value: FieldValue, point: Point) -> None:
        """Selects an option without opening the list, which is a native popup too."""
        await self._mouse.move_to(point)
        field = self._field(element)
        await self._clock.during(field.focus(timeout=LOCATE_TIMEOUT_MS))
        await self._clock.hold(BEFORE_INPUT_MS)
        await self._clock.during(field.select_option(label=field_value.value, timeout=LOCATE_TIMEOUT_MS))

    async def _drag_slider(self, element: Element, field_value: FieldValue, point: Point) -> None:
        field = self._field(element)
        slider = await self._clock.during(field.evaluate(_READ_SLIDER, timeout=LOCATE_TIMEOUT_MS))
        if slider["width"] > 2 * slider["height"] and slider["max"] > slider["min"]:
            await self._mouse.move_to(_thumb(slider, slider["value"]))
            await self._mouse.drag_to(_thumb(slider, float(field_value.value)))
        else:
            await self._mouse.move_to(point)
        after = await self._clock.during(field.evaluate(_READ_SLIDER, timeout=LOCATE_TIMEOUT_MS))
        if after["value"] == slider["value"]:
            await self._set_value(element, field_value)

    async def _set_value(self, element: Element, field_value: FieldValue) -> None:
        await self._clock.during(self._field(element).fill(field_value.value, timeout=LOCATE_TIMEOUT_MS))

    def _field(self, element: Element) -> Locator:
        return self._page.locator(element.selector)

    async def _press_key(self, key: str) -> None:
        await self._for_one_frame(self._page.keyboard.press(key))

    async def _for_one_frame(self, work: Awaitable[None]) -> None:
        """Performs key input during one frame: the page handles it when it next renders, as pointer input."""
        await self._clock.during(asyncio.gather(work, self._clock.hold(FRAME_MS)))


def _thumb(slider: dict[str, float], value: float) -> Point:
    fraction = (value - slider["min"]) / (slider["max"] - slider["min"])
    x = slider["x"] + THUMB_PX / 2 + (slider["width"] - THUMB_PX) * min(1.0, max(0.0, fraction))
    return Point(x, slider["y"] + slider["height"] / 2)
