"""A job on the terminal as it goes on: a bar with its last steps and refusals, or plain lines elsewhere."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from demo_api.cli.console import plain, screen
from demo_api.client.client import Counted
from demo_api.client.status_events import STAGE_LABELS, Event, Json

#: Lines below the bar.
MOST_LINES = 6


class ProgressDisplay:
    """Shows what is told to it. Use as a context manager."""

    def __init__(self, max_clicks: int | None = None, console: Console = screen) -> None:
        self._console = console
        self._stage = ""
        self._clicks = 0
        self._most = max_clicks
        self._lines: deque[Text] = deque(maxlen=MOST_LINES)
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TimeElapsedColumn(),
            console=console,
        )
        self._task = self._bar.add_task("Starting", total=100)
        self._live = Live(get_renderable=self._picture, console=console, transient=True)

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def told(self, event: Event) -> None:
        """Shows one more thing that has happened."""
        match event.kind:
            case "stage":
                self._staged(event.data)
            case "progress":
                self._progressed(event.data)
            case "step":
                self._lines.append(step_line(event.data))
            case "refused":
                self._lines.append(refusal_line(event.data))
            case "retry" if event.data.get("kind") == "browser":
                self._begin_anew()

    def _staged(self, data: Json) -> None:
        if data.get("stage") == "queued":
            self._begin_anew()
        said = STAGE_LABELS.get(str(data.get("stage")), str(data.get("stage")))
        if said != self._stage and not self._console.is_terminal:
            self._console.print(said, markup=False)
        self._stage = said
        self._draw(data)

    def _progressed(self, data: Json) -> None:
        self._clicks = data.get("clicks") or self._clicks
        self._most = data.get("max_clicks") or self._most
        self._draw(data)

    def _begin_anew(self) -> None:
        self._lines.clear()
        self._clicks = 0

    def _draw(self, data: Json) -> None:
        said = self._stage
        if said == STAGE_LABELS["exploring"]:
            limit = f" of up to {self._most}" if self._most else ""
            said += f", {self._clicks}{limit} clicks"
        self._bar.update(self._task, description=said, completed=data.get("progress"))

    def _picture(self) -> RenderableType:
        return Group(self._bar, *self._lines)


def step_line(step: Json) -> Text:
    """One step: its number, what was clicked, and why."""
    line = Text("  ", overflow="ellipsis", no_wrap=True)
    line.append(f"{step.get('number', '')}  ", "green")
    line.append(plain(step.get("label")) or "something without a name", "bold")
    reason = plain((step.get("plan") or {}).get("reason"))
    return line.append(f"  {reason}", "dim") if reason else line


def refusal_line(refusal: Json) -> Text:
    """One thing that a guardrail turned down, and why."""
    line = Text("  ", overflow="ellipsis", no_wrap=True)
    line.append("refused  ", "yellow").append(plain(refusal.get("what")))
    return line.append(f"  {plain(refusal.get('rule'))}: {plain(refusal.get('detail'))}", "dim")


@contextmanager
def downloading(console: Console = screen) -> Iterator[Counted]:
    """A bar for a film that is on its way; nothing where no terminal is."""
    columns = (TextColumn("Downloading the film"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)
        yield lambda come, size: bar.update(task, completed=come, total=size)
