"""`sitereel status | export | cancel | retry`: commands for jobs on a server."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.markup import escape

from demo_api.addresses import DEFAULT_SERVER, JobAddress
from demo_api.cli.console import fail, print_json, print_warning, printable
from demo_api.cli.help import help_text
from demo_api.cli.options import (
    ARTIFACT_OPTIONS,
    JobArgument,
    JsonOption,
    ServerOption,
    TokenOption,
    artifacts_of,
    files_of,
    job_of,
)
from demo_api.cli.progress import ProgressDisplay, download_bar, print_result, refusal_line, step_line
from demo_api.client.client import Client
from demo_api.client.download import completed, fetch
from demo_api.client.result import RecordingResult
from demo_api.client.status_events import Json
from demo_api.errors import ApiError
from demo_api.schemas.options import with_parameters

T = TypeVar("T")

ID = "0a13da1b69e6414aac34bf13e891853d"
EXIT_CODES = "Exits with 0 on success, 1 on failure, 2 on a usage error, and 130 after Ctrl-C."

STATUS_HELP = help_text(
    "Shows the status of a job on a server.",
    (f"sitereel status {ID}", "Once:"),
    ("sitereel status $JOB --watch", "With its steps as they happen, until it has ended:"),
    (f'sitereel status "http://127.0.0.1:8000/demo/export/{ID[:8]}…"', "By any of its links:"),
    ("sitereel status $JOB --json | jq .film", "For a script:"),
    notes=f"{EXIT_CODES} With --watch it exits with 1 when the job failed or was cancelled.",
)
EXPORT_HELP = help_text(
    "Downloads a film from a server. It can be downloaded once.",
    (f"sitereel export {ID}", "Named by the server:"),
    (
        "sitereel export $JOB -o demo.mp4 --poster demo.png",
        "With its poster, which is deleted with the film:",
    ),
    ("sitereel export $JOB --server https://films.example.com", "From another server, with API_TOKEN:"),
    notes=f"After a download that breaks off the film is still on the server: run it again. {EXIT_CODES}",
)
CANCEL_HELP = help_text(
    "Cancels a job on a server whose film is not ready.",
    (f"sitereel cancel {ID}", "Nothing of it is kept:"),
    ("sitereel cancel $JOB --json | jq -r .status", "For a script:"),
    notes=EXIT_CODES,
)
RETRY_HELP = help_text(
    "Queues a failed or cancelled job again.",
    (f"sitereel retry {ID}", "Its recording is reused if it was kept:"),
    ("sitereel retry $JOB && sitereel status $JOB --watch", "And watch it:"),
    notes=EXIT_CODES,
)


def status_command(
    job: JobArgument,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Follow the job until it has ended.")] = False,
    as_json: JsonOption = False,
    server: ServerOption = DEFAULT_SERVER,
    token: TokenOption = None,
) -> None:
    status = _call(job, server, token, _watch if watch else Client.status, "The job continues.")
    if as_json:
        print_json(status)
    else:
        _print_status(status)
    if watch and status["status"] != "completed":
        raise typer.Exit(1)


@with_parameters(ARTIFACT_OPTIONS, after="as_json")
def export_command(
    job: JobArgument,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", metavar="FILE", help="File to save it in.", show_default="the server's name for it"
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite existing files.")] = False,
    as_json: JsonOption = False,
    server: ServerOption = DEFAULT_SERVER,
    token: TokenOption = None,
    **options: Any,
) -> None:
    artifacts = artifacts_of(options)

    async def export(client: Client, job: JobAddress) -> RecordingResult:
        status = await completed(client, job)
        files = files_of(out or Path(await client.film_name(job)), artifacts)
        files.check(overwrite=force)
        with download_bar() as on_progress:
            return await fetch(client, job, status, files, on_progress)

    result = _call(job, server, token, export, "The film is still on the server.")
    print_result(result)
    if as_json:
        print_json(result.as_json())


def cancel_command(
    job: JobArgument,
    as_json: JsonOption = False,
    server: ServerOption = DEFAULT_SERVER,
    token: TokenOption = None,
) -> None:
    status = _call(job, server, token, Client.cancel, "The job may or may not have been cancelled.")
    if as_json:
        print_json(status)
    else:
        typer.echo(f"The job is {status['status']}. `sitereel retry` queues it again.")


def retry_command(
    job: JobArgument,
    as_json: JsonOption = False,
    server: ServerOption = DEFAULT_SERVER,
    token: TokenOption = None,
) -> None:
    status = _call(job, server, token, Client.retry, "The job may or may not have been queued again.")
    if as_json:
        print_json(status)
    else:
        typer.echo("The job is queued again. `sitereel status --watch` follows it.")


def _call(
    text: str,
    server: str,
    token: str | None,
    request: Callable[[Client, JobAddress], Awaitable[T]],
    interrupted: str,
) -> T:
    """Calls the job's server; ends the command with the server's own sentence on an error."""
    job, resolved = job_of(text, server, token)

    async def call() -> T:
        async with Client.opened(resolved) as client:
            return await request(client, job)

    try:
        return asyncio.run(call())
    except KeyboardInterrupt:
        fail(f"Stopped. {interrupted}", exit_code=130)
    except ApiError as exc:
        if exc.status == 401 and token and resolved.token is None:
            sentence = f"{exc} The token is sent to --server only: give --server {resolved.url}."
            fail(sentence, error_code=exc.code)
        raise


async def _watch(client: Client, job: JobAddress) -> Json:
    """Shows a job until it has ended, and returns its last status."""
    await client.status(job)  # fails before anything is displayed if there is no such job
    with ProgressDisplay() as display:
        async with aclosing(client.events(job)) as events:
            async for event in events:
                display.show(event)
    return await client.status(job)


def _print_status(status: Json) -> None:
    """Prints a job: its status, its steps and its refusals."""
    out = Console(highlight=False)
    out.print(f"[bold]{escape(printable(status['url']))}[/bold]", soft_wrap=True)
    out.print(f"{status['status']}, {status['stage']}, {status['progress']} %", markup=False)
    for line in (*map(step_line, status["steps"]), *map(refusal_line, status["refused"])):
        out.print(line)
    for warning in status["warnings"]:
        print_warning(warning["message"])
    if status.get("error"):
        out.print(f"[red]{escape(printable(status['error']))}[/red]", soft_wrap=True)
    if status["status"] == "completed":
        until = f", until {status['expires_at']}" if status.get("expires_at") else ""
        out.print(
            f"The film can be downloaded once{until}: sitereel export {status['job_id']}", soft_wrap=True
        )
