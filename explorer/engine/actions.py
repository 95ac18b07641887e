"""Acts one plan out on camera: the way there, the last check, the click, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from playwright.async_api import Page

from explorer.deadlines import Deadlines
from explorer.engine.trace_recorder import role_of
from explorer.forms.values import FieldValue
from explorer.guardrails.acting_controls import keeps
from explorer.input.form_filler import FormFiller
from explorer.input.mouse import Mouse
from explorer.input.scrolling import Scroller
from explorer.navigation.backtracking import Backtracking
from explorer.navigation.popups import OPEN_IN_PLACE, Popups
from explorer.navigation.request_interceptor import RequestInterceptor
from explorer.page.discovery import describe
from explorer.page.snapshot import Snapshot, diff_outcome, take_snapshot
from explorer.page.stable_selectors import stable_selector
from explorer.page.visual_diff import Blocks, share
from explorer.protocols import Clock
from explorer.text import clip
from explorer.types import ActionPlan, Element, Outcome, Point, Refusal, Step

#: How long a page, or what a click has changed on it, is looked at.
LOOK_MS: dict[Outcome, float] = {
    "page": 0.0,
    "scene": 1_100.0,
    "dialog": 1_300.0,
    "disclosure": 1_000.0,
    "nothing": 250.0,
}

#: Says why something must not be clicked, or an address not be opened, or None.
Judge = Callable[[Element | str], Refusal | None]


@dataclass(frozen=True, slots=True)
class Ready:
    """What a click is about to hit: found, judged, and under the pointer."""

    element: Element
    point: Point
    start_ms: float
    #: By which the same thing is found later.
    selector: str
    #: The page before the pointer was on it, since some menus open at once, and just before the click.
    unhovered: Snapshot
    before: Snapshot


@dataclass
class Performance:
    """One step as it is made; what is known of it when the page is lost is still a step."""

    step: Step
    after: Snapshot | None = None
    #: The part of the view that has changed, from 0 to 1.
    changed: float = 0.0


class ActionPerformer:
    """Makes steps. Nothing is clicked that `judge` refuses as it is just before the click."""

    def __init__(
        self,
        page: Page,
        clock: Clock,
        mouse: Mouse,
        scroller: Scroller,
        backtracking: Backtracking,
        deadlines: Deadlines,
        judge: Judge,
        interceptor: RequestInterceptor,
    ) -> None:
        self._page = page
        self._clock = clock
        self._mouse = mouse
        self._scroller = scroller
        self._backtracking = backtracking
        self._deadlines = deadlines
        self._judge = judge
        self._interceptor = interceptor
        self._popups = Popups(page)
        self._form_filler = FormFiller(page, clock, mouse)
        #: What popups were kept from.
        self.refused: list[Refusal] = []

    async def reach(self, plan: ActionPlan) -> Ready | Refusal | None:
        """The pointer goes there; a refusal, or None, when it must not or can no longer be clicked."""
        start_ms = self._clock.now_ms()
        await self._scroller.show(plan.selector)
        unhovered = await self.snapshot()
        point = await self._scroller.point_at(plan.selector)
        element = await self._deadlines.do(describe(self._page, plan.selector)) if point else None
        if element is None:
            return None
        refusal = self._judge(element)
        if refusal is not None:
            return refusal
        if element.new_tab:
            # Of all matches: unlike one, that does not wait for an element that has just gone.
            locator = self._page.locator(plan.selector)
            await self._deadlines.do(locator.evaluate_all(f"all => all.slice(0, 1).forEach({OPEN_IN_PLACE})"))
        selector = await self._deadlines.do(stable_selector(self._page, element))
        before = await self.snapshot()
        await self._deadlines.do(self._popups.take())
        await self._deadlines.do(self._interceptor.press(keeps(element)))
        # All that takes time is done: what is under the pointer now is what is clicked.
        last = await self._deadlines.do(describe(self._page, plan.selector))
        refusal = self._judge(last) if last else None
        point = await self._scroller.stay_on(plan.selector) if last and not refusal else None
        if last is None or point is None:
            return refusal
        return Ready(last, point, start_ms, selector, unhovered, before)

    async def snapshot(self) -> Snapshot:
        """What is on screen now."""
        return await self._deadlines.do(take_snapshot(self._page, self._clock.picture()))

    def begin(self, plan: ActionPlan, ready: Ready, number: int) -> Performance:
        """The step before anything has happened."""
        element, now_ms = ready.element, self._clock.now_ms()
        return Performance(
            Step(
                number=number,
                plan=replace(plan, selector=ready.selector),
                label=element.label or element.text or element.placeholder or element.tag,
                page_url=clip(self._page.url),
                start_ms=ready.start_ms,
                click_ms=now_ms,
                end_ms=now_ms,
                point=ready.point,
                outcome="nothing",
                role=role_of(element),
                target=element.box,
            )
        )

    async def perform(self, performance: Performance, ready: Ready, restless: Blocks | None) -> None:
        """Acts, waits for what comes of it, and lets the viewer look; fills the step in as it goes."""
        before = ready.before
        clicked_ms = await self._deadlines.limit(self._act(performance.step.plan, ready))
        performance.step = replace(performance.step, click_ms=clicked_ms)
        await self._backtracking.settle()
        wanted = await self._deadlines.do(self._popups.take())
        if wanted is not None:
            await self._fold(wanted)
        after = await self.snapshot()
        outcome = diff_outcome(before, after, restless)
        if outcome == "nothing" and after.signature != ready.unhovered.signature:
            outcome = diff_outcome(ready.unhovered, after, restless)
        performance.after = after
        if before.picture is not None and after.picture is not None:
            performance.changed = share(before.picture, after.picture, restless)
        performance.step = replace(
            performance.step,
            outcome=outcome,
            settled_ms=self._clock.now_ms(),
            url_after=clip(self._page.url),
        )
        await self._clock.hold(LOOK_MS[outcome])

    async def _act(self, plan: ActionPlan, ready: Ready) -> float:
        """Returns the moment of the click, on the clock."""
        if plan.action == "click":
            return await self._mouse.click()
        began_ms = self._clock.now_ms()
        entry = FieldValue(plan.action, plan.value, plan.submit)
        await self._form_filler.fill(ready.element, entry, ready.point)
        return began_ms

    async def _fold(self, wanted: str) -> None:
        """Shows in the one page what a popup wanted to show."""
        refusal = self._judge(wanted)
        if refusal is not None:
            self.refused.append(refusal)
        else:
            await self._backtracking.open(wanted)
