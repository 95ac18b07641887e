"""Scans the page: finds what may be clicked or filled in, and asks the guardrails."""

import re
from dataclasses import dataclass, replace

from playwright.async_api import Page

from explorer.deadlines import Deadlines
from explorer.engine.action_guard import ActionGuard
from explorer.engine.trace_recorder import name_of
from explorer.forms.sample_data import NUMBER
from explorer.forms.values import choose_value
from explorer.guardrails.acting_controls import may_persist
from explorer.languages.detection import is_known
from explorer.languages.overlay_phrases import says
from explorer.overlays.clearer import OverlayClearer
from explorer.page.discovery import discover
from explorer.page.regions import keys_in_regions
from explorer.state.frontier import Frontier, plain_key
from explorer.state.outcomes import OutcomeCache
from explorer.state.refusals import Refusals
from explorer.types import ActionPlan, Brief, Element, Refusal
from explorer.urls import page_key

#: A page that keeps offering what cannot be clicked must not keep us scanning.
SCANS_PER_CLICK = 3
EXTRA_SCANS = 10
#: A control that has shown something may be used again where the page has changed since, so often.
MAX_REUSES = 5
#: Into one field so much is entered: an entry, and one more to make a list.
MAX_ENTRIES = 2
#: The caption's verb for what goes into a field, by action and whether it is a search.
CAPTION_VERBS = {
    ("type", False): "Type",
    ("type", True): "Search for",
    ("choose", False): "Choose",
    ("choose", True): "Choose",
}
#: A shortcut at the end of a name, as in `Rectangle [R]`.
_SHORTCUT = re.compile(r"\s*[\[(][^\])]{1,12}[\])]\s*$")


@dataclass(frozen=True, slots=True)
class Offer:
    """What a scan has found: the elements that may be acted upon, and by key, how that is done."""

    elements: tuple[Element, ...]
    plans: dict[str, ActionPlan]


