"""Carries out one plan, from the last lookahead to what is learned from the step."""

from dataclasses import dataclass, replace

from playwright.async_api import Error as PlaywrightError

from explorer.deadlines import DeadlineReached
from explorer.engine.actions import ActionPerformer
from explorer.engine.element_retry import ElementRetry
from explorer.engine.feedback import Feedback
from explorer.engine.goals import GoalCheck
from explorer.engine.page_state_tracker import PageStateTracker
from explorer.engine.stop_conditions import StopConditions
from explorer.engine.trace_recorder import TraceRecorder
from explorer.errors import PageUnresponsive
from explorer.lookahead.scheduler import Lookahead
from explorer.page.visual_diff import Blocks
from explorer.protocols import Clock
from explorer.state.frontier import Frontier
from explorer.state.outcomes import OutcomeCache
from explorer.state.refusals import Refusals
from explorer.types import ActionPlan, Element, Refusal, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRunner:
    """Makes one step at a time; a step that is interrupted still counts."""

    clock: Clock
    stop: StopConditions
    state_tracker: PageStateTracker
    lookahead: Lookahead
    element_retry: ElementRetry
    performer: ActionPerformer
    feedback: Feedback
    frontier: Frontier
    outcomes: OutcomeCache
    goal_check: GoalCheck
    refusals: Refusals
    recorder: TraceRecorder

    async def run(
        self, plan: ActionPlan, element: Element, signature: str, moving_blocks: Blocks | None
    ) -> Step | Refusal | None:
        """Makes the step; returns a refusal, or None, when it must not or can no longer be made.

        `signature` identifies the state of the page that the plan was made for, `moving_blocks` are the parts
        of the view that move by themselves.
        """
        state = self.state_tracker.state
        known = self.lookahead.is_known(element, state)
        expected = await self.lookahead.predict(element, plan, state)
        promises = expected is None or known or self.outcomes.shows_new_scene(expected)
        if not promises and not self.goal_check.is_pending(element):
            return None  # the next scan knows it, and may prefer something else
        self.frontier.mark_tried(element, signature)
        target = await self.element_retry.prepare(plan, element)
        if isinstance(target, Refusal):
            return self.refusals.add(target)
        if target is None:
            self.frontier.note_unreached(element, state.url, signature)
            return None
        result = self.performer.begin(plan, target, len(self.recorder.steps) + 1)
        try:
            await self.performer.perform(result, target, moving_blocks)
        except (PageUnresponsive, DeadlineReached, PlaywrightError) as exc:
            await self.stop.recover(exc)
        if result.missed:
            return None
        result.step = step = replace(result.step, end_ms=self.clock.now_ms())
        self.recorder.steps.append(step)
        self.goal_check.note_step(element, step)
        self.feedback.learn(element, result, expected, was_known=known)
        return step
