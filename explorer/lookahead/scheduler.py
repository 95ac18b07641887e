"""Schedules what is tried off camera: the scout's budget, spent on what would be clicked next."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Literal
from urllib.parse import urldefrag

from explorer.deadlines import Deadlines
from explorer.errors import BrowserCrashed, PageUnresponsive
from explorer.guardrails.page_links import is_clearly_page
from explorer.lookahead.dry_run import may_be_tried
from explorer.lookahead.scout import STILL_LOADING, Scout
from explorer.planning.base_scores import kind_of
from explorer.planning.repetition import is_one_of_many
from explorer.state.frontier import Frontier
from explorer.state.outcomes import KnownOutcome, OutcomeCache
from explorer.state.page_state import PageState
from explorer.trace import MAX_LOOKED_AT, LookedAt
from explorer.types import ActionPlan, Element
from explorer.urls import page_key

log = logging.getLogger(__name__)

#: How many tries off camera a take has for each click that it may make. They are counted, and not timed: a
#: busy machine makes as many, and so the same film. Forty tries take some 40 s on an idle one.
TRIES_PER_CLICK = 4
#: A film of fewer clicks has the tries of so many.
FEWEST_CLICKS = 3
TRY_TIMEOUT_S = 20.0
#: All of them together take no more than this part of what the whole exploration may take.
RUNTIME_PART = 0.4
#: Earlier actions on a page are repeated before each try, up to this many; each costs 0.4 s.
MAX_REPLAYED_ACTIONS = 5
MAX_FAILURES = 3

#: Returns the elements that are worth a click, best first.
Ranking = Callable[[], Sequence[Element]]


class Lookahead:
    """Fills the outcome cache. Without a scout, or after too many failures, nothing is known beforehand."""

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
        self._tries_left = TRIES_PER_CLICK * max(FEWEST_CLICKS, max_clicks)
        self._seconds_left = RUNTIME_PART * deadlines.limit_s
        self._failures = 0
        self._tried: set[tuple[str, str]] = set()
        self._unknown: set[tuple[str, str]] = set()
        self._kinds: set[str] = set()
        self.tries = 0
        #: What was tried, in order: at most `MAX_LOOKED_AT`.
        self.looked_at = looked_at

    async def run(
        self,
        ranking: Ranking,
        plans: Mapping[str, ActionPlan],
        state: PageState,
        *,
        enough: int,
        max_tries: int,
        new_kinds: int = 0,
    ) -> None:
        """Tries the best of what is not known yet, until `enough` of the best show something new.

        Then the best of up to `new_kinds` groups and kinds of control of which none was tried yet.
        `ranking` is asked again after each try: what was learned may change it. `plans` says how each
        element, by key, is acted upon.
        """

        async def try_first(elements: Iterable[Element]) -> bool:
            unknown = next((e for e in elements if self._may_try(e, plans[e.key], state)), None)
            if unknown is not None:
                await self.predict(unknown, plans[unknown.key], state)
            return unknown is not None

        for _ in range(max_tries):
            # What cannot be tried, such as a tool to draw with, takes no place among the best.
            fit = (e for e in ranking() if self.is_known(e, state) or self._may_try(e, plans[e.key], state))
            if not await try_first(islice(fit, enough)):
                break
        for _ in range(new_kinds):
            if not await try_first(e for e in ranking() if not self._is_of_tried_kind(e)):
                break

    def _is_of_tried_kind(self, element: Element) -> bool:
        """Whether one of its group was tried, or of its kind where it stands in no group of many."""
        return (element.group if is_one_of_many(element) else kind_of(element)) in self._kinds

    def is_known(self, element: Element, state: PageState) -> bool:
        return self._outcomes.find(element, state.url) is not None

    async def predict(self, element: Element, plan: ActionPlan, state: PageState) -> KnownOutcome | None:
        """Returns what this click shows, tried now if it was not before; None when that cannot be known."""
        known = self._outcomes.find(element, state.url)
        if known is not None or not self._may_try(element, plan, state):
            return known
        self._tried.add((page_key(state.url), element.key))
        self._kinds.update((element.group, kind_of(element)))
        self._tries_left -= 1
        self.tries += 1
        began_s = time.monotonic()
        try:
            # Not by deadlines alone: film time that passes meanwhile would give a slow try more.
            async with asyncio.timeout(TRY_TIMEOUT_S):
                outcome = await self._deadlines.limit(self._try(element, plan, state), TRY_TIMEOUT_S)
        except (PageUnresponsive, BrowserCrashed, TimeoutError) as exc:
            self._failures += 1
            log.info("a try off camera failed: %s", exc)
            return None
        finally:
            self._seconds_left -= time.monotonic() - began_s
        return self._record(element, state, outcome)

    def retry_unknown(self) -> None:
        """Lets what could not be known off camera be tried again."""
        self._tried -= self._unknown
        self._unknown.clear()

    def _record(
        self, element: Element, state: PageState, outcome: KnownOutcome | None
    ) -> KnownOutcome | None:
        """Records a try; returns its outcome, unless that is unknown."""
        if outcome is not None and outcome.rule == STILL_LOADING:
            outcome = None
        if len(self.looked_at) < MAX_LOOKED_AT:
            what = element.label or element.text or element.href or element.hint
            outcome_name = "unknown" if outcome is None else outcome.rule or outcome.outcome
            how: Literal["opened", "pressed"] = "opened" if _leads_on(element, state) else "pressed"
            self.looked_at.append(LookedAt(what, state.url, how, outcome_name))
        if outcome is None or outcome.rule == "robots":
            if outcome is None:
                self._unknown.add((page_key(state.url), element.key))
            return None
        self._outcomes.add(element, state.url, outcome)
        self._frontier.record_lookahead(kind_of(element), self._outcomes.is_worth_a_click(outcome))
        return outcome

    def _may_try(self, element: Element, plan: ActionPlan, state: PageState) -> bool:
        """False for a link that is not clearly a page, and for what would be toggled, chosen or sent."""
        if _leads_on(element, state) and not is_clearly_page(element, state.url):
            return False
        if _leads_on(element, state) and self._is_within_entered(element, state):
            return False  # off camera, what the film has entered is missing
        if not may_be_tried(plan, element) or (state.turned and not _leads_on(element, state)):
            return False  # off camera, slides are not turned
        return (
            self._scout is not None
            and not self._scout.lost
            and self._tries_left > 0
            and self._seconds_left > 0
            and self._failures < MAX_FAILURES
            and (page_key(state.url), element.key) not in self._tried
            and not self.is_known(element, state)
        )

    def _is_within_entered(self, element: Element, state: PageState) -> bool:
        """Whether it shows another view of a document that holds what the film has entered."""
        is_same_document = urldefrag(element.href).url == urldefrag(state.url).url
        return is_same_document and self._frontier.holds_entry(state.url)

    async def _try(self, element: Element, plan: ActionPlan, state: PageState) -> KnownOutcome | None:
        """Opens a link's address; dry-runs other controls, and links whose address does not load.

        Some sites resolve their addresses only by script.
        """
        assert self._scout is not None
        # Another place of the same document may show what was done there, which a visit to it would not have.
        is_route = bool(state.actions) and urldefrag(element.href).url == urldefrag(state.url).url
        if _leads_on(element, state) and plan.action == "click" and not is_route:
            outcome = await self._scout.visit(element.href)
            if outcome.rule != "broken":
                return outcome
        if len(state.actions) <= MAX_REPLAYED_ACTIONS:
            return await self._scout.dry_run(plan, state)
        # Most controls do the same on the page as it was opened; what is not there yet stays unknown.
        return await self._scout.dry_run(plan, PageState(state.url))


def _leads_on(element: Element, state: PageState) -> bool:
    """Whether it is a link to another page."""
    return bool(element.href) and page_key(element.href) != page_key(state.url)
