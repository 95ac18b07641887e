"""Elements of two real releases of a package, and what became of each, read from `releases.toml`."""

import tomllib
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from playwright.async_api import Browser, Page

from explorer.healing.fingerprint import Fingerprint
from explorer.healing.page_fingerprints import take_fingerprint
from tests.benchmark.coverage.sites import served
from tests.benchmark.healing.cases import Outcome, half_of
from tests.benchmark.healing.trial import a_page, attempt, kin_of, visit
from tests.benchmark.must_show.install import unpacked

DATA = Path(__file__).parent / "releases.toml"


@dataclass(frozen=True, slots=True)
class Pair:
    """An element's selector on the page of the old release and on that of the new, "" where it is gone."""

    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Edition:
    """A page of one version of a package: `folder` of it is served, `page` is opened."""

    version: str
    page: str
    folder: str = "."


@dataclass(frozen=True, slots=True)
class Release:
    """One page of an npm package, in an old and a new release."""

    name: str
    package: str
    old: Edition
    new: Edition
    pairs: tuple[Pair, ...]

    @classmethod
    def of(cls, name: str, entry: Mapping[str, Any]) -> Self:
        """Raises KeyError and TypeError for an entry that is none."""
        pairs = tuple(Pair(each["name"], each["old"], each.get("new", "")) for each in entry["pairs"])
        return cls(name, entry["package"], Edition(**entry["old"]), Edition(**entry["new"]), pairs)


class NotBroken(Exception):
    """An element of the data is not found on the page, or needs no healing: the data is wrong."""


def known() -> list[Release]:
    """The releases in the order of the file."""
    return [Release.of(*item) for item in tomllib.loads(DATA.read_text(encoding="utf-8")).items()]


async def outcomes(browser: Browser, release: Release) -> AsyncIterator[Outcome]:
    """Heals all elements of one page. Raises NotInstalled and NotBroken."""
    editions = (release.old, release.new)
    folders = [unpacked(release.package, edition.version) / edition.folder for edition in editions]
    with ExitStack() as stack:
        roots = [stack.enter_context(served(folder)) for folder in folders]
        async with a_page(browser) as old, a_page(browser) as new:
            for page, root, edition in zip((old, new), roots, editions, strict=True):
                await visit(page, root + edition.page)
            for pair in release.pairs:
                yield await _outcome(release, pair, old, new)


async def _outcome(release: Release, pair: Pair, old: Page, new: Page) -> Outcome:
    original = await _fingerprint(release, pair, old)
    kin = None
    if pair.new:
        element = await new.query_selector(pair.new)
        if element is None:
            raise NotBroken(f"{release.name}: {pair.name!r} is not on the new page: {pair.new}")
        kin = await kin_of(element)
    await _check_broken(release, pair, new)
    trial = await attempt(new, original, kin)
    return Outcome(
        release.name,
        "release" if pair.new else "release, gone",
        pair.name,
        bool(pair.new),
        trial.verdict,
        trial.healed.label if trial.healed else "",
        trial.healed.score if trial.healed else 0.0,
        trial.took_ms,
        half_of(release.package),
    )


async def _fingerprint(release: Release, pair: Pair, old: Page) -> Fingerprint:
    original = await take_fingerprint(old, pair.old)
    if original is None:
        raise NotBroken(f"{release.name}: {pair.name!r} is not on the old page: {pair.old}")
    return original


async def _check_broken(release: Release, pair: Pair, new: Page) -> None:
    """A selector that still finds what it found needs no healing."""
    found = await new.locator(pair.old).all()
    if not pair.new or len(found) != 1:
        return
    handle = await found[0].element_handle()
    wanted = await new.query_selector(pair.new)
    if await new.evaluate("([one, other]) => one === other", [handle, wanted]):
        raise NotBroken(f"{release.name}: {pair.name!r} is still found by {pair.old}")
