"""Who plans: a language model when there is a key for one, keywords otherwise and whenever it fails."""

from dataclasses import replace

from explorer.errors import PlannerFailed
from explorer.keywords import MAX_PLANS, KeywordPlanner
from explorer.llm import DEFAULT_MODEL, LlmPlanner
from explorer.types import ActionPlan, Planner, Scene


class FallbackPlanner:
    """Asks `first`; when it raises PlannerFailed, `then` plans within the same scan and says so."""

    def __init__(self, first: Planner, then: Planner) -> None:
        self._first = first
        self._then = then

    async def plan(self, scene: Scene) -> list[ActionPlan]:
        """The first planner's plans, or the second's, reasons reading `keywords (llm failed: timeout): …`."""
        try:
            return (await self._first.plan(scene))[:MAX_PLANS]
        except PlannerFailed as failure:
            plans = await self._then.plan(scene)
            return [_blaming(plan, str(failure)) for plan in plans[:MAX_PLANS]]


def choose_planner(api_key: str | None, model: str = DEFAULT_MODEL, base_url: str | None = None) -> Planner:
    """Keywords alone without a key; with one, the model at `base_url` first and keywords behind it."""
    if not api_key:
        return KeywordPlanner()
    return FallbackPlanner(LlmPlanner(api_key, model, base_url), KeywordPlanner())


def _blaming(plan: ActionPlan, cause: str) -> ActionPlan:
    who, _, why = plan.reason.partition(": ")
    return replace(plan, reason=f"{who} (llm failed: {cause}): {why}")
