"""The state that a page is in, by how it was reached."""

from dataclasses import dataclass

from explorer.types import ActionPlan


@dataclass(frozen=True, slots=True)
class PageState:
    """A state to try things in: an address, and what was done there since it was opened."""

    url: str
    actions: tuple[ActionPlan, ...] = ()
