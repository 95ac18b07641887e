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
from explorer.page.discovery import describe, end_aim, find_click_point, hits_beside_corner
from explorer.protocols import Clock
from explorer.script.arguments import ClickArgs, alternatives
from explorer.script.progress import StepError
from explorer.script.resolver import Match, NotFound, control_around, find_one
from explorer.types import Action, ActionPlan, Box, Point, Refusal, Step

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
    #: Whether the step was recorded by Chrome.
    recorded: bool = False
    #: The page that a window was opened from, which is shown in its place.
    opener: str = ""

    async def find(self, target: str | list[str], timeout_s: float) -> Match:
        """The element that a target names, once it is there, or else the one that it named before.

        Raises StepError after `timeout_s`.
        """
        words, began_ms = alternatives(target), self.clock.now_ms()
        while True:
            try:
                search = find_one(self.page, words, recorded=self.recorded)
                match = await self.deadlines.do(search)
                await self.memory.remember(words[0], match.selector)
                doubtful = self.memory.is_doubtful(words[0])
                return (await self._recall(words[0]) if doubtful else None) or match
            except NotFound as exc:
                waited_ms = self.clock.now_ms() - began_ms
                if waited_ms >= (AMBIGUOUS_MS if exc.ambiguous else timeout_s * 1000):
                    if healed := await self._recall(words[0]):
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
        if self.recorded:
            match = await self.deadlines.do(control_around(self.page, match))
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
        here, windows = self.page.url, self.performer.windows
        await self.performer.perform(result, target, None, act)
        if self.performer.windows > windows or (match.element and match.element.new_tab):
            self.opener = self.opener or here
        if result.missed:
            raise StepError("the click has missed it: it moves")
        step = replace(result.step, end_ms=self.clock.now_ms())
        if self.on_camera:
            self.recorder.steps.append(step)
        return step

    async def click(self, match: Match, args: ClickArgs, caption: str, *, double: bool = False) -> Step:
        """Clicks once or twice; at a place of its own, or with another button, where that is asked for."""
        is_plain = args.button == "primary" and args.hold is None and not double
        if is_plain and args.offset is None:
            return await self.act(match, "click", caption)

        async def act(target: ActionTarget) -> float:
            await self.mouse.move_to(await self._place(match, target, args.offset))
            pressed_ms = self.clock.now_ms()
            if double:
                await self.mouse.double_click()
            elif args.button in BUTTONS:
                hold_ms = args.hold * 1000 if args.hold else PRESS_MS
                pressed_ms = await self.mouse.click(hold_ms, BUTTONS[args.button])
            else:
                await self.clock.during(self._history(args.button))
            if await self.deadlines.do(end_aim(self.page, target.element.selector)) == "missed":
                raise StepError("the click has missed it: it moves")
            return pressed_ms

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

    async def _place(self, match: Match, target: ActionTarget, offset: tuple[float, float] | None) -> Point:
        """The point at an offset from a corner; the element's own point where a click would not hit it."""
        inner = self.page.locator(match.inner or match.selector)
        box = await self.deadlines.do(inner.bounding_box(timeout=BOX_TIMEOUT_MS)) if offset else None
        if offset is None or box is None:
            return target.point
        point, corner = Point(box["x"] + offset[0], box["y"] + offset[1]), target.element.box
        selector, beside = target.element.selector, Point(point.x - corner.x, point.y - corner.y)
        is_hit = await self.deadlines.do(hits_beside_corner(self.page, selector, beside))
        return point if is_hit else target.point

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
