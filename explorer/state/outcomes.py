"""Caches what is known of clicks before the film makes them: where each leads, and how that looks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from explorer.page.visible_text import NO_CHANGE, TextChange
from explorer.page.visual_diff import NEW_SCENE_SHARE, Picture
from explorer.state.seen_screens import SeenScreens
from explorer.types import Element, ExpectedOutcome, Outcome
from explorer.urls import page_key


@dataclass(frozen=True, slots=True)
class KnownOutcome:
    """What one click has led to. `rule` names the guardrail that refuses it, "" when none does."""

    outcome: Outcome
    url: str = ""
    title: str = ""
    picture: Picture | None = None
    rule: str = ""
    detail: str = ""
    #: The part of the view that it has changed on the page where it was tried.
    changed: float = 1.0
    #: The keys of the pages to which it has revealed links.
    opens: tuple[str, ...] = ()
    #: What can be read then that could not be read before, on the same page.
    text: TextChange = NO_CHANGE
    #: The entries of the focus that are within reach then.
    focus: frozenset[str] = frozenset()


#: From so many links to unseen pages on, a menu is worth a click that shows little by itself.
MANY_LINKS = 2
#: So much of what a click has brought to read is kept for planners.
MAX_WORDS_CHARS = 300
#: Landmarks that a site repeats on all of its pages: a control there does the same on each.
SHARED_LANDMARKS = frozenset({"header", "nav", "footer", "aside"})


class OutcomeCache:
    """Looks outcomes up by `key_of` an element, and compares them with what the film has shown."""

    def __init__(self, seen_screens: SeenScreens, has_seen: Callable[[str], bool]) -> None:
        self._seen_screens = seen_screens
        self._has_seen = has_seen
        self._known: dict[str, KnownOutcome] = {}

    def add(self, element: Element, page_url: str, known: KnownOutcome) -> None:
        self._known[key_of(element, page_url)] = known

    def find(self, element: Element, page_url: str) -> KnownOutcome | None:
        return self._known.get(key_of(element, page_url))

    def expected_outcomes(self, elements: Iterable[Element], page_url: str) -> dict[str, ExpectedOutcome]:
        """The known outcomes by element key, with their novelty against what the film has shown by now."""
        found = {element.key: self.find(element, page_url) for element in elements}
        return {
            key: ExpectedOutcome(
                known.outcome,
                self._novelty(known),
                known.title,
                sum(not self._has_seen(one) for one in known.opens),
                0.0 if known.rule else self._seen_screens.text_novelty(known.text),
                " ".join(line.text for line in known.text.lines)[:MAX_WORDS_CHARS],
                known.focus,
            )
            for key, known in found.items()
            if known is not None
        }

    def shows_new_scene(self, known: KnownOutcome) -> bool:
        """Whether it is allowed, and shows a scene that the film has not shown."""
        reads_new = known.outcome != "nothing" and self._seen_screens.text_novelty(known.text) >= 1
        return not known.rule and (self._novelty(known) >= 1 or reads_new)

    def is_worth_a_click(self, known: KnownOutcome) -> bool:
        """Whether it shows a new scene, or reveals links to unseen pages."""
        opens = any(not self._has_seen(one) for one in known.opens)
        return self.shows_new_scene(known) or (opens and not known.rule)

    def _novelty(self, known: KnownOutcome) -> float:
        if known.rule or known.outcome == "nothing" or known.picture is None:
            return 0.0
        # What changes a tenth of one page changes no more of another that has the same control.
        return min(self._seen_screens.novelty(known.picture), known.changed / NEW_SCENE_SHARE)


def key_of(element: Element, page_url: str) -> str:
    """A link's destination; for other controls their key, with the page unless in a shared landmark."""
    there, here = page_key(element.href) if element.href else "", page_key(page_url)
    if there and there != here and not element.fills:
        return there
    return f"{'' if element.landmark in SHARED_LANDMARKS else here} {element.key}"
