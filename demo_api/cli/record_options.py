"""Validates the options of `sitereel record` as a request to the API."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from demo_api.cli.console import fail
from demo_api.client.output_files import format_of
from demo_api.schemas.jobs import RunRequest
from demo_api.schemas.json_object import validation_messages
from explorer.script.errors import ScriptInvalid
from video.style import Format

#: Names of request fields on the command line, where they differ.
NAMES = {"url": "The URL", "domains": "--domain"}


def parse_request(fields: Mapping[str, Any]) -> RunRequest:
    """Validates the fields that are not None; ends the command with a sentence for each invalid option."""
    try:
        return RunRequest.model_validate({name: value for name, value in fields.items() if value is not None})
    except ValidationError as exc:
        messages = validation_messages(exc)
        fail(
            " ".join(f"{NAMES.get(name, f'--{name}')} {message}." for name, message in messages), exit_code=2
        )
    except ScriptInvalid as exc:
        fail(str(exc), exit_code=2, error_code=exc.code)


def resolve_format(requested: Format | None, out: Path | None) -> Format | None:
    """Returns the format given by `--format` or by the film's file name; ends the command if they differ."""
    implied = format_of(out) if out else None
    if requested and implied and requested != implied:
        fail(
            f"{out} cannot be a {requested} film: name it ….{requested}, or leave out --format.", exit_code=2
        )
    return requested or implied
