"""`sitereel status | export | cancel | retry`: jobs on a server."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.markup import escape

from demo_api.addresses import DEFAULT_SERVER, JobAddress
from demo_api.cli.console import answer, fail, plain, screen, warn
from demo_api.cli.help import teach
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
from demo_api.cli.progress import ProgressDisplay, downloading, refusal_line, step_line
from demo_api.client.client import Client
from demo_api.client.download import completed, fetch
from demo_api.client.result import RecordingResult
from demo_api.client.status_events import Json
from demo_api.errors import ApiError
from demo_api.schemas.options import with_parameters

T = TypeVar("T")

ID = "0a13da1b69e6414aac34bf13e891853d"
MORE = "Ends with 0 when that was done, 1 when not, 2 when the command is wrong, and 130 after Ctrl-C."

STATUS_HELP = teach(
    "Tells where a job stands on a server.",
    (f"sitereel status {ID}", "Once:"),
    ("sitereel status $JOB --watch", "Its steps as they happen, until it has ended:"),
    (f'sitereel status "http://127.0.0.1:8000/demo/export/{ID[:8]}…"', "By any of its links:"),
    ("sitereel status $JOB --json | jq .film", "For a script:"),
    more=f"{MORE} With --watch it ends with 1 when the job failed or was cancelled.",
)
EXPORT_HELP = teach(
    "Fetches a film from a server, which gives it once.",
    (f"sitereel export {ID}", "Named by the server:"),
    ("sitereel export $JOB -o demo.mp4 --poster demo.png", "And a picture of it, which goes with the film:"),
    ("sitereel export $JOB --server https://films.example.com", "From elsewhere, with API_TOKEN:"),
    more=f"A download that breaks off leaves the film on the server: give the command again. {MORE}",
)
CANCEL_HELP = teach(
    "Ends a job on a server before its film is ready.",
    (f"sitereel cancel {ID}", "Nothing of it is kept:"),
    ("sitereel cancel $JOB --json | jq -r .status", "For a script:"),
    more=MORE,
)
RETRY_HELP = teach(
    "Puts a job back into line that failed or was cancelled.",
    (f"sitereel retry {ID}", "What was filmed is used again, if it is still there:"),
    ("sitereel retry $JOB && sitereel status $JOB --watch", "And watch it:"),
    more=MORE,
)


def status_command(
    job: JobArgument,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Until it has ended.")] = False,
    as_json: JsonOption = False,
    server: ServerOption = DEFAULT_SERVER,
    token: TokenOption = None,
) -> None:
    status = _on(job, server, token, _watched if watch else Client.status, "The job goes on.")
    if as_json:
        answer(status)
    else:
        _tell(status)
    if watch and status["status"] != "completed":
        raise typer.Exit(1)


@with_parameters(ARTIFACT_OPTIONS, after="as_json")
def export_command(
    job: JobArgument,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", metavar="FILE", help="Where it is saved.", show_default="as the server calls it"
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
    as_json: JsonOption = False,
    server: ServerOption = DEFAULT_SERVER,
    token: TokenOption = None,
    **options: Any,
) -> None:
    extras = artifacts_of(options)

    async def export(client: Client, job: JobAddress) -> RecordingResult:
        status = await completed(client, job)
        files = files_of(out or Path(await client.film_name(job)), extras)
        files.check(overwrite=force)
        with downloading() as counted:
            return await fetch(client, job, status, files, counted)

    made = _on(job, server, token, export, "The film is still on the server.")
    screen.print(f"[bold]{escape(str(made.files.film))}[/bold]: {made.summary}", soft_wrap=True)
    for warning in made.warnings:
        warn(warning["message"])
    if as_json:
        answer(made.facts())


def cancel_command(
    job: JobArgument,
    as_json: JsonOption = False,
    server: ServerOption = DEFAULT_SERVER,
    token: TokenOption = None,
) -> None:
    status = _on(job, server, token, Client.cancel, "Whether the job was cancelled is not known.")
    if as_json:
        answer(status)
    else:
        typer.echo(f"The job is {status['status']}. `sitereel retry` puts it back into line.")


def retry_command(
    job: JobArgument,
    as_json: JsonOption = False,
    server: ServerOption = DEFAULT_SERVER,
    token: TokenOption = None,
) -> None:
    status = _on(job, server, token, Client.retry, "Whether the job is back in line is not known.")
    if as_json:
        answer(status)
    else:
        typer.echo("The job is back in line. `sitereel status --watch` shows it.")


def _on(
    text: str,
    server: str,
    token: str | None,
    ask: Callable[[Client, JobAddress], Awaitable[T]],
    interrupted: str,
) -> T:
    """What a server answers about a job, or the end with its own sentence."""
    job, asked = job_of(text, server, token)

    async def asking() -> T:
        async with Client.opened(asked) as client:
            return await ask(client, job)

    try:
        return asyncio.run(asking())
    except KeyboardInterrupt:
        fail(f"Stopped. {interrupted}", code=130)
    except ApiError as exc:
        if exc.status == 401 and token and asked.token is None:
            fail(f"{exc} The token goes to --server alone: give --server {asked.url}.", name=exc.code)
        raise


async def _watched(client: Client, job: JobAddress) -> Json:
    """The last status of a job that has been watched to its end."""
    await client.status(job)  # whether there is one is said before anything is shown
    with ProgressDisplay() as onscreen:
        async with aclosing(client.events(job)) as events:
            async for event in events:
                onscreen.told(event)
    return await client.status(job)


def _tell(status: Json) -> None:
    """A job for people: where it stands, its steps, and what was refused."""
    out = Console(highlight=False)
    out.print(f"[bold]{escape(plain(status['url']))}[/bold]", soft_wrap=True)
    said = f"{status['status']}, {status['stage']}, {status['progress']} %"
    out.print(said, markup=False)
    for line in (*map(step_line, status["steps"]), *map(refusal_line, status["refused"])):
        out.print(line)
    for warning in status["warnings"]:
        warn(warning["message"])
    if status.get("error"):
        out.print(f"[red]{escape(plain(status['error']))}[/red]", soft_wrap=True)
    if status["status"] == "completed":
        kept = f", until {status['expires_at']}" if status.get("expires_at") else ""
        out.print(f"The film can be fetched once{kept}: sitereel export {status['job_id']}", soft_wrap=True)
