"""Asks the planner what to do next, with what is known of each element that is offered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from playwright.async_api import Page

from explorer.deadlines import Deadlines
from explorer.engine.goals import GoalCheck
from explorer.engine.scanner import Offer
from explorer.lookahead.scheduler import Lookahead
from explorer.page.regions import keys_in_regions
from explorer.planning.keyword_planner import fits_main_pages, rank
from explorer.planning.wishes import out_of_reach
from explorer.protocols import Clock, Planner
from explorer.state.frontier import Frontier
from explorer.state.outcomes import OutcomeCache
from explorer.state.page_state import PageState
from explorer.state.refusals import Refusals
from explorer.text import title_of
from explorer.types import ActionPlan, Brief, Element, Refusal, Scene, Step
from explorer.urls import is_front_page, page_key

#: A planner has limits of its own; this one is for a planner that has none.
PLAN_TIMEOUT_S = 30.0
#: Off camera, the start page's best are tried broadly, later pages' only until a few are known to pay.
#: Of groups and kinds of which none was tried, so many get a try, where there are clicks for all main pages.
START_TRIES, START_ENOUGH, START_KINDS = 16, 12, 6
LATER_TRIES, LATER_ENOUGH, LATER_KINDS = 4, 2, 1
#: One click in so many may show what was seen before, where nothing else is left.
CLICKS_PER_REPEAT = 10


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a take has come."""

    state: PageState
    steps: Sequence[Step]
    clicks_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSelector:
    """Ranks what is offered; refuses what a planner proposes beyond that."""

    brief: Brief
    page: Page
    clock: Clock
    deadlines: Deadlines
    planner: Planner
    lookahead: Lookahead
    frontier: Frontier
    outcomes: OutcomeCache
    goal_check: GoalCheck
    refusals: Refusals

    async def select(self, offer: Offer, progress: Progress) -> tuple[list[ActionPlan], list[Refusal]]:
        """Returns the planner's choice, best first, and what is newly refused of offer and choice."""
        if progress.state.is_initial:
            self.frontier.note_left(progress.state.url, offer.elements)
        if not offer.elements:
            return [], []
        scene = self._with_outcomes(await self._scene(offer, progress))
        refused = self._refused_by_outcome(offer, progress.state.url)
        proposed = await self.deadlines.limit(self.planner.plan(scene), PLAN_TIMEOUT_S)
        plans, not_offered = _match(proposed, scene, offer.plans)
        return plans, self.refusals.new([*refused, *not_offered])

    async def look_ahead(self, offer: Offer, progress: Progress) -> None:
        """Tries the best of what is offered off camera, before one of it is chosen."""
        if progress.clicks_left <= 0:
            return
        scene = self._bare_scene(progress.state.url, offer.elements, progress)

        def ranking() -> list[Element]:
            return [one.element for one in rank(self._with_outcomes(scene)) if one.score > 0]

        first = not progress.steps
        enough = min(START_ENOUGH, progress.clicks_left + 2) if first else LATER_ENOUGH
        looks_for_focus = bool(out_of_reach(scene))
        await self.lookahead.run(
            ranking,
            offer.plans,
            progress.state,
            enough=START_ENOUGH if looks_for_focus else enough,
            max_tries=START_TRIES if first or looks_for_focus else LATER_TRIES,
            new_kinds=(START_KINDS if first else LATER_KINDS) if fits_main_pages(scene) else 0,
        )

    def best_elsewhere(self, min_score: float, progress: Progress) -> str | None:
        """The visited page whose best is worth more than `min_score`, by what is known of it now.

        A page that was changed since it was opened counts as another than it was then.
        """
        best = None
        here = self.page.url if progress.state.is_initial else None
        for url, elements in self.frontier.left_elsewhere(here):
            for one in rank(self._with_outcomes(self._bare_scene(url, elements, progress))):
                if one.score > min_score:
                    best, min_score = url, one.score
        return best

    def exhaust_others(self, progress: Progress) -> bool:
        """Exhausts the other visited pages that have nothing left worth a click; True if this one has not.

        By what each offered as it was opened, and what is known of that by now.
        """
        here, is_finished = page_key(progress.state.url), False
        for url, elements in [*self.frontier.left_elsewhere(None)]:
            if rank(self._with_outcomes(self._bare_scene(url, elements, progress))):
                continue
            if page_key(url) == here:
                is_finished = True
            else:
                self.frontier.exhaust(url)
        return is_finished

    async def _scene(self, offer: Offer, progress: Progress) -> Scene:
        scene = self._bare_scene(self.page.url, offer.elements, progress)
        return replace(
            scene,
            title=await self.deadlines.do(title_of(self.page)),
            focused=await self._keys_in(offer, self.brief.wishes.focus),
            pending_keys=await self._keys_in(offer, scene.pending_focus),
            picture=self.clock.picture(),
        )

    async def _keys_in(self, offer: Offer, focus: Sequence[str]) -> frozenset[str]:
        return await self.deadlines.do(keys_in_regions(self.page, offer.elements, focus, around=True))

    def _bare_scene(self, url: str, elements: tuple[Element, ...], progress: Progress) -> Scene:
        """A scene without what must be read from the page."""
        max_repeats = max(1, self.brief.max_clicks // CLICKS_PER_REPEAT)
        return Scene(
            url=url,
            title="",
            elements=elements,
            history=tuple(step.label for step in progress.steps),
            clicks_here=sum(page_key(step.page_url) == page_key(url) for step in progress.steps),
            visited_urls=frozenset(self.frontier.visited),
            clicks_left=progress.clicks_left,
            is_deep_start=page_key(url) == page_key(self.brief.url) and not is_front_page(url),
            start_group="" if is_front_page(self.brief.url) else self.frontier.start_group,
            wishes=self.brief.wishes,
            success_rates=self.frontier.success_rates(),
            kind_counts=self.frontier.kind_counts(),
            pending_focus=self.goal_check.pending(),
            row_counts=self.frontier.row_counts(url),
            revealed=self.frontier.revealed(url),
            renamed_spots=self.frontier.renamed_spots(url),
            dead_kinds=self.frontier.dead_kinds(),
            hopeless_kinds=self.frontier.hopeless_kinds(),
            avoid_repeats=self.frontier.repeats >= max_repeats,
        )

    def _with_outcomes(self, scene: Scene) -> Scene:
        """Adds the outcomes that are known by now, and leaves out what a guardrail refuses by them."""
        fit = tuple(e for e in scene.elements if not self._rule_against(e, scene.url))
        return replace(scene, elements=fit, expected_outcomes=self.outcomes.expected_outcomes(fit, scene.url))

    def _rule_against(self, element: Element, url: str) -> str:
        known = self.outcomes.find(element, url)
        return known.rule if known else ""

    def _refused_by_outcome(self, offer: Offer, url: str) -> list[Refusal]:
        """Refusals of what lookahead has found to break a rule, such as where a link leads."""
        refused = []
        for element in offer.elements:
            known = self.outcomes.find(element, url)
            if known is not None and known.rule not in {"", "broken"}:
                what = element.label or element.text or element.href
                refused.append(Refusal(known.rule, what, known.detail, url))
        return refused


def _match(
    proposed: Sequence[ActionPlan], scene: Scene, offered: Mapping[str, ActionPlan]
) -> tuple[list[ActionPlan], list[Refusal]]:
    """The offered plans in the proposed order, and a refusal for each proposal that was not offered."""
    plans: dict[str, ActionPlan] = {}
    refused = []
    by_selector = {element.selector: element for element in scene.elements}
    for plan in proposed:
        if element := by_selector.get(plan.selector):
            known = offered[element.key]
            chosen = replace(
                known, priority=plan.priority, reason=plan.reason, caption=plan.caption or known.caption
            )
            plans.setdefault(plan.selector, chosen)
        else:
            detail = "a planner may choose only from its offers"
            refused.append(Refusal("not_offered", plan.selector, detail, scene.url))
    return list(plans.values()), refused
