"""Checks whether the film has shown what was asked for: each entry of the focus, and the goal."""

from collections.abc import Sequence
from urllib.parse import unquote

from playwright.async_api import Page

from explorer.page.regions import PREFIX, keys_in_regions
from explorer.planning.wishes import is_about, names, stems, stems_of
from explorer.trace import Visit
from explorer.types import Element, Step, Wishes

#: Prefix of the reason of a step that a language model has chosen.
BY_MODEL = "llm: "


class GoalCheck:
    """Compares focus and goal with the elements that were acted upon and the pages that were visited."""

    def __init__(self, wishes: Wishes) -> None:
        self._wishes = wishes
        #: Entries of the focus that a step has shown.
        self._shown: set[str] = set()
        #: By selector of the focus, the keys of what was found in it last.
        self._inside: dict[str, frozenset[str]] = {}
        self._shown_stems: frozenset[str] = frozenset()
        self._chosen_by_model = False

    async def locate(self, page: Page, elements: Sequence[Element]) -> None:
        """Records which elements lie where a selector of the focus points. Raises as `keys_in_regions`."""
        for wish in self._wishes.focus:
            if wish.startswith(PREFIX) and wish not in self._shown:
                self._inside[wish] = await keys_in_regions(page, elements, (wish,), around=True)

    def note_step(self, element: Element, step: Step) -> None:
        """Records that a step was made on this element."""
        for wish in self._wishes.focus:
            if is_about(element, wish) or element.key in self._inside.get(wish, ()):
                self._shown.add(wish)
        self._shown_stems |= stems_of(element)
        self._chosen_by_model |= step.plan.reason.startswith(BY_MODEL)

    def pending(self) -> tuple[str, ...]:
        """The entries of the focus that no step has shown so far."""
        return tuple(wish for wish in self._wishes.focus if wish not in self._shown)

    def is_pending(self, element: Element) -> bool:
        """Whether an entry of the focus that was not shown yet names this element, or holds it."""
        return any(is_about(element, w) or element.key in self._inside.get(w, ()) for w in self.pending())

    def missing(self, visits: Sequence[Visit]) -> tuple[str, ...]:
        """The entries of the focus that neither a step nor a visited page has to do with."""
        return tuple(
            wish
            for wish in self._wishes.focus
            if wish not in self._shown and not any(names(wish, visit.url, visit.title) for visit in visits)
        )

    def misses_goal(self, visits: Sequence[Visit]) -> bool:
        """Whether no step, and no page after the first, shares a word with the goal.

        Words of the start page's address and title do not count: they are the site's name. Where a language
        model has chosen a step it went by meaning, perhaps in another language, and words prove nothing.
        """
        titles = [stems(f"{unquote(visit.url)} {visit.title}") for visit in visits]
        goal = stems(self._wishes.goal).difference(*titles[:1])
        return (
            bool(goal) and not self._chosen_by_model and goal.isdisjoint(self._shown_stems.union(*titles[1:]))
        )
