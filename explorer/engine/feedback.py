"""What an exploration learns from a step, for the ones that follow."""

from explorer.engine.actions import Performance
from explorer.engine.components import Components
from explorer.page.snapshot import Snapshot
from explorer.planning.keyword_planner import kind_of
from explorer.state.outcomes import KnownOutcome
from explorer.types import Element

#: Fields that leave out part of the page; and so much of the view has changed when they have.
FILTERS = frozenset({"search", "select"})
FILTERED = 0.05


def remember_screen(components: Components, snapshot: Snapshot | None) -> bool:
    """Remembers a picture as shown; False when it shows nothing new."""
    return snapshot is None or snapshot.picture is None or components.seen_screens.add(snapshot.picture)


def learn_from(
    components: Components,
    planned: Element,
    performance: Performance,
    foreseen: KnownOutcome | None,
    promised: bool,
) -> None:
    """Teaches memory, gallery and course; `promised` says that it was chosen for what was foreseen."""
    step, after = performance.step, performance.after
    promised = promised and foreseen is not None and components.outcomes.is_new(foreseen)
    new = remember_screen(components, after)
    components.frontier.learn(planned, kind_of(planned), step.outcome)
    components.frontier.repeats += not new
    if after is not None:
        components.scope_monitor.sign_in = after.sign_in
    filtered = planned.fills in FILTERS and performance.changed >= FILTERED
    in_the_way = components.state_tracker.acted(step, filtered, disappointed=promised and not new)
    if in_the_way and not new:
        components.frontier.forgive(planned)
    elif foreseen is not None and foreseen.picture is not None:
        components.seen_screens.add(foreseen.picture)
