"""What each verb of a script does: a table of directions, from the simplest click to a caption."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin

from playwright.async_api import Error as PlaywrightError

from explorer.engine.actions import ActionTarget
from explorer.engine.composition import Composition
from explorer.errors import AddressRefused, PageUnreachable
from explorer.guardrails.rules import refuse_url
from explorer.protocols import Clock
from explorer.script.arguments import ClickArgs, WaitArgs
from explorer.script.conditions import unmet_assertion, unmet_wait
from explorer.script.fields import Fields
from explorer.script.hand import POLL_MS, Hand, label_of
from explorer.script.model import ACTING_WITH_POINTER, Step
from explorer.script.progress import StepError
from explorer.script.variables import reveal
from explorer.trace import Focus, Note, Wait

#: How long words stay that no step goes with, to be read: a moment, and then some 17 characters a second.
READ_BEGIN_MS, READ_CHAR_MS = 700.0, 60.0
#: How long something is highlighted at least, and how long a closer view takes and stands.
HIGHLIGHT_MS, ZOOM_MS = 2_000.0, 1_500.0
#: In a window that a click has opened, so many pages are gone back from.
MAX_BACK = 5

Make = Callable[[Step, float, Mapping[str, str]], Awaitable[str]]


class Directions:
    """Carries out one step, whatever it is, and says in plain words what was done."""

    def __init__(self, parts: Composition, hand: Hand, clock: Clock) -> None:
        self._parts = parts
        self._hand = hand
        self._clock = clock
        self._fields = Fields(parts.page, clock, parts.mouse)
        self._table: Mapping[str, Make] = {
            "navigate": self._navigate,
            "click": self._click,
            "double_click": self._click,
            "hover": self._hover,
            "fill": self._fill,
            "select": self._fill,
            "check": self._tick,
            "uncheck": self._tick,
            "press": self._press,
            "key_down": self._key,
            "key_up": self._key,
            "drag": self._drag,
            "scroll": self._scroll,
            "wait": self._wait,
            "assert": self._assert,
            "caption": self._caption,
            "chapter": self._chapter,
            "hold": self._hold,
            "highlight": self._highlight,
            "zoom": self._zoom,
            "screenshot": self._screenshot,
            "close_window": self._close_window,
        }

    async def make(self, step: Step, timeout_s: float, secrets: Mapping[str, str]) -> str:
        """Carries a step out. Raises StepError, and Playwright's errors when the page is lost."""
        self._hand.recorded = step.recorded
        if self._hand.opener and step.recorded and not step.window:
            await self._leave_window()
        did = await self._table[step.verb](step, timeout_s, secrets)
        is_said = step.caption and step.verb not in _SAID_WITH_STEP and self._hand.on_camera
        if is_said and step.verb != "caption":
            await self._say(str(step.caption))
        return did

    async def open(self, url: str) -> None:
        """Opens an address on camera. Raises StepError for one that is refused or does not open."""
        parts = self._parts
        here, wishes = parts.page.url, parts.brief.wishes
        if refusal := refuse_url(url, parts.scope_monitor.site, here, wishes, parts.guard.yielding):
            raise StepError(f"refused ({refusal.rule}): {refusal.detail}", retryable=False)
        try:
            await parts.navigator.open(url)
        except (PageUnreachable, AddressRefused) as exc:
            raise StepError(str(exc), retryable=False) from exc  # the navigator has tried again already
        await parts.backtracking.settle()

    async def _navigate(self, step: Step, timeout_s: float, secrets: Mapping[str, str]) -> str:
        url = urljoin(self._parts.page.url, step.args)
        await self.open(url)
        return f"opened {url}"

    async def _click(self, step: Step, timeout_s: float, secrets: Mapping[str, str]) -> str:
        args: ClickArgs = step.args
        match = await self._hand.usable(args.target, timeout_s)
        is_double = step.verb == "double_click"
        taken = await self._hand.click(match, args, step.caption or "", double=is_double)
        return f"{'double-clicked' if is_double else 'clicked'} {taken.label}"

    async def _hover(self, step: Step, timeout_s: float, secrets: Mapping[str, str]) -> str:
        match = await self._hand.usable(step.args.target, timeout_s)
        return f"pointed at {(await self._hand.hover(match, step.caption or '')).label}"

    async def _fill(self, step: Step, timeout_s: float, secrets: Mapping[str, str]) -> str:
        value = reveal(step.args.value, secrets)
        is_secret = value != step.args.value and any(name in step.args.value for name in secrets)
        if step.recorded and not is_secret:
            found = await self._hand.find(step.args.target, timeout_s)
            if found.element is None and await self._fields.fill_unseen(found.selector, value):
                await self._parts.backtracking.settle()
                return f"typed into {label_of(found, step.args.target)}"
        match = await self._hand.usable(step.args.target, timeout_s)

        async def act(target: ActionTarget) -> float:
            return await self._fields.fill(target, value, is_secret=is_secret, recorded=step.recorded)

        taken = await self._hand.act(match, "type", step.caption or "", act)
        return f"filled in {taken.label}"

    async def _tick(self, step: Step, timeout_s: float, secrets: Mapping[str, str]) -> str:
        match = await self._hand.usable(step.args.target, timeout_s)
        wanted = step.verb == "check"
        label = label_of(match, step.args.target)
        if match.element and ("checked=true" in match.element.state) == wanted:
            return f"{label} was {'ticked' if wanted else 'not ticked'} already"
        taken = await self._hand.act(match, "click", step.caption or "")
        return f"{'ticked' if wanted else 'unticked'} {taken.label}"

    async def _press(self, step: Step, timeout_s: float, secrets: Mapping[str, str]) -> str:
        keys = step.args.keys
        if step.args.target is None:
            await self._keys(self._parts.page.keyboard.press(keys), keys)
            return f"pressed {keys}"
        match = await self._hand.usable(step.args.target, timeout_s)

        async def act(target: ActionTarget) -> float:
            await self._clock.during(self._parts.page.locator(target.element.selector).focus())
            pressed_ms = self._clock.now_ms()
            await self._clock.during(self._parts.page.keyboard.press(keys))
            return pressed_ms

        taken = await self._hand.act(match, "press", step.caption or "", act)
        return f"pressed {keys} in {taken.label}"

    async def _key(self, step: Step, timeout_s: float, secrets: Mapping[str, str]) -> str:
        keyboard = self._parts.page.keyboard
        press = keyboard.down if step.verb == "key_down" else keyboard.up
        await self._keys(press(step.args), step.args)
        return f"{'pressed' if step.verb == 'key_down' else 'let go'} {step.args}"

    async def _keys(self, work: Awaitable[None], keys: str) -> None:
        """Presses keys where the focus is, and waits for what comes of it."""
        await self._parts.interceptor.note_action()
        try:
            await self._parts.deadlines.do(work)
        except PlaywrightError as exc:
            if "Unknown key" in str(exc):
                raise StepError(f"there is no key {keys!r}; say Enter or Control+K", retryable=False) from exc
            raise
        await self._parts.backtracking.settle()

    async def _drag(self, step: Step, timeout_s: float, secrets: Mapping[str, str]) -> str:
        start = await self._hand.usable(step.args.start, timeout_s)
        to = await self._hand.find(step.args.to, timeout_s)
        taken = await self._hand.drag(start, to, step.caption or "")
        return f"dragged {taken.label} to {label_of(to, step.args.to)}"

    async def _scroll(self, step: Step, timeout_s: float, secrets: Mapping[str, str]) -> str:
        to, within = step.args.to, step.args.within
        if within is not None:
            return await self._scroll_within(within, to, step.args.x, timeout_s)
        if step.args.x is not None:
            await self._parts.scroller.sideways_to(step.args.x)
        if to in {"top", "bottom"} or _is_number(to):
            await self._parts.scroller.scroll_to(to)
            return f"scrolled to {to}"
        match = await self._hand.find(to, timeout_s)
        await self._hand.show(match)
        return f"scrolled to {label_of(match, to)}"

    async def _scroll_within(self, within: Any, to: Any, x: float | None, timeout_s: float) -> str:
        box = await self._hand.find(within, timeout_s)
        if not (to in {"top", "bottom"} or _is_number(to)):
            match = await self._hand.find(to, timeout_s)
            await self._hand.show(match)
            return f"scrolled to {label_of(match, to)}"
        await self._parts.scroller.scroll_box(box.selector, to, x)
        await self._parts.backtracking.settle()
        return f"scrolled {label_of(box, within)} to {to}"

    async def _wait(self, step: Step, timeout_s: float, secrets: Mapping[str, str]) -> str:
        args: WaitArgs = step.args
        began_ms = self._clock.now_ms()
        if args.expression:  # it may look, and must not do
            self._parts.interceptor.allow_writes(False)
        if args.seconds:
            await self._clock.hold(args.seconds * 1000)
        await self._until(lambda: unmet_wait(self._parts.page, args), timeout_s)
        self._parts.recorder.note_wait(began_ms)
        return "waited"

    async def _assert(self, step: Step, timeout_s: float, secrets: Mapping[str, str]) -> str:
        began_ms = self._clock.now_ms()
        await self._until(lambda: unmet_assertion(self._parts.page, step.args), timeout_s)
        self._parts.recorder.note_wait(began_ms)
        return "it holds"

    async def _until(self, unmet: Callable[[], Awaitable[str]], timeout_s: float) -> None:
        until_ms = self._clock.now_ms() + timeout_s * 1000
        while why := await self._parts.deadlines.do(unmet()):
            if self._clock.now_ms() >= until_ms:
                raise StepError(why)
            await self._clock.hold(POLL_MS)

    async def _caption(self, step: Step, timeout_s: float, secrets: Mapping[str, str]) -> str:
        if self._hand.on_camera:
            await self._say(step.args)
        return "said it"

    async def _say(self, text: str) -> None:
        """Shows words for as long as it takes to read them."""
        began_ms = self._clock.now_ms()
        await self._clock.hold(READ_BEGIN_MS + READ_CHAR_MS * len(text))
        ended_ms = self._clock.now_ms()
        self._parts.recorder.captions.append(Note(began_ms, ended_ms, text))
        self._parts.recorder.holds.append(Wait(began_ms, ended_ms))

    async def _chapter(self, step: Step, timeout_s: float, secrets: Mapping[str, str]) -> str:
        now_ms = self._clock.now_ms()
        self._parts.recorder.chapters.append(Note(now_ms, now_ms, step.args))
        return "began a chapter"

    async def _hold(self, step: Step, timeout_s: float, secrets: Mapping[str, str]) -> str:
        began_ms = self._clock.now_ms()
        await self._clock.hold(step.args * 1000)
        self._parts.recorder.holds.append(Wait(began_ms, self._clock.now_ms()))
        return f"held for {step.args:g} s"

    async def _highlight(self, step: Step, timeout_s: float, secrets: Mapping[str, str]) -> str:
        match = await self._hand.find(step.args.target, timeout_s)
        box = await self._hand.box_of(match)
        began_ms, text = self._clock.now_ms(), step.caption or ""
        await self._clock.hold(max(HIGHLIGHT_MS, READ_BEGIN_MS + READ_CHAR_MS * len(text)))
        ended_ms, recorder = self._clock.now_ms(), self._parts.recorder
        if self._hand.on_camera:
            recorder.focuses.append(Focus("highlight", began_ms, ended_ms, box))
            recorder.holds.append(Wait(began_ms, ended_ms))
            recorder.captions += [Note(began_ms, ended_ms, text)] if text else []
        return f"highlighted {label_of(match, step.args.target)}"

    async def _zoom(self, step: Step, timeout_s: float, secrets: Mapping[str, str]) -> str:
        self.end_zoom()
        if step.args.target == "out":
            return "moved back"
        match = await self._hand.find(step.args.target, timeout_s)
        box = await self._hand.box_of(match)
        began_ms = self._clock.now_ms()
        if self._hand.on_camera:
            self._parts.recorder.focuses.append(Focus("zoom", began_ms, float("inf"), box))
        await self._clock.hold(ZOOM_MS)
        self._parts.recorder.holds.append(Wait(began_ms, self._clock.now_ms()))
        return f"moved closer to {label_of(match, step.args.target)}"

    def end_zoom(self) -> None:
        """Moves back from what is shown closer: a script says so, or another page has come."""
        focuses, now_ms = self._parts.recorder.focuses, self._clock.now_ms()
        focuses[:] = [replace(one, to_ms=min(one.to_ms, now_ms)) for one in focuses]

    async def _screenshot(self, step: Step, timeout_s: float, secrets: Mapping[str, str]) -> str:
        picture = self._clock.picture()
        if not picture:
            raise StepError("there is no picture of the page", retryable=False)
        self._parts.recorder.pictures[step.args] = picture
        return f"took a picture, {step.args}"

    async def _close_window(self, step: Step, timeout_s: float, secrets: Mapping[str, str]) -> str:
        await self._leave_window()
        return "closed the window"

    async def _leave_window(self) -> None:
        """Goes back to the page that a window was opened from: there, fields still have their values."""
        opener, self._hand.opener = self._hand.opener, ""
        for _ in range(MAX_BACK if opener else 1):
            if self._parts.page.url == opener:
                return
            await self._parts.deadlines.do(self._parts.page.go_back())
            await self._parts.backtracking.settle()
        if opener and self._parts.page.url != opener:
            await self.open(opener)


#: Steps of which a caption is shown while they act.
_SAID_WITH_STEP = ACTING_WITH_POINTER | {"highlight"}


def _is_number(text: Any) -> bool:
    return isinstance(text, str) and text.replace(".", "", 1).isdecimal()
