"""The sites of the must-show benchmark and what each is to show, read from `sites.toml` and `goals.toml`."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Self

DATA = Path(__file__).parent / "sites.toml"
GOALS = Path(__file__).parent / "goals.toml"
THINGS_EACH = 5

Registry = Literal["npm", "debian"]
PATTERNS = frozenset({"label", "url", "title", "text"})


@dataclass(frozen=True, slots=True)
class Thing:
    """Something worth showing: regular expressions by what they are searched in, and a CSS selector."""

    name: str
    patterns: Mapping[str, re.Pattern[str]]
    element: str = ""

    @classmethod
    def of(cls, name: str, matchers: Mapping[str, str]) -> Self:
        """Raises ValueError for a matcher that is unknown, and for none at all."""
        unknown = matchers.keys() - PATTERNS - {"element"}
        if unknown or not matchers:
            raise ValueError(f"{name!r} has no matcher, or unknown ones: {', '.join(sorted(unknown))}")
        patterns = {
            place: re.compile(matchers[place], re.IGNORECASE) for place in sorted(PATTERNS & matchers.keys())
        }
        return cls(name, patterns, matchers.get("element", ""))


@dataclass(frozen=True, slots=True)
class PackagedSite:
    """A site in a package: the folder of it that is served, and the path at which its film begins."""

    name: str
    kind: str
    registry: Registry
    package: str
    version: str
    folder: str
    start: str
    things: tuple[Thing, ...]
    #: What makes the site within the unpacked package; () for one that is ready.
    build: tuple[str, ...] = ()
    #: What the film is asked for besides.
    goal: str = ""

    @classmethod
    def of(cls, name: str, entry: Mapping[str, Any]) -> Self:
        """Raises ValueError and TypeError for an entry that is no site."""
        fields = {key: value for key, value in entry.items() if key not in {"show", "build"}}
        things = tuple(Thing.of(each, matchers) for each, matchers in entry["show"].items())
        if len(things) != THINGS_EACH:
            raise ValueError(f"{name} lists {len(things)} things instead of {THINGS_EACH}")
        return cls(name, things=things, build=tuple(entry.get("build", ())), **fields)

    @property
    def selectors(self) -> tuple[str, ...]:
        return tuple(thing.element for thing in self.things if thing.element)


def known(only: str = "") -> list[PackagedSite]:
    """The sites whose names contain `only`, in the order of the file."""
    entries = tomllib.loads(DATA.read_text(encoding="utf-8"))
    return [PackagedSite.of(name, entry) for name, entry in entries.items() if only in name]


def with_goals(only: str = "") -> list[PackagedSite]:
    """The sites that have a goal, each with the one thing by which a step is known to serve it."""
    goals = tomllib.loads(GOALS.read_text(encoding="utf-8"))
    return [
        replace(site, goal=entry["goal"], things=(Thing.of(entry["goal"], entry["serves"]),))
        for site in known(only)
        if (entry := goals.get(site.name))
    ]
