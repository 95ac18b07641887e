"""`sitereel script`: checks and converts scripts, and prints their JSON Schema."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from demo_api.cli.console import fail, print_json
from demo_api.cli.help import help_text

if TYPE_CHECKING:
    from explorer.script.model import Script

CHECK_HELP = help_text(
    "Checks a script: every problem with its place. Nothing is opened or filmed.",
    ("sitereel script check demo.yaml", "Exits with 1 when something is wrong:"),
    ("sitereel script check recording.json", "A recording of Chrome's DevTools Recorder:"),
    ("sitereel script check demo.yaml --var plan=pro", "With the value of a variable:"),
)
CONVERT_HELP = help_text(
    "Converts a script: to YAML, JSON, or a recording of Chrome's DevTools Recorder.",
    ("sitereel script convert recording.json > demo.yaml", "From Chrome:"),
    ("sitereel script convert demo.yaml --to recorder > recording.json", "To Chrome:"),
    ("sitereel script convert demo.yaml --to json", "For a program:"),
)
SCHEMA_HELP = help_text(
    "Prints the JSON Schema of scripts, for editors that complete and check as you write.",
    ("sitereel script schema > script.schema.json", "For your editor:"),
    ("sitereel script schema | jq '.properties | keys'", "What a script may have:"),
    ("curl localhost:8000/schemas/script.json", "The same from a server:"),
)

ScriptFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="The script: YAML, JSON or a recording.", show_default=False)
]
VarOption = Annotated[
    list[str] | None,
    typer.Option("--var", metavar="NAME=VALUE", help="The value of a variable of the script; repeatable."),
]

HELP = help_text(
    "Checks and converts scripts, and prints their schema.",
    ("sitereel script check demo.yaml", "Every problem with its place:"),
    ("sitereel script convert recording.json", "From Chrome's DevTools Recorder:"),
    ("sitereel script schema", "For your editor:"),
)
scripts = typer.Typer(help=HELP, no_args_is_help=True)


@scripts.command("check", help=CHECK_HELP)
def check_command(file: ScriptFile, var: VarOption = None) -> None:
    from explorer.script.variables import bind

    script = read_script_file(file)
    given = values_of(var)
    missing = {name: "x" for name, one in script.variables.items() if one.required and name not in given}
    bind(script, missing | given)
    needed = f", which needs {', '.join(sorted(missing))}" if missing else ""
    secrets = f", with the secrets {', '.join(script.secrets)}" if script.secrets else ""
    typer.echo(f"{file} is a script of {len(list(script.all_steps()))} steps{needed}{secrets}.")


@scripts.command("convert", help=CONVERT_HELP)
def convert_command(
    file: ScriptFile,
    to: Annotated[
        Literal["yaml", "json", "recorder"],
        typer.Option("--to", metavar="NAME", help="yaml, json or recorder."),
    ] = "yaml",
) -> None:
    from explorer.script.export import as_recording, as_yaml

    written = read_script_file(file).model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if to == "yaml":
        typer.echo(as_yaml(written), nl=False)
    else:
        print_json(as_recording(written) if to == "recorder" else written)


@scripts.command("schema", help=SCHEMA_HELP)
def schema_command() -> None:
    from demo_api.schemas.script import script_schema

    print_json(script_schema())


def read_script_file(file: Path) -> "Script":
    """Loads a script. Raises ScriptInvalid; ends the command when it cannot be read."""
    from explorer.script.loading import load_script

    return load_script(read_text_file(file))


def read_text_file(file: Path) -> str:
    """The file's text; ends the command when it cannot be read."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        fail(f"{file} is not a text in UTF-8.", exit_code=2)
    except OSError as exc:
        fail(f"{file} could not be read: {exc.strerror}.", exit_code=2)


def values_of(pairs: list[str] | None) -> dict[str, str]:
    """The values of `--var`; ends the command for one without a name or a value."""
    values = {}
    for pair in pairs or ():
        name, equals, value = pair.partition("=")
        if not equals or not name:
            fail(f"--var {pair!r} is not NAME=VALUE.", exit_code=2)
        values[name] = value
    return values


def secrets_of(pairs: list[str] | None, environment: Any) -> dict[str, str]:
    """The values of `--secret`, which come from a file or the environment and never from the command line."""
    values = {}
    for pair in pairs or ():
        name, _, place = pair.partition("=")
        if place.startswith("@") and name:
            values[name] = read_text_file(Path(place[1:])).rstrip("\r\n")
        elif place.startswith("env:") and name:
            if place[4:] not in environment:
                fail(f"--secret {name}: the environment has no {place[4:]}.", exit_code=2)
            values[name] = environment[place[4:]]
        else:
            fail(
                f"--secret {name}: say {name or 'NAME'}=@FILE or {name or 'NAME'}=env:VARIABLE. "
                "What stands on a command line can be read by others.",
                exit_code=2,
            )
    return values
