"""Retries elements that are gone or covered: finds them in a fresh scan, and judges them again."""

from dataclasses import replace

from explorer.deadlines import Deadlines
from explorer.engine.actions import ActionPerformer, ActionTarget
from explorer.engine.scanner import Scanner
from explorer.overlays.clearer import OverlayClearer
from explorer.protocols import Clock
from explorer.retry_policy import Retry, RetryPolicy
from explorer.text import clip
from explorer.types import ActionPlan, Element, Refusal


class ElementRetry:
    """Prepares actions on pages that re-render or cover their elements while the pointer is moving."""

    def __init__(
        self,
        clock: Clock,
        deadlines: Deadlines,
        performer: ActionPerformer,
        scanner: Scanner,
        overlays: OverlayClearer,
        retry_policy: RetryPolicy,
    ) -> None:
        self._clock = clock
        self._deadlines = deadlines
        self._performer = performer
        self._scanner = scanner
        self._overlays = overlays
        self._retry_policy = retry_policy

    async def prepare(self, plan: ActionPlan, planned: Element) -> ActionTarget | Refusal | None:
        """Moves the pointer there; returns a refusal, or None, when it must not or can no longer be used."""
        pauses_ms = self._retry_policy.element_pauses_ms
        target = await self._performer.prepare(plan)
        for attempt, pause_ms in enumerate(pauses_ms, 1):
            if target is not None or self._deadlines.nearly_over:
                return target
            reason = clip(await self._why_not(plan, planned))
            self._retry_policy.note(Retry(self._clock.now_ms(), "element", attempt, len(pauses_ms), reason))
            await self._clock.hold(pause_ms)
            found = await self._scanner.find_again(planned)
            if isinstance(found, Refusal):
                return found
            if found is None:
                continue
            if found.covered_by:
                await self._overlays.clear()
            plan = replace(plan, selector=found.selector)
            target = await self._performer.prepare(plan)
        return target

    async def _why_not(self, plan: ActionPlan, planned: Element) -> str:
        name = planned.label or planned.text or planned.tag
        now = await self._performer.describe(plan)
        if now is None:
            return f"{name!r} was gone"
        return f"{name!r} was covered by {now.covered_by}" if now.covered_by else f"{name!r} was out of reach"
