"""MCP tool `film_batch`: films a script once for each row, into a folder below the output folder."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Annotated, Any

import anyio
from mcp.server.mcpserver import Context
from mcp.types import CallToolResult, TextContent
from pydantic import BaseModel, Field

from actors.batches.errors import RowsInvalid
from actors.settings import Settings
from demo_api.addresses import Server
from demo_api.batches.filming import Filming
from demo_api.batches.folder import BatchFolder
from demo_api.batches.following import Standing
from demo_api.batches.plan import Plan
from demo_api.batches.report import report_of
from demo_api.client.batch_client import BatchClient
from demo_api.client.status_events import STAGE_LABELS, Json
from demo_api.errors import ApiError, RequestInvalid
from demo_api.mcp.output_dir import OutputFolder
from demo_api.mcp.results import MAX_LINES, tool_error

CANCEL_S = 3.0

Script = Annotated[
    str, Field(description="As for film_script; its variables, as {{company}}, come from the rows.")
]
Folder = Annotated[
    str, Field(description="Where the films go: a folder below the output folder, which is created.")
]
Rows = Annotated[
    list[dict[str, str]] | None,
    Field(description="One object a film: values of the script's variables, by name."),
]
Csv = Annotated[
    str | None, Field(description="Instead of rows: a CSV text whose first line names the variables.")
]
Variables = Annotated[dict[str, str] | None, Field(description="Values for all rows.")]
Name = Annotated[str, Field(description="Name of each film, with variables, such as {{row}}-{{company}}.")]


class RowError(BaseModel):
    """A row without a film, and why."""

    row: int
    file: str
    state: str
    error: str | None
    error_code: str | None


class BatchFilms(BaseModel):
    """The films of a batch on this machine, and the rows that have none."""

    folder: str
    counts: dict[str, int]
    files: list[str]
    errors: list[RowError]
    notices: list[str]

    @classmethod
    def of(cls, report: Json) -> "BatchFilms":
        there = [item["state"] == "completed" for item in report["items"]]
        rows = list(zip(report["items"], there, strict=True))
        return cls.model_validate(
            {
                **report,
                "files": [f"{report['folder']}/{item['file']}" for item, is_there in rows if is_there],
                "errors": [item for item, is_there in rows if not is_there],
            }
        )


class BatchTool:
    """The tool; `server` may take a second and raise PipelineError."""

    def __init__(self, server: Callable[[], Server], output: OutputFolder) -> None:
        self._server = server
        self._output = output

    async def film_batch(
        self,
        ctx: Context[Any, Any],
        script: Script,
        folder: Folder,
        rows: Rows = None,
        csv: Csv = None,
        variables: Variables = None,
        name: Name = "{{row}}",
    ) -> Annotated[CallToolResult, BatchFilms]:
        """Films a script once for each row, within all guardrails: no secrets, and nothing is written.

        It returns when all films are saved, a minute or so for each. Called again with the same arguments it
        films only what has no film yet.
        """
        given = {"rows": rows, "csv": csv}
        asked = {
            "template": {"script": script, "guardrails": "all"},
            **{field: value for field, value in given.items() if value is not None},
            "variables": variables or {},
            "name": name,
        }
        path = self._output.resolve_folder(folder)
        try:
            plan = await asyncio.to_thread(Plan.of, asked, Settings.read())
        except RequestInvalid as exc:
            return tool_error(f"{exc}.", exc.code)
        except RowsInvalid as exc:
            return tool_error(_problems(exc), exc.code)
        with BatchFolder.opened(path, plan) as opened:
            if opened.missing():
                await _film(ctx, await asyncio.to_thread(self._server), plan, opened)
            return _result(BatchFilms.of(report_of(plan, opened)))


async def _film(ctx: Context[Any, Any], server: Server, plan: Plan, folder: BatchFolder) -> None:
    """Films what is missing, and reports progress."""
    async with BatchClient.opened(server) as client:
        filming = Filming(client, plan, folder)
        async with _cancelled_with_the_call(filming), aclosing(filming.events()) as events:
            async for event in events:
                if isinstance(event, Standing):
                    await ctx.report_progress(
                        event.there + event.failed, event.total, _message(event, folder)
                    )
        if filming.stalled:
            await filming.cancel()


@asynccontextmanager
async def _cancelled_with_the_call(filming: Filming) -> AsyncIterator[None]:
    """Cancels the batch when the agent cancels the call, or when it cannot be followed any more."""
    try:
        yield
    except BaseException:
        with anyio.move_on_after(CANCEL_S, shield=True), suppress(ApiError):
            await filming.cancel()
        raise


def _message(standing: Standing, folder: BatchFolder) -> str:
    if not standing.running:
        return "Waiting"
    first = standing.running[0]
    return f"{STAGE_LABELS.get(first.stage, first.stage)}: {folder.record(first.row).file}"


def _problems(exc: RowsInvalid) -> str:
    told = [f"{exc.unit} {one.line}, {one.column or 'all'}: {one.message}" for one in exc.problems]
    return "; ".join(told) + (f"; and {exc.more} more" if exc.more else "") + ". Nothing was filmed."


def _result(films: BatchFilms) -> CallToolResult:
    counts = films.counts
    lines = [f"{counts['completed']} of {counts['total']} films are in {films.folder}."]
    lines += [f"{one.file} {one.state}: {one.error or 'no film'}" for one in films.errors[:MAX_LINES]]
    lines += films.notices
    return CallToolResult(
        content=[TextContent(type="text", text="\n".join(lines))],
        structured_content=films.model_dump(mode="json"),
    )
