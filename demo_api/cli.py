"""The command line: `sitereel record | serve | api | worker | doctor`."""

import logging
import os
import signal
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from redis.exceptions import RedisError
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from actors.admission import limits_of
from actors.embedded import embedded_valkey
from actors.errors import LineError, SettingsInvalid
from actors.job import Job, Stage
from actors.settings import Settings
from actors.worker import working
from demo_api.doctor import examine
from demo_api.record import record
from demo_api.schemas import check_url
from demo_api.server import listen, make_server
from explorer.errors import ExplorerError
from video.errors import VideoError

app = typer.Typer(
    add_completion=True,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Give it a URL, get a polished MP4 demo of that site, filmed by a browser that explored it alone.",
)
#: Progress and errors go to stderr, so that stdout stays free for what a script wants.
screen = Console(stderr=True, highlight=False)

#: What a shell reports for a process that SIGTERM has ended.
STOPPED = 128 + signal.SIGTERM

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")]
Workers = Annotated[
    int | None, typer.Option(min=1, max=64, help="Stages at a time; half the cores if not given.")
]


@app.command("record")
def record_command(
    url: Annotated[
        str, typer.Argument(help="The site to film. https:// is assumed when no scheme is given.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The MP4 to write.")] = Path("demo.mp4"),
    max_clicks: Annotated[int | None, typer.Option(min=1, max=100, help="Most clicks to make.")] = None,
    max_depth: Annotated[int | None, typer.Option(min=1, max=20, help="Most links deep.")] = None,
    max_runtime: Annotated[
        int | None, typer.Option(min=1, max=3600, help="Longest exploration, in seconds.")
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show the log.")] = False,
) -> None:
    """Films a site into an MP4, with nothing else running.

    Example: sitereel record https://example.com -o demo.mp4 --max-clicks 5
    """
    _log_to_stderr(logging.INFO if verbose else logging.CRITICAL)
    settings = _settings()
    url = url if "://" in url else f"https://{url}"
    try:
        check_url(url)
    except ValueError as exc:
        _fail(f"The URL {exc}.", code=2)
    limits = limits_of(settings, max_clicks, max_depth, max_runtime)
    progress = Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=screen
    )
    try:
        with progress:
            task = progress.add_task("Starting", total=100)
            job = record(
                url,
                out,
                limits,
                settings,
                lambda job: progress.update(task, completed=job.progress, description=describe(job)),
            )
    except KeyboardInterrupt:
        _fail("Stopped. Nothing was kept.", code=130)
    film = job.film
    screen.print(
        f"[bold]{escape(str(out))}[/bold]: {film['duration_s']:.1f} s, {film['width']}x{film['height']}, "
        f"{film['size_bytes'] / 1e6:.1f} MB, {len(job.steps)} clicks, {len(job.refused)} refused.",
        soft_wrap=True,
    )


def describe(job: Job) -> str:
    """What is happening, in a few words."""
    clicks = f"{job.metrics.get('clicks', 0)} of up to {job.limits.max_clicks} clicks"
    doing = {
        Stage.QUEUED: "Starting the browser",
        Stage.EXPLORING: f"Filming, {clicks}" + (f", “{job.steps[-1]['label']}”" if job.steps else ""),
        Stage.RECORDED: "Waiting for the encoder",
        Stage.ENCODING: "Encoding the film",
    }
    return escape(doing.get(job.stage, "Saving the film"))


@app.command()
def serve(host: Host = "127.0.0.1", port: Port = 8000, workers: Workers = None) -> None:
    """Runs everything in one process: the API, workers, and a Valkey when no Redis is set."""
    _log_to_stderr(logging.INFO)
    settings = _settings()
    with ExitStack() as stack:
        if settings.redis is None:
            settings = settings.on_redis(stack.enter_context(embedded_valkey()))
        stack.enter_context(working(settings, workers or default_slots()))
        _serve(settings, host, port)


@app.command()
def api(host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Runs the API alone, against the Redis in REDIS_URL or REDIS_HOST."""
    _log_to_stderr(logging.INFO)
    _serve(_shared_settings(), host, port)


@app.command()
def worker(workers: Workers = None) -> None:
    """Runs workers alone, against the Redis in REDIS_URL or REDIS_HOST."""
    _log_to_stderr(logging.INFO)
    settings = _shared_settings()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with working(settings, workers or default_slots()):
        logging.getLogger(__name__).info("worker is ready")
        stop.wait()


@app.command()
def doctor() -> None:
    """Shows what this machine has for filming, and how to mend what is missing."""
    table = Table("", "Part", "Found", "To mend it")
    findings = examine(_settings())
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
        logging.getLogger(__name__).info("Sitereel listens on http://%s:%d", host, listener.getsockname()[1])
        make_server(settings).run(sockets=[listener])


def _settings() -> Settings:
    try:
        return Settings.read()
    except SettingsInvalid as exc:
        _fail(f"A setting is wrong. {exc}", code=2)


def _shared_settings() -> Settings:
    settings = _settings()
    if settings.redis is None:
        _fail("Set REDIS_URL or REDIS_HOST to the shared Redis, or run `sitereel serve` instead.", code=2)
    return settings


def _fail(sentence: str, code: int = 1) -> NoReturn:
    _say(sentence)
    raise typer.Exit(code)


def _say(sentence: str) -> None:
    screen.print(f"[red]error:[/red] {escape(sentence)}", soft_wrap=True)


def _log_to_stderr(level: int) -> None:
    logging.basicConfig(
        level=level, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )


def _stop_in_order(*_: object) -> NoReturn:
    """Ends the process by way of every `finally`; the default would leave folders and servers behind."""
    raise SystemExit(STOPPED)


def main() -> None:
    """Entry point of the `sitereel` command."""
    signal.signal(signal.SIGTERM, _stop_in_order)
    try:
        app()
    except (LineError, ExplorerError, VideoError) as exc:
        _say(str(exc))
        sys.exit(1)
    except (RedisError, OSError) as exc:
        _say(f"Something that Sitereel needs has failed: {exc}. Nothing was kept; try again.")
        sys.exit(1)
