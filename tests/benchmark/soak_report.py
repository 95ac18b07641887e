"""How many takes went, and what went wrong, as a table: one row a site."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.table import Table


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one take went; `fault` is empty when all is well."""

    site: str
    at_once: int
    fault: str = ""
    blank: bool = False
    camera: str = ""
    notes: tuple[str, ...] = ()
    lost_frames: int = 0
    film_s: float = 0.0
    wall_s: float = 0.0
    after_s: float = 0.0


Cell = Callable[[Sequence[Outcome]], str]


def _count(true: Callable[[Outcome], object]) -> Cell:
    return lambda all: str(sum(bool(true(each)) for each in all))


def _middling(value: Callable[[Outcome], float]) -> Cell:
    """The median of those that have a film, and the largest."""

    def cell(all: Sequence[Outcome]) -> str:
        values = sorted(value(each) for each in all if each.film_s)
        return f"{values[len(values) // 2]:.2f} ({values[-1]:.2f})" if values else "-"

    return cell


COLUMNS: dict[str, Cell] = {
    "takes": lambda all: str(len(all)),
    "lost": _count(lambda each: each.fault.startswith("lost")),
    "undecodable": _count(lambda each: each.fault.startswith("undecodable")),
    "blank starts": _count(lambda each: each.blank),
    "by frames": _count(lambda each: each.camera == "frames"),
    "lost frames": lambda all: str(sum(each.lost_frames for each in all)),
    "film, s": _middling(lambda each: each.film_s),
    "wall / film": _middling(lambda each: each.wall_s / each.film_s),
    "last frame to completed / film": _middling(lambda each: each.after_s / each.film_s),
}


def outcome_table(outcomes: Sequence[Outcome]) -> Table:
    """A row for each site, alone and together, and one for all."""
    table = Table(title="Takes in a row: median (largest)")
    for title in ("site", "at once", *COLUMNS):
        table.add_column(title, justify="left" if title == "site" else "right")
    for site, at_once in dict.fromkeys((each.site, each.at_once) for each in sorted(outcomes, key=_order)):
        row = [each for each in outcomes if (each.site, each.at_once) == (site, at_once)]
        table.add_row(site, str(at_once), *(cell(row) for cell in COLUMNS.values()))
    table.add_section()
    table.add_row("all", "", *(cell(outcomes) for cell in COLUMNS.values()))
    return table


def _order(outcome: Outcome) -> tuple[int, str]:
    return outcome.at_once, outcome.site
