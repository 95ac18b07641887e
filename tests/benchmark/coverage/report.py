"""Coverage as tables: one of each policy with a row a site, and one of all policies side by side."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Self

from rich.table import Table

from tests.benchmark.coverage.scenes import dead, distinct, near_duplicates
from tests.benchmark.coverage.takes import Take


@dataclass(frozen=True, slots=True)
class Score:
    """What a take was worth; `coverage` is None where no oracle tells what there is to see."""

    site: str
    coverage: float | None
    scenes: int
    clicks: int
    dead: int
    repeats: int
    refusals: int
    click_s: float
    off_domain: int
    auth_pages: int
    written: int
    error: str = ""

    @classmethod
    def of(cls, take: Take, oracles: Mapping[str, int]) -> Self:
        scenes, best = distinct(take.shots), oracles.get(take.site)
        return cls(
            site=take.site,
            coverage=min(1.0, scenes / best) if best else None,
            scenes=scenes,
            clicks=take.clicks,
            dead=dead(take.shots),
            repeats=near_duplicates(take.shots),
            refusals=take.refusals,
            click_s=take.busy_s / max(1, take.clicks),
            off_domain=take.off_domain,
            auth_pages=take.auth_pages,
            written=take.written,
            error=take.error,
        )


Column = tuple[str, str, Callable[[Score], float | None], Callable[[Sequence[float]], float]]

#: Title, format, value, and which of several is the worst.
COLUMNS: tuple[Column, ...] = (
    ("coverage", ".2f", lambda score: score.coverage, min),
    ("scenes", ".3g", lambda score: score.scenes, min),
    ("clicks", ".3g", lambda score: score.clicks, min),
    ("dead", ".2g", lambda score: score.dead, max),
    ("near-duplicates", ".2g", lambda score: score.repeats, max),
    ("refusals", ".3g", lambda score: score.refusals, max),
    ("s a click", ".1f", lambda score: score.click_s, max),
    ("off domain", ".2g", lambda score: score.off_domain, max),
    ("auth pages", ".2g", lambda score: score.auth_pages, max),
    ("writes", ".2g", lambda score: score.written, max),
)


def policy_table(policy: str, scores: Sequence[Score]) -> Table:
    """One row a site, then their mean and the worst of each column."""
    table = _table(f"Scene coverage at 10: {policy}", "site")
    for score in scores:
        cells = (_format(value(score), form) for _, form, value, _ in COLUMNS)
        table.add_row(score.site, *cells, score.error)
    table.add_section()
    table.add_row("mean", *_summary(scores, lambda _: mean))
    table.add_row("worst", *_summary(scores, lambda column: column[3]))
    return table


def summary_table(scores: Mapping[str, Sequence[Score]]) -> Table:
    """One row a policy: means, then the coverage of its worst site."""
    table = _table("Scene coverage at 10: mean of all sites", "policy", "worst site")
    for policy, each in scores.items():
        known = [(score.coverage, score.site) for score in each if score.coverage is not None]
        worst = "{:.2f} {}".format(*min(known)) if known else "-"
        table.add_row(policy, *_summary(each, lambda _: mean), worst)
    return table


def _table(title: str, first: str, last: str = "") -> Table:
    table = Table(title=title)
    table.add_column(first, no_wrap=True)
    for name, *_ in COLUMNS:
        table.add_column(name, justify="right")
    table.add_column(last)
    return table


def _summary(
    scores: Sequence[Score], fold: Callable[[Column], Callable[[Sequence[float]], float]]
) -> Iterator[str]:
    for column in COLUMNS:
        values = [found for score in scores if (found := column[2](score)) is not None]
        yield _format(fold(column)(values) if values else None, column[1])


def _format(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)
