"""Dialogs, menus and enlarged pictures that a click has opened: which one is open, and how it is closed.

All functions raise `playwright.async_api.Error` when the page goes away.
"""

from dataclasses import dataclass
from typing import Any, Literal

from playwright.async_api import Page

from explorer.guardrails.blacklist import blacklisted, is_plain_cancel
from explorer.input.mouse import Mouse
from explorer.overlays.scripts import ask
from explorer.protocols import Clock
from explorer.text import clean
from explorer.types import Box, Point

DialogKind = Literal["dialog", "menu", "lightbox"]

#: Dialogs fade out for 150 to 400 ms.
GONE_MS = 700.0
GLANCE_MS = 60.0

_PARTS = ("dialogs.js",)


@dataclass(frozen=True, slots=True)
class OpenDialog:
    """What lies open over the page: its name, its kind, and the panel that a viewer sees."""

    label: str
    kind: DialogKind
    box: Box


async def open_dialog(page: Page) -> OpenDialog | None:
    """The topmost dialog, drawer, menu or enlarged picture that is open, or None."""
    row = await ask(page, _PARTS, {"job": "open"})
    if not row:
        return None
    box = Box(**{side: float(length) for side, length in row["box"].items()})
    return OpenDialog(clean(row["label"]), row["kind"], box)


async def close_dialog(page: Page, clock: Clock, mouse: Mouse) -> bool:
    """Closes the topmost one as a visitor would, on camera; True when it is gone, or none was open.

    Escape first, then what says close or cancel, then a click beside it. Nothing is confirmed or sent.
    """
    if await clock.during(open_dialog(page)) is None:
        return True
    await clock.during(page.keyboard.press("Escape"))
    if await _is_gone(page, clock):
        return True
    for at in (await _closer(page, clock), await _ask(page, clock, "beside")):
        if at is None:
            continue
        await mouse.move_to(Point(at["x"], at["y"]))
        await mouse.click()
        if await _is_gone(page, clock):
            return True
    return False


async def _closer(page: Page, clock: Clock) -> Any:
    """What says close; "Cerrar sesión" and its like close more than a dialog."""
    found = await _ask(page, clock, "closer")
    harmless = (at for at in found if not blacklisted(at["label"]) or is_plain_cancel(at["label"]))
    return next(harmless, None)


async def _is_gone(page: Page, clock: Clock) -> bool:
    until_ms = clock.now_ms() + GONE_MS
    while clock.now_ms() < until_ms:
        await clock.hold(GLANCE_MS)
        if await _ask(page, clock, "gone"):
            return True
    return False


async def _ask(page: Page, clock: Clock, job: str) -> Any:
    return await clock.during(ask(page, _PARTS, {"job": job}))
