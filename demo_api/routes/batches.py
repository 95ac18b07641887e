"""Endpoints of batches: check, run, status, items, pause, resume, cancel and retry."""

import asyncio
import re
from collections.abc import Sequence
from typing import Any

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from actors.batches.acceptance import accept
from actors.batches.batch import Batch, Item
from actors.batches.errors import RowsInvalid
from actors.batches.feeder import feed
from actors.batches.states import ItemStatus
from actors.batches.store import BatchStore, Steer
from actors.errors import SecretsGone
from actors.jobs.links import links_of
from actors.jobs.secrets import seal
from actors.jobs.store import Store
from actors.settings import Settings
from demo_api.errors import RequestInvalid
from demo_api.middleware.body import read_body
from demo_api.middleware.request_guard import MAX_BATCH_BODY_BYTES
from demo_api.routes.jobs import idempotency_key
from demo_api.schemas.batch_status import (
    BatchAccepted,
    BatchCheck,
    BatchRetryRequest,
    BatchStatusOut,
    ItemOut,
    ItemsOut,
    RowOut,
    RowProblemOut,
)
from demo_api.schemas.batches import BatchCheckRequest, BatchRequest, CheckedBatch, check, invalid
from demo_api.schemas.links import Links
from demo_api.schemas.multipart import is_multipart, object_of
from explorer.script.errors import ScriptInvalid

#: A table of 12 MB comes over slow lines too: so many times the time that other bodies have.
BODY_TIMES = 6
#: Rows that an answer to a check holds.
PREVIEW_ROWS = 20
DEFAULT_PAGE, MAX_PAGE = 100, 500
_NUMBER = re.compile(r"[0-9]{1,6}")


async def check_batch(request: Request) -> Response:
    """Reads rows and template, and tells what is wrong; nothing is accepted."""
    body = BatchCheckRequest.parse(await _body(request))
    return JSONResponse((await asyncio.to_thread(_checked, body, _settings(request))).model_dump(mode="json"))


async def run_batch(request: Request) -> Response:
    """Accepts a batch, whose items are then filmed one after the other."""
    body = BatchRequest.parse(await _body(request))
    settings, store = _settings(request), _store(request)
    try:
        spec = body.spec(settings)
        checked: CheckedBatch = await asyncio.to_thread(check, body, spec.template, settings)
    except ScriptInvalid as exc:
        raise invalid(exc) from exc
    once = idempotency_key(request, body.fingerprint)
    batch = await accept(store, spec, checked.rows, checked.date, checked.told, body.secret_inputs, once)
    accepted = BatchAccepted.of(batch, with_key=settings.api_token is not None)
    return JSONResponse(
        accepted.model_dump(mode="json"),
        status_code=202,
        headers={"location": f"/demo/batch/status/{batch.id}"},
        background=_feeding(request),
    )


async def batch_status(request: Request) -> Response:
    """Returns where a batch stands."""
    return await _status_response(request, await _find(request))


async def batch_items(request: Request) -> Response:
    """Returns one page of a batch's items."""
    batch, store = await _find(request), _store(request)
    status, after, limit = _page(request)
    items = await BatchStore(store).items(batch, after, limit, status)
    links = await _links(store, items, with_key=_settings(request).api_token is not None)
    page = ItemsOut.of(
        [ItemOut.of(item, link) for item, link in zip(items, links, strict=True)], limit, batch.total
    )
    return JSONResponse(page.model_dump(mode="json"))


async def steer_batch(how: Steer, request: Request) -> Response:
    """Pauses, resumes or cancels a batch."""
    batches = BatchStore(_store(request))
    await _find(request)
    batch = await batches.steer(request.path_params["batch_id"], how)
    return await _status_response(request, batch, _feeding(request) if how == "resume" else None)


