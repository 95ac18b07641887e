"""Finds what lies over a page and how it is answered, one evaluation of `dismissal.js` for each frame.

All functions raise `playwright.async_api.Error` when the page is closed or navigates.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Frame, Page

from explorer.overlays.closed_roots import open_closed_roots
from explorer.overlays.scripts import query_overlays
from explorer.page.frames import transform_to_page
from explorer.text import clean
from explorer.types import Box, Point

log = logging.getLogger(__name__)

#: Time limit for each child frame.
FRAME_TIMEOUT_S = 2.0

_PARTS = ("consent_managers.js", "kinds.js", "gates.js", "hints.js", "dismissal.js")
_ASKED_PARTS = ("asked.js",)
#: Where a frame floats above its page, if it covers enough of the viewport: in a corner or not, and whether a
#: click of the film has opened it.
_FLOATING = """
(frame) => {
  const { width, height, left, right, top, bottom } = frame.getBoundingClientRect();
  if (width * height < 0.03 * innerWidth * innerHeight) return null;
  const asked = window[Symbol.for("demo.overlays")]?.asked;
  const aside = right > innerWidth * 0.9 || left < innerWidth * 0.1;
  const corner = aside && width < innerWidth * 0.45 && top > 0 && bottom > innerHeight * 0.85;
  let floats = false, isAsked = false;
  for (let el = frame; el; el = el.parentElement ?? el.parentNode?.host ?? null) {
    const { position, zIndex } = getComputedStyle(el);
    floats ||= position === "fixed" || (position === "absolute" && Number(zIndex) >= 1);
    floats ||= el.matches("dialog[open], [role=dialog]");
    isAsked ||= !!asked?.has(el);
  }
  return floats ? { corner, asked: isAsked } : null;
}
"""
#: Checks whether nothing covers a frame at a point of its page.
_IS_TOP = """
(frame, { x, y }) => {
  if (window !== top) return true;
  let hit = document.elementFromPoint(x, y);
  while (hit?.shadowRoot && hit !== frame) hit = hit.shadowRoot.elementFromPoint(x, y);
  return hit === frame;
}
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """One way to answer an overlay: how, the label of its button, and how many fields are filled in first."""

    how: str
    label: str
    entries: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """An overlay on screen: its index in the frame's list, and its answers, the best first."""

    frame: Frame
    kind: str
    slot: int
    answers: tuple[Answer, ...]


async def find_overlay(
    page: Page, on_remaining: Callable[[str], None], hints: Sequence[str] = ()
) -> Found | None:
    """Finds the next overlay to answer; the kind of one that must not be answered is passed on.

    `hints` name the button of a consent box: `css=` and a selector, or its words.
    """
    asked = {"job": "find", "hints": list(hints)}
    main, *others = await asyncio.gather(*(_query_frame(frame, asked) for frame in page.frames))
    if main and "sealed" in main:
        opened = await open_closed_roots(page, main["sealed"])
        main = await _query_frame(page.main_frame, asked) if opened else None
    if main and "slot" in main:
        return _decode(page.main_frame, main)
    if main and "unanswered" in main:
        on_remaining(str(main["unanswered"]))
    for frame, answer in zip(page.frames[1:], others, strict=False):
        where = await _floating(frame) if answer else None
        if not answer or not where:
            continue
        if "unanswered" in answer:
            on_remaining(str(answer["unanswered"]))
        elif "slot" in answer and _is_intrusion(answer, where):
            return _decode(frame, answer)
    return None


async def find_walls(page: Page) -> tuple[Box, ...]:
    """Finds where overlays stand whose answers are not for the film to give, such as "pay or accept"."""
    boxes = [Box(**row) for row in await query_overlays(page, _PARTS, {"job": "walls"}) or ()]
    for frame in page.frames[1:]:
        if await _query_frame(frame, {"job": "walls"}) and await _floating(frame):
            around = await (await frame.frame_element()).bounding_box()
            boxes += [Box(around["x"], around["y"], around["width"], around["height"])] if around else []
    return tuple(boxes)


async def note_layers(page: Page, asked: bool) -> None:
    """Notes what lies over the page just before a click, or with `asked` what that click has opened.

    What a click has opened is shown, not dismissed.
    """
    await query_overlays(page, _ASKED_PARTS, {"job": "asked" if asked else "before"})


async def query(found: Found, job: str, **more: Any) -> Any:
    """Queries the overlay; None when its document is gone, since an answer may load another."""
    try:
        return await query_overlays(found.frame, _PARTS, {"job": job, "slot": found.slot, **more})
    except PlaywrightError:
        if found.frame.page.is_closed():
            raise
        return None


async def place(found: Found, position: dict[str, float]) -> Point | None:
    """Where a point of the overlay's frame lies in the page; None where something covers the frame."""
    if found.frame.parent_frame is None:
        return Point(position["x"], position["y"])
    element = await found.frame.frame_element()
    point = (await transform_to_page(found.frame)).apply(position["x"], position["y"])
    return point if await element.evaluate(_IS_TOP, {"x": point.x, "y": point.y}) else None


def _is_intrusion(answer: dict[str, Any], where: dict[str, bool]) -> bool:
    if where["asked"] and answer["shy"]:
        return False
    return where["corner"] or answer["kind"] != "teaser"


async def _query_frame(frame: Frame, request: dict[str, Any]) -> Any:
    framed = frame.parent_frame is not None
    asked = query_overlays(frame, _PARTS, {**request, "framed": framed})
    if not framed:
        return await asked
    try:
        async with asyncio.timeout(FRAME_TIMEOUT_S):
            return await asked
    except (TimeoutError, PlaywrightError) as exc:
        log.debug("a frame did not respond: %r", exc)
        return None


def _decode(frame: Frame, row: dict[str, Any]) -> Found:
    answers = tuple(
        Answer(str(one["how"]), clean(str(one["label"])), int(one["entries"])) for one in row["answers"]
    )
    return Found(frame, str(row["kind"]), int(row["slot"]), answers)


async def _floating(frame: Frame) -> dict[str, bool] | None:
    try:
        element = await frame.frame_element()
        where: dict[str, bool] | None = (
            await element.evaluate(_FLOATING) if await element.is_visible() else None
        )
        return where
    except PlaywrightError:
        return None  # it was removed from the page meanwhile
