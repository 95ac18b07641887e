"""The command line `sitereel`: its commands, and how errors become exit codes.

Modules that film, serve or use Redis are imported where they are used: they take 1.3 s of CPU, which every
`--help` and every completion in a shell would take too.
"""

import logging
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
from actors.monitoring.pool import PoolSize
from demo_api.cli.batch import HELP as BATCH_HELP
from demo_api.cli.batch import batch_command
from demo_api.cli.console import CommandError, fail, print_error, print_json, read_settings
from demo_api.cli.help import help_text
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
from demo_api.cli.options import default_slots
from demo_api.cli.record import HELP as RECORD_HELP
from demo_api.cli.record import record_command
from demo_api.cli.script import scripts
from demo_api.errors import ApiError
from demo_api.logs import log_to_stderr
from explorer.errors import ExplorerError
from video.errors import VideoError

if TYPE_CHECKING:
    from actors.settings import Settings

FILMS, JOBS, SERVERS = "Films", "Jobs on a server", "Servers"

app = typer.Typer(
    add_completion=True,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help=help_text(
        "Give it a URL, get a polished demo film of that site, filmed by a browser that explored it alone.",
        ("sitereel record https://example.com", "Records a film, with nothing else running:"),
        ("sitereel serve", "Serves the web page and the API on http://127.0.0.1:8000:"),
        ("sitereel doctor", "Checks what this machine lacks for filming:"),
        ("sitereel --install-completion", "Installs completion for your shell:"),
    ),
)
log = logging.getLogger(__name__)

#: Exit status that a shell reports for a process ended by SIGTERM.
SIGTERM_STATUS = 128 + signal.SIGTERM


def pool_size(text: str) -> PoolSize:
    """Reads the value of `--workers`."""
    try:
        return PoolSize.parse(text)
    except ValueError as exc:
        raise typer.BadParameter(str(exc)) from exc


Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 chooses a free one.")]
Workers = Annotated[
    PoolSize | None,
    typer.Option(
        parser=pool_size,
        metavar="N|LOWER-UPPER",
        help="Stages that run at a time; default: half the cores. Of 2-10, two may always run, and more "
        "while the machine has memory and CPU to spare.",
    ),
]


app.command("record", help=RECORD_HELP, rich_help_panel=FILMS)(record_command)
app.command("batch", help=BATCH_HELP, rich_help_panel=FILMS)(batch_command)
app.command("inspect", help=INSPECT_HELP, rich_help_panel=FILMS)(inspect_command)
app.add_typer(scripts, name="script", rich_help_panel=FILMS)
app.command("mcp", help=MCP_HELP, rich_help_panel=FILMS)(mcp_command)
app.command("status", help=STATUS_HELP, rich_help_panel=JOBS)(status_command)
app.command("export", help=EXPORT_HELP, rich_help_panel=JOBS)(export_command)
app.command("cancel", help=CANCEL_HELP, rich_help_panel=JOBS)(cancel_command)
app.command("retry", help=RETRY_HELP, rich_help_panel=JOBS)(retry_command)


@app.command(
    rich_help_panel=SERVERS,
    help=help_text(
        "Runs the web page, the API and workers in one process, with an embedded Valkey if no Redis is set.",
        ("sitereel serve", "On http://127.0.0.1:8000, for this machine only:"),
        ("sitereel serve --port 9000 --workers 2", "Two films at a time:"),
        ("API_TOKEN=… sitereel serve --host 0.0.0.0", "For other machines, with a token:"),
        ("ALLOW_PRIVATE_HOSTS=localhost:3000 sitereel serve", "May film your development server:"),
    ),
)
def serve(host: Host = "127.0.0.1", port: Port = 8000, workers: Workers = None) -> None:
    from actors.embedded_redis import embedded_valkey
    from actors.worker import working

    settings = _configure_log(read_settings())
    with ExitStack() as stack:
        grace_s = None
        if settings.redis is None:
            # Films are lost with the embedded Valkey: waiting for running stages is useless.
            settings, grace_s = settings.on_redis(stack.enter_context(embedded_valkey())), 0.0
        stack.enter_context(working(settings, workers or default_size(), grace_s=grace_s))
        _serve(settings, host, port)


@app.command(
    rich_help_panel=SERVERS,
    help=help_text(
        "Runs the API only, on the Redis in REDIS_URL or REDIS_HOST.",
        (
            "REDIS_URL=redis://redis.example:6379/0 sitereel api",
            "`sitereel worker` makes the films, on any machine:",
        ),
        ("sitereel api --host 0.0.0.0 --port 8000", "For other machines; set API_TOKEN too:"),
        ("sitereel api --port 0", "On a free port, which is logged:"),
    ),
)
def api(host: Host = "127.0.0.1", port: Port = 8000) -> None:
    _serve(_shared_settings(), host, port)


