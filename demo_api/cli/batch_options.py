"""Options of `sitereel batch`, besides those of films and explorations."""

from pathlib import Path
from typing import Annotated, Any

import typer

from demo_api.cli.options import SERVER, JsonOption, TokenOption
from demo_api.cli.record import PriorityOption, SecretOption, StorageStateOption, VerboseOption
from demo_api.cli.script import VarOption

ROWS = "Rows"
RowsOption = Annotated[
    Path | None,
    typer.Option(
        "--rows",
        metavar="FILE",
        help="A CSV file, one film a row: its first line names variables of the script, or `url`.",
        rich_help_panel=ROWS,
        dir_okay=False,
    ),
]
SitesOption = Annotated[
    Path | None,
    typer.Option(
        "--sites",
        metavar="FILE",
        help="A list of addresses, one a line; lines that begin with # are comments.",
        rich_help_panel=ROWS,
        dir_okay=False,
    ),
]
ColumnOption = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        metavar="HEADER=NAME",
        help="Name a column otherwise; HEADER= leaves it out; repeatable.",
        rich_help_panel=ROWS,
    ),
]
NameOption = Annotated[
    str | None,
    typer.Option(
        "--name",
        metavar="PATTERN",
        help="Name of each film, such as {{row}}-{{company}}.",
        show_default="{{row}}",
        rich_help_panel=ROWS,
    ),
]
OutOption = Annotated[
    Path,
    typer.Option("--out", "-o", metavar="FOLDER", help="Where the films go.", file_okay=False),
]
MaxConcurrencyOption = Annotated[
    int | None,
    typer.Option(
        "--max-concurrency",
        metavar="N",
        min=1,
        max=50,
        help="Films that are made at a time, one of each host.",
        show_default="half the cores, or 2 on a server",
    ),
]
ToleratedOption = Annotated[
    int | None,
    typer.Option(
        "--tolerated-failures",
        metavar="N",
        min=0,
        help="When more films fail, the rest is skipped.",
        show_default="any number",
    ),
]
StopOption = Annotated[bool, typer.Option("--stop-on-error", help="The same as --tolerated-failures 0.")]
CheckOption = Annotated[bool, typer.Option("--check", help="Only check, and show the first rows.")]
FreshOption = Annotated[
    bool, typer.Option("--fresh", help="Film all rows anew, under free names; films that are there stay.")
]
RemoteOption = Annotated[
    str | None,
    typer.Option("--server", metavar="URL", help="Film on this server.", rich_help_panel=SERVER),
]

#: Parameters of the command, by name.
BATCH_OPTIONS: dict[str, tuple[Any, Any]] = {
    "rows": (RowsOption, None),
    "sites": (SitesOption, None),
    "column": (ColumnOption, None),
    "name": (NameOption, None),
    "out": (OutOption, Path("films")),
    "var": (VarOption, None),
    "secret": (SecretOption, None),
    "storage_state": (StorageStateOption, None),
    "max_concurrency": (MaxConcurrencyOption, None),
    "tolerated_failures": (ToleratedOption, None),
    "stop_on_error": (StopOption, False),
    "check": (CheckOption, False),
    "fresh": (FreshOption, False),
    "as_json": (JsonOption, False),
    "verbose": (VerboseOption, False),
    "server": (RemoteOption, None),
    "token": (TokenOption, None),
    "priority": (PriorityOption, None),
}
