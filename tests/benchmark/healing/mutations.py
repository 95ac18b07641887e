"""Elements of the repository's own pages, after seeded changes as releases make them."""

import random
import tomllib
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Browser, JSHandle, Page

from explorer.healing.fingerprint import Candidate
from explorer.healing.page_fingerprints import candidates_on, take_fingerprint
from tests.benchmark.coverage.sites import served
from tests.benchmark.healing.cases import Outcome, half_of
from tests.benchmark.healing.trial import a_page, attempt, kin_of, visit
from tests.conduct.controls import every_sheet
from tests.conduct.layout import page_of
from tests.site.server import SiteServer

MUTATE = (Path(__file__).parent / "mutations.js").read_text(encoding="utf-8")
SYNONYMS: dict[str, str] = tomllib.loads(
    (Path(__file__).parent / "synonyms.toml").read_text(encoding="utf-8")
)
#: Of the test site, with its lab; all of `tests/conduct` are added.
SITE = (
    *("index.html", "about.html", "account.html", "contact.html", "features.html", "gallery.html"),
    *("login.html", "pricing.html", "docs/index.html", "docs/install.html"),
    *("lab/admin/", "lab/board/", "lab/shop/", "lab/todo/", "lab/wizard/", "lab/device/"),
)
#: What is done to the page for an element that stays, each once a page.
KINDS: dict[str, tuple[str, ...]] = {
    "ids": ("ids",),
    "classes": ("classes",),
    "attributes": ("attributes",),
    "order": ("order",),
    "wrappers": ("wrappers",),
    "tag": ("tag",),
    "text": ("text",),
    "moved": ("moved",),
    "rebuilt": ("ids", "classes", "attributes", "wrappers"),
    "text, ids, classes": ("text", "ids", "classes"),
    "moved, ids, order": ("moved", "ids", "order"),
}
#: And for one that goes.
GONE: dict[str, tuple[str, ...]] = {
    "gone": ("removed",),
    "gone, rebuilt": ("ids", "classes", "attributes", "wrappers", "removed"),
    "gone, order": ("order", "removed"),
    "gone, lookalikes stay": ("removed",),
}
#: Elements that a script names: pressed, filled in, read or looked at.
NAMEABLE = frozenset(("a", "button", "input", "select", "textarea", "img", "h1", "h2", "h3", "h4", "label"))


class LostTrack(Exception):
    """A page did not show an element a second time: it cannot be told what became of it."""


@dataclass(frozen=True, slots=True)
class Place:
    """A page to change: its name and its address."""

    name: str
    url: str


@contextmanager
def places() -> Iterator[list[Place]]:
    """The pages, on loopback until left."""
    with TemporaryDirectory() as folder, SiteServer() as site, served(Path(folder)) as root:
        found = [Place(f"site/{path}", site.url + path) for path in SITE]
        for sheet in every_sheet():
            name = f"{sheet.name}.html"
            (Path(folder) / name).write_text(page_of(sheet), encoding="utf-8")
            found.append(Place(f"conduct/{sheet.name}", root + name))
        yield found


async def outcomes(browser: Browser, place: Place) -> AsyncIterator[Outcome]:
    """Heals one element for each kind of change, each on a page of its own."""
    async with a_page(browser) as page:
        await visit(page, place.url)
        elements = [one for one, number in await candidates_on(page, "a") if number == 0 and _is_named(one)]
        chance = random.Random(place.name)
        for kind, steps in {**KINDS, **GONE}.items():
            fit = [one for one in elements if "lookalikes" not in kind or _has_lookalike(one, elements)]
            if fit:
                yield await _outcome(page, place, kind, steps, chance.choice(fit))


def _is_named(one: Candidate) -> bool:
    return one.tag in NAMEABLE and bool(one.label or one.text) and one.width > 0


def _has_lookalike(one: Candidate, elements: Sequence[Candidate]) -> bool:
    """Whether another one of its kind is called by some of its words, such as "Room 4" beside "Room 5"."""
    words = _words(one)
    return any(words & _words(other) and words != _words(other) for other in elements if other.tag == one.tag)


def _words(one: Candidate) -> set[str]:
    return set((one.label or one.text).casefold().split())


async def _outcome(page: Page, place: Place, kind: str, steps: Sequence[str], one: Candidate) -> Outcome:
    await visit(page, place.url)
    original = await take_fingerprint(page, one.selector)
    if original is None:
        raise LostTrack(f"{place.name}: {one.selector} is not found a second time")
    kin = await _changed(page, place, steps, one)
    trial = await attempt(page, original, kin)
    return Outcome(
        place.name,
        kind,
        f"{one.tag} {one.label or one.text}",
        kind in KINDS,
        trial.verdict,
        trial.healed.label if trial.healed else "",
        trial.healed.score if trial.healed else 0.0,
        trial.took_ms,
        half_of(place.name),
    )


async def _changed(page: Page, place: Place, steps: Sequence[str], one: Candidate) -> JSHandle | None:
    """Changes the page; what is right afterwards, None where the element has gone."""
    handle = await page.query_selector(one.selector)
    if handle is None:
        raise LostTrack(f"{place.name}: {one.selector} is not found a second time")
    request = {"kinds": steps, "seed": random.Random(f"{place.name}{steps}").randrange(1, 2**30)}
    after = await handle.evaluate_handle(MUTATE, {**request, "synonyms": SYNONYMS})
    element = after.as_element()
    return await kin_of(element) if element else None
