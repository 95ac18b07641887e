"""Dismisses overlays (cookie banners, tours, newsletter boxes), rejecting where possible.

`dismissal.js` finds them in one evaluation per frame, which takes some milliseconds where there is none. All
functions raise `playwright.async_api.Error` when the page is closed or navigates.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.async_api import CDPSession, Frame, Page
from playwright.async_api import Error as PlaywrightError

from explorer.guardrails.blacklist import blacklisted, ends_session, is_plain_cancel
from explorer.overlays.scripts import query_overlays
from explorer.page.frames import transform_to_page
from explorer.protocols import Clock
from explorer.text import clean
from explorer.types import Point

log = logging.getLogger(__name__)

#: Time limit for each child frame.
FRAME_TIMEOUT_S = 2.0
#: Banners fade out for 200 to 500 ms; some are removed from the page only then.
CLOSE_TIMEOUT_MS = 1_000.0
POLL_INTERVAL_MS = 60.0
#: A banner that slides in is stable within so many polls.
MAX_POLLS = 12

_PARTS = ("consent_managers.js", "dismissal.js")
_OVERLAY_STATE = "window[Symbol.for('demo.overlays')]"
#: Checks whether a frame floats above its page and covers enough of the viewport.
_IS_FLOATING = """
(frame) => {
  const { width, height } = frame.getBoundingClientRect();
  if (width * height < 0.03 * innerWidth * innerHeight) return false;
  for (let el = frame; el; el = el.parentElement ?? el.parentNode?.host ?? null) {
    const { position, zIndex } = getComputedStyle(el);
    if (position === "fixed" || (position === "absolute" && Number(zIndex) >= 1)) return true;
    if (el.matches("dialog[open], [role=dialog]")) return true;
  }
  return false;
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
class Dismissed:
    """A dismissed overlay: its kind, such as `consent` or `tour`, the control that was used, and how."""

    kind: str
    label: str
    how: str


@dataclass(frozen=True, slots=True)
class _Found:
    """An overlay on screen: its index in the frame's list, and its answers, the best first."""

    frame: Frame
    kind: str
    slot: int
    answers: tuple[tuple[str, str], ...]


def _ignore(kind: str) -> None:
    """Ignores overlays that stay."""


async def dismiss_overlays(
    page: Page, clock: Clock, limit: int = 4, on_remaining: Callable[[str], None] = _ignore
) -> list[Dismissed]:
    """Dismisses up to `limit` overlays with real clicks, and returns those that are gone.

    One that stays is not tried again in this document; its kind is passed to `on_remaining`. Nothing is ever
    typed, bought or subscribed to; where paying is the only alternative to accepting, nothing is chosen.
    """
    dismissed = []
    for _ in range(limit):
        found = await clock.during(_find(page, on_remaining))
        if found is None:
            break
        result = await _dismiss(page, clock, found)
        if result is None:
            on_remaining(found.kind)
        else:
            dismissed.append(result)
            log.info("an overlay was dismissed: %s", result)
    return dismissed


async def _find(page: Page, on_remaining: Callable[[str], None]) -> _Found | None:
    main, *others = await asyncio.gather(*(_query_frame(frame) for frame in page.frames))
    if main and "sealed" in main:
        main = await _query_frame(page.main_frame) if await _open_closed_roots(page, main["sealed"]) else None
    if main and "slot" in main:
        return _decode(page.main_frame, main)
    if main and "unanswered" in main:
        on_remaining(str(main["unanswered"]))
    for frame, answer in zip(page.frames[1:], others, strict=False):
        if answer and await _is_floating(frame):
            return _decode(frame, answer)
    return None


async def _query_frame(frame: Frame) -> dict[str, Any] | None:
    framed = frame.parent_frame is not None
    query = query_overlays(frame, _PARTS, {"job": "find", "framed": framed})
    if not framed:
        main: dict[str, Any] | None = await query
        return main
    try:
        async with asyncio.timeout(FRAME_TIMEOUT_S):
            found: dict[str, Any] | None = await query
            return found
    except (TimeoutError, PlaywrightError) as exc:
        log.debug("a frame did not respond: %r", exc)
        return None


def _decode(frame: Frame, answer: dict[str, Any]) -> _Found:
    answers = tuple((str(one["how"]), clean(str(one["label"]))) for one in answer["answers"])
    return _Found(frame, str(answer["kind"]), int(answer["slot"]), answers)


async def _is_floating(frame: Frame) -> bool:
    try:
        element = await frame.frame_element()
        return bool(await element.is_visible() and await element.evaluate(_IS_FLOATING))
    except PlaywrightError:
        return False  # it was removed from the page meanwhile


async def _dismiss(page: Page, clock: Clock, found: _Found) -> Dismissed | None:
    for number, (how, label) in enumerate(found.answers):
        if (blacklisted(label) or ends_session(label)) and not is_plain_cancel(label):
            continue  # such as "Cerrar sesión", which ends the session
        point = await _wait_for_click_point(clock, found, number)
        if point is None:
            continue
        await clock.during(page.mouse.click(point.x, point.y))
        await clock.during(_query(found, "clicked"))
        if await _is_gone(clock, found):
            return Dismissed(found.kind, label, how)
        if number == 0:
            await clock.during(page.keyboard.press("Escape"))
            if await _is_gone(clock, found):
                return Dismissed(found.kind, label, "escape")
    await clock.during(_query(found, "leave"))
    return None


async def _wait_for_click_point(clock: Clock, found: _Found, number: int) -> Point | None:
    """Returns where a click hits the answer once it has stopped moving."""
    before = None
    for _ in range(MAX_POLLS):
        point = await clock.during(_click_point(found, number))
        if point is None or point == before:
            return point
        before = point
        await clock.hold(POLL_INTERVAL_MS)
    return before


async def _click_point(found: _Found, number: int) -> Point | None:
    position = await _query(found, "aim", answer=number)
    if not position:
        return None
    if found.frame.parent_frame is None:
        return Point(position["x"], position["y"])
    return await _to_page_coordinates(found.frame, Point(position["x"], position["y"]))


async def _to_page_coordinates(frame: Frame, inner: Point) -> Point | None:
    """Translates a point of a frame into one of the page; None where something covers the frame."""
    element = await frame.frame_element()
    point = (await transform_to_page(frame)).apply(inner.x, inner.y)
    return point if await element.evaluate(_IS_TOP, {"x": point.x, "y": point.y}) else None


async def _is_gone(clock: Clock, found: _Found) -> bool:
    until_ms = clock.now_ms() + CLOSE_TIMEOUT_MS
    while clock.now_ms() < until_ms:
        await clock.hold(POLL_INTERVAL_MS)
        if await clock.during(_query(found, "gone")) is not False:
            return True
    return False


async def _query(found: _Found, job: str, **more: Any) -> Any:
    """Queries the overlay; None when its document is gone, since an answer may load another."""
    try:
        return await query_overlays(found.frame, _PARTS, {"job": job, "slot": found.slot, **more})
    except PlaywrightError:
        if found.frame.page.is_closed():
            raise
        return None


async def _open_closed_roots(page: Page, count: int) -> bool:
    """Gives the script access to closed shadow roots, which only CDP can open."""
    session = await page.context.new_cdp_session(page)
    try:
        roots_opened = [await _open_closed_root(session, number) for number in range(count)]
    finally:
        await session.detach()
    return any(roots_opened)


async def _open_closed_root(session: CDPSession, number: int) -> bool:
    expression = f"{_OVERLAY_STATE}.hosts[{number}]"
    host = (await session.send("Runtime.evaluate", {"expression": expression}))["result"]
    if "objectId" not in host:
        return False
    node = await session.send("DOM.describeNode", {"objectId": host["objectId"], "depth": 1, "pierce": True})
    roots = [root for root in node["node"].get("shadowRoots", []) if root.get("shadowRootType") == "closed"]
    arguments = []
    if roots:
        resolved = await session.send("DOM.resolveNode", {"backendNodeId": roots[0]["backendNodeId"]})
        arguments = [{"objectId": resolved["object"]["objectId"]}]
    declaration = f"function (root = null) {{ {_OVERLAY_STATE}.sealed.set(this, root); }}"
    request = {"objectId": host["objectId"], "functionDeclaration": declaration, "arguments": arguments}
    await session.send("Runtime.callFunctionOn", request)
    return bool(roots)
