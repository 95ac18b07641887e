"""Which elements lie in the parts of a page that focus or avoid name by selector."""

from collections.abc import Sequence

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from explorer.types import Element

PREFIX = "css="

#: The boxes of all that a selector matches, in CSS pixels of the viewport.
BOXES = """
(elements) => elements.map((e) => e.getBoundingClientRect()).map((r) => [r.left, r.top, r.right, r.bottom])
"""


async def within(page: Page, elements: Sequence[Element], wishes: Sequence[str]) -> frozenset[str]:
    """The keys of elements whose centre lies in something that a `css=` wish matches.

    A selector that this page cannot read matches nothing.
    """
    boxes: list[list[float]] = []
    for wish in wishes:
        if wish.startswith(PREFIX):
            try:
                boxes += await page.locator(wish).evaluate_all(BOXES)
            except PlaywrightError:
                continue
    return frozenset(e.key for e in elements if any(_holds(box, e) for box in boxes))


def _holds(box: list[float], element: Element) -> bool:
    left, top, right, bottom = box
    x, y = element.box.x + element.box.width / 2, element.box.y + element.box.height / 2
    return left <= x <= right and top <= y <= bottom
