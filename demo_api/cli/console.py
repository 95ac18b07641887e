"""Shared by all commands: output on the terminal, settings, and errors that end a command."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from actors.errors import SettingsInvalid

if TYPE_CHECKING:
    from actors.settings import Settings

#: Progress and errors go to stderr: stdout is for results.
screen = Console(stderr=True, highlight=False)

#: Default error code in `--json` for each exit code.
ERROR_CODES = {1: "failed", 2: "usage_error", 130: "interrupted"}


class CommandError(Exception):
    """Ends a command with a sentence, an error code for `--json`, and an exit code."""

    def __init__(self, sentence: str, exit_code: int, error_code: str) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code
        self.error_code = error_code


def read_settings(**overrides: Any) -> "Settings":
    """Reads the settings; ends the command when one is invalid."""
    from actors.settings import Settings

    try:
        return Settings.read(**overrides)
    except SettingsInvalid as exc:
        fail(f"A setting is wrong. {exc}", exit_code=2, error_code=exc.code)


def fail(sentence: str, exit_code: int = 1, error_code: str | None = None) -> NoReturn:
    """Ends the command with an error."""
    raise CommandError(sentence, exit_code, error_code or ERROR_CODES[exit_code])


def print_json(value: Any) -> None:
    """Prints the result of `--json`, the only output on stdout."""
    # ASCII: lone surrogates, which a page may contain, cannot be encoded as UTF-8.
    typer.echo(json.dumps(value, indent=2))


def print_error(sentence: str) -> None:
    screen.print(f"[red]error:[/red] {escape(printable(sentence))}", soft_wrap=True)


def print_warning(sentence: str) -> None:
    screen.print(f"[yellow]warning:[/yellow] {escape(printable(sentence))}", soft_wrap=True)


def print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        screen.print(escape(printable(line)), soft_wrap=True)


def printable(text: object) -> str:
    """Replaces control characters: texts of pages and servers must not control the terminal."""
    return "".join(char if char.isprintable() else " " for char in str(text or ""))
