"""Performs one planned action on camera: moves there, judges the target once more, acts, compares."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from playwright.async_api import Page

from explorer.deadlines import Deadlines
from explorer.engine.action_guard import ActionGuard
from explorer.engine.screen import Screen
from explorer.engine.trace_recorder import name_of, role_of
from explorer.forms.values import FieldValue
from explorer.guardrails.acting_controls import may_persist
from explorer.input.drawing import draw
from explorer.input.form_filler import FormFiller
from explorer.input.mouse import PRESS_MS, Mouse
from explorer.input.scrolling import Scroller
from explorer.navigation.backtracking import Backtracking
from explorer.navigation.popups import OPEN_IN_PLACE, Popups
from explorer.navigation.request_interceptor import RequestInterceptor
from explorer.overlays.clearer import OverlayClearer
from explorer.page.discovery import Press, aim_at, describe, end_aim, find_click_point
from explorer.page.snapshot import Snapshot, diff_outcome, text_changed
from explorer.page.stable_selectors import stable_selector
from explorer.page.visible_text import NO_CHANGE, TextChange
from explorer.page.visual_diff import Blocks, changed_share
from explorer.protocols import Clock
from explorer.text import clip
from explorer.types import ActionPlan, Element, Outcome, Point, Refusal, Step
from explorer.urls import page_key

#: So often a target that moves on is pressed; a press that misses it has no effect.
MAX_PRESSES = 3
#: A target that is farther from where it was pressed has moved on.
MOVED_PX = 8.0
#: How long the effect of an action is shown; a page that it opens is shown when it is visited.
LOOK_MS: dict[Outcome, float] = {
    "page": 0.0,
    "scene": 1_100.0,
    "dialog": 1_300.0,
    "disclosure": 1_000.0,
    "nothing": 250.0,
}
#: How often a page that shows placeholders after an action is looked at again, and how long after.
LOADING_LOOKS, LOADING_LOOK_MS = 6, 400.0
#: The longest that a script's own way to act may take: a long text is typed.
ACT_LIMIT_S = 60.0


@dataclass(frozen=True, slots=True)
class ActionTarget:
    """What an action is about to hit: found, allowed, and under the pointer."""

    element: Element
    point: Point
    start_ms: float
    #: By which the same element is found later.
    selector: str
    #: The page before the pointer was on it, since some menus open at once, and just before the action.
    unhovered: Snapshot
    before: Snapshot


@dataclass(slots=True)
class StepResult:
    """One step while it is made; what is known of it when the page is lost is still a step."""

    step: Step
    after: Snapshot | None = None
    #: The part of the view that has changed, from 0 to 1.
    changed: float = 0.0
    #: How many requests that may keep something were held back.
    held_back: int = 0
    #: What can be read since then.
    text: TextChange = NO_CHANGE
    #: No press has reached the target, and nothing has changed: there is no step.
    missed: bool = False


class ActionPerformer:
    """Acts only on what `guard` still allows just before the action; refused popups go to `report`."""

    def __init__(
        self,
        *,
        page: Page,
        clock: Clock,
        deadlines: Deadlines,
        screen: Screen,
        mouse: Mouse,
        scroller: Scroller,
        backtracking: Backtracking,
        interceptor: RequestInterceptor,
        guard: ActionGuard,
        overlays: OverlayClearer,
        report: Callable[[Refusal], None],
    ) -> None:
        self._page = page
        self._clock = clock
        self._deadlines = deadlines
        self._screen = screen
        self._mouse = mouse
        self._scroller = scroller
        self._backtracking = backtracking
        self._interceptor = interceptor
        self._guard = guard
        self._overlays = overlays
        self._report = report
        self._popups = Popups(page)
        self._form_filler = FormFiller(page, clock, mouse)
        #: How many windows were shown in the one page instead.
        self.windows = 0
        #: The entry whose menu is open as long as the pointer is on it.
        self._menu: ActionPlan | None = None

    async def prepare(self, plan: ActionPlan) -> ActionTarget | Refusal | None:
        """Moves the pointer there; returns a refusal, or None, when it must not or can no longer be used."""
        start_ms = self._clock.now_ms()
        await self._scroller.show(plan.selector)
        unhovered = await self._screen.snapshot()
        point = await self._point_at(plan)
        element = await self.describe(plan) if point else None
        if element is None:
            return None
        if refusal := self._guard.refuse_element(element):
            return refusal
        if element.new_tab:
            # Of all matches: unlike one, that does not wait for an element that has just gone.
            locator = self._page.locator(plan.selector)
            await self._deadlines.do(locator.evaluate_all(f"all => all.slice(0, 1).forEach({OPEN_IN_PLACE})"))
        selector = await self._deadlines.do(stable_selector(self._page, element))
        before = await self._screen.snapshot()
        await self._overlays.note_before_click()
        await self._deadlines.do(self._popups.take())
        await self._deadlines.do(self._interceptor.note_action(may_persist(element)))
        # All that takes time is done: what is under the pointer now is what is clicked.
        last = await self.describe(plan)
        if last is None:
            return None
        if refusal := self._guard.refuse_element(last):
            return refusal
        point = await self._aim(plan)
        return ActionTarget(last, point, start_ms, selector, unhovered, before) if point else None

    async def _point_at(self, plan: ActionPlan) -> Point | None:
        """Moves the pointer there, within the open menu if it lies in one that would close otherwise."""
        if self._menu is None:
            return await self._scroller.point_at(plan.selector)
        if not await self._scroller.is_in_sight(plan.selector):
            await self._scroller.point_at(self._menu.selector)
        return await self._scroller.point_within_menu(plan.selector)

    async def _aim(self, plan: ActionPlan) -> Point | None:
        """Puts the pointer on the target, which alone may be reached by the press that follows."""
        if plan.action == "click":
            await self._deadlines.do(aim_at(self._page, plan.selector))
        point = await self._scroller.follow(plan.selector)
        if point is None and plan.action == "click":
            await self._deadlines.do(end_aim(self._page, plan.selector))
        return point

    async def describe(self, plan: ActionPlan) -> Element | None:
        """The element that a plan is for, as it is now; None when it is gone."""
        return await self._deadlines.do(describe(self._page, plan.selector))

    def begin(self, plan: ActionPlan, target: ActionTarget, number: int) -> StepResult:
        """The step before anything has happened."""
        element, now_ms = target.element, self._clock.now_ms()
        return StepResult(
            Step(
                number=number,
                plan=replace(plan, selector=target.selector),
                label=name_of(element),
                page_url=clip(self._page.url),
                start_ms=target.start_ms,
                click_ms=now_ms,
                end_ms=now_ms,
                point=target.point,
                outcome="nothing",
                role=role_of(element),
                target=element.box,
            )
        )

    async def perform(
        self,
        result: StepResult,
        target: ActionTarget,
        moving_blocks: Blocks | None,
        act: Callable[[ActionTarget], Awaitable[float]] | None = None,
    ) -> None:
        """Acts, waits until the page settles, and lets the viewer look; fills `result` in as it goes.

        `act` replaces what the plan's action does, and returns the moment at which it did so.
        """
        plan = replace(result.step.plan, selector=target.element.selector)
        if act is None:
            press = await self._act(result, plan, target)
        else:
            press = "reached"
            result.step = replace(result.step, click_ms=await self._deadlines.limit(act(target), ACT_LIMIT_S))
        if press == "missed":
            result.missed = True
            return
        await self._backtracking.settle()
        if popup_url := await self._deadlines.do(self._popups.take()):
            await self._open_in_place(popup_url)
        await self._leave_menu(result.step)
        result.held_back = self._interceptor.held_back
        await self._overlays.note_after_click()
        result.after = await self._loaded()
        outcome = _compare(result, target, result.after, moving_blocks)
        result.missed = press == "slipped" and outcome == "nothing"
        result.step = replace(
            result.step,
            outcome=outcome,
            settled_ms=self._clock.now_ms(),
            url_after=clip(self._page.url),
        )
        await self._clock.hold(LOOK_MS[outcome])

    async def _leave_menu(self, step: Step) -> None:
        """Takes the pointer off a menu that has led to another page, where it would open again."""
        led_away = self._menu is not None and page_key(self._page.url) != page_key(step.page_url)
        self._menu = step.plan if step.plan.action == "hover" else None
        if led_away:
            await self._deadlines.limit(self._mouse.rest())

    async def _loaded(self) -> Snapshot:
        """What is on screen, once no placeholders stand where content will be, or time is up."""
        after = await self._screen.snapshot()
        for _ in range(LOADING_LOOKS):
            if not after.loading:
                break
            await self._clock.hold(LOADING_LOOK_MS)
            after = await self._screen.snapshot()
        return after

    async def _act(self, result: StepResult, plan: ActionPlan, target: ActionTarget) -> Press:
        """Does what is planned, and tells whether that has reached its target."""
        if plan.action == "click":
            return await self._press(result, plan)
        result.step = replace(result.step, click_ms=self._clock.now_ms())
        if plan.action == "draw":
            clicked_ms = await self._deadlines.limit(draw(self._page, self._clock, self._mouse))
            result.step = replace(result.step, click_ms=clicked_ms)
        elif plan.action != "hover":
            value = FieldValue("choose" if plan.action == "choose" else "type", plan.value, plan.submit)
            await self._deadlines.limit(self._form_filler.fill(target.element, value, target.point))
        return "reached"

    async def _press(self, result: StepResult, plan: ActionPlan) -> Press:
        """Presses until the target was reached, and tells whether it was."""
        for attempt in range(MAX_PRESSES):
            if attempt:
                point = await self._aim(plan)
                if point is None:
                    return "missed"
                result.step = replace(result.step, point=point)
            clicked_ms = await self._deadlines.limit(self._mouse.click(hold_ms=0 if attempt else PRESS_MS))
            result.step = replace(result.step, click_ms=clicked_ms)
            press = await self._deadlines.do(end_aim(self._page, plan.selector))
            if press == "reached" or (press == "slipped" and not await self._has_moved_on(plan)):
                break
        return press

    async def _has_moved_on(self, plan: ActionPlan) -> bool:
        point = await self._deadlines.do(find_click_point(self._page, plan.selector))
        return point is not None and self._mouse.distance_to(point) > MOVED_PX

    async def _open_in_place(self, popup_url: str) -> None:
        """Shows in the one page what a popup wanted to show."""
        if refusal := self._guard.refuse_url(popup_url):
            self._report(refusal)
        else:
            self.windows += 1
            await self._backtracking.open(popup_url)


def _compare(
    result: StepResult, target: ActionTarget, after: Snapshot, moving_blocks: Blocks | None
) -> Outcome:
    """Notes in `result` how much has changed, and returns what the action has done."""
    outcome = _outcome(target, after, moving_blocks)
    before = target.unhovered if result.step.plan.action == "hover" else target.before
    if before.picture is not None and after.picture is not None:
        result.changed = changed_share(before.picture, after.picture, moving_blocks)
    result.text = text_changed(before, after, moving_blocks)
    is_used = target.element.use in {"draw", "cell"} and result.step.plan.action in {"draw", "type"}
    if outcome == "nothing" and is_used and (result.changed > 0 or result.text.lines):
        return "scene"  # what was typed or drawn is there, however small it is
    return outcome


def _outcome(target: ActionTarget, after: Snapshot, moving_blocks: Blocks | None) -> Outcome:
    """What the action has changed; what hovering alone has opened counts as well."""
    outcome = diff_outcome(target.before, after, moving_blocks)
    if outcome == "nothing" and after.signature != target.unhovered.signature:
        return diff_outcome(target.unhovered, after, moving_blocks)
    return outcome
