"""Displays a batch: a bar over its films, or plain lines without a terminal; its report; its first rows."""

from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from demo_api.cli.console import printable, screen
from demo_api.client.status_events import STAGE_LABELS, Json

if TYPE_CHECKING:
    from demo_api.batches.folder import BatchFolder
    from demo_api.batches.following import BatchEvent, Standing
    from demo_api.batches.plan import Plan

#: Rows of a check that are shown.
MAX_ROWS = 20
#: Failed rows of a report that are shown; the file has all.
MAX_FAILED = 50
WAITS = {
    "capacity": "the server has no memory left for another film",
    "hosts": "too many films failed in a row",
    "resume": "paused on the server",
}


class BatchDisplay:
    """Shows the events of a batch. Use as a context manager."""

    def __init__(self, plan: "Plan", folder: "BatchFolder", console: Console = screen) -> None:
        self._plan = plan
        self._folder = folder
        self._console = console
        self._waits_for = ""
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        total, missing = len(folder.films), len(folder.missing())
        self._task = self._bar.add_task("Starting", total=total, completed=total - missing)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def show(self, event: "BatchEvent") -> None:
        """Shows one more event."""
        from demo_api.batches.following import FilmEnded

        if isinstance(event, FilmEnded):
            self._console.print(self._ended(event.row), soft_wrap=True)
        else:
            self._show_standing(event)

    def _show_standing(self, standing: "Standing") -> None:
        running = [
            f"{STAGE_LABELS.get(one.stage, one.stage)}: {self._file(one.row)} ({one.progress} %)"
            for one in standing.running
        ]
        waits = WAITS.get(standing.waits_for, "") if not running else ""
        if waits and waits != self._waits_for and not self._console.is_terminal:
            self._console.print(f"Waiting: {waits}.")
        self._waits_for = waits
        what = running[0] if running else f"Waiting: {waits}" if waits else "Waiting for a browser"
        failed = f", {standing.failed} failed" if standing.failed else ""
        self._bar.update(self._task, completed=standing.there, description=printable(what) + failed)

    def _file(self, row: int) -> str:
        return self._folder.record(row).file

    def _ended(self, row: int) -> str:
        film = self._folder.record(row)
        if film.state == "completed":
            length = f" ({film.film_s:.1f} s)" if film.film_s is not None else ""
            return f"[green]✓[/green] [bold]{escape(printable(self._folder.file(row)))}[/bold]{length}"
        why = f": {film.error}" if film.error else ""
        told = f"line {self._plan.film(row).line}, {film.file} {film.state}{why}"
        return f"[red]✗[/red] {escape(printable(told))}"


def print_report(report: Json, path: str, console: Console = screen) -> None:
    """Prints the counts, and the rows that have no film."""
    counts = report["counts"]
    others = [
        f"{counts[state]} {state}"
        for state in counts
        if state not in ("total", "completed") and counts[state]
    ]
    summary = f"{counts['completed']} of {counts['total']} films are in {report['folder']}"
    console.print(escape(", ".join([summary, *others])) + f". {escape(path)} has all rows.", soft_wrap=True)
    without = [item for item in report["items"] if item["state"] != "completed" and item["error"]]
    if not without:
        return
    table = Table("Line", "Film", "Error")
    for item in without[:MAX_FAILED]:
        table.add_row(str(item["line"]), printable(item["file"]), escape(printable(item["error"])))
    console.print(table)
    if len(without) > MAX_FAILED:
        console.print(f"{len(without) - MAX_FAILED} more are in {escape(path)}.")


def print_rows(plan: "Plan", console: Console) -> None:
    """Prints the first rows of a batch as they were understood."""
    films = plan.films[:MAX_ROWS]
    names = list(dict.fromkeys(name for film in films for name in film.values))
    table = Table("Line", "Film", "Host", *map(escape, names))
    for film in films:
        values = [escape(printable(film.values.get(name))) for name in names]
        table.add_row(str(film.line), film.file, film.host, *values)
    console.print(table)
    more = len(plan.films) - len(films)
    count = f"{len(plan.films)} film{'s' if len(plan.films) > 1 else ''}"
    console.print(f"{count}, and nothing wrong." + (f" {more} more rows are not shown." if more else ""))
