"""Looks through frames: what a script sees in each becomes what a person sees on the page around it."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from playwright.async_api import ElementHandle, Frame, Page
from playwright.async_api import Error as PlaywrightError

from explorer.browser.isolated_world import evaluate_in_page, evaluate_isolated, is_closed_error, is_trusted

log = logging.getLogger(__name__)

Row = dict[str, Any]
#: How Playwright's selectors go from a frame's element into the frame.
ENTER = " >> internal:control=enter-frame >> "
#: Pages with more frames than this are made of advertisements.
MAX_FRAMES = 12
FRAME_TIMEOUT_S = 2.0
_PARTS = (
    *(
        "geometry.js",
        "scrolling.js",
        "listeners.js",
        "fields.js",
        "accessible_names.js",
        "icons.js",
        "selectors.js",
    ),
    *("identity.js", "context.js", "discovery.js", "query.js"),
)


@dataclass(slots=True)
class Sights:
    """What a look has found: rows of `describe` in discovery.js, those that lie under something apart."""

    found: list[Row] = field(default_factory=list)
    covered: list[Row] = field(default_factory=list)
    #: The page's first words as `text`, and the language that it says it is in as `lang`.
    sample: Row = field(default_factory=dict)


async def look(page: Page, cap: int) -> Sights:
    """What can be clicked in the page and in its frames, in the page's coordinates."""
    left = [MAX_FRAMES]
    return await _look_at(page.main_frame, {"job": "discover", "cap": cap}, left)


async def ask(page: Page, selector: str, job: str, **more: Any) -> Any:
    """The answer of `query.js` about the one match of `selector`, in the coordinates of its own frame."""
    request = {"job": job, **more}
    locator = page.locator(selector)
    try:
        if not is_trusted(page):
            return await _ask_aside(page, selector, request)
        answer = await locator.evaluate_all(_script(), request)
    except PlaywrightError as exc:
        if is_closed_error(exc):
            raise
        return await _ask_aside(page, selector, request)
    if not (isinstance(answer, dict) and answer.get("retry")):
        return answer
    # In the page's own world a closed shadow root is closed to Playwright too; its isolated world sees it.
    handles = await locator.element_handles()
    return await handles[0].evaluate(_about_one(), request) if len(handles) == 1 else _NOTHING.get(job)


async def _ask_aside(page: Page, selector: str, request: Row) -> Any:
    """The same from beside the page's scripts, where only what CSS alone can find is found."""
    whole = f"([selector, request]) => ({_script()})([...document.querySelectorAll(selector)], request)"
    return await evaluate_isolated(page, whole, [selector, request])


@dataclass(frozen=True, slots=True)
class Pane:
    """A frame's element and where what it shows lies in the page; `view` is what can be seen of it."""

    selector: str
    x: float
    y: float
    view: Mapping[str, float]
    landmark: str


async def panes(page: Page, selector: str) -> list[Pane] | None:
    """The frames that `selector` leads through, outermost first; None when one of them is gone."""
    parts = selector.split(ENTER)
    found: list[Pane] = []
    x = y = 0.0
    for depth in range(1, len(parts)):
        outer = ENTER.join(parts[:depth])
        seen = await ask(page, outer, "frame", **within(found))
        if not seen or not seen["shown"]:
            return None
        x, y = x + seen["x"], y + seen["y"]
        found.append(Pane(outer, x, y, seen["view"], seen["landmark"]))
    return found


def within(frames: list[Pane]) -> Row:
    """What a script inside the innermost of these frames is told of it."""
    return {"framed": True, "view": dict(frames[-1].view)} if frames else {}


async def _look_at(frame: Frame, request: Row, left: list[int]) -> Sights:
    script = f"request => ({_script()})([], request)"
    top = frame.parent_frame is None
    answer = await (evaluate_in_page(frame.page, script, request) if top else frame.evaluate(script, request))
    if not _is_sight(answer) and top:
        answer = await evaluate_isolated(frame.page, script, request)
    if not _is_sight(answer):
        raise PlaywrightError("The page's own scripts answered in place of ours.")
    sample = answer.get("sample")
    sights = Sights(answer["found"], answer["covered"], sample if isinstance(sample, dict) else {})
    for child in frame.child_frames:
        if left[0] <= 0:
            break
        left[0] -= 1
        try:
            async with asyncio.timeout(FRAME_TIMEOUT_S):
                await _look_into(child, request, sights, left)
        except (PlaywrightError, TimeoutError) as exc:
            log.debug("a frame could not be looked into: %r", exc)
    return sights


def _is_sight(answer: Any) -> bool:
    """Scripts of the page run in the same world, and may have bent what was to be answered."""
    return isinstance(answer, dict) and all(
        isinstance(rows := answer.get(name), list) and all(isinstance(row, dict) for row in rows)
        for name in ("found", "covered")
    )


async def _look_into(frame: Frame, outer: Row, sights: Sights, left: list[int]) -> None:
    element = await frame.frame_element()
    seen = await element.evaluate(_about_one(), {**outer, "job": "frame"})
    if not seen["shown"]:
        return
    inner = await _look_at(frame, {**outer, "framed": True, "view": seen["view"]}, left)
    for row in (*inner.found, *inner.covered):
        _move(row, seen)
    inner.found = await _clear(element, inner, outer)
    sights.found += inner.found
    sights.covered += inner.covered


async def _clear(element: ElementHandle, inner: Sights, outer: Row) -> list[Row]:
    """Those that nothing on the page around the frame covers; the others join the covered ones."""
    aimed = [row for row in inner.found if row["point"]]
    covers = await element.evaluate(
        _about_one(), {**outer, "job": "covers", "points": [row["point"] for row in aimed]}
    )
    for row, cover in zip(aimed, covers, strict=True):
        if cover:
            row.update(covered_by=cover, point=None)
            inner.covered.append(row)
    return [row for row in inner.found if not row["covered_by"]]


def _move(row: Row, seen: Row) -> None:
    """From the coordinates of a frame into those of what is around it."""
    for place in (row["box"], row["point"]):
        if place:
            place["x"] += seen["x"]
            place["y"] += seen["y"]
    row["selector"] = f"{seen['selector']}{ENTER}{row['selector']}"
    row["landmark"] = row["landmark"] or seen["landmark"]


#: What a job answers where its element is not there.
_NOTHING: Row = {"reveal": 0, "bring": False}


def _about_one() -> str:
    return f"(element, request) => ({_script()})([element], request)"


@cache
def _script() -> str:
    """One function, `(targets, request) => answer`, put together from its parts."""
    here = Path(__file__).parent / "js"
    body = "\n".join((here / part).read_text(encoding="utf-8") for part in _PARTS)
    return f"(targets, request) => {{\n{body}}}"
