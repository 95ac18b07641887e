"""Options of commands: those of films and explorations, and those shared by several commands."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, get_origin

import typer
from pydantic.fields import FieldInfo

from actors.options import Option, declared, is_yes_or_no
from demo_api.addresses import JobAddress, Server
from demo_api.cli.console import fail
from demo_api.client.output_files import Files
from video.artifacts import ARTIFACTS

SERVER = "On a server"

ServerOption = Annotated[
    str,
    typer.Option(
        "--server",
        envvar="SITEREEL_SERVER",
        metavar="URL",
        help="The server that has the job.",
        rich_help_panel=SERVER,
    ),
]
TokenOption = Annotated[
    str | None,
    typer.Option(
        "--token",
        envvar="API_TOKEN",
        show_envvar=True,
        metavar="TEXT",
        help="The server's API_TOKEN, if set. Prefer the environment: arguments are visible to other users.",
        rich_help_panel=SERVER,
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON object on stdout; everything else goes to stderr.")
]
JobArgument = Annotated[
    str, typer.Argument(metavar="JOB", help="The job's id, or its status or export link.", show_default=False)
]


def _parameter(name: str, field: FieldInfo, option: Option) -> tuple[Any, Any]:
    """Builds type and default of a command's parameter; None means that the option was not given."""
    flag = option.flag or f"--{name.replace('_', '-')}"
    is_switch = is_yes_or_no(field)
    can_be_off = is_switch and option.setting
    bounds = {
        part: getattr(one, part) for one in field.metadata for part in ("ge", "le") if hasattr(one, part)
    }
    declared_as = typer.Option(
        f"{flag}/--no-{flag[2:]}" if can_be_off else flag,
        help=_help_of(field),
        metavar=option.metavar,
        rich_help_panel=option.panel,
        min=bounds.get("ge"),
        max=bounds.get("le"),
        show_default=False,
    )
    if is_switch and not can_be_off:
        return Annotated[bool, declared_as], False
    annotation = bool if is_switch else field.annotation
    return Annotated[annotation | None, declared_as], None  # type: ignore[operator]


def _help_of(field: FieldInfo) -> str:
    text = field.description or ""
    begins_with_value = text.partition(" ")[0].endswith(":")
    end = "; repeatable." if get_origin(field.annotation) is list else "."
    return (text if begins_with_value else text[:1].upper() + text[1:]) + end


#: Parameters of `sitereel record`, by name.
OPTIONS = {
    name: _parameter(name, field, option) for name, field, option in declared() if option.on_command_line
}


def artifact_option(*names: str, help: str, metavar: str = "FILE", **more: Any) -> Any:
    """Builds an option for the file or folder of an artifact."""
    more = {"dir_okay": False, **more}
    return typer.Option(*names, help=help, metavar=metavar, rich_help_panel="Artifacts", **more)


#: Files for artifacts, by parameter.
ARTIFACT_OPTIONS = {
    f"save_{name}": (
        Annotated[Path | None, artifact_option(artifact.flag, help=f"Save {artifact.help}.")],
        None,
    )
    for name, artifact in ARTIFACTS.items()
    if artifact.flag
}


def artifacts_of(options: Mapping[str, Any]) -> dict[str, Path]:
    """Returns the given files of artifacts, by the artifact's name in the API."""
    given = {name.removeprefix("save_"): options[name] for name in ARTIFACT_OPTIONS}
    return {name: path for name, path in given.items() if path}


def files_of(
    film: Path,
    artifacts: dict[str, Path],
    storyboard: Path | None = None,
    script: Path | None = None,
) -> Files:
    """Collects the output files; ends the command when two are the same."""
    paths = (film, *artifacts.values(), *([script] if script else []))
    if len({path.absolute() for path in paths}) < len(paths):
        fail("Two output files have the same name.", exit_code=2)
    return Files(film, artifacts, storyboard, script)


def server_of(text: str, token: str | None) -> Server:
    try:
        return Server.parse(text, token)
    except ValueError as exc:
        fail(f"--server {exc}.", exit_code=2)


def job_of(text: str, server: str, token: str | None) -> tuple[JobAddress, Server]:
    """Parses a job's id or link; returns it with the server to call."""
    try:
        job = JobAddress.parse(text)
    except ValueError as exc:
        fail(f"JOB {exc}.", exit_code=2)
    return job, job.resolve_server(server_of(server, token))


def default_slots() -> int:
    """Half the cores: a take with the real-time camera uses one to two."""
    return max(1, (os.cpu_count() or 2) // 2)