class Scanner:
    """Offers only what the guardrails allow; each refusal is returned once."""

    def __init__(
        self,
        brief: Brief,
        page: Page,
        deadlines: Deadlines,
        guard: ActionGuard,
        overlays: OverlayClearer,
        frontier: Frontier,
        outcomes: OutcomeCache,
        refusals: Refusals,
    ) -> None:
        self._brief = brief
        self._page = page
        self._deadlines = deadlines
        self._guard = guard
        self._overlays = overlays
        self._frontier = frontier
        self._outcomes = outcomes
        self._refusals = refusals
        self._scans = 0
        #: The language of a page for which there are no words; "" where there was none.
        self.unknown_language = ""
        #: The first words of the page that was scanned last.
        self.sample = ""
        self._rows: tuple[str, ...] = ()

    @property
    def is_exhausted(self) -> bool:
        """Whether more scans were made than the clicks of this take are worth."""
        return self._scans > SCANS_PER_CLICK * self._brief.max_clicks + EXTRA_SCANS

    async def scan(self, signature: str) -> tuple[Offer, list[Refusal]]:
        """Returns what may be done here, and what the guardrails newly turned down.

        `signature` identifies this state of the page.
        """
        self._scans += 1
        discovery = await self._deadlines.do(discover(self._page, ()))
        self.sample, self._rows = discovery.sample, discovery.rows
        if not is_known(discovery.language):
            self.unknown_language = discovery.language
        self._frontier.note_links(discovery.elements, self._page.url)
        self._frontier.note_offered(self._page.url, discovery.elements)
        if page_key(self._page.url) == page_key(self._brief.url):
            self._frontier.note_start(self._page.url, discovery.elements)
        allowed, refused = await self._apply_guardrails(discovery.elements)
        free = (e for e in allowed if not (self._overlays.is_walled(e) or self._would_be_saved(e)))
        usable = (self._usable(element, signature) for element in free)
        reachable = (e for e in usable if e and self._frontier.is_within_depth(e, self._brief.max_depth))
        return self._offer(tuple(reachable)), self._refusals.new(refused)

    async def find_again(self, planned: Element) -> Element | Refusal | None:
        """Finds in a fresh scan what was offered before, even if covered, and asks the guardrails again."""
        found = await self._deadlines.do(discover(self._page, ()))
        key = plain_key(planned)
        element = next((e for e in (*found.elements, *found.covered) if e.key == key), None)
        if element is None:
            return None
        avoided = await self._deadlines.do(keys_in_regions(self._page, (element,), self._brief.wishes.avoid))
        return self._refuse(element, element.key in avoided) or element

    async def _apply_guardrails(self, found: tuple[Element, ...]) -> tuple[list[Element], list[Refusal]]:
        """What the guardrails allow, and what they refuse."""
        avoided = await self._deadlines.do(keys_in_regions(self._page, found, self._brief.wishes.avoid))
        allowed, refused = [], []
        for element in found:
            if refusal := self._refuse(element, element.key in avoided):
                refused.append(refusal)
            else:
                allowed.append(element)
        return allowed, refused

    def _refuse(self, element: Element, avoided: bool) -> Refusal | None:
        if avoided:
            what = element.label or element.text or element.selector
            return Refusal("avoid", what, "it lies in a part that is to be avoided", self._page.url)
        return self._guard.refuse_element(element)

    def _would_be_saved(self, element: Element) -> bool:
        """Whether it sets something on a page whose request to keep such a thing was held back before."""
        return self._frontier.is_saving(self._page.url) and may_persist(element) and element.fills != "text"

    def _usable(self, element: Element, signature: str) -> Element | None:
        if element.use == "draw" and element.use in self._frontier.used:
            element = replace(element, use="mode")  # one tool is used
        expected = self._outcomes.expected_outcomes([element], self._page.url).get(element.key)
        opens = expected is not None and expected.opens > 0 and not element.href
        max_reuses = MAX_REUSES
        if element.fills == "text":
            max_reuses = MAX_ENTRIES
        elif says("next", element.label.casefold()):
            max_reuses = max(MAX_REUSES, self._brief.max_clicks)
        return self._frontier.usable(element, signature, max_reuses, opens)

    def _offer(self, elements: tuple[Element, ...]) -> Offer:
        """Offers fields with what goes into them, and leaves out those without a plausible value."""
        words = [e.label for e in elements if not e.fills and e.landmark != "footer"] or [self.sample]
        plans = {e.key: plan for e in elements if (plan := self._plan_for(e, words))}
        return Offer(tuple(e for e in elements if e.key in plans), plans)

    def _plan_for(self, element: Element, words: list[str]) -> ActionPlan | None:
        is_tool = element.use in {"draw", "cell"} and element.use not in self._frontier.used
        if is_tool and self._brief.wishes.interact == "all":
            return _plan_use(element)
        if element.use == "cell":
            return None
        if not element.fills:
            return ActionPlan(element.selector, "hover" if element.opens_on_hover else "click", 0, "")
        if self._brief.wishes.interact != "all":
            return None
        times = self._frontier.times_tried(element)
        if times and not self._frontier.shows_entries(self._page.url):
            return None
        entry = choose_value(element, words, times_filled=times, rows=self._rows)
        if entry is None:
            return None
        verb = CAPTION_VERBS[entry.action, element.fills == "search"]
        caption = f"{verb} {entry.value}"
        return ActionPlan(element.selector, entry.action, 0, "", caption, entry.value, entry.submit)


def _plan_use(element: Element) -> ActionPlan:
    """The plan for what is used rather than pressed."""
    if element.use == "draw":
        name = _SHORTCUT.sub("", name_of(element))
        return ActionPlan(element.selector, "draw", 0, "", f"Draw: {name}")
    value = f"{NUMBER:.12g}"
    return ActionPlan(element.selector, "type", 0, "", f"{CAPTION_VERBS['type', False]} {value}", value, True)
