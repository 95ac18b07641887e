"""The command line, `sitereel`: all its commands, and how it ends.

What films, serves or speaks to Redis is imported where it is used: it costs 1.3 s of CPU, and every `--help`
and every TAB of a shell would pay for it.
"""

import logging
import os
import signal
import sys
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from typer.rich_utils import rich_format_error

from actors.errors import PipelineError
from demo_api.cli.console import CommandEnds, answer, fail, read_settings, say
from demo_api.cli.help import teach
from demo_api.cli.inspect import HELP as INSPECT_HELP
from demo_api.cli.inspect import inspect_command
from demo_api.cli.jobs import (
    CANCEL_HELP,
    EXPORT_HELP,
    RETRY_HELP,
    STATUS_HELP,
    cancel_command,
    export_command,
    retry_command,
    status_command,
)
from demo_api.cli.mcp import HELP as MCP_HELP
from demo_api.cli.mcp import mcp_command
from demo_api.cli.record import HELP as RECORD_HELP
from demo_api.cli.record import record_command
from demo_api.errors import ApiError
from demo_api.logs import log_to_stderr
from explorer.errors import ExplorerError
from video.errors import VideoError

if TYPE_CHECKING:
    from actors.settings import Settings

FILMS, JOBS, RUNS = "Films", "Jobs on a server", "Runs and looks after a server"

app = typer.Typer(
    add_completion=True,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help=teach(
        "Give it a URL, get a polished demo film of that site, filmed by a browser that explored it alone.",
        ("sitereel record https://example.com", "A film, with nothing else running:"),
        ("sitereel serve", "A page and an API for films, on http://127.0.0.1:8000:"),
        ("sitereel doctor", "What this machine lacks for filming:"),
        ("sitereel --install-completion", "Completes commands, options and their choices in your shell:"),
    ),
)
log = logging.getLogger(__name__)

#: What a shell reports for a process that SIGTERM has ended.
STOPPED = 128 + signal.SIGTERM

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")]
Workers = Annotated[
    int | None, typer.Option(min=1, max=64, help="Stages at a time; half the cores if not given.")
]


app.command("record", help=RECORD_HELP, rich_help_panel=FILMS)(record_command)
app.command("inspect", help=INSPECT_HELP, rich_help_panel=FILMS)(inspect_command)
app.command("mcp", help=MCP_HELP, rich_help_panel=FILMS)(mcp_command)
app.command("status", help=STATUS_HELP, rich_help_panel=JOBS)(status_command)
app.command("export", help=EXPORT_HELP, rich_help_panel=JOBS)(export_command)
app.command("cancel", help=CANCEL_HELP, rich_help_panel=JOBS)(cancel_command)
app.command("retry", help=RETRY_HELP, rich_help_panel=JOBS)(retry_command)


@app.command(
    rich_help_panel=RUNS,
    help=teach(
        "Runs everything in one process: the page, the API, workers, and a Valkey when no Redis is set.",
        ("sitereel serve", "On http://127.0.0.1:8000, for this machine alone:"),
        ("sitereel serve --port 9000 --workers 2", "Two films at a time:"),
        ("API_TOKEN=… sitereel serve --host 0.0.0.0", "For others, who need the token:"),
        ("ALLOW_PRIVATE_HOSTS=localhost:3000 sitereel serve", "May film what you work on:"),
    ),
)
def serve(host: Host = "127.0.0.1", port: Port = 8000, workers: Workers = None) -> None:
    from actors.embedded_redis import embedded_valkey
    from actors.worker import working

    settings = _logging(read_settings())
    with ExitStack() as stack:
        grace_s = None
        if settings.redis is None:
            # What ends together with its Valkey nobody could fetch any more.
            settings, grace_s = settings.on_redis(stack.enter_context(embedded_valkey())), 0.0
        stack.enter_context(working(settings, workers or default_slots(), grace_s=grace_s))
        _serve(settings, host, port)


@app.command(
    rich_help_panel=RUNS,
    help=teach(
        "Runs the API alone, against the Redis in REDIS_URL or REDIS_HOST.",
        (
            "REDIS_URL=redis://redis.example:6379/0 sitereel api",
            "Films are made by `sitereel worker` elsewhere:",
        ),
        ("sitereel api --host 0.0.0.0 --port 8000", "For others; set API_TOKEN too:"),
        ("sitereel api --port 0", "On a free port, which it says:"),
    ),
)
def api(host: Host = "127.0.0.1", port: Port = 8000) -> None:
    _serve(_shared_settings(), host, port)


