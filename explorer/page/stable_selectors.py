"""Computes selectors that find the same element later: by role and name where these are unique."""

import json
from collections.abc import Iterator

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from explorer.page.frames import ENTER_FRAME, frame_chain, frame_request, query
from explorer.types import Element

#: Longer names are clipped in `Element.label`, and texts that long change.
MAX_NAME_CHARS = 70
#: Roles that are used in selectors.
ROLES = frozenset(
    (
        *("button", "link", "tab", "menuitem", "menuitemcheckbox", "menuitemradio", "option", "switch"),
        *("checkbox", "radio", "treeitem", "combobox", "textbox", "searchbox", "slider", "spinbutton"),
        *("gridcell", "columnheader", "row"),
    )
)
LANDMARKS = {
    "header": "banner",
    "nav": "navigation",
    "main": "main",
    "aside": "complementary",
    "footer": "contentinfo",
    "dialog": "dialog",
}


async def stable_selector(page: Page, element: Element) -> str:
    """Returns a readable selector that is unique on the page: `role=button[name="Save"s]`.

    Each candidate is tried on the page, since Playwright computes names itself; when none matches this
    element alone, its CSS selector is kept. Takes one round trip for most elements.
    """
    *frames, own_selector = element.selector.split(ENTER_FRAME)
    chain = await frame_chain(page, element.selector)
    for candidate in _candidates(element):
        full_selector = ENTER_FRAME.join((*frames, candidate))
        try:
            if await query(page, full_selector, "selector", **frame_request(chain or [])) == own_selector:
                return full_selector
        except PlaywrightError:
            return element.selector  # the page was closed or has navigated
    return element.selector


def _candidates(element: Element) -> Iterator[str]:
    name = element.label
    if element.role not in ROLES or not 0 < len(name) <= MAX_NAME_CHARS or any(c.isdigit() for c in name):
        return  # counters and clocks change
    by_name = f"role={element.role}[name={json.dumps(name, ensure_ascii=False)}s]"
    yield by_name
    if element.landmark:
        yield f"role={LANDMARKS[element.landmark]} >> {by_name}"
