"""`sitereel record`: its options, what they mean together, and what is said while filming."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, cast, get_args

import typer
from pydantic import ValidationError
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from actors.admission import limits_of, style_of
from actors.job import CameraWish, Job, Stage
from demo_api.console import fail, read_settings, screen, warn
from demo_api.logs import log_to_stderr
from demo_api.record import record
from demo_api.wishes import WishRequest
from explorer.types import Interact
from video.style import Format, Size, StyleName


def _film(*names: str, help: str) -> Any:
    return typer.Option(*names, help=help, rich_help_panel="The film")


def _beside(*names: str, help: str) -> Any:
    return typer.Option(*names, help=help, rich_help_panel="Beside the film", dir_okay=False)


def _wish(*names: str, help: str) -> Any:
    return typer.Option(*names, help=help, rich_help_panel="What is shown")


def record_command(
    url: Annotated[
        str, typer.Argument(help="The site to film. https:// is assumed when no scheme is given.")
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="The film to write: .mp4, .webm or .gif.", show_default="demo.mp4"),
    ] = None,
    max_clicks: Annotated[int | None, typer.Option(min=1, max=100, help="Most clicks to make.")] = None,
    max_depth: Annotated[int | None, typer.Option(min=1, max=20, help="Most links deep.")] = None,
    max_runtime: Annotated[
        int | None, typer.Option(min=1, max=3600, help="Longest exploration, in seconds.")
    ] = None,
    look: Annotated[
        StyleName | None, _film("--style", help="The page alone, or as a window on a background.")
    ] = None,
    size: Annotated[Size | None, _film("--size", help="Size of the picture.")] = None,
    fps: Annotated[Literal[30, 60] | None, _film("--fps", help="Frames a second.")] = None,
    container: Annotated[
        Format | None, _film("--format", help="Kind of file; otherwise from the name in -o.")
    ] = None,
    captions: Annotated[
        bool | None, _film("--captions/--no-captions", help="Say in a few words what is happening.")
    ] = None,
    zoom: Annotated[bool | None, _film("--zoom/--no-zoom", help="Move closer to what is clicked.")] = None,
    title_card: Annotated[
        bool | None, _film("--title-card/--no-title-card", help="Open with the site's title and icon.")
    ] = None,
    camera: Annotated[
        CameraWish | None, _film("--camera", help="Film in real time, or frame by frame outside of it.")
    ] = None,
    poster: Annotated[Path | None, _beside("--poster", help="Save one picture of it (PNG).")] = None,
    sheet: Annotated[
        Path | None, _beside("--contact-sheet", help="Save pictures from all of it on one sheet (PNG).")
    ] = None,
    subtitles: Annotated[Path | None, _beside("--subtitles", help="Save its captions (WebVTT).")] = None,
    timeline: Annotated[
        Path | None, _beside("--timeline", help="Save what happened in it, and when (JSON).")
    ] = None,
    storyboard: Annotated[
        Path | None,
        typer.Option(
            help="Save a picture of the start and of each step, and steps.json, into this folder.",
            rich_help_panel="Beside the film",
            file_okay=False,
        ),
    ] = None,
    goal: Annotated[str, _wish("--goal", help="What the film is to show, in your words.")] = "",
    focus: Annotated[
        list[str] | None,
        _wish("--focus", help="A /path, words or css=… to show first; may be given several times."),
    ] = None,
    avoid: Annotated[
        list[str] | None, _wish("--avoid", help="A /path, words or css=… never to click; several are fine.")
    ] = None,
    domain: Annotated[
        list[str] | None,
        _wish("--domain", help="Another host of the site, or *.example.com; several are fine."),
    ] = None,
    interact: Annotated[
        Interact | None, _wish("--interact", help="Fill in fields as well, or only click.")
    ] = None,
    allow_writes: Annotated[
        bool, _wish("--allow-writes", help="Let requests other than GET and HEAD through.")
    ] = False,
    scout: Annotated[
        bool | None, _wish("--scout/--no-scout", help="Try off camera what is worth filming.")
    ] = None,
    ignore_robots: Annotated[
        bool, _wish("--ignore-robots", help="Look also at what robots.txt asks to leave alone.")
    ] = False,
    ignore_certificate_errors: Annotated[
        bool,
        _wish(
            "--ignore-certificate-errors",
            help="Film a site whose certificate is self-signed, expired or another host's.",
        ),
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show the log.")] = False,
) -> None:
    """Films a site, with nothing else running.

    Example: sitereel record https://example.com -o demo.mp4 --max-clicks 5
    """
    log_to_stderr(logging.INFO if verbose else logging.CRITICAL)
    settings = read_settings()
    url = url if "://" in url else f"https://{url}"
    wishes = _checked(
        {
            "url": url,
            "goal": goal,
            "focus": focus or [],
            "avoid": avoid or [],
            "domains": domain or [],
            "interact": interact,
            "allow_writes": allow_writes,
            "scout": scout,
            "ignore_robots": ignore_robots,
            "ignore_certificate_errors": ignore_certificate_errors,
        }
    ).wishes_on(settings)
    limits = limits_of(settings, max_clicks, max_depth, max_runtime)
    style = style_of(settings, look, size, fps, _agreed(container, out), captions, zoom, title_card)
    out = out or Path(f"demo.{style.format}")
    beside = {"poster": poster, "sheet": sheet, "captions": subtitles, "timeline": timeline}
    extras = {name: path for name, path in beside.items() if path}
    if len({out, *extras.values()}) <= len(extras):
        fail("Two files cannot have the same name.", code=2)
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
                style=style,
                camera=camera,
                extras=extras,
                wishes=wishes,
                storyboard=storyboard,
            )
    except KeyboardInterrupt:
        fail("Stopped. Nothing was kept.", code=130)
    _tell(job, out, extras)


#: How a field of a request is called on the command line.
OPTIONS = {"url": "The URL", "domains": "--domain"}


def _checked(wished: Mapping[str, Any]) -> WishRequest:
    """The wishes as a request would make them, or the end with a sentence on each that is wrong."""
    try:
        return WishRequest.model_validate(wished)
    except ValidationError as exc:
        found = [(str(error["loc"][0]), error["msg"].removeprefix("Value error, ")) for error in exc.errors()]
        sentences = [f"{OPTIONS.get(name, f'--{name}')} {said}." for name, said in found]
        fail(" ".join(sentences), code=2)


def _agreed(container: Format | None, out: Path | None) -> Format | None:
    """The format that was asked for, by `--format` or by the ending of the film's name."""
    ending = out.suffix.lower().removeprefix(".") if out else ""
    implied = cast(Format, ending) if ending in get_args(Format) else None
    if container and implied and container != implied:
        fail(f"{out} cannot be a {container} film: name it ….{container}, or leave out --format.", code=2)
    return container or implied


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


def _tell(job: Job, out: Path, extras: Mapping[str, Path]) -> None:
    """What was made, and what was not."""
    film = job.film
    screen.print(
        f"[bold]{escape(str(out))}[/bold]: {film['duration_s']:.1f} s, {film['width']}x{film['height']}, "
        f"{film['size_bytes'] / 1e6:.1f} MB, {len(job.steps)} clicks, {len(job.refused)} refused.",
        soft_wrap=True,
    )
    for warning in job.warnings:
        warn(warning)
    for name in extras.keys() - job.extras.keys():
        warn(f"{extras[name]} was not written: this film has no {name}.")
