"""`sitereel record`: its options, and what is said when it is done."""

import asyncio
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from actors.jobs.spec import Priority
from demo_api.addresses import Server, with_scheme
from demo_api.cli.console import answer, fail, read_settings, screen, warn
from demo_api.cli.help import teach
from demo_api.cli.options import (
    ARTIFACT_OPTIONS,
    OPTIONS,
    SERVER,
    JsonOption,
    TokenOption,
    artifacts_of,
    beside,
    files_of,
    server_of,
)
from demo_api.client.output_files import Files
from demo_api.client.result import RecordingResult
from demo_api.logs import log_to_stderr
from demo_api.schemas.options import with_parameters

if TYPE_CHECKING:
    from actors.settings import Settings
    from demo_api.schemas.jobs import RunRequest

HELP = teach(
    "Films a site: on this machine, with nothing else running, or on a server.",
    ("sitereel record https://example.com", "Writes demo.mp4:"),
    ("sitereel record example.com -o tour.webm --size vertical", "For a telephone:"),
    (
        'sitereel record example.com --goal "how to order" --avoid /blog',
        "Say what is to be seen, and what not:",
    ),
    ("sitereel record localhost:3000 --poster demo.png --open", "What you work on, played at once:"),
    ("sitereel record example.com --json > demo.json", "For a script:"),
    more="Ends with 0 when there is a film, 1 when there is none, 2 when the command is wrong, "
    "and 130 after Ctrl-C.",
)


@with_parameters(OPTIONS | ARTIFACT_OPTIONS, after="verbose")
def record_command(
    url: Annotated[
        str,
        typer.Argument(metavar="URL", help="The site. https:// is assumed, and http:// for this machine."),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", metavar="FILE", help="The film: .mp4, .webm or .gif.", show_default="demo.mp4"
        ),
    ] = None,
    show: Annotated[bool, typer.Option("--open", help="Play the film when it is done.")] = False,
    as_json: JsonOption = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show the log.")] = False,
    storyboard: Annotated[
        Path | None,
        beside(
            "--storyboard",
            help="Save a picture of the start and of each step, and steps.json, into this folder.",
            metavar="FOLDER",
            dir_okay=True,
            file_okay=False,
        ),
    ] = None,
    server: Annotated[
        str | None,
        typer.Option(
            "--server",
            metavar="URL",
            help="Film there, not here; then bring the film.",
            rich_help_panel=SERVER,
        ),
    ] = None,
    token: TokenOption = None,
    priority: Annotated[
        Priority | None,
        typer.Option("--priority", metavar="NAME", help="high, default or low.", rich_help_panel=SERVER),
    ] = None,
    **options: Any,
) -> None:
    from demo_api.cli.record_options import agreed, checked

    log_to_stderr(logging.INFO if verbose else logging.CRITICAL)
    if priority and not server:
        fail("--priority is for a server with other jobs: give --server too.", code=2)
    asked = checked(
        {
            **{name: options[name] for name in OPTIONS},
            "url": with_scheme(url),
            "format": agreed(options["format"], out),
            "storyboard": storyboard is not None,
            "priority": priority,
        }
    )
    settings = read_settings()
    film = Path(f"demo.{asked.film(settings).format}")
    files = files_of(out or film, artifacts_of(options), storyboard)
    files.check()
    try:
        if server:
            made = _there(server_of(server, token), asked, settings, files)
        else:
            made = _here(asked, settings, files)
    except KeyboardInterrupt:
        fail("Stopped. Nothing was kept.", code=130)
    tell(made)
    if as_json:
        answer(made.facts())
    if show:
        _play(made.files.film)


def _here(asked: "RunRequest", settings: "Settings", files: Files) -> RecordingResult:
    from demo_api.cli.progress import ProgressDisplay
    from demo_api.local.record import record

    with ProgressDisplay(asked.exploration(settings).max_clicks) as onscreen:
        return record(asked, files, settings, onscreen.told)


def _there(server: Server, asked: "RunRequest", settings: "Settings", files: Files) -> RecordingResult:
    """What is not asked for is as that server has it; only the format is promised by the file's name."""
    from demo_api.cli.record_remote import record_remote

    body = asked.model_dump(mode="json", exclude_unset=True)
    return asyncio.run(record_remote(server, body | {"format": asked.film(settings).format}, files))


def tell(made: RecordingResult) -> None:
    """What was made, and what was not."""
    screen.print(f"[bold]{escape(str(made.files.film))}[/bold]: {made.summary}", soft_wrap=True)
    for warning in made.warnings:
        warn(warning["message"])


def _play(film: Path) -> None:
    # Whatever a viewer says is not for the script that reads our stdout.
    sys.stdout.flush()
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    if typer.launch(str(film.absolute())):
        warn(f"{film} could not be opened: this machine has no viewer for films.")
