"""One scan of the page: what may be clicked here, what is known of it, and what the planner makes of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from playwright.async_api import Page

from explorer.deadlines import Deadlines
from explorer.forms.values import filling
from explorer.guardrails.rules import refuse_element
from explorer.guardrails.sensitive_fields import refuse_field
from explorer.languages.detection import is_known
from explorer.lookahead.scheduler import Lookahead
from explorer.navigation.scope_monitor import ScopeMonitor
from explorer.page.discovery import discover
from explorer.page.regions import within
from explorer.planning.keyword_planner import rank
from explorer.protocols import Clock, Planner
from explorer.state.frontier import Frontier, plain_key
from explorer.state.outcomes import OutcomeCache
from explorer.state.page_state import PageState
from explorer.state.refusals import Refusals
from explorer.text import title_of
from explorer.types import ActionPlan, Brief, Element, Refusal, Scene, Step
from explorer.urls import page_key

#: A planner has limits of its own; this one is for a planner that has none.
PLAN_TIMEOUT_S = 30.0
#: A page that keeps offering what cannot be clicked must not keep us scanning.
SCANS_PER_CLICK = 3
SCANS_MORE = 10
#: Off camera, the start page's best are looked at broadly, later pages' only until a few are known to pay.
START_LOOKS, START_ENOUGH = 16, 12
LATER_LOOKS, LATER_ENOUGH = 4, 2
#: A control that has shown something may be used again where the page has changed since, so often.
MOST_AGAIN = 5
#: One click in so many may show what was seen before, where nothing else is left.
CLICKS_PER_REPEAT = 10
#: How a viewer is told of what goes into a field, by action and whether it is a search.
SAID = {
    ("type", False): "Type",
    ("type", True): "Search for",
    ("choose", False): "Choose",
    ("choose", True): "Choose",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """What a scan has found: the elements that may be acted upon, and by key, how that is done."""

    elements: tuple[Element, ...]
    plans: dict[str, ActionPlan]


class Scanner:
    """Looks, asks the planner, and lets the guardrails judge both. Refusals are told once each."""

    def __init__(
        self,
        brief: Brief,
        page: Page,
        clock: Clock,
        planner: Planner,
        frontier: Frontier,
        refusals: Refusals,
        scope_monitor: ScopeMonitor,
        deadlines: Deadlines,
        outcomes: OutcomeCache,
        lookahead: Lookahead,
    ) -> None:
        self._brief = brief
        self._page = page
        self._clock = clock
        self._planner = planner
        self._frontier = frontier
        self._refusals = refusals
        self._scope_monitor = scope_monitor
        self._deadlines = deadlines
        self._outcomes = outcomes
        self._lookahead = lookahead
        self._scans = 0
        #: The language of a page for which there are no words; "" where there was none.
        self.unknown_language = ""
        #: The first words of the page that was looked at last.
        self.sample = ""

    async def look(self, signature: str) -> tuple[Offer, list[Refusal]]:
        """What may be done here, and what the guardrails newly turned down.

        `signature` tells this state of the page from others.
        """
        self._scans += 1
        url = self._page.url
        discovery = await self._deadlines.do(discover(self._page, ()))
        found = discovery.elements
        self.sample = discovery.sample
        if not is_known(discovery.language):
            self.unknown_language = discovery.language
        self._frontier.note_links(found, url)
        avoided = await self._deadlines.do(within(self._page, found, self._brief.wishes.avoid))
        offered, refused = [], []
        for element in found:
            refusal = self._refuse(element, element.key in avoided)
            if refusal is not None:
                refused.append(refusal)
            elif (usable := self._usable(element, signature)) is not None:
                offered.append(usable)
        reachable = tuple(e for e in offered if self._frontier.within(e, self._brief.max_depth))
        return self._offer(reachable), self._refusals.new(refused)

    async def again(self, planned: Element) -> Element | Refusal | None:
        """What was offered before, as a fresh scan finds it, even if covered; judged anew."""
        found = await self._deadlines.do(discover(self._page, ()))
        key = plain_key(planned)
        element = next((e for e in (*found.elements, *found.covered) if e.key == key), None)
        if element is None:
            return None
        avoided = await self._deadlines.do(within(self._page, (element,), self._brief.wishes.avoid))
        return self._refuse(element, element.key in avoided) or element

    def _usable(self, element: Element, signature: str) -> Element | None:
        known = self._outcomes.prospects([element], self._page.url).get(element.key)
        opens = known is not None and known.opens > 0 and not element.href
        return self._frontier.usable(element, signature, MOST_AGAIN, opens)

    async def plan(
        self, offer: Offer, state: PageState, steps: Sequence[Step], clicks_left: int
    ) -> tuple[list[ActionPlan], list[Refusal]]:
        """The planner's choice among what is offered, best first, and what it should not have proposed."""
        if not offer.elements or self._scans > SCANS_PER_CLICK * self._brief.max_clicks + SCANS_MORE:
            return [], []
        scene = self._informed(await self._scene(offer, steps, clicks_left))
        refused = self._unfit(offer, state.url)
        if not state.actions:
            self._frontier.note_left(scene.url, scene.elements)
        proposed = await self._deadlines.limit(self._planner.plan(scene), PLAN_TIMEOUT_S)
        plans: dict[str, ActionPlan] = {}
        by_selector = {element.selector: element for element in scene.elements}
        for plan in proposed:
            if plan.selector in by_selector:
                deed = offer.plans[by_selector[plan.selector].key]
                plans.setdefault(
                    plan.selector,
                    replace(
                        deed, priority=plan.priority, reason=plan.reason, caption=plan.caption or deed.caption
                    ),
                )
            else:
                refused.append(
                    Refusal(
                        "not_offered", plan.selector, "a planner may choose only from its offers", scene.url
                    )
                )
        return list(plans.values()), self._refusals.new(refused)

    def best_elsewhere(
        self, than: float, steps: Sequence[Step], clicks_left: int, changed: bool
    ) -> str | None:
        """The seen page whose best is worth more than `than`, by what is known of it now.

        A page that was `changed` since it was opened counts as another than it was then.
        """
        best = None
        for url, elements in self._frontier.left_elsewhere(None if changed else self._page.url):
            scene = self._informed(self._bare(url, elements, steps, clicks_left))
            for one in rank(scene):
                if one.score > than:
                    best, than = url, one.score
        return best

    async def reconnoitre(
        self, offer: Offer, state: PageState, steps: Sequence[Step], clicks_left: int
    ) -> None:
        """Lets the scout try the best of what is offered before it is chosen from."""
        if clicks_left <= 0:
            return
        scene = self._bare(state.url, offer.elements, steps, clicks_left)

        def ranking() -> list[Element]:
            return [one.element for one in rank(self._informed(scene)) if one.score > 0]

        await self._lookahead.look(
            ranking,
            offer.plans,
            state,
            enough=LATER_ENOUGH if steps else min(START_ENOUGH, clicks_left + 2),
            most=LATER_LOOKS if steps else START_LOOKS,
        )

    def _informed(self, scene: Scene) -> Scene:
        """The scene with what is known of its elements by now, without those that must not be shown."""
        fit = tuple(e for e in scene.elements if not self._is_unfit(e, scene.url))
        return replace(scene, elements=fit, prospects=self._outcomes.prospects(fit, scene.url))

    def _is_unfit(self, element: Element, url: str) -> bool:
        sighting = self._outcomes.find(element, url)
        return sighting is not None and sighting.rule != ""

    def _unfit(self, offer: Offer, url: str) -> list[Refusal]:
        """What the scout has found that a guardrail speaks against: a link is judged by where it leads."""
        refused = []
        for element in offer.elements:
            sighting = self._outcomes.find(element, url)
            if sighting is not None and sighting.rule not in {"", "broken"}:
                what = element.label or element.text or element.href
                refused.append(Refusal(sighting.rule, what, sighting.detail, url))
        return refused

    async def _scene(self, offer: Offer, steps: Sequence[Step], clicks_left: int) -> Scene:
        scene = self._bare(self._page.url, offer.elements, steps, clicks_left)
        return replace(
            scene,
            title=await self._deadlines.do(title_of(self._page)),
            focused=await self._deadlines.do(within(self._page, offer.elements, self._brief.wishes.focus)),
            picture=self._clock.picture(),
        )

    def _bare(
        self, url: str, elements: tuple[Element, ...], steps: Sequence[Step], clicks_left: int
    ) -> Scene:
        return Scene(
            url=url,
            title="",
            elements=elements,
            history=tuple(step.label for step in steps),
            clicks_here=sum(page_key(step.page_url) == page_key(url) for step in steps),
            visited_urls=frozenset(self._frontier.visited),
            clicks_left=clicks_left,
            wishes=self._brief.wishes,
            payoffs=self._frontier.payoffs(),
            kinds=self._frontier.kinds(),
            tired=self._frontier.repeats >= max(1, self._brief.max_clicks // CLICKS_PER_REPEAT),
        )

    def _refuse(self, element: Element, avoided: bool) -> Refusal | None:
        wishes, url = self._brief.wishes, self._page.url
        if avoided:
            what = element.label or element.text or element.selector
            return Refusal("avoid", what, "it lies in a part that is to be avoided", url)
        refusal = refuse_element(element, self._scope_monitor.site, url, wishes)
        return refusal or (refuse_field(element) if element.fills else None)

    def _offer(self, elements: tuple[Element, ...]) -> Offer:
        """Fields are offered with what goes into them; those for which nothing plausible is known are not."""
        words = [e.label for e in elements if not e.fills and e.landmark != "footer"]
        deeds: dict[str, ActionPlan] = {}
        for element in elements:
            if not element.fills:
                deeds[element.key] = ActionPlan(element.selector, "click", 0, "")
            elif self._brief.wishes.interact == "all" and (
                entry := filling(element, words, again=self._frontier.times(element))
            ):
                deeds[element.key] = ActionPlan(
                    element.selector,
                    entry.action,
                    0,
                    "",
                    f"{SAID[entry.action, element.fills == 'search']} {entry.value}",
                    entry.value,
                    entry.submit,
                )
        return Offer(tuple(e for e in elements if e.key in deeds), deeds)