async def retry_batch(request: Request) -> Response:
    """Lets failed items wait again, or be delivered again: all, or those that are named."""
    data = await read_body(request, request.app.state.body_limit_s)
    body, batch = BatchRetryRequest.parse(data or b"{}"), await _find(request)
    batches = BatchStore(_store(request))
    sealed = b""
    if missing := sorted(set(batch.template.secrets) - set(body.inputs.script)) if body.inputs else []:
        raise SecretsGone(f"The secrets of this batch are needed whole: give {', '.join(missing)} again.")
    if body.inputs:
        sealed = seal(_settings(request), body.inputs)
    elif batch.has_ended and batch.template.has_secrets and await _films_again(batches, batch, body.items):
        raise SecretsGone("The secrets of this batch were deleted when it ended: give them again.")
    await batches.retry(batch.id, body.items, sealed)
    return await _status_response(request, await batches.find(batch.id), _feeding(request), 202)


async def _films_again(batches: BatchStore, batch: Batch, numbers: Sequence[int] | None) -> bool:
    """Whether a retry of these items may film any, instead of delivering films that are there."""
    if numbers is None:
        return True
    completed = await batches.items(batch, limit=batch.total, status=ItemStatus.COMPLETED)
    return not {item.number for item in completed}.issuperset(numbers)


def _checked(body: BatchCheckRequest, settings: Settings) -> BatchCheck:
    try:
        template = body.job_template()
    except ScriptInvalid as exc:
        raise invalid(exc) from exc
    names = sorted(template.names)
    try:
        found = check(body, template, settings)
    except RowsInvalid as exc:
        problems = [RowProblemOut(line=p.line, column=p.column, message=p.message) for p in exc.problems]
        return BatchCheck(problems=problems, more_problems=exc.more, headers=body.headers(), variables=names)
    total = len(found.rows)
    rows = [
        RowOut(
            row=number,
            name=template.film_name(template.values(row.values, number, total, found.date)),
            host=row.host,
            values=dict(row.values),
        )
        for number, row in enumerate(found.rows[:PREVIEW_ROWS], start=1)
    ]
    return BatchCheck(
        problems=[],
        more_problems=0,
        notices=list(found.told),
        total=total,
        encoding=found.table.encoding,
        delimiter=found.table.delimiter,
        headers=body.headers(),
        columns=list(found.table.names),
        variables=names,
        rows=rows,
    )


async def _body(request: Request) -> bytes | dict[str, Any]:
    body = await read_body(request, BODY_TIMES * request.app.state.body_limit_s, MAX_BATCH_BODY_BYTES)
    return await object_of(request.headers, body) if is_multipart(request.headers) else body


def _page(request: Request) -> tuple[ItemStatus | None, int, int]:
    """The state, the cursor and the length that a page of items was asked for with. Raises RequestInvalid."""
    query, problems = request.query_params, []
    status, after, limit = query.get("status"), query.get("after", "0"), query.get("limit", str(DEFAULT_PAGE))
    if status is not None and status not in set(ItemStatus):
        problems.append({"field": "status", "message": f"must be one of {', '.join(ItemStatus)}"})
    if not _NUMBER.fullmatch(after):
        problems.append({"field": "after", "message": "must be the number of an item"})
    if not _NUMBER.fullmatch(limit) or not 1 <= int(limit) <= MAX_PAGE:
        problems.append({"field": "limit", "message": f"must be a number from 1 to {MAX_PAGE}"})
    if problems:
        raise RequestInvalid(problems)
    return ItemStatus(status) if status else None, int(after), int(limit)


async def _links(store: Store, items: Sequence[Item], *, with_key: bool) -> list[Links | None]:
    """The links of the items' jobs, as far as these are there."""
    ids = [item.job_id or "" for item in items]
    secrets = await store.secrets_of(ids)
    return [
        Links(**links_of(job_id, secret if with_key else None)) if secret is not None else None
        for job_id, secret in zip(ids, secrets, strict=True)
    ]


def _feeding(request: Request) -> BackgroundTask:
    """Begins at once what else a watchdog would begin within a second."""
    return BackgroundTask(feed, _store(request), request.app.state.send_ticket)


async def _status_response(
    request: Request, batch: Batch, background: BackgroundTask | None = None, status_code: int = 200
) -> Response:
    with_key = _settings(request).api_token is not None
    body = await BatchStatusOut.read(BatchStore(_store(request)), batch, with_key=with_key)
    return JSONResponse(body.model_dump(mode="json"), status_code, background=background)


async def _find(request: Request) -> Batch:
    return await BatchStore(_store(request)).find(request.path_params["batch_id"])


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings
