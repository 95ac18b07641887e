"""Endpoints of scripts: a job's script and step log, and the schema of all scripts."""

import asyncio
from typing import Any, Literal

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from actors.jobs.job import Job
from actors.jobs.store import Store
from demo_api.errors import RequestInvalid
from demo_api.middleware.body import read_body
from demo_api.middleware.request_guard import MAX_SCRIPT_BODY_BYTES
from demo_api.schemas.script import script_of_job, script_schema
from demo_api.schemas.script_check import CheckRequest, ScriptCheck
from explorer.script.export import as_recording, as_yaml

FORMATS = ("yaml", "json", "recorder")


class LogRow(BaseModel):
    """One step; times are in milliseconds since the camera started."""

    number: int
    verb: str
    what: str = Field(description="its target in a script, or the name of what was clicked")
    state: str
    did: str = Field(description="in plain words")
    started_ms: float
    ended_ms: float


class StepLog(BaseModel):
    """The step log of a job, with its totals."""

    job_id: str
    status: str
    passed: int
    skipped: int
    failed: int
    healed: int
    seconds_per_step: float
    steps: list[LogRow]

    @classmethod
    def of(cls, job: Job) -> "StepLog":
        rows = list(map(_of_script, job.script_steps)) or list(map(_of_exploration, job.steps))
        counts = {state: sum(row.state == state for row in rows) for state in ("skipped", "failed", "healed")}
        passed = sum(row.state in {"done", "healed"} for row in rows)
        total_s = sum(row.ended_ms - row.started_ms for row in rows) / 1000
        per_step_s = round(total_s / len(rows), 2) if rows else 0.0
        return cls(
            job_id=job.id, status=job.status, passed=passed, seconds_per_step=per_step_s, steps=rows, **counts
        )


async def script(request: Request) -> Response:
    """Returns the job's script, as YAML unless another format is asked for."""
    chosen = _format(request)
    store: Store = request.app.state.store
    job = await store.find(request.path_params["job_id"])
    found = script_of_job(job)
    if chosen == "yaml":
        return Response(as_yaml(found), media_type="application/yaml")
    return JSONResponse(as_recording(found) if chosen == "recorder" else found)


async def check(request: Request) -> Response:
    """Checks a script, in a thread of its own: a large one takes a while."""
    body = await read_body(request, request.app.state.body_limit_s, MAX_SCRIPT_BODY_BYTES)
    checked = await asyncio.to_thread(ScriptCheck.of, CheckRequest.parse(body))
    return JSONResponse(checked.model_dump(mode="json"))


async def step_log(request: Request) -> Response:
    """Returns what was done, step by step."""
    store: Store = request.app.state.store
    job = await store.find(request.path_params["job_id"])
    return JSONResponse(StepLog.of(job).model_dump(mode="json"))


async def schema(request: Request) -> Response:
    """Returns the JSON Schema of scripts."""
    return JSONResponse(script_schema(), media_type="application/schema+json")


def _format(request: Request) -> Literal["yaml", "json", "recorder"]:
    chosen = request.query_params.get("format", "yaml")
    if chosen not in FORMATS:
        raise RequestInvalid([{"field": "format", "message": f"must be one of {', '.join(FORMATS)}"}])
    return chosen  # type: ignore[return-value]


def _of_script(row: dict[str, Any]) -> LogRow:
    return LogRow.model_validate({**row, "what": row["target"]})


def _of_exploration(row: dict[str, Any]) -> LogRow:
    state = "done" if row["outcome"] != "nothing" else "done, without an effect"
    return LogRow(
        number=row["number"],
        verb=row["plan"]["action"],
        what=row["label"],
        state="done",
        did=f"{state}: {row['plan']['reason']}",
        started_ms=row["start_ms"],
        ended_ms=row["end_ms"],
    )
