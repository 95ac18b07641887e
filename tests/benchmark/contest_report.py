"""The contest as a table: one column a tool."""

from collections.abc import Callable, Mapping

from rich.table import Table

from tests.benchmark.verdict import Verdict, Watched, mean

MB = 1e6
SAMPLE_S = 20.0

Value = Callable[[Verdict], float | None]


def _each(value: Callable[[Watched], float | None]) -> Value:
    """The mean of the films' values."""
    return lambda verdict: mean([value(film) for film in verdict.watched])


def _sum(value: Callable[[Watched], float]) -> Value:
    return lambda verdict: sum(value(film) for film in verdict.watched)


def _after(film: Watched) -> float | None:
    return None if film.after_s is None else film.after_s / film.motion.film_s


#: Label, number format, value.
ROWS: tuple[tuple[str, str, Value], ...] = (
    ("film, s", ".1f", _each(lambda film: film.motion.film_s)),
    ("different pictures a second", ".1f", _each(lambda film: film.motion.distinct_per_s)),
    ("frames lost: film repeats itself", ".1%", _each(lambda film: film.motion.repeated)),
    ("painted, but not in the film", ".1%", _each(lambda film: film.motion.skipped)),
    ("uneven time, ms", ".0f", _each(lambda film: film.motion.judder_ms)),
    ("SSIM of text that scrolls", ".4f", _each(lambda film: film.sharpness.scrolling)),
    ("SSIM of text at rest", ".4f", _each(lambda film: film.sharpness.resting)),
    ("MB per 20 s", ".2f", _each(lambda film: film.size_bytes / MB / film.motion.film_s * SAMPLE_S)),
    ("wall / film", ".2f", _each(lambda film: film.wall_s / film.motion.film_s)),
    ("CPU / film", ".2f", lambda verdict: verdict.cpu_s / verdict.film_s),
    ("last frame to completed, s", ".2f", _each(lambda film: film.after_s)),
    ("last frame to completed / film", ".2f", _each(_after)),
    ("peak memory, MB", ".0f", lambda verdict: verdict.peak_bytes / MB),
    ("blank starts", ".0f", _sum(lambda film: film.blank_start)),
    ("pictures without a code", ".0f", _sum(lambda film: film.motion.unreadable)),
)


def contest_table(title: str, verdicts: Mapping[str, Verdict]) -> Table:
    """`verdicts` are by tool."""
    table = Table(title=title)
    table.add_column("", no_wrap=True)
    for name in verdicts:
        table.add_column(name, justify="right", overflow="fold")
    for label, form, value in ROWS:
        table.add_row(label, *(_cell(verdict, form, value) for verdict in verdicts.values()))
    table.add_row("films lost", *(verdict.missing or str(len(verdict.lost)) for verdict in verdicts.values()))
    return table


def _cell(verdict: Verdict, form: str, value: Value) -> str:
    figure = value(verdict) if verdict.film_s else None
    return "-" if figure is None else format(figure, form)
