"""The state that a page is in, by how it was reached."""

from dataclasses import dataclass

from explorer.types import ActionPlan


@dataclass(frozen=True, slots=True)
class PageState:
    """An address, and the actions on that page since it was opened."""

    url: str
    actions: tuple[ActionPlan, ...] = ()