@app.command(
    rich_help_panel=SERVERS,
    help=help_text(
        "Runs workers only, on the Redis in REDIS_URL or REDIS_HOST.",
        (
            "REDIS_URL=redis://redis.example:6379/0 sitereel worker",
            "One stage at a time for every two cores:",
        ),
        ("sitereel worker --workers 4", "Four stages at a time:"),
        ("sitereel worker --workers 2-10", "Two, and up to ten while memory and CPU allow:"),
        ("LOG_FORMAT=json sitereel worker", "With a log in JSON:"),
    ),
)
def worker(workers: Workers = None) -> None:
    from actors.signals import on_signal
    from actors.worker import working

    settings = _shared_settings()
    stop = threading.Event()
    with on_signal(lambda _: stop.set()), working(settings, workers or default_size()):
        log.info("worker is ready")
        stop.wait()


@app.command(
    rich_help_panel=SERVERS,
    help=help_text(
        "Checks what this machine has for filming, and shows how to fix what is missing.",
        ("sitereel doctor", "Exits with 1 when something is missing:"),
        ("CHROMIUM_PATH=/usr/bin/chromium sitereel doctor", "With another browser:"),
        ("REDIS_URL=redis://redis.example:6379/0 sitereel doctor", "With another Redis:"),
    ),
)
def doctor() -> None:
    from demo_api.local.doctor import examine

    table = Table("", "Part", "Found", "Fix")
    findings = examine(read_settings())
    labels = {True: "[green]ok[/green]", None: "[yellow]fair[/yellow]", False: "[red]missing[/red]"}
    for finding in findings:
        table.add_row(labels[finding.ok], finding.part, escape(finding.found), escape(finding.fix))
    Console().print(table)
    if any(finding.ok is False for finding in findings):
        raise typer.Exit(1)


def default_size() -> PoolSize:
    """As many slots as are used where nobody says."""
    return PoolSize.fixed(default_slots())


def _serve(settings: "Settings", host: str, port: int) -> None:
    from demo_api.addresses import is_loopback
    from demo_api.server import listen, make_server

    with listen(host, port) as listener:
        address, port = listener.getsockname()[:2]
        log.info("Sitereel listens on http://%s:%d", f"[{host}]" if ":" in host else host, port)
        if settings.api_token is None and not is_loopback(address):
            log.warning("Anyone who can reach this address can use the API without a token: set API_TOKEN.")
        make_server(settings).run(sockets=[listener])


def _shared_settings() -> "Settings":
    settings = _configure_log(read_settings())
    if settings.redis is None:
        fail("Set REDIS_URL or REDIS_HOST to the shared Redis, or run `sitereel serve` instead.", exit_code=2)
    return settings


def _configure_log(settings: "Settings") -> "Settings":
    """Configures the log by the settings, which it returns."""
    log_to_stderr(logging.INFO, settings.log_format)
    return settings


def _exit_on_signal(*_: object) -> NoReturn:
    """Exits by way of every `finally`: the default action would leave folders and processes behind."""
    raise SystemExit(SIGTERM_STATUS)


def main() -> None:
    """Entry point of the `sitereel` command."""
    signal.signal(signal.SIGTERM, _exit_on_signal)
    try:
        sys.exit(app(prog_name="sitereel", standalone_mode=False) or 0)
    except typer.TyperException as exc:
        rich_format_error(exc)  # type: ignore[arg-type]  # all that typer raises here are of this type
        error = CommandError(exc.format_message(), exc.exit_code, "usage_error")
    except Exception as exc:  # noqa: BLE001  # raised again unless it is known
        error = _command_error(exc)
        print_error(str(error))
    # Read from sys.argv, so that there is an object also when the arguments cannot be parsed.
    if "--json" in sys.argv:
        print_json({"error": str(error), "error_code": error.error_code})
    sys.exit(error.exit_code)


def _command_error(exc: Exception) -> CommandError:
    """Converts a known error; raises an unknown one."""
    from redis.exceptions import RedisError

    match exc:
        case CommandError():
            return exc
        case PipelineError() | ExplorerError() | VideoError() | ApiError():
            return CommandError(str(exc), 1, exc.code)
        case RedisError() | OSError():
            sentence = f"Redis or the operating system has failed: {exc}. Nothing was kept; try again."
            return CommandError(sentence, 1, "failed")
    raise exc
