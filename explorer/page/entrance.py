"""Waits for entrance animations: what fades or slides in cannot be clicked before it has."""

from typing import Any

from playwright.async_api import Page

from explorer.browser.isolated_world import evaluate_isolated
from explorer.deadlines import Deadlines
from explorer.protocols import Clock

#: No longer, in film time: what takes more is no entrance.
MAX_ENTRANCE_MS = 4_000.0
#: For controls that are still hidden where nothing moves: a script may show them after a delay.
MAX_HIDDEN_MS = 2_500.0
POLL_INTERVAL_MS = 120.0
#: Controls that change their opacity from one look to the next are being faded by script.
READ_ENTRANCE = f"""
() => {{
  const left = document.getAnimations().map((animation) => {{
    const end = animation.effect?.getComputedTiming().endTime;
    const isTimed = animation.timeline === document.timeline && animation.playState === "running";
    const leftMs = isTimed ? (end - (animation.currentTime ?? 0)) / (animation.playbackRate || 1) : 0;
    return leftMs > 0 && leftMs <= {MAX_ENTRANCE_MS} ? leftMs : 0;
  }});
  const controls = [...document.querySelectorAll("a[href], button, [role=button], input, select, textarea")];
  const opacityOf = (el) => {{
    let opacity = 1;
    for (let box = el; box; box = box.parentElement) opacity *= Number(getComputedStyle(box).opacity);
    return opacity;
  }};
  const shown = controls.slice(0, 100).filter((el) => el.getClientRects().length);
  const opacities = shown.map(opacityOf);
  return {{
    left_ms: Math.max(0, ...left),
    hidden: opacities.filter((opacity) => opacity < 0.05).length,
    opacities: opacities.map((opacity) => opacity.toFixed(3)).join(),
  }};
}}
"""


async def await_entrance(page: Page, clock: Clock, deadlines: Deadlines, *, for_hidden: bool = False) -> bool:
    """Waits until nothing enters any more; False when nothing did.

    With `for_hidden` it also waits a while for controls that are there, but transparent.
    """
    began_ms = clock.now_ms()
    before = await _read(page, deadlines)
    waited = False
    while (elapsed_ms := clock.now_ms() - began_ms) < MAX_ENTRANCE_MS:
        is_hidden = for_hidden and before["hidden"] and elapsed_ms < MAX_HIDDEN_MS
        if not before["left_ms"] and not is_hidden and elapsed_ms >= POLL_INTERVAL_MS:
            return waited
        await clock.hold(min(POLL_INTERVAL_MS, before["left_ms"] or POLL_INTERVAL_MS))
        now = await _read(page, deadlines)
        waited |= bool(before["left_ms"]) or bool(is_hidden) or now["opacities"] != before["opacities"]
        if not now["left_ms"] and not is_hidden and now["opacities"] == before["opacities"]:
            return waited
        before = now
    return waited


async def _read(page: Page, deadlines: Deadlines) -> dict[str, Any]:
    entrance: dict[str, Any] = await deadlines.do(evaluate_isolated(page, READ_ENTRANCE))
    return entrance
