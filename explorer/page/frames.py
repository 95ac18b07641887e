"""Collects elements from all (nested) iframes and translates their coordinates into those of the page."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from playwright.async_api import ElementHandle, Frame, Page
from playwright.async_api import Error as PlaywrightError

from explorer.browser.isolated_world import evaluate_in_page, evaluate_isolated, is_closed_error, is_trusted
from explorer.page.frame_transform import FrameTransform

log = logging.getLogger(__name__)

Row = dict[str, Any]
#: Joins the selector of a frame's element and a selector inside the frame, in Playwright's syntax.
ENTER_FRAME = " >> internal:control=enter-frame >> "
#: More frames than this are advertisements; they are skipped.
MAX_FRAMES = 12
FRAME_TIMEOUT_S = 2.0
_PARTS = (
    *(
        "geometry.js",
        "scrolling.js",
        "listeners.js",
        "hover_menus.js",
        "fields.js",
        "accessible_names.js",
        "icons.js",
        "selectors.js",
    ),
    *("identity.js", "groups.js", "tools.js", "context.js", "discovery.js", "frames.js"),
    *("fingerprints.js", "query.js"),
)


@dataclass(slots=True)
class FoundElements:
    """Rows of `describe` in discovery.js: clickable elements, and those that are covered."""

    found: list[Row] = field(default_factory=list)
    covered: list[Row] = field(default_factory=list)
    #: The beginning of the page's text as `text`, and its declared language as `lang`.
    sample: Row = field(default_factory=dict)


async def collect_elements(page: Page, cap: int) -> FoundElements:
    """Collects the clickable elements of the page and its frames, in the page's coordinates."""
    frames_left = [MAX_FRAMES]
    return await _collect_from(page.main_frame, {"job": "discover", "cap": cap}, frames_left)


async def query(page: Page, selector: str, job: str, **more: Any) -> Any:
    """Runs a job of `query.js` on the only match of `selector`, in the coordinates of its own frame."""
    request = {"job": job, **more}
    locator = page.locator(selector)
    try:
        if not is_trusted(page):
            return await _query_isolated(page, selector, request)
        result = await locator.evaluate_all(_script(), request)
    except PlaywrightError as exc:
        if is_closed_error(exc):
            raise
        return await _query_isolated(page, selector, request)
    if not (isinstance(result, dict) and result.get("retry")):
        return result
    # In the main world Playwright cannot enter closed shadow roots; in its isolated world it can.
    handles = await locator.element_handles()
    return (
        await handles[0].evaluate(_single_target_script(), request)
        if len(handles) == 1
        else _DEFAULT_RESULTS.get(job)
    )


async def _query_isolated(page: Page, selector: str, request: Row) -> Any:
    """Does the same in the isolated world, where only CSS selectors are supported."""
    whole = f"([selector, request]) => ({_script()})([...document.querySelectorAll(selector)], request)"
    return await evaluate_isolated(page, whole, [selector, request])


@dataclass(frozen=True, slots=True)
class FrameView:
    """A frame's element, and how its content lies in the frame around it and in the page.

    `view` is the part of its content that the page shows.
    """

    selector: str
    to_parent: FrameTransform
    to_page: FrameTransform
    view: Mapping[str, float]
    landmark: str


async def frame_chain(page: Page, selector: str) -> list[FrameView] | None:
    """Returns the frames that `selector` passes through, outermost first; None when one of them is gone."""
    parts = selector.split(ENTER_FRAME)
    found: list[FrameView] = []
    around = FrameTransform()
    for depth in range(1, len(parts)):
        outer = ENTER_FRAME.join(parts[:depth])
        frame_box = await query(page, outer, "frame", **frame_request(found))
        if not frame_box or not frame_box["shown"]:
            return None
        inner = FrameTransform.decode(frame_box["matrix"])
        around = inner.within(around)
        found.append(FrameView(outer, inner, around, frame_box["view"], frame_box["landmark"]))
    return found


async def selector_of(handle: ElementHandle) -> str:
    """A selector that finds this element from its page on, through all frames around it.

    Raises Playwright's errors when it is gone.
    """
    selector = str(await handle.evaluate(_single_target_script(), {"job": "selector"}))
    frame = await handle.owner_frame()
    while frame is not None and frame.parent_frame is not None:
        element = await frame.frame_element()
        frame_box = await element.evaluate(_single_target_script(), {"job": "frame"})
        selector = f"{frame_box['selector']}{ENTER_FRAME}{selector}"
        frame = frame.parent_frame
    return selector


