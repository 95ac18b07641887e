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


async def keys_in_regions(page: Page, elements: Sequence[Element], wishes: Sequence[str]) -> frozenset[str]:
    """Returns the keys of elements whose centre lies in a match of a `css=` wish.

    An invalid selector matches nothing.
    """
    boxes: list[list[float]] = []
    for wish in wishes:
        if wish.startswith(PREFIX):
            try:
                boxes += await page.locator(wish).evaluate_all(READ_BOXES)
            except PlaywrightError:
                continue
    return frozenset(e.key for e in elements if any(_contains_centre(box, e) for box in boxes))


def _contains_centre(box: list[float], element: Element) -> bool:
    left, top, right, bottom = box
    x, y = element.box.x + element.box.width / 2, element.box.y + element.box.height / 2
    return left <= x <= right and top <= y <= bottom