@app.command(
    rich_help_panel=RUNS,
    help=teach(
        "Runs workers alone, against the Redis in REDIS_URL or REDIS_HOST.",
        ("REDIS_URL=redis://redis.example:6379/0 sitereel worker", "As many at a time as half the cores:"),
        ("sitereel worker --workers 4", "Four at a time:"),
        ("LOG_FORMAT=json sitereel worker", "With a log for programs:"),
    ),
)
def worker(workers: Workers = None) -> None:
    from actors.worker import working

    settings = _shared_settings()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with working(settings, workers or default_slots()):
        log.info("worker is ready")
        stop.wait()


@app.command(
    rich_help_panel=RUNS,
    help=teach(
        "Shows what this machine has for filming, and how to mend what is missing.",
        ("sitereel doctor", "Ends with 1 when something is missing:"),
        ("CHROMIUM_PATH=/usr/bin/chromium sitereel doctor", "Would another browser do?"),
        ("REDIS_URL=redis://redis.example:6379/0 sitereel doctor", "Is that Redis there?"),
    ),
)
def doctor() -> None:
    from demo_api.local.doctor import examine

    table = Table("", "Part", "Found", "To mend it")
    findings = examine(read_settings())
    marks = {True: "[green]ok[/green]", None: "[yellow]fair[/yellow]", False: "[red]missing[/red]"}
    for finding in findings:
        table.add_row(marks[finding.ok], finding.what, escape(finding.found), escape(finding.mend))
    Console().print(table)
    if any(finding.ok is False for finding in findings):
        raise typer.Exit(1)


def default_slots() -> int:
    """A take in real time keeps one to two cores busy."""
    return max(1, (os.cpu_count() or 2) // 2)


def _serve(settings: "Settings", host: str, port: int) -> None:
    from demo_api.addresses import is_loopback
    from demo_api.server import listen, make_server

    with listen(host, port) as listener:
        address, port = listener.getsockname()[:2]
        log.info("Sitereel listens on http://%s:%d", f"[{host}]" if ":" in host else host, port)
        if settings.api_token is None and not is_loopback(address):
            log.warning("Whoever reaches this address may film, without a token: set API_TOKEN.")
        make_server(settings).run(sockets=[listener])


def _shared_settings() -> "Settings":
    settings = _logging(read_settings())
    if settings.redis is None:
        fail("Set REDIS_URL or REDIS_HOST to the shared Redis, or run `sitereel serve` instead.", code=2)
    return settings


def _logging(settings: "Settings") -> "Settings":
    """The same settings; from here on the log is written as they say."""
    log_to_stderr(logging.INFO, settings.log_format)
    return settings


def _stop_in_order(*_: object) -> NoReturn:
    """Ends the process by way of every `finally`; the default would leave folders and servers behind."""
    raise SystemExit(STOPPED)


def main() -> None:
    """Entry point of the `sitereel` command."""
    signal.signal(signal.SIGTERM, _stop_in_order)
    try:
        sys.exit(app(prog_name="sitereel", standalone_mode=False) or 0)
    except typer.TyperException as exc:
        rich_format_error(exc)  # type: ignore[arg-type]  # all that typer raises here are of that kind
        ending = CommandEnds(exc.format_message(), exc.exit_code, "usage_error")
    except Exception as exc:  # noqa: BLE001  # raised again unless it is known
        ending = _ending(exc)
        say(str(ending))
    # Looked for where it was typed, so that there is an object also when the rest cannot be understood.
    if "--json" in sys.argv:
        answer({"error": str(ending), "error_code": ending.name})
    sys.exit(ending.exit_code)


def _ending(exc: Exception) -> CommandEnds:
    """What is said of an error that is known. Raises it when it is not."""
    from redis.exceptions import RedisError

    match exc:
        case CommandEnds():
            return exc
        case PipelineError() | ExplorerError() | VideoError() | ApiError():
            return CommandEnds(str(exc), 1, exc.code)
        case RedisError() | OSError():
            sentence = f"Something that Sitereel needs has failed: {exc}. Nothing was kept; try again."
            return CommandEnds(sentence, 1, "failed")
    raise exc
