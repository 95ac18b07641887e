"""Finds the clickable elements of a page, and the points at which a click hits them.

The work is done inside the page, by `discovery.js` and its parts, in one evaluation per frame; here its rows
become records. All functions raise `playwright.async_api.Error` when the page is closed or navigates.
"""

import asyncio
import logging
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from explorer.languages.detection import language_of
from explorer.page.element_identity import element_identity
from explorer.page.frames import (
    ENTER_FRAME,
    collect_elements,
    frame_chain,
    frame_request,
    query,
    to_outer_coordinates,
)
from explorer.text import clean
from explorer.types import Box, Element, Point

log = logging.getLogger(__name__)

#: Of pages with more, navigation is kept first, then what is in view, then document order.
MAX_ELEMENTS = 400


#: A page that answers no longer has begun to load another one.
END_AIM_TIMEOUT_S = 1.0
#: A press that was missed reached nothing; one that slipped was let go beside its target.
Press = Literal["reached", "slipped", "missed"]


@dataclass(frozen=True, slots=True)
class Discovery:
    """The unvisited `elements` in document order, and how many distinct ones were `seen`.

    `covered` lie under something, such as a dialog, which `covered_by` names. `language` is the page's ISO
    639-1 code, "" for unknown.
    """

    elements: tuple[Element, ...]
    seen: int
    covered: tuple[Element, ...] = ()
    language: str = ""
    #: The beginning of the page's text.
    sample: str = field(repr=False, default="")
    #: What is listed on the page, by row.
    rows: tuple[str, ...] = field(repr=False, default=())


async def discover(page: Page, visited: Container[str]) -> Discovery:
    """Finds everything clickable on the page and in its frames whose identity is not in `visited`.

    Returned are visible, enabled elements of at least 4x4 px. Those in view are hit by a click at their
    `point`; those that must be scrolled to have `in_view=False` and are not tested yet.
    """
    found_elements = await collect_elements(page, MAX_ELEMENTS)
    language = await language_of(found_elements.sample)
    found = tuple(_distinct(_elements(found_elements.found[:MAX_ELEMENTS], language)))
    known = {element.identity for element in found}
    covered = tuple(
        e for e in _distinct(_elements(found_elements.covered, language)) if e.identity not in known
    )
    return Discovery(
        tuple(e for e in found if e.identity not in visited),
        len(found),
        covered,
        language,
        str(found_elements.sample.get("text", "")),
        tuple(clean(str(row)) for row in found_elements.sample.get("rows", ())),
    )


async def describe(page: Page, selector: str) -> Element | None:
    """Describes the element as it is now; None when gone, hidden, disabled or no longer the only match."""
    frames = await frame_chain(page, selector)
    row = await query(page, selector, "describe", **frame_request(frames)) if frames is not None else None
    if not row:
        return None
    if frames:
        frame_view = frames[-1]
        to_outer_coordinates(row, frame_view.to_page)
        row["selector"] = frame_view.selector + ENTER_FRAME + row["selector"]
        row["landmark"] = row["landmark"] or frame_view.landmark
    language = await language_of(row.pop("sample", {}))
    return next(_elements([row], language), None)


async def find_click_point(page: Page, selector: str) -> Point | None:
    """Finds a point in the viewport where a click hits this element now, its centre if possible, or None."""
    frames = await frame_chain(page, selector)
    position = (
        await query(page, selector, "findClickPoint", **frame_request(frames)) if frames is not None else None
    )
    if not position or frames is None:
        return None
    for depth in range(len(frames), 0, -1):
        frame_view, around = frames[depth - 1], frames[: depth - 1]
        point = frame_view.to_parent.apply(position["x"], position["y"])
        position = {"x": point.x, "y": point.y}
        covers = await query(page, frame_view.selector, "covers", points=[position], **frame_request(around))
        if covers is None or covers[0]:
            return None
    return Point(float(position["x"]), float(position["y"]))


