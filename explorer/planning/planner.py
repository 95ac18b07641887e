"""Chooses the planner: a language model when there is a key for one, with keywords as fallback."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from explorer.errors import PlannerFailed
from explorer.planning.keyword_planner import MAX_PLANS, KeywordPlanner
from explorer.planning.llm_budget import Budget, Usage
from explorer.planning.llm_planner import BUDGET_SPENT, DEFAULT_MODEL, LlmPlanner
from explorer.protocols import Planner
from explorer.types import ActionPlan, Scene


class FallbackPlanner:
    """Asks `first`; when it raises PlannerFailed, `then` plans within the same scan and says so.

    `budget` is the one that `first` spends from.
    """

    def __init__(self, first: Planner, then: Planner, budget: Budget | None = None) -> None:
        self._first = first
        self._then = then
        self._budget = budget or Budget()
        self._fallbacks = 0
        self._failures = 0

    @property
    def usage(self) -> Usage:
        """What planning has cost so far."""
        return Usage(self._budget.calls, self._budget.tokens, self._fallbacks, self._failures)

    async def plan(self, scene: Scene) -> list[ActionPlan]:
        """Plans by the first planner, or else by the second.

        Then reasons read `keywords (llm failed: timeout): …`.
        """
        try:
            return (await self._first.plan(scene))[:MAX_PLANS]
        except PlannerFailed as failure:
            self._fallbacks += 1
            self._failures += str(failure) != BUDGET_SPENT
            plans = await self._then.plan(scene)
            return [_with_cause(plan, str(failure)) for plan in plans[:MAX_PLANS]]

    async def identify(self, lost: Mapping[str, Any], candidates: Sequence[Mapping[str, Any]]) -> int | None:
        """Which of the candidates the model takes for the lost element; None also when it has no answer."""
        if not isinstance(self._first, LlmPlanner):
            return None
        try:
            return await self._first.identify(lost, candidates)
        except PlannerFailed as failure:
            self._failures += str(failure) != BUDGET_SPENT
            return None


def choose_planner(
    api_key: str | None,
    model: str = DEFAULT_MODEL,
    base_url: str | None = None,
    *,
    vision: bool = False,
    budget: Budget | None = None,
) -> Planner:
    """Keywords alone without a key; with one, the model at `base_url` first and keywords behind it."""
    if not api_key:
        return KeywordPlanner()
    budget = budget or Budget()
    model_planner = LlmPlanner(api_key, model, base_url, vision=vision, budget=budget)
    return FallbackPlanner(model_planner, KeywordPlanner(), budget)


def usage_of(planner: Planner) -> Usage:
    """The usage of a planner so far; zero for one without a language model."""
    return planner.usage if isinstance(planner, FallbackPlanner) else Usage()


def _with_cause(plan: ActionPlan, cause: str) -> ActionPlan:
    who, _, why = plan.reason.partition(": ")
    note = f"llm {cause}" if cause == BUDGET_SPENT else f"llm failed: {cause}"
    return replace(plan, reason=f"{who} ({note}): {why}")
