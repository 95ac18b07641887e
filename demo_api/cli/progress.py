"""Displays the progress of a job: a bar with its last steps, or plain lines without a terminal."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from demo_api.cli.console import print_warning, printable, screen
from demo_api.client.client import OnProgress
from demo_api.client.result import RecordingResult
from demo_api.client.status_events import STAGE_LABELS, Event, Json

#: Lines of steps and refusals below the bar.
MAX_LINES = 6
#: States of a script's step that are shown, with their signs.
SCRIPT_SIGNS = {
    "done": ("✓", "green"),
    "healed": ("✓", "yellow"),
    "retried": ("↻", "yellow"),
    "skipped": ("-", "yellow"),
    "failed": ("✗", "red"),
}


class ProgressDisplay:
    """Shows the events of a job. Use as a context manager."""

    def __init__(
        self, max_clicks: int | None = None, script_length: int | None = None, console: Console = screen
    ) -> None:
        self._console = console
        self._stage = ""
        self._clicks = 0
        self._max_clicks = max_clicks
        self._script_length = script_length
        self._played = 0
        self._lines: deque[Text] = deque(maxlen=MAX_LINES)
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TimeElapsedColumn(),
            console=console,
        )
        self._task = self._bar.add_task("Starting", total=100)
        self._live = Live(get_renderable=self._render, console=console, transient=True)

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def show(self, event: Event) -> None:
        """Shows one more event."""
        match event.kind:
            case "stage":
                self._show_stage(event.data)
            case "progress":
                self._show_progress(event.data)
            case "step" if self._script_length is None:
                self._lines.append(step_line(event.data))
            case "script_step":
                self._show_script_step(event.data)
            case "refused":
                self._lines.append(refusal_line(event.data))
            case "retry" if event.data.get("kind") == "browser":
                self._reset()

    def _show_stage(self, data: Json) -> None:
        if data.get("stage") == "queued":
            self._reset()
        label = STAGE_LABELS.get(str(data.get("stage")), str(data.get("stage")))
        if label != self._stage and not self._console.is_terminal:
            self._console.print(label, markup=False)
        self._stage = label
        self._update_bar(data)

    def _show_script_step(self, data: Json) -> None:
        self._played = max(self._played, int(data.get("number", 0)))
        if data.get("state") in SCRIPT_SIGNS:
            self._lines.append(script_step_line(data))
        self._update_bar(data)

    def _show_progress(self, data: Json) -> None:
        self._clicks = data.get("clicks") or self._clicks
        self._max_clicks = data.get("max_clicks") or self._max_clicks
        self._update_bar(data)

    def _reset(self) -> None:
        self._lines.clear()
        self._clicks = 0

    def _update_bar(self, data: Json) -> None:
        description = self._stage
        if description == STAGE_LABELS["exploring"]:
            if self._script_length is not None:
                description += f", step {self._played} of {self._script_length}"
                self._bar.update(self._task, description=description, completed=data.get("progress"))
                return
            limit = f" of up to {self._max_clicks}" if self._max_clicks else ""
            description += f", {self._clicks}{limit} clicks"
        self._bar.update(self._task, description=description, completed=data.get("progress"))

    def _render(self) -> RenderableType:
        return Group(self._bar, *self._lines)


def script_step_line(step: Json) -> Text:
    """Formats the state of one step of a script."""
    sign, style = SCRIPT_SIGNS[str(step["state"])]
    said = printable(step.get("did") or f"{step['verb']} {step['target']}")
    return Text.assemble((f"{sign} ", style), f"{step['number']}. {said}")


def step_line(step: Json) -> Text:
    """Formats a step: its number, its label and its reason."""
    line = Text("  ", overflow="ellipsis", no_wrap=True)
    line.append(f"{step.get('number', '')}  ", "green")
    line.append(printable(step.get("label")) or "unnamed element", "bold")
    reason = printable((step.get("plan") or {}).get("reason"))
    return line.append(f"  {reason}", "dim") if reason else line


def refusal_line(refusal: Json) -> Text:
    """Formats a refusal of a guardrail."""
    line = Text("  ", overflow="ellipsis", no_wrap=True)
    line.append("refused  ", "yellow").append(printable(refusal.get("what")))
    return line.append(f"  {printable(refusal.get('rule'))}: {printable(refusal.get('detail'))}", "dim")


def print_result(result: RecordingResult) -> None:
    """Prints the film's file, its summary and its warnings."""
    screen.print(f"[bold]{escape(str(result.files.film))}[/bold]: {result.summary}", soft_wrap=True)
    for warning in result.warnings:
        print_warning(warning["message"])


@contextmanager
def download_bar(console: Console = screen) -> Iterator[OnProgress]:
    """Shows a bar for a download; nothing without a terminal."""
    columns = (TextColumn("Downloading the film"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)
        yield lambda received, size: bar.update(task, completed=received, total=size)
