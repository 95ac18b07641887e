"""Finds what a person could click on the page as it stands, and where a click would really hit it.

The looking is done inside the page, by `discovery.js` and its parts, in one evaluation per frame; here its
rows become records. All functions raise `playwright.async_api.Error` when the page goes away while they look.
"""

import logging
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Page

from explorer.languages.detection import language_of
from explorer.page.element_identity import element_identity
from explorer.page.frames import ENTER, ask, look, panes, within
from explorer.text import clean
from explorer.types import Box, Element, Point

log = logging.getLogger(__name__)

#: Pages with more are cut off here: navigation is kept, then what is in view, then document order.
MAX_ELEMENTS = 400


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found: the unvisited `elements` in document order, and how many distinct ones were `seen`.

    `covered` lie under something, such as a dialog; `covered_by` says what that is. `language` is the page's,
    as ISO 639-1 has it, "" for unknown.
    """

    elements: tuple[Element, ...]
    seen: int
    covered: tuple[Element, ...] = ()
    language: str = ""
    #: The page's first words.
    sample: str = field(repr=False, default="")


async def discover(page: Page, visited: Container[str]) -> Discovery:
    """Everything clickable on the page, and in its frames, whose identity is not in `visited`.

    Offered are visible, enabled elements of at least 4x4 px. Those in view are hit by a click at their
    `point`; those that must be scrolled to carry `in_view=False` and are not yet tested.
    """
    sights = await look(page, MAX_ELEMENTS)
    language = await language_of(sights.sample)
    found = tuple(_distinct(_elements(sights.found[:MAX_ELEMENTS], language)))
    known = {element.identity for element in found}
    covered = tuple(e for e in _distinct(_elements(sights.covered, language)) if e.identity not in known)
    return Discovery(
        tuple(e for e in found if e.identity not in visited),
        len(found),
        covered,
        language,
        str(sights.sample.get("text", "")),
    )


async def describe(page: Page, selector: str) -> Element | None:
    """The element as it is now, or None when it is gone, hidden, disabled or no longer the only match."""
    frames = await panes(page, selector)
    row = await ask(page, selector, "describe", **within(frames)) if frames is not None else None
    if not row:
        return None
    if frames:
        pane = frames[-1]
        for place in filter(None, (row["box"], row["point"])):
            place.update(x=place["x"] + pane.x, y=place["y"] + pane.y)
        row["selector"] = pane.selector + ENTER + row["selector"]
        row["landmark"] = row["landmark"] or pane.landmark
    language = await language_of(row.pop("sample", {}))
    return next(_elements([row], language), None)


async def aim(page: Page, selector: str) -> Point | None:
    """A point in the viewport where a click hits this element right now, its centre if possible, or None."""
    frames = await panes(page, selector)
    place = await ask(page, selector, "aim", **within(frames)) if frames is not None else None
    if not place or frames is None:
        return None
    for depth in range(len(frames), 0, -1):
        pane, around = frames[depth - 1], frames[: depth - 1]
        base = around[-1] if around else None
        place["x"] += pane.x - (base.x if base else 0)
        place["y"] += pane.y - (base.y if base else 0)
        covers = await ask(page, pane.selector, "covers", points=[place], **within(around))
        if covers is None or covers[0]:
            return None
    return Point(float(place["x"]), float(place["y"]))


async def reveal_delta(page: Page, selector: str) -> float:
    """How many CSS pixels the page must scroll down (up if negative) to show the element comfortably.

    0.0 when it is already well in view, is fixed to the viewport, or is not there.
    """
    frames = await panes(page, selector)
    if not frames:
        return 0.0 if frames is None else float(await ask(page, selector, "reveal") or 0)
    depth = await ask(page, selector, "depth", **within(frames))
    if depth is None:
        return 0.0
    return float(await ask(page, frames[0].selector, "reveal", y=frames[-1].y + depth) or 0)


async def bring(page: Page, selector: str) -> bool:
    """Scrolls whatever hides the element except for the page itself; True when anything has moved.

    Afterwards `reveal_delta` says how far the page has to go, and `aim` finds the element.
    """
    parts = selector.split(ENTER)
    moved = False
    for depth in range(len(parts), 0, -1):
        moved |= bool(await ask(page, ENTER.join(parts[:depth]), "bring", framed=depth > 1))
    return moved


def _elements(rows: list[dict[str, Any]], language: str) -> Iterator[Element]:
    """Those rows that make sense: a page can bend what runs in its own world."""
    for row in rows:
        try:
            yield _element(row, language)
        except (TypeError, ValueError, KeyError, AttributeError) as exc:
            log.debug("a row of the page makes no element: %r", exc)


def _element(row: dict[str, Any], language: str) -> Element:
    box = Box(**{side: float(length) for side, length in row["box"].items()})
    point = Point(float(row["point"]["x"]), float(row["point"]["y"])) if row["point"] else None
    # The page cuts its strings anywhere, also within an emoji, and its attributes may be broken as they are.
    texts = {name: clean(value) for name, value in row.items() if isinstance(value, str)}
    texts["identity"] = element_identity(texts["identity"], texts["href"], texts.get("frame_origin", ""))
    options = tuple(map(clean, row["options"]))
    return Element(**{**row, **texts, "box": box, "point": point, "options": options, "language": language})


def _distinct(elements: Iterator[Element]) -> Iterator[Element]:
    """One element per identity: the first in view, else the first."""
    groups: dict[str, Element] = {}
    everything = list(elements)
    for element in everything:
        known = groups.get(element.identity)
        if known is None or (element.in_view and not known.in_view):
            groups[element.identity] = element
    return (e for e in everything if groups[e.identity] is e)
