"""The hand of a played script: finds what a step names, and acts on it as the explorer does, on camera."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from playwright.async_api import Page

from explorer.deadlines import Deadlines
from explorer.engine.actions import ActionPerformer, ActionTarget
from explorer.engine.trace_recorder import TraceRecorder, name_of
from explorer.healing.target_memory import TargetMemory
from explorer.input.mouse import PRESS_MS, Mouse, MouseButton
from explorer.input.scrolling import Scroller
from explorer.overlays.clearer import OverlayClearer
from explorer.page.discovery import describe, find_click_point
from explorer.protocols import Clock
from explorer.script.arguments import ClickArgs, alternatives
from explorer.script.progress import StepError
from explorer.script.resolver import Match, NotFound, find_one
from explorer.types import Action, ActionPlan, Box, Element, Point, Refusal, Step

#: How often a page is searched for what is not there yet, in film time.
POLL_MS = 200.0
#: What fits several elements for so long is not going to fit one.
AMBIGUOUS_MS = 1_500.0
BOX_TIMEOUT_MS = 2_000.0
BUTTONS: dict[str, MouseButton] = {"primary": "left", "auxiliary": "middle", "secondary": "right"}

Act = Callable[[ActionTarget], Awaitable[float]]


@dataclass(slots=True, kw_only=True)
class Hand:
    """Acts on single elements; `on_camera` says whether a step is for the film."""

    page: Page
    clock: Clock
    deadlines: Deadlines
    performer: ActionPerformer
    mouse: Mouse
    scroller: Scroller
    overlays: OverlayClearer
    recorder: TraceRecorder
    memory: TargetMemory
    on_camera: bool = True

    async def find(self, target: str | list[str], timeout_s: float) -> Match:
        """The element that a target names, once it is there, or else the one that it named before.

        Raises StepError after `timeout_s`.
        """
        words, began_ms = alternatives(target)[0], self.clock.now_ms()
        while True:
            try:
                match = await self.deadlines.do(find_one(self.page, alternatives(target)))
                await self.memory.remember(words, match.selector)
                return (await self._recall(words) if self.memory.is_doubtful(words) else None) or match
            except NotFound as exc:
                waited_ms = self.clock.now_ms() - began_ms
                if waited_ms >= (AMBIGUOUS_MS if exc.ambiguous else timeout_s * 1000):
                    if healed := await self._recall(words):
                        return healed
                    raise StepError(str(exc), retryable=not exc.ambiguous) from exc
            await self.clock.hold(POLL_MS)
            self.recorder.note_wait(began_ms)

    async def _recall(self, words: str) -> Match | None:
        """The element that the words named when the script was played last."""
        healed = await self.memory.recall(words)
        if healed is None:
            return None
        return Match(healed.selector, await self.deadlines.do(describe(self.page, healed.selector)))

    async def usable(self, target: str | list[str], timeout_s: float) -> Match:
        """The same, but hidden and disabled elements are waited for, too."""
        match = await self.find(target, timeout_s)
        began_ms = self.clock.now_ms()
        if match.element is None:
            await self.show(match)  # much appears only when it comes into view
        while match.element is None:
            if self.clock.now_ms() - began_ms >= timeout_s * 1000:
                raise StepError("it is there, but hidden or disabled")
            await self.clock.hold(POLL_MS)
            self.recorder.note_wait(began_ms)
            match = replace(match, element=await self.deadlines.do(describe(self.page, match.selector)))
        return match

    async def show(self, match: Match) -> None:
        """Scrolls until the element is well in view, also one that is not painted yet."""
        if match.element is not None:
            await self.scroller.show(match.selector)
            return
        box = await self.deadlines.do(self.page.locator(match.selector).bounding_box(timeout=BOX_TIMEOUT_MS))
        size = self.page.viewport_size
        if box is None or size is None:
            return
        middle, height = box["y"] + box["height"] / 2, size["height"]
        if not 0.12 * height <= middle <= 0.8 * height:
            await self.deadlines.limit(self.mouse.scroll_by(middle - 0.45 * height))

    async def box_of(self, match: Match) -> Box:
        """Where the element is in the view, once it is well in view."""
        await self.show(match)
        locator = self.page.locator(match.selector)
        box = await self.deadlines.do(locator.bounding_box(timeout=BOX_TIMEOUT_MS))
        if box is None:
            raise StepError("it is there, but not painted")
        return Box(box["x"], box["y"], box["width"], box["height"])

    async def act(self, match: Match, action: Action, caption: str, act: Act | None = None) -> Step:
        """Moves there, acts, and waits until the page settles. Raises StepError."""
        plan = ActionPlan(match.selector, action, 100, "script", caption)
        target = await self.performer.prepare(plan)
        if target is None:
            await self.overlays.clear()
            target = await self.performer.prepare(plan)
        if isinstance(target, Refusal):
            raise StepError(f"refused ({target.rule}): {target.detail}", retryable=False)
        if target is None:
            raise StepError(await self._why_not(match))
        result = self.performer.begin(plan, target, len(self.recorder.steps) + 1)
        await self.performer.perform(result, target, None, act)
        if result.missed:
            raise StepError("the click has missed it: it moves")
        step = replace(result.step, end_ms=self.clock.now_ms())
        if self.on_camera:
            self.recorder.steps.append(step)
        return step

    async def click(self, match: Match, args: ClickArgs, caption: str, *, double: bool = False) -> Step:
        """Clicks once or twice; at a place of its own, or with another button, where that is asked for."""
        is_plain = args.button == "primary" and args.hold is None and not double
        if is_plain and (args.offset is None or not _is_place(match.element)):
            return await self.act(match, "click", caption)

        async def act(target: ActionTarget) -> float:
            await self.mouse.move_to(_place(target, args.offset))
            button = BUTTONS.get(args.button)
            if button is None:
                pressed_ms = self.clock.now_ms()
                await self.clock.during(self._history(args.button))
                return pressed_ms
            if double:
                pressed_ms = self.clock.now_ms()
                await self.mouse.double_click()
                return pressed_ms
            return await self.mouse.click(args.hold * 1000 if args.hold else PRESS_MS, button)

        return await self.act(match, "double_click" if double else "click", caption, act)

    async def drag(self, match: Match, to: Match, caption: str) -> Step:
        """Drags one element onto another, which must be in view together with it."""

        async def act(target: ActionTarget) -> float:
            point = await self.clock.during(find_click_point(self.page, to.selector))
            if point is None:
                raise StepError("where it is dragged to is not in view together with it")
            pressed_ms = self.clock.now_ms()
            await self.mouse.drag_to(point)
            return pressed_ms

        return await self.act(match, "drag", caption, act)

    async def hover(self, match: Match, caption: str) -> Step:
        return await self.act(match, "hover", caption)

    async def _history(self, button: str) -> None:
        """The mouse's back and forward buttons."""
        await (self.page.go_back() if button == "back" else self.page.go_forward())

    async def _why_not(self, match: Match) -> str:
        found = await self.deadlines.do(describe(self.page, match.selector))
        if found is None:
            return "it is gone, hidden or disabled"
        if found.covered_by:
            return f"it is covered by {found.covered_by}"
        return "it cannot be reached by the pointer"


def label_of(match: Match, target: str | list[str]) -> str:
    """What viewers are told that it is."""
    words = re.sub(r"\s+", " ", alternatives(target)[0])
    return name_of(match.element) if match.element else words


def _is_place(element: Element | None) -> bool:
    """Whether it matters where an element is clicked: it is a picture, or nothing that has a name."""
    return element is not None and (element.tag in {"canvas", "svg", "img", "video"} or not element.label)


def _place(target: ActionTarget, offset: tuple[float, float] | None) -> Point:
    """The point at an offset from the element's corner; what lies outside of it is its own point."""
    box = target.element.box
    if offset is None or not (0 <= offset[0] <= box.width and 0 <= offset[1] <= box.height):
        return target.point
    return Point(box.x + offset[0], box.y + offset[1])
