"""Which of a request's wishes the film has met: each entry of the focus, and the goal."""

from collections.abc import Sequence
from urllib.parse import unquote

from playwright.async_api import Page

from explorer.page.regions import PREFIX, within
from explorer.planning.scoring import is_about, names, stems, stems_of
from explorer.trace import Visit
from explorer.types import Element, Step, Wishes

#: How the reason of a step begins that a language model has chosen.
BY_MODEL = "llm: "


class GoalCheck:
    """Looks at what each step was made on. What a page that was visited is called counts as well."""

    def __init__(self, wishes: Wishes) -> None:
        self._wishes = wishes
        #: Entries of the focus that a step has shown.
        self._shown: set[str] = set()
        #: By selector of the focus, the keys of what was found in it last.
        self._inside: dict[str, frozenset[str]] = {}
        self._said: frozenset[str] = frozenset()
        self._judged = False

    async def locate(self, page: Page, elements: Sequence[Element]) -> None:
        """Notes which elements lie where a selector of the focus points; raises as `within` does."""
        for wish in self._wishes.focus:
            if wish.startswith(PREFIX) and wish not in self._shown:
                self._inside[wish] = await within(page, elements, (wish,))

    def shown(self, element: Element, step: Step) -> None:
        """Notes that a step was made on this element."""
        for wish in self._wishes.focus:
            if is_about(element, wish) or element.key in self._inside.get(wish, ()):
                self._shown.add(wish)
        self._said |= stems_of(element)
        self._judged |= step.plan.reason.startswith(BY_MODEL)

    def missing(self, visits: Sequence[Visit]) -> tuple[str, ...]:
        """The entries of the focus that neither a step nor a visited page has to do with."""
        return tuple(
            wish
            for wish in self._wishes.focus
            if wish not in self._shown and not any(names(wish, visit.url, visit.title) for visit in visits)
        )

    def misses_goal(self, visits: Sequence[Visit]) -> bool:
        """Whether no step, and no page after the first, shares a word with the goal.

        Words that the start page is called by say nothing: they are the site's name. Where a language model
        has chosen a step it has judged by meaning, perhaps in another language, and words prove nothing.
        """
        called = [stems(f"{unquote(visit.url)} {visit.title}") for visit in visits]
        goal = stems(self._wishes.goal).difference(*called[:1])
        return bool(goal) and not self._judged and goal.isdisjoint(self._said.union(*called[1:]))
