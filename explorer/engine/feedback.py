"""What an exploration learns from a step, for the ones that follow."""

from dataclasses import dataclass

from explorer.engine.actions import StepResult
from explorer.engine.page_state_tracker import PageStateTracker
from explorer.guardrails.acting_controls import may_persist
from explorer.guardrails.sensitive_fields import is_search
from explorer.navigation.scope_monitor import ScopeMonitor
from explorer.planning.base_scores import kind_of
from explorer.state.frontier import Frontier
from explorer.state.outcomes import KnownOutcome, OutcomeCache
from explorer.state.seen_screens import SeenScreens
from explorer.types import Element

#: Fields that leave out part of the page; and so much of the view has changed when they have.
FILTERS = frozenset({"search", "select"})
FILTERED = 0.05
#: A name takes less of the view.
RENAMED = 0.02


@dataclass(frozen=True, slots=True)
class Feedback:
    """Updates what is known of the site by what a step has shown."""

    frontier: Frontier
    seen_screens: SeenScreens
    outcomes: OutcomeCache
    scope_monitor: ScopeMonitor
    state_tracker: PageStateTracker

    def learn(
        self, element: Element, result: StepResult, expected: KnownOutcome | None, was_known: bool
    ) -> None:
        """Learns from a step; `was_known` says that it was planned knowing what to expect of it."""
        step, after = result.step, result.after
        promised = was_known and expected is not None and self.outcomes.shows_new_scene(expected)
        reads_new = self.seen_screens.text_novelty(result.text) >= 1
        new = after is None or after.picture is None or self.seen_screens.add(after.picture) or reads_new
        self.frontier.record_outcome(element, kind_of(element), step.outcome)
        self.frontier.record_place(element, step.page_url, _only_renamed(element, result))
        self.frontier.repeats += not new
        if step.plan.action == "type" and step.plan.submit and not is_search(element):
            self.frontier.note_entry(step.page_url)
        if element.use:
            self.frontier.record_use(element.use)
        if after is not None:
            self.scope_monitor.sign_in = after.sign_in
            self.seen_screens.add_lines(after.lines)
        if result.held_back and may_persist(element):
            self.frontier.note_saving(step.page_url)
        filtered = element.fills in FILTERS and result.changed >= FILTERED
        in_the_way = self.state_tracker.record_step(step, filtered, disappointed=promised and not new)
        if in_the_way and not new:
            self.frontier.unmark_tried(element)
        elif expected is not None and expected.picture is not None:
            self.seen_screens.add(expected.picture)


def _only_renamed(element: Element, result: StepResult) -> bool:
    """Whether a control has changed its own name, as Follow becomes Following, and nothing else."""
    little = result.changed < RENAMED and len(result.text.lines) <= 1
    return little and not element.href and not element.fills and result.step.outcome in {"scene", "nothing"}
