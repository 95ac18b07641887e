"""What stands in the way of a film, such as a cookie banner, is answered as a polite visitor would.

Seen by `dismissal.js` in one evaluation a frame, which takes some milliseconds where there is nothing. All
functions raise `playwright.async_api.Error` when the page goes away.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.async_api import CDPSession, ElementHandle, Frame, Page
from playwright.async_api import Error as PlaywrightError

from explorer.guardrails.blacklist import blacklisted, ends_session, is_plain_cancel
from explorer.overlays.scripts import ask
from explorer.protocols import Clock
from explorer.text import clean
from explorer.types import Point

log = logging.getLogger(__name__)

#: A frame of somebody else's that does not answer is not waited for.
FRAME_TIMEOUT_S = 2.0
#: Banners fade for 200 to 500 ms; some are taken out of the page only then.
GONE_MS = 1_000.0
GLANCE_MS = 60.0
#: A banner that slides in holds still within so many glances.
GLANCES = 12

_PARTS = ("consent_managers.js", "dismissal.js")
_MEMORY = "window[Symbol.for('demo.overlays')]"
#: Whether a frame floats above its page, and how much of the picture it takes.
_FLOATS = """
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
_BORDER = "(frame) => [frame.clientLeft, frame.clientTop]"
#: Whether nothing lies over a frame at a point of its page.
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
    """An obstacle that is gone: its kind, such as `consent` or `tour`, and how which control removed it."""

    kind: str
    label: str
    how: str


@dataclass(frozen=True, slots=True)
class _Found:
    """An obstacle on screen: its place in the frame's own list, and its answers, the best first."""

    frame: Frame
    kind: str
    slot: int
    answers: tuple[tuple[str, str], ...]


def _nobody(kind: str) -> None:
    """Not told."""


async def dismiss_overlays(
    page: Page, clock: Clock, limit: int = 4, left: Callable[[str], None] = _nobody
) -> list[Dismissed]:
    """Answers up to `limit` obstacles with real clicks, and says which are gone.

    What does not go away is left as it is, and not tried again in this document; its kind is given to `left`.
    Nothing is ever typed, bought or subscribed to; where paying is the only other choice than accepting,
    nothing is chosen.
    """
    cleared = []
    for _ in range(limit):
        found = await clock.during(_find(page, left))
        if found is None:
            break
        done = await _remove(page, clock, found)
        if done is None:
            left(found.kind)
        else:
            cleared.append(done)
            log.info("an obstacle was cleared: %s", done)
    return cleared


async def _find(page: Page, left: Callable[[str], None]) -> _Found | None:
    main, *others = await asyncio.gather(*(_look(frame) for frame in page.frames))
    if main and "sealed" in main:
        main = await _look(page.main_frame) if await _unseal(page, main["sealed"]) else None
    if main and "slot" in main:
        return _found(page.main_frame, main)
    if main and "unanswered" in main:
        left(str(main["unanswered"]))
    for frame, answer in zip(page.frames[1:], others, strict=False):
        if answer and await _floats(frame):
            return _found(frame, answer)
    return None


async def _look(frame: Frame) -> dict[str, Any] | None:
    framed = frame.parent_frame is not None
    asked = ask(frame, _PARTS, {"job": "find", "framed": framed})
    if not framed:
        main: dict[str, Any] | None = await asked
        return main
    try:
        async with asyncio.timeout(FRAME_TIMEOUT_S):
            found: dict[str, Any] | None = await asked
            return found
    except (TimeoutError, PlaywrightError) as exc:
        log.debug("a frame could not be asked: %r", exc)
        return None


def _found(frame: Frame, answer: dict[str, Any]) -> _Found:
    answers = tuple((str(one["how"]), clean(str(one["label"]))) for one in answer["answers"])
    return _Found(frame, str(answer["kind"]), int(answer["slot"]), answers)


