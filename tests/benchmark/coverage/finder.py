"""What the oracle can do on a page: find every control by sight, and act on one of them.

Deliberately not the product's discovery: a yardstick must not share the blind spots of what it measures.
"""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Frame, Page

from explorer.guardrails.rules import Site, refuse_element
from explorer.types import Box, Element, Point

FINDER = (Path(__file__).parent / "finder.js").read_text(encoding="utf-8")
ORACLE = 'window[Symbol.for("oracle")]'
#: What is typed into a field: plausible in a list, and found in few.
TYPED = "Plan the summer trip"
_TEXT_TYPES = frozenset({"text", "search", ""})
_PRIVATE = re.compile(r"password|card|cvc|iban|e-?mail|phone|tel|street|address|zip", re.IGNORECASE)
#: Pickers that change how all of a site looks, and nothing of what it shows.
_PICKER = re.compile(
    r"\b(?:theme|dark|light mode|appearance|languages?|locale|français|deutsch|español)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Control:
    """Something to click, found again by its key and by which of those with the same key it is."""

    frame: int
    index: int
    key: str
    number: int
    name: str
    kind: str
    href: str
    row: dict[str, Any]

    @property
    def who(self) -> tuple[int, str, int]:
        return self.frame, self.key, self.number

    @property
    def is_field(self) -> bool:
        tag = self.row["tag"]
        return tag == "textarea" or (tag == "input" and self.row["type"] in _TEXT_TYPES)


async def find(page: Page) -> list[Control]:
    """Everything to click on the page and in its frames; what lies under something else is left out."""
    found: list[Control] = []
    for number, frame in enumerate(page.frames):
        try:
            rows = await frame.evaluate(f"{ORACLE}?.find() ?? []")
        except PlaywrightError:
            continue  # a frame that is going away has nothing to click
        count: Counter[str] = Counter()
        for index, row in enumerate(rows):
            key = _key(row)
            kind = f"{row['tag']} {row['role']} {'link' if row['href'] else ''}{row['chrome']}"
            found.append(Control(number, index, key, count[key], row["name"], kind, row["href"], row))
            count[key] += 1
    return found


async def act(page: Page, control: Control) -> bool:
    """Clicks, types or chooses; False when it cannot be hit."""
    frame = page.frames[control.frame]
    spot = await frame.evaluate(f"{ORACLE}.aim({control.index})")
    if spot is None:
        return False
    corner = await _corner(frame)
    await page.mouse.click(corner.x + spot["x"], corner.y + spot["y"])
    if control.row["tag"] == "select":
        await frame.evaluate(f"{ORACLE}.choose({control.index})")
    elif control.is_field:
        await page.keyboard.type(TYPED)
        await page.keyboard.press("Enter")
    return True


async def reach(page: Page, control: Control) -> None:
    """Scrolls the control into view, so that its click is judged by more than the scrolling before it."""
    await page.frames[control.frame].evaluate(f"{ORACLE}.aim({control.index})")


def allowed(control: Control, site: Site, page_url: str) -> bool:
    """Whether the guardrails let it be clicked; frames of other origins are judged by their texts."""
    row = control.row
    if row["type"] in {"password", "file", "email", "tel"} or _PICKER.search(row["name"]):
        return False
    if control.is_field and (
        _PRIVATE.search(f"{row['field']} {row['autocomplete']} {row['name']}") or row["method"] == "post"
    ):
        return False
    element = Element(
        selector=control.key,
        tag=row["tag"],
        text=row["text"],
        role=row["role"],
        href=row["href"],
        label=row["name"],
        box=Box(0, 0, 0, 0),
        title=row["title"],
        value=row["value"],
        aria_label=row["aria"],
        download=row["download"],
        form_action=row["action"],
        form_method=row["method"],
    )
    return refuse_element(element, site, page_url) is None


def _key(row: dict[str, Any]) -> str:
    """Numbers are left out: counters and clocks change them between two looks."""
    return re.sub(r"\d+", "0", f"{row['tag']}|{row['role']}|{row['name']}") + f"|{row['href']}"


async def _corner(frame: Frame) -> Point:
    """Where a frame begins, in the viewport of the page."""
    if frame.parent_frame is None:
        return Point(0, 0)
    box = await (await frame.frame_element()).bounding_box()
    return Point(box["x"], box["y"]) if box else Point(0, 0)
