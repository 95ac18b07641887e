"""What all commands share: the terminal, the settings, and how a command ends that cannot go on."""

from typing import NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from actors.errors import SettingsInvalid
from actors.settings import Settings

#: Progress and errors go to stderr, so that stdout stays free for what a script wants.
screen = Console(stderr=True, highlight=False)


def read_settings() -> Settings:
    """The settings, or the end with a sentence that names the bad one."""
    try:
        return Settings.read()
    except SettingsInvalid as exc:
        fail(f"A setting is wrong. {exc}", code=2)


def fail(sentence: str, code: int = 1) -> NoReturn:
    say(sentence)
    raise typer.Exit(code)


def say(sentence: str) -> None:
    screen.print(f"[red]error:[/red] {escape(sentence)}", soft_wrap=True)


def warn(sentence: str) -> None:
    screen.print(f"[yellow]warning:[/yellow] {escape(sentence)}", soft_wrap=True)
