"""`sitereel record`: its options, and how it records and reports."""

import asyncio
import logging
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from actors.jobs.spec import Priority
from demo_api.addresses import Server, with_scheme
from demo_api.cli.console import fail, print_json, print_warning, read_settings
from demo_api.cli.help import help_text
from demo_api.cli.options import (
    ARTIFACT_OPTIONS,
    OPTIONS,
    SERVER,
    JsonOption,
    TokenOption,
    artifact_option,
    artifacts_of,
    files_of,
    server_of,
)
from demo_api.cli.progress import print_result
from demo_api.client.output_files import Files
from demo_api.client.result import RecordingResult
from demo_api.logs import log_to_stderr
from demo_api.schemas.options import with_parameters

if TYPE_CHECKING:
    from actors.settings import Settings
    from demo_api.schemas.jobs import RunRequest

HELP = help_text(
    "Films a site, on this machine with nothing else running, or on a server.",
    ("sitereel record https://example.com", "Writes demo.mp4:"),
    ("sitereel record example.com -o tour.webm --size vertical", "For a phone:"),
    (
        'sitereel record example.com --goal "how to order" --avoid /blog',
        "With a goal, and a part of the site that is left out:",
    ),
    (
        "sitereel record localhost:3000 --poster demo.png --open",
        "Films your development server, and plays it:",
    ),
    ("sitereel record example.com --json > demo.json", "For a script:"),
    notes="Exits with 0 when there is a film, 1 when not, 2 on a usage error, and 130 after Ctrl-C.",
)

UrlArgument = Annotated[
    str, typer.Argument(metavar="URL", help="The site. https:// is assumed, and http:// for this machine.")
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out", "-o", metavar="FILE", help="The film: .mp4, .webm or .gif.", show_default="demo.mp4"
    ),
]
OpenOption = Annotated[bool, typer.Option("--open", help="Play the film when it is ready.")]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Show the log.")]
StoryboardOption = Annotated[
    Path | None,
    artifact_option(
        "--storyboard",
        help="Save a picture of the start and of each step, and steps.json, into this folder.",
        metavar="FOLDER",
        dir_okay=True,
        file_okay=False,
    ),
]
RemoteOption = Annotated[
    str | None,
    typer.Option(
        "--server",
        metavar="URL",
        help="Record on this server, then download the film.",
        rich_help_panel=SERVER,
    ),
]
PriorityOption = Annotated[
    Priority | None,
    typer.Option("--priority", metavar="NAME", help="high, default or low.", rich_help_panel=SERVER),
]


@with_parameters(OPTIONS | ARTIFACT_OPTIONS, after="verbose")
def record_command(
    url: UrlArgument,
    out: OutOption = None,
    show: OpenOption = False,
    as_json: JsonOption = False,
    verbose: VerboseOption = False,
    storyboard: StoryboardOption = None,
    server: RemoteOption = None,
    token: TokenOption = None,
    priority: PriorityOption = None,
    **options: Any,
) -> None:
    log_to_stderr(logging.INFO if verbose else logging.CRITICAL)
    if priority and not server:
        fail("--priority is for a server with other jobs: give --server too.", exit_code=2)
    request = _request(url, out, options, storyboard=storyboard is not None, priority=priority)
    settings = read_settings()
    film = out or Path(f"demo.{request.film(settings).format}")
    files = files_of(film, artifacts_of(options), storyboard)
    files.check()
    result = _record(request, settings, files, server_of(server, token) if server else None)
    print_result(result)
    if as_json:
        print_json(result.as_json())
    if show:
        _play(result.files.film)


def _request(url: str, out: Path | None, options: Mapping[str, Any], **more: Any) -> "RunRequest":
    from demo_api.cli.record_options import parse_request, resolve_format

    fields = {name: options[name] for name in OPTIONS}
    film_format = resolve_format(options["format"], out)
    return parse_request({**fields, "url": with_scheme(url), "format": film_format, **more})


def _record(
    request: "RunRequest", settings: "Settings", files: Files, server: Server | None
) -> RecordingResult:
    try:
        if server:
            return _record_on(server, request, settings, files)
        return _record_locally(request, settings, files)
    except KeyboardInterrupt:
        fail("Stopped. Nothing was kept.", exit_code=130)


def _record_locally(request: "RunRequest", settings: "Settings", files: Files) -> RecordingResult:
    from demo_api.cli.progress import ProgressDisplay
    from demo_api.local.record import record

    with ProgressDisplay(request.exploration(settings).max_clicks) as display:
        return record(request, files, settings, display.show)


def _record_on(server: Server, request: "RunRequest", settings: "Settings", files: Files) -> RecordingResult:
    """Records with the server's defaults; the format is always sent, since the file's name implies it."""
    from demo_api.cli.record_remote import record_remote

    body = request.model_dump(mode="json", exclude_unset=True)
    return asyncio.run(record_remote(server, body | {"format": request.film(settings).format}, files))


def _play(film: Path) -> None:
    # The player's output must not mix with the JSON on stdout.
    sys.stdout.flush()
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    if typer.launch(str(film.absolute())):
        print_warning(f"{film} could not be opened: this machine has no video player.")
