"""Detects which dialog, menu or lightbox is open, and closes it.

All functions raise `playwright.async_api.Error` when the page is closed or navigates.
"""

from dataclasses import dataclass
from typing import Any, Literal

from playwright.async_api import Page

from explorer.guardrails.blacklist import blacklisted, is_plain_cancel
from explorer.input.mouse import Mouse
from explorer.overlays.scripts import query_overlays
from explorer.protocols import Clock
from explorer.text import clean
from explorer.types import Box, Point

DialogKind = Literal["dialog", "menu", "lightbox"]

#: Dialogs fade out for 150 to 400 ms.
CLOSE_TIMEOUT_MS = 700.0
POLL_INTERVAL_MS = 60.0

_PARTS = ("dialogs.js",)


@dataclass(frozen=True, slots=True)
class OpenDialog:
    """An open dialog: its name, its kind, and the box of its panel."""

    label: str
    kind: DialogKind
    box: Box


async def open_dialog(page: Page) -> OpenDialog | None:
    """Finds the topmost dialog, drawer, menu or lightbox that is open, or None."""
    row = await query_overlays(page, _PARTS, {"job": "open"})
    if not row:
        return None
    box = Box(**{side: float(length) for side, length in row["box"].items()})
    return OpenDialog(clean(row["label"]), row["kind"], box)


async def close_dialog(page: Page, clock: Clock, mouse: Mouse) -> bool:
    """Closes the topmost dialog on camera; True when it is closed, or none was open.

    Tries Escape, then a close or cancel button, then a click beside it. Nothing is confirmed or sent.
    """
    if await clock.during(open_dialog(page)) is None:
        return True
    await clock.during(page.keyboard.press("Escape"))
    if await _is_gone(page, clock):
        return True
    for target in (await _find_close_button(page, clock), await _query(page, clock, "beside")):
        if target is None:
            continue
        await mouse.move_to(Point(target["x"], target["y"]))
        await mouse.click()
        if await _is_gone(page, clock):
            return True
    return False


async def _find_close_button(page: Page, clock: Clock) -> Any:
    """Finds a button that says close; "Cerrar sesión" and the like are excluded."""
    found = await _query(page, clock, "closer")
    allowed = (
        target for target in found if not blacklisted(target["label"]) or is_plain_cancel(target["label"])
    )
    return next(allowed, None)


async def _is_gone(page: Page, clock: Clock) -> bool:
    until_ms = clock.now_ms() + CLOSE_TIMEOUT_MS
    while clock.now_ms() < until_ms:
        await clock.hold(POLL_INTERVAL_MS)
        if await _query(page, clock, "gone"):
            return True
    return False


async def _query(page: Page, clock: Clock, job: str) -> Any:
    return await clock.during(query_overlays(page, _PARTS, {"job": job}))
