"""The progress display, with and without a terminal."""

import io

from rich.console import Console

from demo_api.cli.progress import MAX_LINES, ProgressDisplay, download_bar
from demo_api.client.status_events import Event


def screen(terminal: bool) -> Console:
    return Console(file=io.StringIO(), force_terminal=terminal, width=70, highlight=False)


def written(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


STAGE = Event("stage", {"status": "processing", "stage": "exploring", "attempt": 1, "progress": 0})


def step(number: int, label: str = "Pricing") -> Event:
    return Event("step", {"number": number, "label": label, "plan": {"reason": "main navigation"}})


def test_a_terminal_shows_a_bar_and_the_last_steps_and_refusals() -> None:
    console = screen(terminal=True)

    with ProgressDisplay(max_clicks=5, console=console) as shown:
        shown.show(STAGE)
        shown.show(Event("progress", {"progress": 40, "clicks": 2, "max_clicks": 5}))
        for number in range(1, MAX_LINES + 1):
            shown.show(step(number, f"Page {number}"))
        shown.show(Event("refused", {"rule": "auth", "what": "Log in", "detail": "is a login"}))

    last = written(console)[written(console).rindex("Filming") :]
    assert "2 of up to 5 clicks" in last
    assert "Page 1" not in last
    assert f"Page {MAX_LINES}" in last
    assert "Log in" in last


def test_steps_are_forgotten_when_the_exploration_begins_anew() -> None:
    console = screen(terminal=True)

    with ProgressDisplay(console=console) as shown:
        shown.show(STAGE)
        shown.show(step(1))
        shown.show(Event("stage", {**STAGE.data, "stage": "queued"}))

    assert "Pricing" not in written(console)[written(console).rindex("Waiting") :]


def test_without_a_terminal_there_is_one_plain_line_for_each_stage() -> None:
    console = screen(terminal=False)

    with ProgressDisplay(console=console) as shown, download_bar(console) as counted:
        for event in (STAGE, STAGE, step(1), Event("stage", {**STAGE.data, "stage": "encoding"})):
            shown.show(event)
        counted(1, 2)

    assert written(console) == "Filming\nEncoding the film\n"


def test_what_a_page_calls_its_links_cannot_command_the_terminal() -> None:
    console = screen(terminal=True)

    with ProgressDisplay(console=console) as shown:
        shown.show(step(1, "Buy\x1b]0;owned\x07\r\nnow [bold]"))

    assert "\x1b]0;" not in written(console)
    assert "now [bold]" in written(console)
