"""What a run says of itself, as text."""

from collections.abc import Iterator, Sequence
from signal import Signals
from statistics import median

from rich.console import Console
from rich.table import Table

from tests.chaos.run import Plan
from tests.chaos.verdict import Effect, Fate, Verdict, percentile
from tests.chaos.victims import Kind

#: What a job may take longer than a lease until somebody has it again, with a free slot.
RECOVERY_GRACE_S = 2.0
RECOVERIES = {
    "recovery": (),
    "  after KILL and TERM": (Signals.SIGKILL, Signals.SIGTERM),
    "  after STOP": (Signals.SIGSTOP,),
}
FATES = tuple(fate for fate in Fate if fate is not Fate.NONE)


def show(plan: Plan, verdict: Verdict, wall_s: float, console: Console) -> None:
    console.print(by_kind(verdict.effects))
    console.print(in_short(plan, verdict, wall_s))
    for title, lines in _details(verdict):
        console.print(f"{title}:", *lines, sep="\n  ", markup=False, highlight=False)


def by_kind(effects: Sequence[Effect]) -> Table:
    """Who was struck with what, and what became of the attempts that it hit."""
    table = Table("Who", "Signal", "Strikes", "Hit a stage", *FATES, "Median s", "Longest s")
    for kind in Kind:
        for number in sorted({effect.strike.signal for effect in effects}):
            group = [one for one in effects if (one.strike.kind, one.strike.signal) == (kind, number)]
            if group:
                table.add_row(kind, number.name.removeprefix("SIG"), *_cells(group))
    table.add_section()
    table.add_row("all", "", *_cells(effects))
    return table


def _cells(group: Sequence[Effect]) -> Iterator[str]:
    yield str(len(group))
    yield str(sum(effect.fate is not Fate.NONE for effect in group))
    for fate in FATES:
        yield str(sum(effect.fate is fate for effect in group) or "")
    after_s = [effect.after_s for effect in group if effect.after_s is not None]
    yield _seconds(median(after_s) if after_s else None)
    yield _seconds(max(after_s, default=None))


def in_short(plan: Plan, verdict: Verdict, wall_s: float) -> Table:
    """One figure a row, with what it should be."""
    table = Table("", "Figure", "Goal")
    redis = [effect.strike for effect in verdict.effects if effect.strike.kind is Kind.VALKEY]
    hidden = sum(effect.outage for effect in verdict.effects)
    goal_s = plan.lease_s + RECOVERY_GRACE_S
    table.add_row("jobs", str(verdict.jobs), "")
    kills = sum(one.signal is Signals.SIGKILL for one in redis)
    table.add_row("signals", str(len(verdict.effects) - kills), "")
    table.add_row("kills of Redis", str(kills), "")
    table.add_row("not sent for want of time", str(verdict.unstruck), "0")
    table.add_row("lost", str(len(verdict.lost)), "0")
    table.add_row("given up after all attempts", str(len(verdict.given_up)), "0")
    table.add_row("doubled", str(len(verdict.doubled)), "0")
    for name, signals in RECOVERIES.items():
        after_s = verdict.recoveries_s(*signals)
        middle, most = (_seconds(percentile(after_s, part)) for part in (0.5, 0.95))
        goal = f"p95 {goal_s:g} s" if not signals else ""
        table.add_row(name, f"median {middle} s, p95 {most} s, {len(after_s)} times", goal)
    table.add_row("recoveries across a blow to Redis, not in these", str(hidden), "")
    table.add_row("attempts lost without a kill", str(len(verdict.unprovoked)), "")
    table.add_row("longest life of an orphan", f"{verdict.oldest_orphan_s:.1f} s", "2 s")
    table.add_row("longest life of its folder", f"{verdict.stalest_folder_s:.1f} s", "10 s")
    table.add_row("left behind meanwhile", str(len(verdict.overdue)), "0")
    table.add_row("left-over processes", str(len(verdict.processes)), "0")
    table.add_row("left-over folders", str(len(verdict.folders)), "0")
    table.add_row("wall time", f"{wall_s:.0f} s", "")
    return table


def _details(verdict: Verdict) -> Iterator[tuple[str, Sequence[str]]]:
    named = {
        "Lost": verdict.lost,
        "Given up": verdict.given_up,
        "Doubled": verdict.doubled,
        "Lost without a kill": verdict.unprovoked,
        "Left behind meanwhile": verdict.overdue,
        "Left-over processes": verdict.processes,
        "Left-over folders": verdict.folders,
    }
    return ((title, lines) for title, lines in named.items() if lines)


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"
