"""Takes fingerprints on a page: of one element, and of all that may be a lost one."""

from itertools import zip_longest
from typing import Any, TypeVar

from playwright.async_api import ElementHandle, Page
from playwright.async_api import Error as PlaywrightError
from pydantic import ValidationError

from explorer.healing.fingerprint import MAX_OTHERS, Candidate, Fingerprint
from explorer.healing.names import is_used_alike, name_of
from explorer.page.frames import MAX_FRAMES, query, query_frame, selector_of
from explorer.text import clean

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
