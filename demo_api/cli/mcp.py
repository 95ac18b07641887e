"""`sitereel mcp`: serves MCP tools on stdin and stdout."""

import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from demo_api.addresses import Server
from demo_api.cli.console import fail, read_settings, screen
from demo_api.cli.help import help_text
from demo_api.cli.options import SERVER, TokenOption, server_of
from demo_api.logs import log_to_stderr

HELP = help_text(
    "Serves agents: an MCP server on stdin and stdout that films sites.",
    ("sitereel mcp", "The command in an agent's configuration; films are written into its folder:"),
    ("sitereel mcp --output-dir ~/films", "With another output folder:"),
    ("sitereel mcp --allow-private-host localhost:3000", "With permission to film your development server:"),
    ("sitereel mcp --server https://films.example.com", "Records on a server, with API_TOKEN:"),
    notes="An agent's URLs may come from a page that it has read: private hosts are filmed only if "
    "listed, here or in ALLOW_PRIVATE_HOSTS. Nothing is overwritten.",
)

OutputDirOption = Annotated[
    Path,
    typer.Option(
        "--output-dir",
        metavar="FOLDER",
        help="Films are written below it, and nowhere else.",
        exists=True,
        file_okay=False,
    ),
]
AllowPrivateHostOption = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-private-host",
        metavar="HOST:PORT",
        help="A private host that may be filmed, besides those in ALLOW_PRIVATE_HOSTS; repeatable.",
    ),
]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Show the log, on stderr.")]
RemoteOption = Annotated[
    str | None,
    typer.Option(
        "--server",
        envvar="SITEREEL_SERVER",
        metavar="URL",
        help="Record on this server.",
        rich_help_panel=SERVER,
    ),
]


def mcp_command(
    output_dir: OutputDirOption = Path("."),
    allow_private_host: AllowPrivateHostOption = None,
    verbose: VerboseOption = False,
    server: RemoteOption = None,
    token: TokenOption = None,
) -> None:
    log_to_stderr(logging.INFO if verbose else logging.WARNING)
    if server and allow_private_host:
        fail("--allow-private-host is for recording here: the server has its own list.", exit_code=2)
    if sys.stdin.isatty():
        screen.print("Waiting for an agent's MCP messages on stdin. Ctrl-D ends it.")
    if server:
        _serve_remote(server_of(server, token), output_dir)
    else:
        _serve_local(allow_private_host or (), output_dir)


def _serve_remote(server: Server, output_dir: Path) -> None:
    from demo_api.mcp.tools import serve

    serve(lambda: server, output_dir)


def _serve_local(private_hosts: Sequence[str], output_dir: Path) -> None:
    allowed = read_settings().allow_private_hosts
    settings = read_settings(allow_private_hosts=",".join((*sorted(allowed), *private_hosts)))

    from actors.signals import on_signal
    from demo_api.local.pipeline import LocalPipeline
    from demo_api.mcp.tools import serve

    pipeline = LocalPipeline(settings)

    def stop(signum: int) -> NoReturn:
        """Closes the pipeline, then exits without waiting for the thread that blocks on stdin."""
        pipeline.close()
        os._exit(128 + signum)

    try:
        with on_signal(stop):
            serve(pipeline.server, output_dir)
    finally:
        for signum in (signal.SIGINT, signal.SIGTERM):
            signal.signal(signum, signal.SIG_IGN)  # it is ending already
        pipeline.close()
