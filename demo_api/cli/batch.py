"""`sitereel batch`: films a script for each row of a table, or each site of a list, into a folder."""

import asyncio
import json
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, aclosing, closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from demo_api.addresses import Server
from demo_api.cli.batch_display import BatchDisplay, print_report, print_rows
from demo_api.cli.batch_inputs import Inputs, checked_plan
from demo_api.cli.batch_options import BATCH_OPTIONS
from demo_api.cli.console import fail, print_json, print_warning, read_settings
from demo_api.cli.help import help_text
from demo_api.cli.options import OPTIONS, default_slots, server_of
from demo_api.client.status_events import Json
from demo_api.logs import log_to_stderr
from demo_api.schemas.options import with_parameters

if TYPE_CHECKING:
    from actors.settings import Settings
    from demo_api.batches.folder import BatchFolder
    from demo_api.batches.plan import Plan

HELP = help_text(
    "Films a script once for each row of a table, or each site of a list, into a folder.",
    ("sitereel batch demo.yaml --rows customers.csv -o films/", "A film for each customer:"),
    ("sitereel batch demo.yaml --rows customers.csv --check", "What is wrong, and the first rows:"),
    ("sitereel batch --sites sites.txt --max-clicks 5", "Explores each site of a list:"),
    (
        'sitereel batch demo.yaml --rows c.csv --column "Full name=name"',
        "A column that is called otherwise in the script:",
    ),
    ("sitereel batch demo.yaml --rows c.csv --server http://films.test", "On a server:"),
    notes="The same command again films only what has no film yet. Exits with 0 when all films are there, 1 "
    "when not, 2 on a usage error or when rows are wrong, and 130 after Ctrl-C.",
)

ScriptArgument = Annotated[
    Path | None,
    typer.Argument(
        metavar="[SCRIPT]",
        help="The script: YAML, JSON or a recording. Without one, each address is explored.",
        dir_okay=False,
        show_default=False,
    ),
]
#: Between two looks at a server in this process.
LOCAL_POLL_S = 0.25


@with_parameters(BATCH_OPTIONS | OPTIONS, after="script")
def batch_command(script: ScriptArgument = None, **options: Any) -> None:
    log_to_stderr(logging.INFO if options["verbose"] else logging.CRITICAL)
    server = server_of(options["server"], options["token"]) if options["server"] else None
    if options["priority"] and not server:
        fail("--priority is for a server with other jobs: give --server too.", exit_code=2)
    inputs, settings = Inputs.read(script, options, os.environ), read_settings()
    asked = inputs.request(_how(options, server))
    plan = checked_plan(asked, settings, inputs, as_json=options["as_json"])
    for notice in plan.notices:
        print_warning(notice)
    if options["check"]:
        _show_check(plan, as_json=options["as_json"])
        return
    run = _Run(plan, options["out"], fresh=options["fresh"])
    if server:
        report = run.on_server(server)
    else:
        report = run.here(settings, inputs.typed_hosts(plan.start), _slots(options))
    if options["as_json"]:
        print_json(report)
    if report["counts"]["completed"] < report["counts"]["total"]:
        raise typer.Exit(1)


def _how(options: Mapping[str, Any], server: Server | None) -> Json:
    """Fields of the request that say how the batch is filmed."""
    how = {
        "name": options["name"],
        "max_concurrency": options["max_concurrency"] if server else _slots(options),
        "tolerated_failures": options["tolerated_failures"],
        "stop_on_error": options["stop_on_error"] or None,
    }
    return {name: value for name, value in how.items() if value is not None}


def _slots(options: Mapping[str, Any]) -> int:
    return options["max_concurrency"] or default_slots()


def _show_check(plan: "Plan", *, as_json: bool) -> None:
    if as_json:
        rows = [
            {"row": one.row, "line": one.line, "file": one.file, "host": one.host, "values": dict(one.values)}
            for one in plan.films
        ]
        print_json({"problems": [], "notices": list(plan.notices), "total": len(rows), "rows": rows})
    else:
        print_rows(plan, Console(highlight=False))


@dataclass(frozen=True, slots=True)
class _Run:
    """Films into a folder, and reports; ends the command when it cannot."""

    plan: "Plan"
    out: Path
    fresh: bool

    def here(self, settings: "Settings", typed_hosts: frozenset[str], slots: int) -> Json:
        """Films on an embedded pipeline, where hosts that were typed may be private."""
        from demo_api.local.pipeline import LocalPipeline

        allowed = settings.allow_private_hosts | typed_hosts
        settings = settings.model_copy(update={"allow_private_hosts": allowed})

        @contextmanager
        def embedded() -> Iterator[Server]:
            with closing(LocalPipeline(settings, slots)) as pipeline:
                yield pipeline.server()

        return self._report(embedded(), None, LOCAL_POLL_S, "Films that were being made were given up.")

    def on_server(self, server: Server) -> Json:
        """Films on a server, where the batch goes on without this process."""
        from demo_api.batches.following import POLL_S

        return self._report(nullcontext(server), server.url, POLL_S, "The batch goes on at the server.")

    def _report(
        self, opened: AbstractContextManager[Server], url: str | None, poll_s: float, interrupted: str
    ) -> Json:
        from demo_api.batches.folder import BatchFolder, OtherBatch
        from demo_api.batches.report import report_of

        try:
            with BatchFolder.opened(self.out, self.plan, fresh=self.fresh) as folder:
                try:
                    if folder.missing():
                        with opened as server:
                            asyncio.run(self._film(folder, server, url, poll_s))
                except KeyboardInterrupt:
                    fail(_stopped(folder, interrupted), exit_code=130)
                finally:
                    report = report_of(self.plan, folder)
                    path = folder.save_report(json.dumps(report, indent=2))
                print_report(report, str(path))
                return report
        except OtherBatch as exc:
            fail(str(exc), exit_code=2, error_code=exc.code)

    async def _film(self, folder: "BatchFolder", server: Server, url: str | None, poll_s: float) -> None:
        from demo_api.batches.filming import Filming
        from demo_api.client.batch_client import BatchClient

        async with BatchClient.opened(server) as client:
            filming = Filming(client, self.plan, folder, url, poll_s)
            with BatchDisplay(self.plan, folder) as display:
                async with aclosing(filming.events()) as events:
                    async for event in events:
                        display.show(event)
        if filming.stalled:
            print_warning(
                f"Too many films failed in a row on {', '.join(filming.stalled)}: the rest was not begun. "
                "The same command goes on."
            )


def _stopped(folder: "BatchFolder", interrupted: str) -> str:
    total = len(folder.films)
    there = total - len(folder.missing())
    return (
        f"Stopped. {there} of {total} films are in {folder.path}. {interrupted} "
        "The same command makes or fetches the rest."
    )
