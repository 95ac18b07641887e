"""Fingerprints of elements: what is remembered of one, so that it is found when its name has changed."""

from itertools import zip_longest
from typing import Annotated, Any, TypeVar

from playwright.async_api import ElementHandle, Page
from playwright.async_api import Error as PlaywrightError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from explorer.healing.names import NAME_CHARS, is_used_alike, name_of
from explorer.page.frames import MAX_FRAMES, query, query_frame, selector_of
from explorer.text import clean

_Text = Annotated[str, Field(max_length=400)]
#: A place or a length in CSS pixels.
_Pixels = Annotated[int, Field(ge=-1_000_000, le=1_000_000)]


#: So many names of the nearest elements are kept: 600 letters, as much as all the rest of a fingerprint.
MAX_OTHERS = 150


class Fingerprint(BaseModel):
    """What an element was like: attributes that Similo compares (doi 10.1145/3571855), "" for what it lacks.

    `nearby` is what stands beside it, `path` and `id_path` lead to it from the root and from the closest
    ancestor with an id. `x` and `y` are CSS pixels from the document's top left corner. `others` are the
    names (`name_of`) of what is used alike on its page; so many `namesakes` share its own, `rank` before it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    tag: Annotated[str, Field(min_length=1, max_length=100)]
    role: _Text = ""
    label: _Text = ""
    text: _Text = ""
    nearby: _Text = ""
    id: _Text = ""
    name: _Text = ""
    test_id: _Text = ""
    classes: _Text = ""
    href: _Text = ""
    alt: _Text = ""
    kind: _Text = ""
    placeholder: _Text = ""
    path: _Text = ""
    id_path: _Text = ""
    clickable: bool = False
    x: _Pixels = 0
    y: _Pixels = 0
    width: _Pixels = 0
    height: _Pixels = 0
    others: Annotated[str, Field(max_length=MAX_OTHERS * NAME_CHARS)] = ""
    namesakes: Annotated[int, Field(ge=0)] = 0
    rank: Annotated[int, Field(ge=0)] = 0


class Candidate(Fingerprint):
    """An element on a page that may be the one; `selector` finds it within its frame."""

    selector: Annotated[str, Field(min_length=1, max_length=4_000)]


F = TypeVar("F", bound=Fingerprint)


async def take_fingerprint(page: Page, selector: str) -> Fingerprint | None:
    """The fingerprint of the only match of `selector`; None without one. Raises Playwright's errors."""
    row = await query(page, selector, "fingerprint")
    others = row.pop("others", None) if isinstance(row, dict) else None
    found = _decoded(Fingerprint, row)
    return _among(found, others) if found and isinstance(others, list) else found


async def candidates_on(page: Page, tag: str) -> list[tuple[Candidate, int]]:
    """All that is visible and can be pressed, filled in or read, or has this tag; with its frame's number."""
    found: list[tuple[Candidate, int]] = []
    for number, frame in enumerate(page.frames[: MAX_FRAMES + 1]):
        try:
            rows = await query_frame(frame, {"job": "fingerprints", "tag": tag}, _is_rows)
        except PlaywrightError:
            if number == 0:
                raise
            continue  # a frame that is gone has nothing to offer
        decoded = (_decoded(Candidate, row) for row in rows)
        found += [(candidate, number) for candidate in decoded if candidate]
    return found


async def selector_in_page(page: Page, candidate: Candidate, frame_number: int) -> str | None:
    """The selector of a candidate from its page on; None when it is gone meanwhile."""
    if frame_number >= len(page.frames):
        return None
    handle: ElementHandle | None = await page.frames[frame_number].query_selector(candidate.selector)
    return await selector_of(handle) if handle else None


def _among(one: Fingerprint, others: list[Any]) -> Fingerprint:
    """The fingerprint with what else its page has, in the order of the page."""
    own = name_of(one)
    before: list[str] = []
    after: list[str] = []
    for row in others:
        is_before = isinstance(row, dict) and row.pop("before", False) is True
        other = _decoded(Fingerprint, row)
        if other is not None and is_used_alike(one, other):
            (before if is_before else after).append(name_of(other))
    nearest = [name for pair in zip_longest(reversed(before), after, fillvalue="") for name in pair]
    names = [name for name in dict.fromkeys(nearest) if name not in {"", own}]
    return one.model_copy(
        update={
            "others": "".join(names[:MAX_OTHERS]),
            "namesakes": (before + after).count(own) if own else 0,
            "rank": before.count(own) if own else 0,
        }
    )


def _is_rows(result: Any) -> bool:
    return isinstance(result, list) and all(isinstance(row, dict) for row in result)


def _decoded(model: type[F], row: Any) -> F | None:
    """The record of a row; None for one that scripts of the page have changed."""
    if not isinstance(row, dict):
        return None
    try:
        return model.model_validate({k: clean(v) if isinstance(v, str) else v for k, v in row.items()})
    except ValidationError:
        return None
