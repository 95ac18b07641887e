"""Must-show as tables: a row a site, then means and the worst; and the steps of one film as lines."""

from collections.abc import Callable, Iterator, Sequence
from statistics import mean

from rich.table import Table

from tests.benchmark.must_show.film import Film, Score

#: Title, value, and which of several is the worst.
COLUMNS: tuple[tuple[str, Callable[[Score], float], Callable[[Sequence[float]], float]], ...] = (
    ("shown of 5", lambda score: score.shown, min),
    ("dead", lambda score: score.dead, max),
    ("near-duplicates", lambda score: score.near_duplicates, max),
    ("clicks", lambda score: score.clicks, min),
    ("s", lambda score: score.took_s, max),
)


def table(title: str, scores: Sequence[Score]) -> Table:
    """`scores` are of different sites, at least one."""
    made = Table(title=title, title_justify="left")
    made.add_column("site")
    for heading, _, _ in COLUMNS:
        made.add_column(heading, justify="right")
    made.add_column("missing")
    for each in scores:
        cells = (f"{value(each):.3g}" for _, value, _ in COLUMNS)
        made.add_row(each.site, *cells, each.error or ", ".join(each.missing))
    made.add_section()
    made.add_row("mean", *(f"{mean(map(value, scores)):.3g}" for _, value, _ in COLUMNS))
    made.add_row("worst", *(f"{worst([value(each) for each in scores]):.3g}" for _, value, worst in COLUMNS))
    return made


#: Of the first five clicks three are to serve the goal.
FIRST_CLICKS = 5


def goal_table(takes: Sequence[Sequence[Film]]) -> Table:
    """How many of the first clicks serve the goal; `takes` has the films of each site."""
    made = Table("site", "goal", f"of the first {FIRST_CLICKS}", title="Goals", title_justify="left")
    for films in takes:
        served = ", ".join(str(film.serving(FIRST_CLICKS)) for film in films)
        made.add_row(films[0].site.name, films[0].site.goal, served)
    return made


def lines(done: Film) -> Iterator[str]:
    """One line a step, with what it shows of what must be shown; then the warnings."""
    result = f"{len(done.shown)} of {len(done.site.things)} ({done.stop_reason})"
    yield f"{done.site.name}: {done.error or result}"
    for number, act in enumerate(done.acts, start=1):
        shows = ", ".join(thing.name for thing in done.site.things if act.shows(thing))
        yield f"{number:4} {act.outcome:10} {act.label!r} -> {act.after.address}  {shows and f'[{shows}]'}"
    yield from (f"     {warning}" for warning in done.warnings)
