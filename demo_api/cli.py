"""The command line: `sitereel record | inspect | serve | api | worker | doctor`."""

import logging
import os
import signal
import sys
import threading
from contextlib import ExitStack
from typing import Annotated, NoReturn

import typer
from redis.exceptions import RedisError
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from actors.embedded import embedded_valkey
from actors.errors import LineError
from actors.settings import Settings
from actors.worker import working
from demo_api.console import fail, read_settings, say
from demo_api.doctor import examine
from demo_api.guard import is_loopback
from demo_api.inspect_command import inspect_command
from demo_api.logs import log_to_stderr
from demo_api.record_command import record_command
from demo_api.server import listen, make_server
from explorer.errors import ExplorerError
from video.errors import VideoError

app = typer.Typer(
    add_completion=True,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Give it a URL, get a polished demo film of that site, filmed by a browser that explored it alone.",
)
log = logging.getLogger(__name__)

#: What a shell reports for a process that SIGTERM has ended.
STOPPED = 128 + signal.SIGTERM

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")]
Workers = Annotated[
    int | None, typer.Option(min=1, max=64, help="Stages at a time; half the cores if not given.")
]


app.command("record")(record_command)
app.command("inspect")(inspect_command)


@app.command()
def serve(host: Host = "127.0.0.1", port: Port = 8000, workers: Workers = None) -> None:
    """Runs everything in one process: the API, workers, and a Valkey when no Redis is set."""
    settings = _logging(read_settings())
    with ExitStack() as stack:
        grace_s = None
        if settings.redis is None:
            # What ends together with its Valkey nobody could fetch any more.
            settings, grace_s = settings.on_redis(stack.enter_context(embedded_valkey())), 0.0
        stack.enter_context(working(settings, workers or default_slots(), grace_s=grace_s))
        _serve(settings, host, port)


@app.command()
def api(host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Runs the API alone, against the Redis in REDIS_URL or REDIS_HOST."""
    _serve(_shared_settings(), host, port)


@app.command()
def worker(workers: Workers = None) -> None:
    """Runs workers alone, against the Redis in REDIS_URL or REDIS_HOST."""
    settings = _shared_settings()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with working(settings, workers or default_slots()):
        log.info("worker is ready")
        stop.wait()


@app.command()
def doctor() -> None:
    """Shows what this machine has for filming, and how to mend what is missing."""
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


def _serve(settings: Settings, host: str, port: int) -> None:
    with listen(host, port) as listener:
        address, port = listener.getsockname()[:2]
        log.info("Sitereel listens on http://%s:%d", f"[{host}]" if ":" in host else host, port)
        if settings.api_token is None and not is_loopback(address):
            log.warning("Whoever reaches this address may film, without a token: set API_TOKEN.")
        make_server(settings).run(sockets=[listener])


def _shared_settings() -> Settings:
    settings = _logging(read_settings())
    if settings.redis is None:
        fail("Set REDIS_URL or REDIS_HOST to the shared Redis, or run `sitereel serve` instead.", code=2)
    return settings


def _logging(settings: Settings) -> Settings:
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
        app()
    except (LineError, ExplorerError, VideoError) as exc:
        say(str(exc))
        sys.exit(1)
    except (RedisError, OSError) as exc:
        say(f"Something that Sitereel needs has failed: {exc}. Nothing was kept; try again.")
        sys.exit(1)
