"""Turns the slides of pages that nothing scrolls: by the wheel, in notches, or by keys."""

import asyncio
from functools import cache
from pathlib import Path
from typing import Literal

from playwright.async_api import Page

from explorer.browser.isolated_world import evaluate_in_page, evaluate_isolated
from explorer.input.mouse import SCROLLER

#: A way of turning to the next slide; a notch of the wheel is 100 px, a turn of it about a screen.
Way = Literal["notch", "turn", "ArrowRight", "ArrowDown", "PageDown", "Space"]
WHEEL: tuple[Way, ...] = ("notch", "turn")
#: The order in which they are tried: the first ones do nothing else on most pages.
KEYS: tuple[Way, ...] = ("ArrowRight", "ArrowDown", "PageDown", "Space")
NOTCH_PX = 100.0
TURN_NOTCHES = 7
NOTCH_INTERVAL_S = 0.04

_HAS_SCROLLER = f"() => {{{SCROLLER}\n  return scroller() !== null;\n}}"


async def ways_to_turn(page: Page) -> tuple[Way, ...]:
    """Returns the ways that may turn the page, by what it listens to; none where it can be scrolled."""
    if await evaluate_isolated(page, _HAS_SCROLLER):
        return ()
    heard = await evaluate_in_page(page, _script())
    if not isinstance(heard, list):
        return ()
    return (*(WHEEL if "wheel" in heard else ()), *(KEYS if "keys" in heard else ()))


async def turn_page(page: Page, way: Way) -> None:
    """Turns the page to its next slide, if this is a way to do so."""
    if way in KEYS:
        await page.keyboard.press(way)
        return
    for notch in range(TURN_NOTCHES if way == "turn" else 1):
        if notch:
            await asyncio.sleep(NOTCH_INTERVAL_S)
        await page.mouse.wheel(0, NOTCH_PX)


@cache
def _script() -> str:
    path = Path(__file__).parent / "js" / "turning.js"
    return path.read_text(encoding="utf-8")
