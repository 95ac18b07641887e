"""What the options of `sitereel record` mean together, as a request to the API would say it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from demo_api.cli.console import fail
from demo_api.client.output_files import format_of
from demo_api.schemas.jobs import RunRequest
from video.style import Format

#: How a field of a request is called on the command line.
OPTIONS = {"url": "The URL", "domains": "--domain"}


def checked(wished: Mapping[str, Any]) -> RunRequest:
    """The request, or the end with a sentence on each option that is wrong. What is None is not asked for."""
    try:
        return RunRequest.model_validate({name: value for name, value in wished.items() if value is not None})
    except ValidationError as exc:
        found = [(str(error["loc"][0]), error["msg"].removeprefix("Value error, ")) for error in exc.errors()]
        sentences = [f"{OPTIONS.get(name, f'--{name}')} {said}." for name, said in found]
        fail(" ".join(sentences), code=2)


def agreed(container: Format | None, out: Path | None) -> Format | None:
    """The format that was asked for, by `--format` or by the ending of the film's name."""
    implied = format_of(out) if out else None
    if container and implied and container != implied:
        fail(f"{out} cannot be a {container} film: name it ….{container}, or leave out --format.", code=2)
    return container or implied
