"""Recognizes a wall against automated visitors: a page that stands where the site's own should be."""

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

#: By these a visitor is refused, or given a check (503, 405) before the page.
REFUSING = frozenset({401, 403, 405, 406, 429, 503})
#: Characters of prose: walls explain themselves in a few sentences, and pages about walls go on for longer.
MAX_PROSE_CHARS = 600
SHORT_PROSE_CHARS = 160
MAX_LINKS = 12
#: What the signs on a page with a good status must come to: 2 for each of title and heading that asks, 1 for
#: one that only waits, up to 2 for explanations, 1 for a widget and 1 for little text.
MIN_POINTS = 4.0
MAX_TITLE_CHARS = 80


@dataclass(frozen=True, slots=True)
class Signature:
    """One sign of one vendor's wall, as `walls.toml` has it."""

    vendor: str
    where: Where
    pattern: str
    weight: Weight = "always"


@dataclass(frozen=True, slots=True)
class Wall:
    """Whose it is, "" for unknown, and what it says of itself."""

    vendor: str
    text: str

    def __str__(self) -> str:
        if self.text:
            return f"{self.vendor or 'it'} shows “{self.text}” instead of the page"
        return f"{self.vendor} stands before it" if self.vendor else "it turns them away"


def find_wall(response: HttpResponse | None, page: PageFacts | None) -> Wall | None:
    """The wall that has answered, by what is known of it so far: its head, and how it looks."""
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
    """The wall that has a site of its own, to which visitors of others are sent, such as a waiting room."""
    for sign in signatures():
        if sign.where == "address" and re.search(sign.pattern, url, re.I):
            return Wall(sign.vendor, "")
    return None


def elsewhere_error(url: str, target: str) -> PageUnreachable:
    """What to say of a page that leads to another site, which may be that of a wall."""
    if wall := wall_at(target):
        return unreachable_for("wall", url=url, wall=str(wall))
    return unreachable_for("elsewhere", url=url, target=target)


def _matching_signatures(response: HttpResponse | None, page: PageFacts | None) -> Iterable[Signature]:
    """The signatures that fit, in their order."""
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
    """Beside a status that refuses, one clear sign is enough: a widget, a title, or two sentences."""
    phrases = _phrases()
    lines = [plain(line) for line in (page.title, *parts_of(page.title), page.main_heading)]
    called = any(phrases.asks.fullmatch(line) or phrases.waits.fullmatch(line) for line in lines)
    return bool(present) or called or count(phrases.explains, page.text) >= 2


def _is_challenge(page: PageFacts, present: list[str]) -> bool:
    """Whether a page with a good status does nothing but ask for a proof of being human.

    It has to be called so, and more has to speak for it than its name: a widget, sentences that explain it,
    or that there is nothing else on the page.
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
    """The line by which a reader knows the wall: its title if that asks, else its heading."""
    phrases, title = _phrases(), plain(page.title)
    named = phrases.asks.fullmatch(title) or phrases.waits.fullmatch(title)
    return page.title if named else page.main_heading or page.title


@dataclass(frozen=True, slots=True)
class _Phrases:
    """What walls say, in all languages at once."""

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
    """What a look at a page has to ask for, so that walls are known by it."""
    return tuple(dict.fromkeys(sign.pattern for sign in signatures() if sign.where == "selector"))
