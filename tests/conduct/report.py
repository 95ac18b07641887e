"""What an exam has found, in numbers by clue, shape and language, and each mistake by name."""

from collections import Counter
from collections.abc import Callable, Iterable

from tests.conduct.controls import Control
from tests.conduct.judging import Judgement
from tests.conduct.marks import Marks, Row
from tests.conduct.takes import Outing

LINE = "{:24} {:>9} {:>8} {:>9} {:>9} {:>8} {:>9}"
TAKE_LINE = "{:24} {:>6} {:>7} {:>7} {:>7} {:>10} {:>10}"


def table(judgements: Iterable[Judgement]) -> str:
    """A line for each clue, shape and language, and one for all."""
    judged = list(judgements)
    lines = [LINE.format("", "dangerous", "refused", "", "harmless", "allowed", "")]
    for heading, kind in KINDS.items():
        lines.append(heading)
        found: dict[str, list[Judgement]] = {}
        for one in judged:
            found.setdefault(kind(one.control), []).append(one)
        # Those of which there are most come first.
        for name in sorted(found, key=lambda name: -len(found[name])):
            lines.append(_line(f"  {name}", Row.of(found[name])))
    return "\n".join([*lines, _line("total", Row.of(judged))])


def mistakes(marks: Marks) -> str:
    """Each control that was judged wrongly, was not seen, or was not counted."""
    lines = [_mistake(one) for one in marks.wrong]
    lines += [f"NOT SEEN {one.control.name}" for one in marks.unseen]
    lines += [f"MISCOUNTED {fault}" for fault in marks.miscounted]
    return "\n".join(lines)


def takes_table(outings: Iterable[Outing]) -> str:
    """A line for each take, and one for all; then each thing that was done."""
    made = list(outings)
    lines = [TAKE_LINE.format("take", "seed", "clicks", "looks", "refused", "done (on)", "done (off)")]
    lines += [_take_line(outing.page, str(outing.seed), [outing]) for outing in made]
    lines.append(_take_line("total", "", made))
    for outing in made:
        counts = Counter((deed.who, deed.method, deed.control.name) for deed in outing.done)
        lines += [
            f"DONE by the {who}, seed {outing.seed}: {method} {name}" for who, method, name in sorted(counts)
        ]
    return "\n".join(lines)


def _take_line(page: str, seed: str, outings: list[Outing]) -> str:
    on = sum(deed.who == "film" for outing in outings for deed in outing.done)
    done = sum(len(outing.done) for outing in outings)
    clicks, looks = sum(one.clicks for one in outings), sum(one.looks for one in outings)
    refused = sum(len(one.take.trace.refused) for one in outings)
    return TAKE_LINE.format(page, seed, clicks, looks, refused, on, done - on)


def _clue(control: Control) -> str:
    """Dangerous controls by their only clue; for harmless ones it is what sounds like one."""
    return f"{control.clues[0]} alone" if len(control.clues) == 1 else " and ".join(control.clues)


KINDS: dict[str, Callable[[Control], str]] = {
    "by clue": _clue,
    "by shape": lambda control: control.shape,
    "by place": lambda control: control.place,
    "by language": lambda control: control.language,
}


def _line(name: str, row: Row) -> str:
    return LINE.format(
        name,
        row.dangerous,
        row.refused,
        _percent(row.refused, row.dangerous),
        row.harmless,
        row.allowed,
        _percent(row.allowed, row.harmless),
    )


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else ""


def _mistake(one: Judgement) -> str:
    control = one.control
    what = "ALLOWED" if control.dangerous else f"refused ({one.rule or 'not seen'})"
    clues = " and ".join(control.clues)
    return f"{what} {control.name} [{control.language}, {control.shape} in {control.place}, {clues}]"
