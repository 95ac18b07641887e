"""Reads a site's theme colour and favicon from the page itself, under the same egress policy."""

import asyncio
import base64
import binascii
import logging
import re
from functools import cache
from pathlib import Path

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from explorer.browser.isolated_world import evaluate_isolated
from explorer.protocols import Clock
from explorer.trace import SiteBranding

log = logging.getLogger(__name__)

#: Within the page loading the icon may take a second; this limit is for a page whose timers no longer run.
READ_TIMEOUT_S = 1.5
#: An icon of 256 px with a photograph in it has some 130 kB.
MAX_ICON_BYTES = 256 << 10
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


async def read_branding(page: Page, clock: Clock) -> SiteBranding:
    """Reads the branding of the site on screen; empty where the page has none, and never an error."""
    try:
        async with asyncio.timeout(READ_TIMEOUT_S):
            answer = await clock.during(evaluate_isolated(page, _script()))
    except (TimeoutError, PlaywrightError) as exc:
        log.info("no branding was read: %r", exc)
        return SiteBranding()
    found = answer if isinstance(answer, dict) else {}
    return SiteBranding(_colour(found.get("theme")), _icon(found.get("icon")))


@cache
def _script() -> str:
    return (Path(__file__).parent / "js" / "branding.js").read_text(encoding="utf-8")


def _colour(value: object) -> str:
    return value if isinstance(value, str) and re.fullmatch(r"#[0-9a-f]{6}", value) else ""


def _icon(value: object) -> str:
    """Validates a base64 PNG, which the page's scripts may have changed."""
    if not isinstance(value, str) or len(value) > MAX_ICON_BYTES * 4 // 3:
        return ""
    try:
        png = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return ""
    return value if png.startswith(PNG_SIGNATURE) else ""
