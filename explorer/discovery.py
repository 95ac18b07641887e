"""Finds what a person could click on the page as it stands, and where a click would really hit it.

The looking is done by `discovery.js` and its parts inside the page, in one evaluation; here its rows become
records. All functions raise `playwright.async_api.Error` when the page goes away while they look.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from explorer.text import clean
from explorer.types import Box, Element, Point

#: Pages with more are cut off here: navigation is kept, then what is in view, then document order.
MAX_ELEMENTS = 400
_PARTS = ("sight.js", "naming.js", "selectors.js", "discovery.js")


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found: the unvisited `elements` in document order, and how many distinct ones were `seen`."""

    elements: tuple[Element, ...]
    seen: int


async def discover(page: Page, visited: Container[str]) -> Discovery:
    """Everything clickable on the page whose fingerprint is not in `visited`.

    Offered are visible, enabled elements of at least 4x4 px. Those in the viewport are hit by a click at
    their centre; those that the page has yet to scroll to carry `in_view=False` and are not yet tested.
    """
    script = f"request => ({_script()})([], request)"
    rows = await page.evaluate(script, {"job": "discover", "cap": MAX_ELEMENTS})
    found = tuple(_distinct(_element(row) for row in rows))
    return Discovery(tuple(e for e in found if e.fingerprint not in visited), len(found))


async def describe(page: Page, selector: str) -> Element | None:
    """The element as it is now, or None when it is gone, hidden, disabled or no longer the only match."""
    row = await _ask(page, selector, "describe")
    return _element(row) if row else None


async def aim(page: Page, selector: str) -> Point | None:
    """A point in the viewport where a click hits this element right now, its centre if possible, or None."""
    place = await _ask(page, selector, "aim")
    return Point(float(place["x"]), float(place["y"])) if place else None


async def reveal_delta(page: Page, selector: str) -> float:
    """How many CSS pixels the page must scroll down (up if negative) to show the element comfortably.

    0.0 when it is already well in view, is fixed to the viewport, or is not there.
    """
    return float(await _ask(page, selector, "reveal"))


async def _ask(page: Page, selector: str, job: str) -> Any:
    return await page.locator(selector).evaluate_all(_script(), {"job": job})


@cache
def _script() -> str:
    """One function, `(targets, request) => answer`, put together from its parts."""
    here = Path(__file__).parent
    body = "\n".join((here / part).read_text(encoding="utf-8") for part in _PARTS)
    return f"(targets, request) => {{\n{body}}}"


def _element(row: dict[str, Any]) -> Element:
    box = Box(**{side: float(length) for side, length in row["box"].items()})
    # The page cuts its strings anywhere, also within an emoji, and its attributes may be broken as they are.
    texts = {name: clean(value) for name, value in row.items() if isinstance(value, str)}
    return Element(**{**row, **texts, "box": box})


def _distinct(elements: Iterator[Element]) -> Iterator[Element]:
    """One element per fingerprint: the first in view, else the first."""
    groups: dict[str, Element] = {}
    everything = list(elements)
    for element in everything:
        known = groups.get(element.fingerprint)
        if known is None or (element.in_view and not known.in_view):
            groups[element.fingerprint] = element
    return (e for e in everything if groups[e.fingerprint] is e)
