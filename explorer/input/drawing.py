"""Uses a drawing tool: chooses it with a click, and drags once across the page's largest picture."""

from functools import cache
from pathlib import Path

from playwright.async_api import Page

from explorer.browser.isolated_world import evaluate_isolated
from explorer.input.mouse import Mouse
from explorer.protocols import Clock
from explorer.types import Point

#: The viewer sees which tool is chosen before it is used.
BEFORE_DRAWING_MS = 350.0


async def draw(page: Page, clock: Clock, mouse: Mouse) -> float:
    """Clicks the tool under the pointer and draws with it; returns the moment of the click, on the clock."""
    clicked_ms = await mouse.click()
    await clock.hold(BEFORE_DRAWING_MS)
    places = await clock.during(evaluate_isolated(page, _script()))
    if places:
        from_x, from_y, to_x, to_y = places
        await mouse.move_to(Point(from_x, from_y))
        await mouse.drag_to(Point(to_x, to_y))
    return clicked_ms


@cache
def _script() -> str:
    return (Path(__file__).parent.parent / "page" / "js" / "drawing_surface.js").read_text(encoding="utf-8")
