"""The measurements as tables: one column a site, the middle of its runs first, then least and most."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Self

from rich.table import Table

from tests.benchmark.latency import Latency, percentile
from tests.benchmark.meter import Meter
from tests.benchmark.take import Take

MB = 1e6
SAMPLE_S = 20.0


@dataclass(frozen=True, slots=True)
class Cost:
    """A take that was made alone, and what all processes used from its request to its last byte."""

    take: Take
    cpu_s: float
    peak_bytes: int

    @classmethod
    def of(cls, take: Take, meter: Meter) -> Self:
        span = take.wall.from_s, take.wall.to_s
        return cls(take, meter.cpu_s(*span), meter.peak_bytes(*span))


Row = tuple[str, str, Callable[[Cost], float]]

#: Label, number format, value.
ROWS: tuple[Row, ...] = (
    ("film, s", ".1f", lambda cost: cost.take.film_s),
    ("clicks", ".0f", lambda cost: cost.take.job["metrics"]["clicks"]),
    ("wall, request to last byte, s", ".1f", lambda cost: cost.take.wall.length_s),
    ("wall / film", ".2f", lambda cost: cost.take.wall.length_s / cost.take.film_s),
    ("  filming, s", ".1f", lambda cost: cost.take.filming.length_s),
    ("  filming / film", ".2f", lambda cost: cost.take.filming.length_s / cost.take.film_s),
    ("  encoding afterwards, s", ".1f", lambda cost: cost.take.encoding.length_s),
    ("  last frame to completed, s", ".2f", lambda cost: cost.take.after_s),
    ("  last frame to completed / film", ".2f", lambda cost: cost.take.after_s / cost.take.film_s),
    ("CPU, s", ".1f", lambda cost: cost.cpu_s),
    ("CPU / film", ".2f", lambda cost: cost.cpu_s / cost.take.film_s),
    ("peak memory, MB", ".0f", lambda cost: cost.peak_bytes / MB),
    ("film size, MB", ".2f", lambda cost: cost.take.size_bytes / MB),
    ("film size, MB per 20 s", ".2f", lambda cost: cost.take.size_bytes / MB / cost.take.film_s * SAMPLE_S),
)


def film_table(takes: Mapping[str, Sequence[Cost]]) -> Table:
    """`takes` holds the runs of each site."""
    runs = max(len(each) for each in takes.values())
    table = Table(title="Films" if runs == 1 else f"Films: median (least to most) of {runs} runs")
    table.add_column("")
    for name in takes:
        table.add_column(name, justify="right", overflow="fold")
    for label, form, value in ROWS:
        table.add_row(label, *(_cell([value(cost) for cost in each], form) for each in takes.values()))
    return table


def latency_table(at_rest: Latency, filming: Latency) -> Table:
    """What a client waits for, in milliseconds."""
    table = Table(title="API, milliseconds over a kept connection")
    for title in ("", "requests", "p50", "p99"):
        table.add_column(title, justify="left" if not title else "right")
    for row in _latency_rows(at_rest, filming):
        table.add_row(*row)
    return table


def _latency_rows(at_rest: Latency, filming: Latency) -> Iterator[tuple[str, ...]]:
    for label, name in (("GET /demo/status", "status_ms"), ("POST /demo/run", "run_ms")):
        for when, latency in (("at rest", at_rest), ("while filming", filming)):
            times_ms = getattr(latency, name)
            figures = [f"{percentile(times_ms, p):.1f}" if len(times_ms) > 1 else "-" for p in (50, 99)]
            yield f"{label}, {when}", str(len(times_ms)), *figures


def _cell(values: Sequence[float], form: str) -> str:
    middle = format(median(values), form)
    return middle if len(values) == 1 else f"{middle} ({min(values):{form}} to {max(values):{form}})"
