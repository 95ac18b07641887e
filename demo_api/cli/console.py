"""What all commands share: the terminal, the settings, and how a command ends that cannot go on."""

import json
from typing import TYPE_CHECKING, Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from actors.errors import SettingsInvalid

if TYPE_CHECKING:
    from actors.settings import Settings

#: Progress and errors go to stderr, so that stdout stays free for what a script wants.
screen = Console(stderr=True, highlight=False)

#: What a script reads for each exit code, where nothing more is known.
NAMES = {1: "failed", 2: "usage_error", 130: "interrupted"}


class CommandEnds(Exception):
    """A command cannot go on: the sentence for people, the name for scripts, the code for the shell."""

    def __init__(self, sentence: str, exit_code: int, name: str) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code
        self.name = name


def read_settings(**overrides: Any) -> "Settings":
    """The settings, or the end with a sentence that names the bad one."""
    from actors.settings import Settings

    try:
        return Settings.read(**overrides)
    except SettingsInvalid as exc:
        fail(f"A setting is wrong. {exc}", code=2, name=exc.code)


def fail(sentence: str, code: int = 1, name: str | None = None) -> NoReturn:
    raise CommandEnds(sentence, code, name or NAMES[code])


def answer(facts: Any) -> None:
    """The one JSON object that `--json` promises, alone on stdout."""
    # ASCII: half a surrogate pair, which a page may well contain, could not be written otherwise.
    typer.echo(json.dumps(facts, indent=2))


def say(sentence: str) -> None:
    screen.print(f"[red]error:[/red] {escape(plain(sentence))}", soft_wrap=True)


def warn(sentence: str) -> None:
    screen.print(f"[yellow]warning:[/yellow] {escape(plain(sentence))}", soft_wrap=True)


def plain(text: object) -> str:
    """On one line, and without what a terminal would obey: pages and servers have written it."""
    return "".join(char if char.isprintable() else " " for char in str(text or ""))
