"""Tables of the healing benchmark: what was healed, what was taken wrongly, and how long it took."""

from collections.abc import Iterable, Sequence
from statistics import median, quantiles

from rich.table import Table

from tests.benchmark.healing.cases import Half, Outcome, Tally, Verdict

HALVES: tuple[Half, Half] = ("tuning", "judging")


def tables(outcomes: Sequence[Outcome]) -> list[Table]:
    """One table for each half, a row for each kind of change."""
    return [_table(half, [one for one in outcomes if one.half == half]) for half in HALVES]


def failures(outcomes: Iterable[Outcome]) -> list[str]:
    """A line for each wrong heal, then one for each element that was refused though it is there."""
    failed = [one for one in outcomes if one.is_failure]
    ordered = sorted(failed, key=lambda one: one.verdict != Verdict.WRONG)
    return [_line(one) for one in ordered]


def timing(outcomes: Sequence[Outcome]) -> str:
    times = sorted(one.took_ms for one in outcomes)
    return f"One heal took {median(times):.0f} ms (median), {quantiles(times, n=20)[-1]:.0f} ms (19 of 20)."


def _table(half: Half, outcomes: Sequence[Outcome]) -> Table:
    table = Table(title=f"Healing, half for {half}: {len(outcomes)} elements")
    for name in ("change", "stay", "healed", "go", "refused", "wrong"):
        table.add_column(name, justify="left" if name == "change" else "right")
    for kind in dict.fromkeys(one.kind for one in outcomes):
        _add(table, kind, [one for one in outcomes if one.kind == kind])
    table.add_section()
    _add(table, "all", outcomes)
    return table


def _add(table: Table, name: str, outcomes: Sequence[Outcome]) -> None:
    tally = Tally.of(outcomes)
    table.add_row(
        name,
        str(tally.existing or ""),
        f"{tally.healed:.1%}" if tally.existing else "",
        str(tally.gone or ""),
        f"{tally.refused:.1%}" if tally.gone else "",
        f"{tally.wrong:.1%}",
    )


def _line(one: Outcome) -> str:
    said = f"took {one.taken!r} ({one.score:.2f})" if one.verdict is Verdict.WRONG else "refused"
    return f"{one.half}: {one.page}, {one.kind}: {one.element!r} {said}"
