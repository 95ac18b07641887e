"""Tells which entries of the focus are within reach on the page that is tried off camera."""

from collections.abc import Callable

from playwright.async_api import Page

from explorer.page.discovery import discover
from explorer.page.regions import keys_in_regions
from explorer.planning.wishes import is_about
from explorer.types import Element, Wishes


async def focus_within_reach(
    page: Page, wishes: Wishes, refuses: Callable[[Element], bool]
) -> frozenset[str]:
    """The entries of the focus for which something is offered now. Raises Playwright's errors."""
    if not wishes.focus:
        return frozenset()
    found = [element for element in (await discover(page, ())).elements if not refuses(element)]
    named = {wish for wish in wishes.focus if any(is_about(element, wish) for element in found)}
    inside = {wish for wish in wishes.focus if await keys_in_regions(page, found, (wish,), around=True)}
    return frozenset(named | inside)
