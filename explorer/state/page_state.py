"""The state that a page is in, by how it was reached."""

from dataclasses import dataclass

from explorer.types import ActionPlan


@dataclass(frozen=True, slots=True)
class PageState:
    """An address, and the actions on that page since it was opened; `turned` counts slides turned there."""

    url: str
    actions: tuple[ActionPlan, ...] = ()
    turned: int = 0

    @property
    def is_initial(self) -> bool:
        """Whether the page is as it was opened."""
        return not self.actions and not self.turned
