"""`sitereel record`: its options, and what is said when it is done."""

import asyncio
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.markup import escape

from actors.jobs.job import Priority
from demo_api.addresses import Server, with_scheme
from demo_api.cli.console import answer, fail, read_settings, screen, warn
from demo_api.cli.help import teach
from demo_api.cli.options import (
    SERVER,
    JsonOption,
    PosterOption,
    SheetOption,
    SubtitlesOption,
    TimelineOption,
    TokenOption,
    beside,
    extras_of,
    files_of,
    server_of,
)
from demo_api.client.output_files import Files
from demo_api.client.result import RecordingResult
from demo_api.logs import log_to_stderr
from explorer.types import Interact
from video.style import CameraChoice, Format, Size, StyleName

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


def _option(panel: str, *names: str, help: str, metavar: str | None = None, **more: Any) -> Any:
    return typer.Option(*names, help=help, metavar=metavar, rich_help_panel=panel, **more)


def _film(*names: str, help: str, metavar: str | None = None) -> Any:
    return _option("The film", *names, help=help, metavar=metavar)


def _far(*names: str, help: str, most: int) -> Any:
    return _option("How far it goes", *names, help=help, metavar="N", min=1, max=most)


def _wish(*names: str, help: str, metavar: str | None = None) -> Any:
    return _option("What is shown", *names, help=help, metavar=metavar)


def _risk(*names: str, help: str) -> Any:
    return _option("What is allowed", *names, help=help)


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
    style: Annotated[
        StyleName | None, _film("--style", metavar="NAME", help="plain: the page alone; studio: framed.")
    ] = None,
    size: Annotated[
        Size | None, _film("--size", metavar="NAME", help="720p, 1080p, vertical or square.")
    ] = None,
    fps: Annotated[Literal[30, 60] | None, _film("--fps", metavar="N", help="30 or 60 a second.")] = None,
    container: Annotated[
        Format | None, _film("--format", metavar="NAME", help="mp4, webm or gif; else the name says it.")
    ] = None,
    captions: Annotated[
        bool | None, _film("--captions/--no-captions", help="Say in a few words what is happening.")
    ] = None,
    zoom: Annotated[bool | None, _film("--zoom/--no-zoom", help="Move closer to what is clicked.")] = None,
    title_card: Annotated[
        bool | None, _film("--title-card/--no-title-card", help="Open with the site's title and icon.")
    ] = None,
    camera: Annotated[
        CameraChoice | None,
        _film("--camera", metavar="NAME", help="auto, realtime or frames (outside of it)."),
    ] = None,
    max_clicks: Annotated[int | None, _far("--max-clicks", most=100, help="Most clicks to make.")] = None,
    max_depth: Annotated[
        int | None, _far("--max-depth", most=20, help="Most links away from the start.")
    ] = None,
    max_runtime: Annotated[
        int | None, _far("--max-runtime", most=3600, help="Longest exploration, in seconds.")
    ] = None,
    goal: Annotated[str, _wish("--goal", metavar="TEXT", help="What is to be seen, in your words.")] = "",
    focus: Annotated[
        list[str] | None,
        _wish("--focus", metavar="TEXT", help="Shown first: a /path, words or css=…; repeatable."),
    ] = None,
    avoid: Annotated[
        list[str] | None, _wish("--avoid", metavar="TEXT", help="Never clicked: as --focus; repeatable.")
    ] = None,
    domain: Annotated[
        list[str] | None,
        _wish("--domain", metavar="HOST", help="Belongs to the site, or *.example.com; repeatable."),
    ] = None,
    interact: Annotated[
        Interact | None,
        _wish("--interact", metavar="NAME", help="all: fill in fields too; click: only click."),
    ] = None,
    scout: Annotated[
        bool | None, _wish("--scout/--no-scout", help="Try off camera what is worth filming.")
    ] = None,
    allow_writes: Annotated[
        bool, _risk("--allow-writes", help="Let requests other than GET and HEAD through.")
    ] = False,
    ignore_robots: Annotated[
        bool, _risk("--ignore-robots", help="Look also at what robots.txt asks to leave alone.")
    ] = False,
    ignore_certificate_errors: Annotated[
        bool,
        _risk("--ignore-certificate-errors", help="A certificate may be self-signed, expired, another's."),
    ] = False,
    poster: PosterOption = None,
    sheet: SheetOption = None,
    subtitles: SubtitlesOption = None,
    timeline: TimelineOption = None,
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
        _option(SERVER, "--server", metavar="URL", help="Film there, not here; then bring the film."),
    ] = None,
    token: TokenOption = None,
    priority: Annotated[
        Priority | None, _option(SERVER, "--priority", metavar="NAME", help="high, default or low.")
    ] = None,
) -> None:
    from demo_api.cli.record_options import agreed, checked

    log_to_stderr(logging.INFO if verbose else logging.CRITICAL)
    if priority and not server:
        fail("--priority is for a server with other jobs: give --server too.", code=2)
    wish = checked(
        {
            "url": with_scheme(url),
            "goal": goal,
            "focus": focus,
            "avoid": avoid,
            "domains": domain,
            "interact": interact,
            "allow_writes": allow_writes,
            "scout": scout,
            "ignore_robots": ignore_robots,
            "ignore_certificate_errors": ignore_certificate_errors,
            "storyboard": storyboard is not None,
            "max_clicks": max_clicks,
            "max_depth": max_depth,
            "max_runtime": max_runtime,
            "style": style,
            "size": size,
            "fps": fps,
            "format": agreed(container, out),
            "captions": captions,
            "zoom": zoom,
            "title_card": title_card,
            "camera": camera,
            "priority": priority,
        }
    )
    settings = read_settings()
    film = Path(f"demo.{wish.style_on(settings).format}")
    files = files_of(out or film, extras_of(poster, sheet, subtitles, timeline), storyboard)
    files.check()
    try:
        if server:
            made = _there(server_of(server, token), wish, settings, files)
        else:
            made = _here(wish, settings, files)
    except KeyboardInterrupt:
        fail("Stopped. Nothing was kept.", code=130)
    tell(made)
    if as_json:
        answer(made.facts())
    if show:
        _play(made.files.film)


def _here(wish: "RunRequest", settings: "Settings", files: Files) -> RecordingResult:
    from demo_api.cli.progress import ProgressDisplay
    from demo_api.local.record import record

    with ProgressDisplay(wish.limits_on(settings).max_clicks) as onscreen:
        return record(wish, files, settings, onscreen.told)


def _there(server: Server, wish: "RunRequest", settings: "Settings", files: Files) -> RecordingResult:
    """What is not asked for is as that server has it; only the format is promised by the file's name."""
    from demo_api.cli.record_remote import record_remote

    asked = wish.model_dump(mode="json", exclude_unset=True)
    return asyncio.run(record_remote(server, asked | {"format": wish.style_on(settings).format}, files))


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
