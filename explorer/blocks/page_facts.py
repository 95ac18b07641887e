"""Reads facts about a start page: what is rendered on it, its texts and its structure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

import numpy as np
from playwright.async_api import Page

from explorer.browser.isolated_world import evaluate_isolated
from explorer.page.visual_diff import Picture
from explorer.text import clean

#: The media types of documents that are pages; other XML may be one as well.
PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})
XML_TYPES = frozenset({"application/xml", "text/xml"})
#: A pixel has the background colour when no channel differs by more than this, of 255.
BACKGROUND_TOLERANCE = 4
#: Fewer pixels than this, of `visual_diff.WIDTH_PX` x `HEIGHT_PX`, are traces of tracking frames; two small
#: grey letters have 30.
MIN_PIXELS = 12
_REFRESH = re.compile(r"\s*(\d*\.?\d+)[^;,\s]*\s*[;,\s]\s*(?:url\s*=\s*)?(['\"]?)(.*?)\2\s*", re.I | re.S)


@dataclass(frozen=True, slots=True)
class PageFacts:
    """Facts about a document at one moment.

    `paints` says that something in the first screen is drawn, by the document's structure; `below`, the same
    of what lies further down. `headings` begin with the most important one, `sections` counts those that are
    not of the frame around it (header, navigation, footer); `large` are other lines in large letters. `prose`
    is the text outside of links, buttons, headings and that frame; `fields` counts those to type into or
    choose from; `selectors` are those that were asked for and match.
    """

    media_type: str
    loaded: bool
    is_tree: bool
    is_json: bool
    title: str
    headings: tuple[str, ...]
    sections: int
    large: tuple[str, ...]
    text: str
    prose: str
    paints: bool
    below: bool
    fields: int
    links: int
    frames: int
    refresh: str
    selectors: frozenset[str]

    @classmethod
    def decode(cls, row: dict[str, Any]) -> Self:
        return cls(
            media_type=row["type"],
            loaded=row["loaded"],
            is_tree=row["tree"],
            is_json=row["json"],
            title=clean(row["title"]),
            headings=tuple(map(clean, row["headings"])),
            sections=row["sections"],
            large=tuple(map(clean, row["large"])),
            text=clean(row["text"]),
            prose=clean(row["prose"]),
            paints=row["paints"],
            below=row["below"],
            fields=row["fields"],
            links=row["links"],
            frames=row["frames"],
            refresh=row["refresh"],
            selectors=frozenset(row["selectors"]),
        )

    @property
    def is_page(self) -> bool:
        """Whether the document is a page for readers, rather than data that the browser displays."""
        if self.is_json:
            return False
        return self.media_type in PAGE_TYPES or (self.media_type in XML_TYPES and not self.is_tree)

    @property
    def main_heading(self) -> str:
        """The main heading, or the text in the largest letters, or the first line."""
        lines = (*self.headings[:1], *self.large[:1], *self.text.splitlines()[:1])
        return lines[0] if lines else ""


async def read_page_facts(page: Page, selectors: Sequence[str] = ()) -> PageFacts:
    """Reads the facts of the page. Raises PlaywrightError when it is closed or navigates meanwhile."""
    return PageFacts.decode(await evaluate_isolated(page, _script(), {"selectors": list(selectors)}))


def is_uniform(image: bytes) -> bool | None:
    """Checks whether a picture (JPEG or PNG) has one colour only; None without a picture."""
    picture = Picture.decode(image)
    if picture is None:
        return None
    colours = picture.pixels.reshape(-1, 3).astype(np.int16)
    differs = np.abs(colours - np.median(colours, axis=0)).max(axis=1) > BACKGROUND_TOLERANCE
    return int(differs.sum()) < MIN_PIXELS


def refresh_of(content: str) -> tuple[float, str] | None:
    """Parses delay in seconds and URL of a `<meta http-equiv=refresh>` or a `Refresh` header.

    None for one that only loads the same page again.
    """
    match = _REFRESH.fullmatch(content)
    return (float(match[1]), match[3].strip()) if match and match[3].strip() else None


@cache
def _script() -> str:
    return Path(__file__).with_name("page_facts.js").read_text(encoding="utf-8")
