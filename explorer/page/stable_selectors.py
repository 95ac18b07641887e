"""Selectors that find the same thing on the same site later: by role and name, where these tell it apart."""

import json
from collections.abc import Iterator

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from explorer.page.frames import ENTER, ask, panes, within
from explorer.types import Element

#: Longer names are cut in `Element.label`, and texts that long change.
MAX_NAME_CHARS = 70
#: Roles by which a test would look for a control, too.
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
    """A selector for this very element that is unique now and says what it is: `role=button[name="Save"s]`.

    Each candidate is tried on the page, whose names Playwright computes by itself; where none leads to the
    element alone, it keeps the selector that it has. Costs one round trip for most.
    """
    *frames, own = element.selector.split(ENTER)
    around = await panes(page, element.selector)
    for candidate in _candidates(element):
        whole = ENTER.join((*frames, candidate))
        try:
            if await ask(page, whole, "selector", **within(around or [])) == own:
                return whole
        except PlaywrightError:
            return element.selector  # the page has just gone; what is known of it stays
    return element.selector


def _candidates(element: Element) -> Iterator[str]:
    name = element.label
    if element.role not in ROLES or not 0 < len(name) <= MAX_NAME_CHARS or any(c.isdigit() for c in name):
        return  # counters and clocks are not the same later
    by_name = f"role={element.role}[name={json.dumps(name, ensure_ascii=False)}s]"
    yield by_name
    if element.landmark:
        yield f"role={LANDMARKS[element.landmark]} >> {by_name}"
