"""What is known of clicks that the film has not made yet: where each leads, and how that looks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from explorer.page.visual_diff import NEW_SCENE, Picture
from explorer.state.seen_screens import SeenScreens
from explorer.types import Element, Outcome, Prospect
from explorer.urls import page_key


@dataclass(frozen=True, slots=True)
class KnownOutcome:
    """What one click has led to. `rule` names the guardrail that speaks against it, "" when none does."""

    outcome: Outcome
    url: str = ""
    title: str = ""
    picture: Picture | None = None
    rule: str = ""
    detail: str = ""
    #: The part of the view that it has changed on the page where it was tried.
    changed: float = 1.0
    #: The places that links lead to which have come within reach.
    opens: tuple[str, ...] = ()


#: From so many links to unseen pages on, a menu is well worth a click that shows little by itself.
MANY = 2
#: The parts of a page that its site repeats on every other: what a control there does is the same on all.
FRAME = frozenset({"header", "nav", "footer", "aside"})


class OutcomeCache:
    """Links are known by where they lead, wherever they stand; other controls by who they are, and by their
    page unless they stand in the frame that all pages share.
    """

    def __init__(self, seen_screens: SeenScreens, has_seen: Callable[[str], bool]) -> None:
        self._seen_screens = seen_screens
        self._has_seen = has_seen
        self._known: dict[str, KnownOutcome] = {}

    def note(self, element: Element, page_url: str, sighting: KnownOutcome) -> None:
        self._known[key_of(element, page_url)] = sighting

    def find(self, element: Element, page_url: str) -> KnownOutcome | None:
        return self._known.get(key_of(element, page_url))

    def prospects(self, elements: Iterable[Element], page_url: str) -> dict[str, Prospect]:
        """By key, against what the film has shown by now."""
        found = {element.key: self.find(element, page_url) for element in elements}
        return {
            key: Prospect(
                sighting.outcome,
                self._novelty(sighting),
                sighting.title,
                sum(not self._has_seen(one) for one in sighting.opens),
            )
            for key, sighting in found.items()
            if sighting is not None
        }

    def is_new(self, sighting: KnownOutcome) -> bool:
        """Whether it may be shown, and shows a scene that the film has not."""
        return not sighting.rule and self._novelty(sighting) >= 1

    def is_news(self, sighting: KnownOutcome) -> bool:
        """The same, or it opens the way to more."""
        opens = any(not self._has_seen(one) for one in sighting.opens)
        return self.is_new(sighting) or (opens and not sighting.rule)

    def _novelty(self, sighting: KnownOutcome) -> float:
        if sighting.rule or sighting.outcome == "nothing" or sighting.picture is None:
            return 0.0
        # What changes a tenth of one page changes no more of another that has the same control.
        return min(self._seen_screens.novelty(sighting.picture), sighting.changed / NEW_SCENE)


def key_of(element: Element, page_url: str) -> str:
    there, here = page_key(element.href) if element.href else "", page_key(page_url)
    if there and there != here and not element.fills:
        return there
    return f"{'' if element.landmark in FRAME else here} {element.key}"
