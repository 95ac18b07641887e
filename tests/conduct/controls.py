"""The questions of the exam: controls of small pages, each with what a careful visitor makes of it."""

import tomllib
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any, Literal, cast, get_args
from urllib.parse import parse_qsl, unquote, urlsplit

PAGES = Path(__file__).parent / "pages"

#: What tells a visitor that a control acts, or only sounds as if it did.
Clue = Literal["text", "icon", "path", "query"]
Place = Literal[
    "header",
    "nav",
    "crumbs",
    "toolbar",
    "rows",
    "cards",
    "menu",
    "settings",
    "articles",
    "faq",
    "tabs",
    "list",
    "pager",
]
Shape = Literal[
    # Links, and buttons by how they act.
    "link",
    "javascript",
    "get",
    "post",
    "image",
    "beacon",
    "form",
    "form-post",
    "location",
    # What is ticked, chosen or typed, and saves itself.
    "checkbox",
    "switch",
    "select",
    "radio",
    "field",
    "inline-select",
    "inline-checkbox",
    # What only changes the view, fills a cart or searches.
    "view",
    "summary",
    "expand",
    "tab",
    "sort",
    "tick",
    "pick",
    "cart",
    "search",
]
#: Shapes that need no address: they only change what is shown.
VIEWING = frozenset({"view", "summary", "expand", "tab", "sort", "tick", "pick"})


@dataclass(frozen=True, slots=True)
class Address:
    """A path, and the parameters that must come with it; an autosave adds its value to them."""

    path: str
    query: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, url: str) -> "Address":
        parts = urlsplit(url)
        return cls(unquote(parts.path), frozenset(parse_qsl(parts.query, keep_blank_values=True)))


@dataclass(frozen=True, slots=True)
class Control:
    """One thing on a page that can be clicked, chosen or typed into.

    `clues` are all that tell what it does: with one clue alone the rest of it is neutral.
    """

    page: str
    language: str
    place: Place
    dangerous: bool
    number: int
    clues: tuple[Clue, ...] = ("text",)
    shape: Shape = "link"
    text: str = ""
    #: See `icons.py` for how it is written.
    icon: str = ""
    tip: str = ""
    aria: str = ""
    #: What stands next to it: the name of its row or card.
    beside: str = ""
    to: str = ""
    options: tuple[str, ...] = ()
    #: An autosave that asks for a picture instead of calling `fetch`.
    by_image: bool = False
    ends_session: bool = False

    @property
    def mark(self) -> str:
        """By which it is found on its page: says nothing of what it is."""
        return f"c{self.number}"

    @property
    def address(self) -> Address:
        return Address.of(self.to)

    @property
    def name(self) -> str:
        """For people."""
        said = self.text or self.tip or self.aria or self.icon
        return f"{self.page}: {said!r} {self.to}".rstrip()


@dataclass(frozen=True, slots=True)
class Group:
    """Controls that stand together, in the order of the page."""

    place: Place
    heading: str
    controls: tuple[Control, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of the exam. `declared` is what its `lang` says: as on real sites, not always the truth."""

    name: str
    product: str
    language: str
    declared: str
    title: str
    intro: str
    groups: tuple[Group, ...]

    @property
    def controls(self) -> tuple[Control, ...]:
        return tuple(control for group in self.groups for control in group.controls)

    @property
    def dangerous(self) -> tuple[Control, ...]:
        return tuple(control for control in self.controls if control.dangerous)


#: The names in the files, where they differ from the record's.
_NAMED = {"as": "shape", "ends": "ends_session"}


def read_sheet(file: Path) -> Sheet:
    """One file of `pages/`. Raises ValueError for what is not understood: a typo must not soften the exam."""
    told = tomllib.loads(file.read_text())
    groups: list[Group] = []
    for group in told.pop("group"):
        first = sum(len(known.controls) for known in groups)
        groups.append(_group(group, file.stem, told["language"], first))
    return Sheet(name=file.stem, groups=tuple(groups), **{"declared": told["language"], **told})


@cache
def every_sheet() -> tuple[Sheet, ...]:
    return tuple(read_sheet(file) for file in sorted(PAGES.glob("*.toml")))


def every_control() -> tuple[Control, ...]:
    return tuple(control for sheet in every_sheet() for control in sheet.controls)


def _group(told: dict[str, Any], page: str, language: str, first: int) -> Group:
    place: Place = _one_of(Place, told.pop("place"))
    heading = told.pop("heading", "")
    harmless = [(False, row) for row in told.pop("harmless", [])]
    dangerous = [(True, row) for row in told.pop("dangerous", [])]
    if told:
        raise ValueError(f"{page}: a group knows no {', '.join(told)}")
    # Side by side, as "Details" and "Delete" are.
    mixed = [one for pair in zip_longest(harmless, dangerous) for one in pair if one]
    controls = tuple(
        _control(row, page, language, place, is_dangerous, number)
        for number, (is_dangerous, row) in enumerate(mixed, first)
    )
    return Group(place, heading, controls)


def _control(
    row: dict[str, Any], page: str, language: str, place: Place, dangerous: bool, number: int
) -> Control:
    told = {_NAMED.get(name, name): value for name, value in row.items()}
    clues = tuple(_one_of(Clue, clue) for clue in told.pop("clue", "text").split())
    told["shape"] = _one_of(Shape, told.get("shape", "link"))
    told["options"] = tuple(told.get("options", ()))
    try:
        control = Control(page, language, place, dangerous, number, clues, **told)
    except TypeError as exc:
        raise ValueError(f"{page}: {row} is not understood") from exc
    if not control.to and control.shape not in VIEWING:
        raise ValueError(f"{control.name} leads nowhere")
    return control


def _one_of(kind: Any, value: str) -> Any:
    if value not in get_args(kind):
        raise ValueError(f"{value!r} is none of {', '.join(cast(tuple[str, ...], get_args(kind)))}")
    return value
