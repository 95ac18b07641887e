"""`sitereel inspect`: lists the clickable elements of a page, as a table, JSON, and a numbered screenshot."""

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from demo_api.addresses import with_scheme
from demo_api.cli.console import fail, print_json, read_settings, screen
from demo_api.cli.help import help_text
from demo_api.client.output_files import check_writable
from demo_api.logs import log_to_stderr
from video.style import CANVASES, Size

if TYPE_CHECKING:
    from demo_api.local.inspect import Finding, Inspection

HELP = help_text(
    "Lists what can be clicked on a page, and why other elements are not clicked.",
    ("sitereel inspect https://example.com", "As a table:"),
    ("sitereel inspect example.com --screenshot boxes.png", "With a numbered screenshot:"),
    ("sitereel inspect localhost:3000 --size vertical --json", "In a phone's viewport, for a script:"),
)

KIND_LABELS = {"offered": "[green]yes[/green]", "refused": "[red]no[/red]", "covered": "[dim]no[/dim]"}


def inspect_command(
    url: Annotated[
        str,
        typer.Argument(metavar="URL", help="The page. https:// is assumed, and http:// for this machine."),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    screenshot: Annotated[
        Path | None,
        typer.Option(
            "--screenshot",
            metavar="FILE",
            help="Save a screenshot with numbered boxes (PNG).",
            dir_okay=False,
        ),
    ] = None,
    size: Annotated[
        Size,
        typer.Option("--size", metavar="NAME", help="Viewport of a film: 720p, 1080p, vertical or square."),
    ] = "720p",
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show the log.")] = False,
) -> None:
    from actors.option_checks import check_url

    log_to_stderr(logging.INFO if verbose else logging.CRITICAL)
    url = with_scheme(url)
    try:
        check_url(url)
    except ValueError as exc:
        fail(f"The URL {exc}.", exit_code=2)
    if screenshot:
        check_writable(screenshot)
    inspection = asyncio.run(_inspect(url, size))
    if screenshot:
        from demo_api.local.annotations import annotate

        screenshot.write_bytes(annotate(inspection))
    if as_json:
        print_json(inspection.as_json())
    else:
        _print_table(inspection)


async def _inspect(url: str, size: Size) -> "Inspection":
    from actors.submission import check_address
    from demo_api.local.inspect import inspect
    from explorer.egress.policy import Endpoint

    settings = read_settings()
    await check_address(url, settings.allow_private_hosts | {str(Endpoint.of(url))})
    canvas = CANVASES[size]
    return await inspect(
        url, settings, round(canvas.width_px / canvas.scale), round(canvas.height_px / canvas.scale)
    )


def _print_table(inspection: "Inspection") -> None:
    table = Table(
        "#", "Click", "Role", "Name", "Why", "Selector", title=escape(inspection.title or inspection.url)
    )
    for finding in (*inspection.elements, *inspection.covered):
        table.add_row(*_cells(finding))
    Console().print(table)
    refused = sum(finding.refusal is not None for finding in inspection.elements)
    screen.print(
        f"{len(inspection.elements)} elements, {refused} of them refused, {len(inspection.covered)} covered, "
        f"{inspection.frames} frames.",
        soft_wrap=True,
    )


def _cells(finding: "Finding") -> tuple[str, ...]:
    element = finding.element
    kind = f"{element.role} ({element.fills})" if element.fills else element.role
    name = element.label or element.text or f"<{element.tag}>"
    cells = (kind, name, finding.why, finding.selector)
    return (str(finding.number), KIND_LABELS[finding.kind], *map(escape, cells))
