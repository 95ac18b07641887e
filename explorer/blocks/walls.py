"""Recognizes bot walls: pages that are shown to automated visitors instead of the site's own."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from explorer.blocks.http_response import HttpResponse
from explorer.blocks.page_facts import PageFacts
from explorer.blocks.signatures import any_of, count, each_of, parts_of, plain, read_toml
from explorer.blocks.start_errors import unreachable_for
from explorer.errors import PageUnreachable

Where = Literal["header", "address", "title", "text", "selector"]
Weight = Literal["always", "when_refused"]

#: Statuses of refusals, and of challenges (503, 405) before the page.
REFUSING = frozenset({401, 403, 405, 406, 429, 503})
#: Characters of prose: walls have a few sentences, pages about walls have more.
MAX_PROSE_CHARS = 600
SHORT_PROSE_CHARS = 160
MAX_LINKS = 12
#: Points that a page with a 2xx status must reach: 2 for each of title and heading that asks for a check, 1
#: for one that only says to wait, up to 2 for explanations, 1 for a widget and 1 for little text.
MIN_POINTS = 4.0
MAX_TITLE_CHARS = 80


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature of a vendor's wall, from `walls.toml`."""

    vendor: str
    where: Where
    pattern: str
    weight: Weight = "always"


@dataclass(frozen=True, slots=True)
class Wall:
    """A wall: its vendor, "" for unknown, and its title or heading."""

    vendor: str
    text: str

    def __str__(self) -> str:
        if self.text:
            return f"{self.vendor or 'it'} shows “{self.text}” instead of the page"
        return f"{self.vendor} stands before it" if self.vendor else "it turns them away"


def find_wall(response: HttpResponse | None, page: PageFacts | None) -> Wall | None:
    """Finds a wall by what is known so far: the head of the response, and the facts of the page."""
    text = (page.title or page.main_heading)[:MAX_TITLE_CHARS] if page else ""
    always = [sign.vendor for sign in _matching_signatures(response, page) if sign.weight == "always"]
    if always and (page is None or len(page.prose) <= MAX_PROSE_CHARS):
        return Wall(always[0], text)
    if page is None or len(page.prose) > MAX_PROSE_CHARS:
        return None
    refused = response is not None and response.status in REFUSING
    present = [sign.vendor for sign in _matching_signatures(response, page)]
    if _is_challenge_when_refused(page, present) if refused else _is_challenge(page, present):
        return Wall(present[0] if present else "", _wall_text(page)[:MAX_TITLE_CHARS])
    return None


def wall_at(url: str) -> Wall | None:
    """Finds a wall by its own URL, to which visitors are redirected, such as a waiting room."""
    for sign in signatures():
        if sign.where == "address" and re.search(sign.pattern, url, re.I):
            return Wall(sign.vendor, "")
    return None


def elsewhere_error(url: str, target: str) -> PageUnreachable:
    """Creates the error of a redirect to another site, which may be that of a wall."""
    if wall := wall_at(target):
        return unreachable_for("wall", url=url, wall=str(wall))
    return unreachable_for("elsewhere", url=url, target=target)


def _matching_signatures(response: HttpResponse | None, page: PageFacts | None) -> Iterable[Signature]:
    """Yields the signatures that match, in order."""
    texts: Mapping[Where, Iterable[str]] = {
        "header": _header_lines(response),
        "address": (response.url,) if response else (),
        "title": (page.title,) if page else (),
        "text": (page.text,) if page else (),
    }
    for sign in signatures():
        if sign.where == "selector":
            fits = page is not None and sign.pattern in page.selectors
        else:
            expression = re.compile(sign.pattern, re.I | re.S)
            fits = any(map(expression.search, texts[sign.where]))
        if fits:
            yield sign


def _header_lines(response: HttpResponse | None) -> tuple[str, ...]:
    if response is None:
        return ()
    return (f":status: {response.status}", *(f"{name}: {value}" for name, value in response.headers.items()))


def _is_challenge_when_refused(page: PageFacts, present: list[str]) -> bool:
    """Checks a page with a refusing status: a widget, a title, or two explanations are enough."""
    phrases = _phrases()
    lines = [plain(line) for line in (page.title, *parts_of(page.title), page.main_heading)]
    called = any(phrases.asks.fullmatch(line) or phrases.waits.fullmatch(line) for line in lines)
    return bool(present) or called or count(phrases.explains, page.text) >= 2


def _is_challenge(page: PageFacts, present: list[str]) -> bool:
    """Checks whether a page with a 2xx status is only a challenge to prove that the visitor is human.

    Its title or heading has to say so, and more has to support it: a widget, explanations, or little else on
    the page.
    """
    phrases = _phrases()
    explained = count(phrases.explains, page.text)
    if page.links > MAX_LINKS:
        return False
    if page.fields == 0 and explained >= 2 and present:
        return True
    names = (plain(page.title), plain(page.main_heading))
    asked = sum(bool(phrases.asks.fullmatch(name)) for name in names)
    waits = sum(bool(phrases.waits.fullmatch(name)) for name in names)
    beside = any(phrases.asks.fullmatch(plain(part)) for part in parts_of(page.title)[1:])
    more = min(2, explained) + bool(present) + (len(page.prose) <= SHORT_PROSE_CHARS)
    return bool(asked and more) and 2.0 * asked + waits + 0.5 * beside + more >= MIN_POINTS


def _wall_text(page: PageFacts) -> str:
    """Returns the line that names the wall: its title if that asks for a check, else its heading."""
    phrases, title = _phrases(), plain(page.title)
    named = phrases.asks.fullmatch(title) or phrases.waits.fullmatch(title)
    return page.title if named else page.main_heading or page.title


@dataclass(frozen=True, slots=True)
class _Phrases:
    """Phrases of walls, in all languages at once."""

    asks: re.Pattern[str]
    waits: re.Pattern[str]
    explains: tuple[re.Pattern[str], ...]


@cache
def _phrases() -> _Phrases:
    languages = read_toml("walls.toml")["human"].values()
    return _Phrases(
        re.compile(any_of(languages, "asks")),
        re.compile(any_of(languages, "waits")),
        each_of(languages, "explains"),
    )


@cache
def signatures() -> tuple[Signature, ...]:
    return tuple(Signature(**row) for row in read_toml("walls.toml")["signatures"])


def selectors() -> tuple[str, ...]:
    """Returns the selectors that have to be checked on a page to recognize walls."""
    return tuple(dict.fromkeys(sign.pattern for sign in signatures() if sign.where == "selector"))