async def hits_beside_corner(page: Page, selector: str, offset: Point) -> bool:
    """Checks whether a click so far from the element's top left corner hits it now."""
    frames = await frame_chain(page, selector)
    if frames is None:
        return False
    request = {"offset": {"x": offset.x, "y": offset.y}, **frame_request(frames)}
    return bool(await query(page, selector, "hitsBesideCorner", **request))


async def aim_at(page: Page, selector: str) -> None:
    """Lets the next press reach this element only; `end_aim` tells whether it did."""
    await query(page, selector, "aim")


async def end_aim(page: Page, selector: str) -> Press:
    """Ends what `aim_at` began, and tells what has become of the press."""
    try:
        async with asyncio.timeout(END_AIM_TIMEOUT_S):
            aimed = await query(page, selector, "endAim")
    except (PlaywrightError, TimeoutError):
        return "reached"  # the press has led to another page
    if not isinstance(aimed, dict):
        return "reached"
    return (
        "missed" if aimed.get("missed") is True else "slipped" if aimed.get("clicked") is False else "reached"
    )


async def reveal_delta(page: Page, selector: str) -> float:
    """Computes by how many CSS pixels to scroll down (up if negative) to show the element well.
    view.

    0.0 when it is already well in view, is fixed to the viewport, or does not exist.
    """
    frames = await frame_chain(page, selector)
    if not frames:
        return 0.0 if frames is None else float(await query(page, selector, "reveal") or 0)
    middle = await query(page, selector, "middle", **frame_request(frames))
    if middle is None:
        return 0.0
    y_in_page = frames[-1].to_page.apply(middle["x"], middle["y"]).y
    return float(await query(page, frames[0].selector, "reveal", y=y_in_page) or 0)


async def scroll_containers(page: Page, selector: str) -> bool:
    """Scrolls the containers around the element, but not the page itself; True when anything has moved.

    Afterwards `reveal_delta` says how far the page has to scroll, and `find_click_point` finds the element.
    """
    parts = selector.split(ENTER_FRAME)
    moved = False
    for depth in range(len(parts), 0, -1):
        moved |= bool(
            await query(page, ENTER_FRAME.join(parts[:depth]), "scrollContainers", framed=depth > 1)
        )
    return moved


async def stays_in_menu(page: Page, selector: str, points: Sequence[Point]) -> list[bool]:
    """Checks for each point whether the pointer is still over the menu there that holds the element."""
    positions = [{"x": point.x, "y": point.y} for point in points]
    answer = await query(page, selector, "staysIn", points=positions)
    return [bool(stays) for stays in answer or []]


def elements_of(rows: list[dict[str, Any]], language: str = "") -> list[Element]:
    """Decodes what `collect_elements` has found; invalid rows are left out."""
    return list(_elements(rows, language))


def _elements(rows: list[dict[str, Any]], language: str) -> Iterator[Element]:
    """Decodes the valid rows: a page's scripts can change results of its own world."""
    for row in rows:
        try:
            yield _element(row, language)
        except (TypeError, ValueError, KeyError, AttributeError) as exc:
            log.debug("an invalid row was skipped: %r", exc)


def _element(row: dict[str, Any], language: str) -> Element:
    box = Box(**{side: float(length) for side, length in row["box"].items()})
    point = Point(float(row["point"]["x"]), float(row["point"]["y"])) if row["point"] else None
    # The script clips strings anywhere, also within an emoji, and attributes may hold lone surrogates.
    texts = {name: clean(value) for name, value in row.items() if isinstance(value, str)}
    texts["identity"] = element_identity(texts["identity"], texts["href"], texts.get("frame_origin", ""))
    options = tuple(map(clean, row["options"]))
    return Element(**{**row, **texts, "box": box, "point": point, "options": options, "language": language})


def _distinct(elements: Iterator[Element]) -> Iterator[Element]:
    """Keeps one element per identity: the first in view, else the first."""
    groups: dict[str, Element] = {}
    everything = list(elements)
    for element in everything:
        known = groups.get(element.identity)
        if known is None or (element.in_view and not known.in_view):
            groups[element.identity] = element
    return (e for e in everything if groups[e.identity] is e)
