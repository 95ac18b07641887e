"""What a page shows at a moment, and whether a step from one view to another shows a thing."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Frame, Page

from tests.benchmark.must_show.sites import Thing

VIEW = (Path(__file__).parent / "view.js").read_text(encoding="utf-8")
LIMIT_S = 3.0


@dataclass(frozen=True, slots=True)
class View:
    """Texts and selectors of what is in view, frames included; `present` holds selectors."""

    url: str = ""
    title: str = ""
    texts: frozenset[str] = field(repr=False, default=frozenset())
    present: frozenset[str] = frozenset()

    @property
    def address(self) -> str:
        """Path, query and fragment."""
        return urlsplit(self.url)._replace(scheme="", netloc="").geturl()


@dataclass(frozen=True, slots=True)
class Act:
    """One step of a film: how it was captioned, what came of it, and the views before and after."""

    label: str
    outcome: str
    before: View
    after: View

    def searched(self, place: str) -> Iterable[str]:
        """What a pattern is searched in. A title or address that was there before was not brought by this."""
        before, after = self.before, self.after
        match place:
            case "label":
                return [self.label]
            case "text":
                return after.texts - before.texts
            case "title":
                return [after.title] if after.title != before.title else []
            case _:
                return [after.address] if after.address != before.address else []

    def shows(self, thing: Thing) -> bool:
        """A click that did nothing shows nothing, whatever it was called."""
        if self.outcome == "nothing":
            return False
        if thing.element and thing.element in self.after.present - self.before.present:
            return True
        return any(
            pattern.search(text) for place, pattern in thing.patterns.items() for text in self.searched(place)
        )


def shown(things: Iterable[Thing], acts: Sequence[Act]) -> list[str]:
    """The names of the things that some step shows."""
    return [thing.name for thing in things if any(act.shows(thing) for act in acts)]


async def look(page: Page, selectors: Sequence[str]) -> View:
    """What is in view now; what does not answer in time is left out."""
    parts = [await _look_into(frame, selectors) for frame in page.frames]
    return View(
        page.url,
        parts[0].title,
        frozenset().union(*(part.texts for part in parts)),
        frozenset().union(*(part.present for part in parts)),
    )


async def _look_into(frame: Frame, selectors: Sequence[str]) -> View:
    try:
        async with asyncio.timeout(LIMIT_S):
            seen = await frame.evaluate(VIEW, list(selectors))
    except (PlaywrightError, TimeoutError):
        return View()
    return View(frame.url, seen["title"], frozenset(seen["texts"]), frozenset(seen["present"]))
