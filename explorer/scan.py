"""One scan of the page: what may be clicked here, and what the planner makes of it."""

from collections.abc import Sequence

from playwright.async_api import Page

from explorer.border import Border
from explorer.discovery import discover
from explorer.guardrails import refuse_element
from explorer.keywords import rank
from explorer.memory import Memory, Refusals
from explorer.patience import Patience
from explorer.places import place
from explorer.text import title_of
from explorer.types import ActionPlan, Brief, Element, Planner, Refusal, Scene, Step

#: A planner has limits of its own; this one is for a planner that has none.
PLAN_TIMEOUT_S = 30.0
#: A page that keeps offering what cannot be clicked must not keep us scanning.
SCANS_PER_CLICK = 3
SCANS_MORE = 10


class Scanner:
    """Looks, asks the planner, and lets the guardrails judge both. Refusals are told once each."""

    def __init__(
        self,
        brief: Brief,
        page: Page,
        planner: Planner,
        memory: Memory,
        refusals: Refusals,
        border: Border,
        patience: Patience,
    ) -> None:
        self._brief = brief
        self._page = page
        self._planner = planner
        self._memory = memory
        self._refusals = refusals
        self._border = border
        self._patience = patience
        self._scans = 0

    async def look(self) -> tuple[tuple[Element, ...], list[Refusal]]:
        """What may be clicked here, and what the guardrails newly turned down."""
        self._scans += 1
        found = (await self._patience.do(discover(self._page, self._memory.tried))).elements
        self._memory.note_links(found, self._page.url)
        offered, refused = [], []
        for element in found:
            refusal = refuse_element(element, self._border.site, self._page.url)
            if refusal is None:
                offered.append(element)
            else:
                refused.append(refusal)
        deep_enough = tuple(e for e in offered if self._memory.within(e, self._brief.max_depth))
        scene = Scene(self._page.url, "", deep_enough, visited_urls=frozenset(self._memory.visited))
        self._memory.note_left(self._page.url, ((one.score, one.element) for one in rank(scene)))
        return deep_enough, self._refusals.new(refused)

    async def plan(
        self, offered: tuple[Element, ...], steps: Sequence[Step], clicks_left: int
    ) -> tuple[list[ActionPlan], list[Refusal]]:
        """The planner's choice among what is offered, best first, and what it should not have proposed."""
        if not offered or self._scans > SCANS_PER_CLICK * self._brief.max_clicks + SCANS_MORE:
            return [], []
        scene = Scene(
            url=self._page.url,
            title=await self._patience.do(title_of(self._page)),
            elements=offered,
            story=tuple(step.label for step in steps),
            clicks_here=sum(place(step.page_url) == place(self._page.url) for step in steps),
            visited_urls=frozenset(self._memory.visited),
            clicks_left=clicks_left,
        )
        proposed = await self._patience.limit(self._planner.plan(scene), PLAN_TIMEOUT_S)
        plans: dict[str, ActionPlan] = {}
        for plan in proposed:
            plans.setdefault(plan.selector, plan)
        offers = {element.selector for element in offered}
        strange = [
            Refusal("not_offered", selector, "a planner may choose only from its offers", scene.url)
            for selector in plans
            if selector not in offers
        ]
        return [plan for plan in plans.values() if plan.selector in offers], self._refusals.new(strange)
