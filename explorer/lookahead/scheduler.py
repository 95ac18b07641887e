"""What is tried off camera, and when to stop: the scout's budget, spent on what would be clicked next."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from explorer.deadlines import Deadlines
from explorer.errors import BrowserCrashed, PageUnresponsive
from explorer.guardrails.page_links import is_clearly_page
from explorer.lookahead.dry_run import may_be_tried
from explorer.lookahead.scout import OUT_OF_REACH, Scout
from explorer.planning.keyword_planner import kind_of
from explorer.state.frontier import Frontier
from explorer.state.outcomes import KnownOutcome, OutcomeCache
from explorer.state.page_state import PageState
from explorer.trace import MAX_LOOKED_AT, LookedAt
from explorer.types import ActionPlan, Element
from explorer.urls import page_key

log = logging.getLogger(__name__)

#: So often a take may look off camera, for each click that it may make.
LOOKS_PER_CLICK = 4
LOOK_TIMEOUT_S = 10.0
#: A slow site gets no more time than this off camera, for each click.
LOOK_S_PER_CLICK = 3.0
#: And no more than this part of what the whole exploration may take.
RUNTIME_PART = 0.3
#: What has been done on a page is done again before each rehearsal, up to this; it costs 0.4 s each.
MAX_REPLAYED_ACTIONS = 5
MOST_FAILURES = 3

Ranking = Callable[[], Sequence[Element]]


class Lookahead:
    """Fills the atlas. Without a scout, or once it has failed too often, nothing is known beforehand."""

    def __init__(
        self,
        scout: Scout | None,
        outcomes: OutcomeCache,
        deadlines: Deadlines,
        frontier: Frontier,
        max_clicks: int,
        looked_at: list[LookedAt],
    ) -> None:
        self._scout = scout
        self._outcomes = outcomes
        self._deadlines = deadlines
        self._frontier = frontier
        self._left = LOOKS_PER_CLICK * max_clicks
        self._seconds_left = min(LOOK_S_PER_CLICK * max_clicks, RUNTIME_PART * deadlines.limit_s)
        self._failures = 0
        self._tried: set[tuple[str, str]] = set()
        self.looks = 0
        #: What was tried, in order: at most `MAX_LOOKED_AT`.
        self.looked_at = looked_at

    async def look(
        self, ranking: Ranking, plans: Mapping[str, ActionPlan], state: PageState, *, enough: int, most: int
    ) -> None:
        """Tries the best of what is not known yet, until `enough` of the best show something new.

        `ranking` is asked again after each try: what was learned may change it. `plans` says how each
        element, by key, is acted upon.
        """
        for _ in range(most):
            best = ranking()[:enough]
            unknown = next((e for e in best if self._may_try(e, plans[e.key], state)), None)
            if unknown is None:
                return
            await self.vet(unknown, plans[unknown.key], state)

    def knows(self, element: Element, state: PageState) -> bool:
        return self._outcomes.find(element, state.url) is not None

    async def vet(self, element: Element, plan: ActionPlan, state: PageState) -> KnownOutcome | None:
        """What is known of this click, tried now if it was not before; None when that cannot be known."""
        known = self._outcomes.find(element, state.url)
        if known is not None or not self._may_try(element, plan, state):
            return known
        self._tried.add((page_key(state.url), element.key))
        self._left -= 1
        self.looks += 1
        began_s = time.monotonic()
        try:
            # Not by patience alone: film time that passes meanwhile would give a slow look more.
            async with asyncio.timeout(LOOK_TIMEOUT_S):
                sighting = await self._deadlines.limit(self._try(element, plan, state), LOOK_TIMEOUT_S)
        except (PageUnresponsive, BrowserCrashed, TimeoutError) as exc:
            self._failures += 1
            log.info("off camera, a look failed: %s", exc)
            return None
        finally:
            self._seconds_left -= time.monotonic() - began_s
        self._note(element, state, sighting)
        if sighting is None or sighting.rule == "robots":
            return None
        self._outcomes.note(element, state.url, sighting)
        self._frontier.hear(kind_of(element), self._outcomes.is_news(sighting))
        return sighting

    def _note(self, element: Element, state: PageState, sighting: KnownOutcome | None) -> None:
        if len(self.looked_at) < MAX_LOOKED_AT:
            what = element.label or element.text or element.href or element.tag
            outcome = "unknown" if sighting is None else sighting.rule or sighting.outcome
            how: Literal["opened", "pressed"] = "opened" if _leads_on(element, state) else "pressed"
            self.looked_at.append(LookedAt(what, state.url, how, outcome))

    def _may_try(self, element: Element, plan: ActionPlan, state: PageState) -> bool:
        """A link that is not clearly a page stays unknown, and what would be toggled, chosen or sent."""
        if _leads_on(element, state) and not is_clearly_page(element, state.url):
            return False
        if not may_be_tried(plan, element):
            return False
        return (
            self._scout is not None
            and not self._scout.lost
            and self._left > 0
            and self._seconds_left > 0
            and self._failures < MOST_FAILURES
            and (page_key(state.url), element.key) not in self._tried
            and self._outcomes.find(element, state.url) is None
        )

    async def _try(self, element: Element, plan: ActionPlan, state: PageState) -> KnownOutcome | None:
        """A link by going there; where that fails, as on a site that knows its addresses only by script, or
        for any other control, by acting it out."""
        assert self._scout is not None
        if _leads_on(element, state) and plan.action == "click":
            sighting = await self._scout.visit(element.href)
            if sighting.rule != "broken":
                return sighting
        if len(state.actions) <= MAX_REPLAYED_ACTIONS:
            return await self._scout.rehearse(plan, state)
        # Most controls do the same on the page as it was opened; what is not there yet stays unknown.
        found = await self._scout.rehearse(plan, PageState(state.url))
        return found if found and found.detail != OUT_OF_REACH else None


def _leads_on(element: Element, state: PageState) -> bool:
    """Whether it is a link to another page."""
    return bool(element.href) and page_key(element.href) != page_key(state.url)
