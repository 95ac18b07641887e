"""`sitereel mcp`: its options, and how it begins and ends."""

import logging
import os
import signal
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from demo_api.addresses import Server
from demo_api.cli.console import fail, read_settings, screen
from demo_api.cli.help import teach
from demo_api.cli.options import SERVER, TokenOption, server_of
from demo_api.logs import log_to_stderr

HELP = teach(
    "Serves agents: an MCP server on stdin and stdout that films sites.",
    ("sitereel mcp", "What an agent's configuration starts; films are written into its folder:"),
    ("sitereel mcp --output-dir ~/films", "Or below another:"),
    ("sitereel mcp --allow-private-host localhost:3000", "So that it may film what you work on:"),
    ("sitereel mcp --server https://films.example.com", "Films are made there, with API_TOKEN:"),
    more="An agent's addresses may come from a page that it has read: private ones are filmed only if "
    "listed, here or in ALLOW_PRIVATE_HOSTS. Nothing is overwritten.",
)


def mcp_command(
    output_dir: Annotated[
        Path,
        typer.Option(
            "--output-dir",
            metavar="FOLDER",
            help="Films are written below it, and nowhere else.",
            exists=True,
            file_okay=False,
        ),
    ] = Path("."),
    allow_private_host: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-private-host",
            metavar="HOST:PORT",
            help="May be filmed though it is private, besides those in ALLOW_PRIVATE_HOSTS; repeatable.",
        ),
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show the log, on stderr.")] = False,
    server: Annotated[
        str | None,
        typer.Option(
            "--server",
            envvar="SITEREEL_SERVER",
            metavar="URL",
            help="Have films made there, not here.",
            rich_help_panel=SERVER,
        ),
    ] = None,
    token: TokenOption = None,
) -> None:
    log_to_stderr(logging.INFO if verbose else logging.WARNING)
    if server and allow_private_host:
        fail("--allow-private-host is for films made here: the server has a list of its own.", code=2)
    if sys.stdin.isatty():
        screen.print("An agent starts this and speaks MCP with it. Ctrl-D ends it.")
    if server:
        _serve_from(server_of(server, token), output_dir)
    else:
        _serve_here(tuple(allow_private_host or ()), output_dir)


def _serve_from(server: Server, output_dir: Path) -> None:
    from demo_api.mcp.tools import serve

    serve(lambda: server, output_dir)


def _serve_here(private: tuple[str, ...], output_dir: Path) -> None:
    listed = read_settings().allow_private_hosts
    settings = read_settings(allow_private_hosts=",".join((*sorted(listed), *private)))

    from demo_api.local.pipeline import LocalPipeline
    from demo_api.mcp.tools import serve

    line = LocalPipeline(settings)

    def end(number: int, _: object) -> NoReturn:
        """In order, but without waiting for the thread that reads stdin, which nothing can interrupt."""
        line.close()
        os._exit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    try:
        serve(line.server, output_dir)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # it ends already
        line.close()
