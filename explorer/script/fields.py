"""Fills fields as a script says: types at a natural pace, selects, ticks; secrets are shown as dots."""

import asyncio
import math
from collections.abc import Awaitable

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Locator, Page

from explorer.engine.actions import ActionTarget
from explorer.input.mouse import FRAME_MS, Mouse
from explorer.protocols import Clock
from explorer.script.progress import StepError

#: From key to key, as a fast typist; a long text is typed faster, within the time that a field may take.
KEY_MS, MAX_TYPING_MS = 80.0, 2_000.0
BEFORE_INPUT_MS, AFTER_INPUT_MS = 160.0, 300.0
LOCATE_TIMEOUT_MS = 5_000.0
SELECT_TIMEOUT_MS = 1_000.0

#: What takes keys, and what is set at once: a file, a colour and such have no caret.
_KIND_OF = """
(el) => {
  if (el.localName === "select") return "select";
  if (el.isContentEditable || el.localName === "textarea") return "text";
  if (/^(checkbox|radio|switch)$/.test(el.getAttribute("role"))) return "choice";
  if (el.localName !== "input") return "";
  if (/^(date|time|month|week|datetime-local|color|range)$/.test(el.type)) return "value";
  if (/^(checkbox|radio)$/.test(el.type)) return "choice";
  if (/^(file|button|submit|reset|image|hidden)$/.test(el.type)) return "";
  return "text";
}
"""
#: What is left to type once the caret is where it belongs; null where keys must replace the old text.
_REST = """
(el, value) => {
  const rich = el.isContentEditable;
  const held = rich ? el.textContent : el.value;
  if (held === value) return "";
  if (!value || (rich && !value.startsWith(held))) return null;
  if (rich) {
    getSelection().selectAllChildren(el);
    getSelection().collapseToEnd();
  } else {
    el.value = "";
    if (value.startsWith(held)) el.value = held;
  }
  return value.startsWith(held) ? value.slice(held.length) : value;
}
"""
_NUMBER_OF_OPTION = "(el, value) => [...el.options].findIndex((option) => option.value === value)"
_IS_TICKED = "el => Boolean(el.checked || el.getAttribute('aria-checked') === 'true')"
#: Shows what is typed as dots, whatever the field's type.
_MASK = """
(el) => {
  el.style.setProperty("-webkit-text-security", "disc", "important");
}
"""
_SET_VALUE = """
(el, value) => {
  el.value = value;
  for (const name of ["input", "change"]) el.dispatchEvent(new Event(name, {bubbles: true}));
}
"""


class Fields:
    """Fills fields with the pointer on them."""

    def __init__(self, page: Page, clock: Clock, mouse: Mouse) -> None:
        self._page = page
        self._clock = clock
        self._mouse = mouse

    async def fill(
        self, target: ActionTarget, value: str, *, is_secret: bool, recorded: bool = False
    ) -> float:
        """Fills one field, and returns when that began. Raises StepError for what is no field.

        What was recorded is the value of an option, never its label; a choice is ticked by any value.
        """
        field = self._page.locator(target.element.selector)
        kind = await self._clock.during(field.evaluate(_KIND_OF, timeout=LOCATE_TIMEOUT_MS))
        if is_secret:
            await self._clock.during(field.evaluate(_MASK))
        began_ms = self._clock.now_ms()
        if kind == "text":
            await (self._type_rest if recorded else self._type)(field, value)
        elif kind == "select":
            await (self._select_by_value if recorded else self._select)(field, value)
        elif kind == "value":
            await self._clock.during(field.fill(value, timeout=LOCATE_TIMEOUT_MS))
        elif kind == "choice" and recorded:
            if await self._clock.during(field.evaluate(_IS_TICKED)) != bool(value):
                await self._mouse.click()
        elif kind == "choice":
            raise StepError("it is ticked, and not filled: say check or uncheck", retryable=False)
        else:
            await self._clock.during(field.evaluate(_SET_VALUE, value))
        await self._clock.hold(AFTER_INPUT_MS)
        return began_ms

    async def fill_unseen(self, selector: str, value: str) -> bool:
        """Types into a field that has the focus though nobody sees it, as in a code editor; tells whether."""
        field = self._page.locator(selector)
        if not await self._has_focus(field):
            return False
        await self._type_rest(field, value)
        return True

    async def _has_focus(self, field: Locator) -> bool:
        return bool(await self._clock.during(field.evaluate("el => el.matches(':focus')")))

    async def _type_rest(self, field: Locator, value: str) -> None:
        """Types what a recorded value has beyond what the field holds, or all of it, as Chrome's runner does.

        No shortcut selects what was there: editors have meanings of their own for it.
        """
        if not await self._has_focus(field):
            await self._mouse.click()
            await self._clock.during(field.focus(timeout=LOCATE_TIMEOUT_MS))
        rest = await self._clock.during(field.evaluate(_REST, value))
        if rest is None:
            await self._type(field, value)
        else:
            await self._keys(rest)

    async def _type(self, field: Locator, value: str) -> None:
        """Replaces what the field holds."""
        await self._mouse.click()
        await self._clock.during(field.focus(timeout=LOCATE_TIMEOUT_MS))
        await self._clock.hold(BEFORE_INPUT_MS)
        await self._for_one_frame(self._page.keyboard.press("ControlOrMeta+a"))
        if not value:
            await self._for_one_frame(self._page.keyboard.press("Delete"))
        await self._keys(value)

    async def _keys(self, value: str) -> None:
        keys = max(1, math.ceil(len(value) * FRAME_MS / MAX_TYPING_MS))
        pause_ms = min(KEY_MS, MAX_TYPING_MS * keys / max(1, len(value))) - FRAME_MS
        for start in range(0, len(value), keys):
            await self._for_one_frame(self._page.keyboard.type(value[start : start + keys]))
            if pause_ms > 0:
                await self._clock.hold(pause_ms)

    async def _select(self, field: Locator, value: str) -> None:
        """Selects by label, and then by value, without opening the list, which no camera records."""
        await self._clock.during(field.focus(timeout=LOCATE_TIMEOUT_MS))
        await self._clock.hold(BEFORE_INPUT_MS)
        try:
            await self._clock.during(field.select_option(label=value, timeout=SELECT_TIMEOUT_MS))
        except PlaywrightError:
            await self._select_by_value(field, value)

    async def _select_by_value(self, field: Locator, value: str) -> None:
        # By its number: Playwright takes a label for a value.
        number = await self._clock.during(field.evaluate(_NUMBER_OF_OPTION, value))
        if number < 0:
            raise StepError(f"its list has no option {value!r}", retryable=False)
        await self._clock.during(field.select_option(index=number, timeout=SELECT_TIMEOUT_MS))

    async def _for_one_frame(self, work: Awaitable[None]) -> None:
        await self._clock.during(asyncio.gather(work, self._clock.hold(FRAME_MS)))
