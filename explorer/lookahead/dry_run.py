"""Performs a plan off camera, at once and without moving the pointer: the same click at the same point."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.async_api import Page

from explorer.browser.isolated_world import evaluate_isolated
from explorer.guardrails.sensitive_fields import is_search
from explorer.input.mouse import SCROLL
from explorer.navigation.popups import OPEN_IN_PLACE
from explorer.page.discovery import (
    aim_at,
    describe,
    end_aim,
    find_click_point,
    reveal_delta,
    scroll_containers,
)
from explorer.types import ActionPlan, Element

#: So often a moving element is pressed; a press that misses it has no effect.
MAX_PRESSES = 4
#: Acting on these sets something that stays set, which is done on camera only.
_TOGGLES = frozenset(
    {"checkbox", "radio", "switch", "option", "menuitemcheckbox", "menuitemradio", "slider", "spinbutton"}
)


@dataclass(frozen=True, slots=True)
class Located:
    """The element of a plan, scrolled into view; `scrolled` says that this has moved the view."""

    element: Element
    scrolled: bool


def may_be_tried(plan: ActionPlan, element: Element) -> bool:
    """Whether a plan may be performed off camera: clicks that only show something, and searches.

    Nothing is toggled, chosen or sent there, and only search terms are typed.
    """
    if plan.action == "hover":
        return True
    if plan.action != "click":
        return plan.action == "type" and is_search(element)
    toggles = element.role in _TOGGLES or element.fills != "" or "pressed=" in element.state
    return not (toggles or element.form_action or "checked=" in element.state)


async def locate(page: Page, plan: ActionPlan, refuses: Callable[[Element], bool]) -> Located | None:
    """Scrolls to the element; None when it is not there, or `refuses` says so.

    Raises Playwright's errors when the page goes away, as does `act`.
    """
    element = await describe(page, plan.selector)
    if element is None or refuses(element):
        return None
    brought = await scroll_containers(page, plan.selector)
    delta = await reveal_delta(page, plan.selector)
    if delta:
        await evaluate_isolated(page, SCROLL, {"dy": delta, "duration": 1})
    return Located(element, brought or bool(delta))


async def _press(page: Page, plan: ActionPlan) -> bool:
    """Clicks until a press has reached the element, which may be moving; False when none has."""
    for _ in range(MAX_PRESSES):
        await aim_at(page, plan.selector)
        point = await find_click_point(page, plan.selector)
        if point is not None:
            await page.mouse.move(point.x, point.y)
            await page.mouse.click(point.x, point.y)
        press = await end_aim(page, plan.selector)
        if point is None or press != "missed":
            return point is not None
    return False


async def act(page: Page, plan: ActionPlan, element: Element) -> bool:
    """Clicks, types or chooses; False when no click would hit it."""
    point = await find_click_point(page, plan.selector)
    if point is None:
        return False
    if element.new_tab:
        await page.locator(plan.selector).first.evaluate(OPEN_IN_PLACE)
    if plan.action == "click":
        return await _press(page, plan)
    await page.mouse.move(point.x, point.y)
    if plan.action == "hover":
        return True
    if plan.action == "choose":
        await page.locator(plan.selector).first.select_option(label=plan.value)
        return True
    await page.mouse.click(point.x, point.y)
    if plan.action == "type":
        await page.locator(plan.selector).first.fill(plan.value)
        if plan.submit:
            await page.keyboard.press("Enter")
    return True
