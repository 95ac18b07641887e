"""Endpoints of what has come of a batch: its report, and its films in one archive."""

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from actors.batches.report import Report, read_report
from actors.batches.store import BatchStore
from demo_api.batch_report.formats import csv_text, json_text
from demo_api.batch_report.page import POLICY, page
from demo_api.errors import RequestInvalid
from demo_api.export.batch_archive import BatchContents, archive_headers, check_not_empty
from demo_api.export.delivery import OneTimeResponse, without_length
from demo_api.export.pending import PendingDownloads
from demo_api.export.response import refuse_link_previews

Respond = Callable[[Report], Response]


def _json(report: Report) -> Response:
    return Response(json_text(report), media_type="application/json")


def _csv(report: Report) -> Response:
    name = f"sitereel-batch-{report.batch.id[:8]}.csv"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(csv_text(report), headers=headers, media_type="text/csv")


def _html(report: Report) -> Response:
    return HTMLResponse(page(report), headers={"content-security-policy": POLICY})


FORMATS: dict[str, Respond] = {"json": _json, "csv": _csv, "html": _html}


async def batch_report(request: Request) -> Response:
    """Returns the report of a batch, as JSON unless another format is asked for."""
    respond = FORMATS.get(request.query_params.get("format", "json"))
    if respond is None:
        raise RequestInvalid([{"field": "format", "message": f"must be one of {', '.join(FORMATS)}"}])
    batches, batch_id = _batches(request), request.path_params["batch_id"]
    report = await read_report(batches, await batches.find(batch_id))
    return await asyncio.to_thread(respond, report)


async def batch_export(request: Request) -> Response:
    """Streams all films of a batch that are ready, once. HEAD returns the headers only."""
    refuse_link_previews(request.headers, "These films can be downloaded once.")
    batches = _batches(request)
    batch = await batches.find(request.path_params["batch_id"])
    headers = archive_headers(batch)
    if request.method == "HEAD":
        await check_not_empty(batches, batch)
        return without_length(Response(headers=headers))
    pending: PendingDownloads = request.app.state.pending_downloads
    contents = await BatchContents.begin(batches, batch, pending)
    return OneTimeResponse(contents, pending, batches.store.settings, headers)


def _batches(request: Request) -> BatchStore:
    state: Any = request.app.state
    return BatchStore(state.store)