async def _floats(frame: Frame) -> bool:
    try:
        element = await frame.frame_element()
        return bool(await element.is_visible() and await element.evaluate(_FLOATS))
    except PlaywrightError:
        return False  # it was taken out of the page while we asked


async def _remove(page: Page, clock: Clock, found: _Found) -> Dismissed | None:
    for number, (how, label) in enumerate(found.answers):
        if (blacklisted(label) or ends_session(label)) and not is_plain_cancel(label):
            continue  # "Cerrar sesión" closes more than a box
        point = await _aim(clock, found, number)
        if point is None:
            continue
        await clock.during(page.mouse.click(point.x, point.y))
        await clock.during(_ask(found, "clicked"))
        if await _is_gone(clock, found):
            return Dismissed(found.kind, label, how)
        if number == 0:
            await clock.during(page.keyboard.press("Escape"))
            if await _is_gone(clock, found):
                return Dismissed(found.kind, label, "escape")
    await clock.during(_ask(found, "leave"))
    return None


async def _aim(clock: Clock, found: _Found, number: int) -> Point | None:
    """Where a click hits the answer once it has stopped moving."""
    before = None
    for _ in range(GLANCES):
        point = await clock.during(_point(found, number))
        if point is None or point == before:
            return point
        before = point
        await clock.hold(GLANCE_MS)
    return before


async def _point(found: _Found, number: int) -> Point | None:
    at = await _ask(found, "aim", answer=number)
    if not at:
        return None
    if found.frame.parent_frame is None:
        return Point(at["x"], at["y"])
    element = await found.frame.frame_element()
    return await _in_page(element, Point(at["x"], at["y"]))


async def _in_page(frame: ElementHandle, inner: Point) -> Point | None:
    """A point of a frame as a point of the page, or None where something lies over the frame."""
    box = await frame.bounding_box()
    if box is None:
        return None
    left, top = await frame.evaluate(_BORDER)
    point = Point(box["x"] + left + inner.x, box["y"] + top + inner.y)
    return point if await frame.evaluate(_IS_TOP, {"x": point.x, "y": point.y}) else None


async def _is_gone(clock: Clock, found: _Found) -> bool:
    until_ms = clock.now_ms() + GONE_MS
    while clock.now_ms() < until_ms:
        await clock.hold(GLANCE_MS)
        if await clock.during(_ask(found, "gone")) is not False:
            return True
    return False


async def _ask(found: _Found, job: str, **more: Any) -> Any:
    """None when the document that held the obstacle is no longer there: an answer may load another."""
    try:
        return await ask(found.frame, _PARTS, {"job": job, "slot": found.slot, **more})
    except PlaywrightError:
        if found.frame.page.is_closed():
            raise
        return None


async def _unseal(page: Page, count: int) -> bool:
    """Lets the script see into closed shadow roots, which only the browser's own tools can open."""
    session = await page.context.new_cdp_session(page)
    try:
        opened = [await _open_root(session, number) for number in range(count)]
    finally:
        await session.detach()
    return any(opened)


async def _open_root(session: CDPSession, number: int) -> bool:
    host = (await session.send("Runtime.evaluate", {"expression": f"{_MEMORY}.hosts[{number}]"}))["result"]
    if "objectId" not in host:
        return False
    node = await session.send("DOM.describeNode", {"objectId": host["objectId"], "depth": 1, "pierce": True})
    roots = [root for root in node["node"].get("shadowRoots", []) if root.get("shadowRootType") == "closed"]
    arguments = []
    if roots:
        resolved = await session.send("DOM.resolveNode", {"backendNodeId": roots[0]["backendNodeId"]})
        arguments = [{"objectId": resolved["object"]["objectId"]}]
    declaration = f"function (root = null) {{ {_MEMORY}.sealed.set(this, root); }}"
    request = {"objectId": host["objectId"], "functionDeclaration": declaration, "arguments": arguments}
    await session.send("Runtime.callFunctionOn", request)
    return bool(roots)
