"""`sitereel record`: its options, and how it records and reports."""

import asyncio
import json
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
from demo_api.cli.script import VarOption, read_text_file, secrets_of, values_of
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
    ("sitereel record --script demo.yaml --var plan=pro", "Films exactly what a script says:"),
    ("sitereel record example.com --json > demo.json", "For a program:"),
    notes="Exits with 0 when there is a film, 1 when not, 2 on a usage error, and 130 after Ctrl-C.",
)

UrlArgument = Annotated[
    str | None,
    typer.Argument(metavar="[URL]", help="The site. https:// is assumed, and http:// for this machine."),
]
SCRIPT = "A script"
ScriptOption = Annotated[
    Path | None,
    typer.Option(
        "--script",
        metavar="FILE",
        help="Play this script instead of exploring; then URL says where it begins, or is left out.",
        rich_help_panel=SCRIPT,
        dir_okay=False,
    ),
]
SecretOption = Annotated[
    list[str] | None,
    typer.Option(
        "--secret",
        metavar="NAME=@FILE",
        help="A secret of the script, from a file or, as NAME=env:VARIABLE, the environment; repeatable.",
        rich_help_panel=SCRIPT,
    ),
]
StorageStateOption = Annotated[
    Path | None,
    typer.Option(
        "--storage-state",
        metavar="FILE",
        help="Film signed in: cookies and stored items, as Playwright saves them (JSON).",
        rich_help_panel=SCRIPT,
        dir_okay=False,
    ),
]
SaveScriptOption = Annotated[
    Path | None, artifact_option("--save-script", help="Save the script that repeats this film.")
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
    url: UrlArgument = None,
    out: OutOption = None,
    show: OpenOption = False,
    as_json: JsonOption = False,
    verbose: VerboseOption = False,
    storyboard: StoryboardOption = None,
    script: ScriptOption = None,
    var: VarOption = None,
    secret: SecretOption = None,
    storage_state: StorageStateOption = None,
    save_script: SaveScriptOption = None,
    server: RemoteOption = None,
    token: TokenOption = None,
    priority: PriorityOption = None,
    **options: Any,
) -> None:
    log_to_stderr(logging.INFO if verbose else logging.CRITICAL)
    if priority and not server:
        fail("--priority is for a server with other jobs: give --server too.", exit_code=2)
    played = _inputs(url, script, var, secret, storage_state)
    more = {"storyboard": storyboard is not None, "priority": priority}
    request = _request(url, out, options, **played, **more)
    settings = read_settings()
    film = out or Path(f"demo.{request.film(settings).format}")
    files = files_of(film, artifacts_of(options), storyboard, save_script)
    files.check()
    result = _record(request, settings, files, server_of(server, token) if server else None)
    print_result(result)
    if as_json:
        print_json(result.as_json())
    if show:
        _play(result.files.film)


def _inputs(
    url: str | None,
    script: Path | None,
    var: list[str] | None,
    secret: list[str] | None,
    storage_state: Path | None,
) -> dict[str, Any]:
    """The fields of a request that come from files; ends the command where something is missing."""
    if url is None and script is None:
        fail("Say which site to film: a URL, or --script FILE.", exit_code=2)
    if (var or secret) and script is None:
        fail("--var and --secret are for a script: give --script FILE too.", exit_code=2)
    return {
        "script": read_text_file(script) if script else None,
        "variables": values_of(var) or None,
        "secrets": secrets_of(secret, os.environ) or None,
        "storage_state": json_of(storage_state) if storage_state else None,
    }


def json_of(file: Path) -> Any:
    """What a JSON file holds; ends the command when it cannot be read."""
    try:
        return json.loads(read_text_file(file))
    except ValueError as exc:
        fail(f"{file} is not JSON: {exc}.", exit_code=2)


def _request(url: str | None, out: Path | None, options: Mapping[str, Any], **more: Any) -> "RunRequest":
    from demo_api.cli.record_options import parse_request, resolve_format

    fields = {name: options[name] for name in OPTIONS}
    film_format = resolve_format(options["format"], out)
    address = with_scheme(url) if url else None
    return parse_request({**fields, "url": address, "format": film_format, **more})


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

    length = request.script_length(settings)
    with ProgressDisplay(request.exploration(settings).max_clicks, length) as display:
        return record(request, files, settings, display.show)


def _record_on(server: Server, request: "RunRequest", settings: "Settings", files: Files) -> RecordingResult:
    """Records with the server's defaults; the format is always sent, since the file's name implies it."""
    from demo_api.cli.record_remote import record_remote
    from demo_api.schemas.secrets import SECRET_FIELDS

    body = request.model_dump(mode="json", exclude_unset=True, exclude=SECRET_FIELDS)
    inputs = request.secret_inputs
    if inputs.script:
        body["secrets"] = dict(inputs.script)
    if inputs.sign_in.storage_state:
        body["storage_state"] = dict(inputs.sign_in.storage_state)
    body["format"] = request.film(settings).format
    return asyncio.run(record_remote(server, body, files, request.script_length()))


def _play(film: Path) -> None:
    # The player's output must not mix with the JSON on stdout.
    sys.stdout.flush()
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    if typer.launch(str(film.absolute())):
        print_warning(f"{film} could not be opened: this machine has no video player.")
