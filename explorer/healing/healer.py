"""Heals a lost target: looks for the element that its fingerprint was taken of, or refuses to guess."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from playwright.async_api import Page

from explorer.healing.choice import choose
from explorer.healing.fingerprint import Fingerprint, Healed
from explorer.healing.page_fingerprints import candidates_on, selector_in_page

#: A model may choose among so many of the best.
MAX_OFFERED = 5

#: Says which of the candidates is the one that was lost, by index; None for none of them.
Chooser = Callable[[Mapping[str, Any], Sequence[Mapping[str, Any]]], Awaitable[int | None]]
#: What a model is told of an element; the rest is layout.
_TOLD = ("tag", "role", "label", "text", "nearby", "id", "name", "href", "alt", "placeholder", "kind")


async def heal(page: Page, original: Fingerprint, chooser: Chooser | None = None) -> Healed | None:
    """The element that the fingerprint was taken of, as it is now; None where no candidate is clearly it.

    `chooser`, a language model, is asked only where similarity alone refuses. Raises Playwright's errors.
    """
    found = await candidates_on(page, original.tag)
    choice = choose(original, [candidate for candidate, _ in found])
    best = choice.best
    if best is None and chooser is not None and choice.ranked:
        offered = choice.ranked[:MAX_OFFERED]
        index = await chooser(_told(original), [_told(found[one.index][0]) for one in offered])
        best = offered[index] if index is not None else None
    if best is None:
        return None
    candidate, frame_number = found[best.index]
    selector = await selector_in_page(page, candidate, frame_number)
    if selector is None:
        return None
    label = candidate.label or candidate.text or candidate.tag
    return Healed(selector, label, candidate.role, round(best.score, 3), round(choice.margin, 3))


def _told(element: Fingerprint) -> dict[str, Any]:
    return element.model_dump(include=set(_TOLD))