async def transform_to_page(frame: Frame) -> FrameTransform:
    """Computes how the content of `frame` lies in its page. Raises Playwright's errors when it is gone."""
    whole = FrameTransform()
    while frame.parent_frame is not None:
        element = await frame.frame_element()
        frame_box = await element.evaluate(_single_target_script(), {"job": "frame"})
        whole = whole.within(FrameTransform.decode(frame_box["matrix"]))
        frame = frame.parent_frame
    return whole


def frame_request(frames: list[FrameView]) -> Row:
    """Builds the parameters of a query inside the innermost of these frames."""
    return {"framed": True, "view": dict(frames[-1].view)} if frames else {}


async def query_frame(frame: Frame, request: Row, is_valid: Callable[[Any], bool]) -> Any:
    """Runs a job of `query.js` that asks about a whole document, and returns its result.

    Raises Playwright's errors, also for a result that scripts of the page have changed.
    """
    script = f"request => ({_script()})([], request)"
    top = frame.parent_frame is None
    result = await (evaluate_in_page(frame.page, script, request) if top else frame.evaluate(script, request))
    if not is_valid(result) and top:
        result = await evaluate_isolated(frame.page, script, request)
    if not is_valid(result):
        raise PlaywrightError("The page's scripts have changed the result of ours.")
    return result


async def _collect_from(frame: Frame, request: Row, frames_left: list[int]) -> FoundElements:
    result = await query_frame(frame, request, _is_valid_result)
    sample = result.get("sample")
    found_elements = FoundElements(
        result["found"], result["covered"], sample if isinstance(sample, dict) else {}
    )
    for child in frame.child_frames:
        if frames_left[0] <= 0:
            break
        frames_left[0] -= 1
        try:
            async with asyncio.timeout(FRAME_TIMEOUT_S):
                await _collect_from_child(child, request, found_elements, frames_left)
        except (PlaywrightError, TimeoutError) as exc:
            log.debug("a frame was skipped: %r", exc)
    return found_elements


def _is_valid_result(result: Any) -> bool:
    """Checks the shape of a result: scripts of the page run in the same world and may have changed it."""
    return isinstance(result, dict) and all(
        isinstance(rows := result.get(name), list) and all(isinstance(row, dict) for row in rows)
        for name in ("found", "covered")
    )


async def _collect_from_child(
    frame: Frame, outer: Row, found_elements: FoundElements, frames_left: list[int]
) -> None:
    element = await frame.frame_element()
    frame_box = await element.evaluate(_single_target_script(), {**outer, "job": "frame"})
    if not frame_box["shown"]:
        return
    inside = await _collect_from(frame, {**outer, "framed": True, "view": frame_box["view"]}, frames_left)
    for row in (*inside.found, *inside.covered):
        _translate(row, frame_box)
    inside.found = await _drop_covered(element, inside, outer)
    found_elements.found += inside.found
    found_elements.covered += inside.covered


async def _drop_covered(element: ElementHandle, inside: FoundElements, outer: Row) -> list[Row]:
    """Returns the elements that nothing around the frame covers; moves the others to `covered`."""
    with_point = [row for row in inside.found if row["point"]]
    covered_by_each = await element.evaluate(
        _single_target_script(), {**outer, "job": "covers", "points": [row["point"] for row in with_point]}
    )
    for row, covered_by in zip(with_point, covered_by_each, strict=True):
        if covered_by:
            row.update(covered_by=covered_by, point=None)
            inside.covered.append(row)
    return [row for row in inside.found if not row["covered_by"]]


def _translate(row: Row, frame_box: Row) -> None:
    """Translates a row from the coordinates of a frame into those of its parent."""
    to_parent = FrameTransform.decode(frame_box["matrix"])
    to_outer_coordinates(row, to_parent)
    row["selector"] = f"{frame_box['selector']}{ENTER_FRAME}{row['selector']}"
    row["landmark"] = row["landmark"] or frame_box["landmark"]


def to_outer_coordinates(row: Row, transform: FrameTransform) -> None:
    """Maps the box and the point of a row."""
    row["box"] = transform.apply_to_box(row["box"])
    if row["point"]:
        point = transform.apply(row["point"]["x"], row["point"]["y"])
        row["point"] = {"x": point.x, "y": point.y}


#: Results of jobs whose element does not exist.
_DEFAULT_RESULTS: Row = {"reveal": 0, "scrollContainers": False}


def _single_target_script() -> str:
    return f"(element, request) => ({_script()})([element], request)"


@cache
def _script() -> str:
    """Concatenates the parts to one function, `(targets, request) => result`."""
    here = Path(__file__).parent / "js"
    body = "\n".join((here / part).read_text(encoding="utf-8") for part in _PARTS)
    return f"(targets, request) => {{\n{body}}}"
