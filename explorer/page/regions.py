"""Finds the elements in the regions of a page that `focus` and `avoid` name by CSS selector."""

from collections.abc import Sequence

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from explorer.types import Element

PREFIX = "css="

#: Returns the boxes of all matches of a selector, in CSS pixels of the viewport.
READ_BOXES = """
(elements) => elements.map((e) => e.getBoundingClientRect()).map((r) => [r.left, r.top, r.right, r.bottom])
"""


async def keys_in_regions(
    page: Page, elements: Sequence[Element], wishes: Sequence[str], *, around: bool = False
) -> frozenset[str]:
    """Returns the keys of elements whose centre lies in a match of a `css=` wish.

    An invalid selector matches nothing. With `around`, the smallest element counts that holds the centre of
    a match in which none lies, such as the button around a picture.
    """
    boxes: list[list[float]] = []
    for wish in wishes:
        if wish.startswith(PREFIX):
            try:
                boxes += await page.locator(wish).evaluate_all(READ_BOXES)
            except PlaywrightError:
                continue
    within = frozenset(e.key for e in elements if any(_contains_centre(box, e) for box in boxes))
    if within or not around:
        return within
    holders = [e for e in elements if any(_holds_centre(e, box) for box in boxes)]
    smallest = min(holders, key=lambda e: e.box.width * e.box.height, default=None)
    return frozenset({smallest.key} if smallest else ())


def _contains_centre(box: list[float], element: Element) -> bool:
    left, top, right, bottom = box
    x, y = element.box.x + element.box.width / 2, element.box.y + element.box.height / 2
    return left <= x <= right and top <= y <= bottom


def _holds_centre(element: Element, box: list[float]) -> bool:
    left, top, right, bottom = box
    x, y = (left + right) / 2, (top + bottom) / 2
    own = element.box
    in_view = right > left and bottom > top
    return in_view and own.x <= x <= own.x + own.width and own.y <= y <= own.y + own.height
