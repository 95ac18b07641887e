"""Streams the events of a job as server-sent events."""

import json
from base64 import b64encode
from collections.abc import AsyncGenerator

from pydantic import BaseModel, Field
from sse_starlette import EventSourceResponse
from starlette.requests import Request
from starlette.responses import Response

from actors.jobs.events import FIRST, Frame, JobEvent, history, position
from actors.jobs.states import Stage, Status
from actors.jobs.store import Store
from demo_api.client.status_events import EVENT_STREAM
from demo_api.errors import RequestInvalid
from demo_api.routes.event_broadcast import Broadcast, Encoders
from demo_api.schemas.status import RefusalOut, RetryOut, ScriptStepOut, StepOut

LAST_EVENT_ID = "Last-Event-ID"
#: Proxies and browsers close connections that are idle for about a minute.
PING_S = 15
#: How long a browser waits before it reconnects.
RETRY_HINT = b"retry: 1000\n\n"


class StageEvent(BaseModel):
    """The job's status or stage has changed. `queued` starts from the beginning: discard the steps."""

    status: Status
    stage: Stage
    attempt: int
    progress: int
    error: str | None = None
    error_code: str | None = None


class ProgressEvent(BaseModel):
    """Progress of the job in percent, and of a running exploration; `runtime` is in seconds."""

    progress: int
    state: str | None = None
    clicks: int | None = None
    max_clicks: int | None = None
    depth: int | None = None
    runtime: float | None = Field(None, validation_alias="runtime_s")


class FrameEvent(BaseModel):
    """A picture of the browser: a small JPEG in base64, `at_ms` since the camera started."""

    at_ms: float
    width: int
    height: int
    jpeg: str


class DoneEvent(BaseModel):
    """The job has ended. The stream ends."""

    status: Status
    error: str | None = None
    error_code: str | None = None


class GoneEvent(BaseModel):
    """The job was deleted: its film was exported, or it has expired. The stream ends."""


#: The model of each event, by its name. All but `frame` and `gone` have an id and can be replayed.
EVENTS: dict[str, type[BaseModel]] = {
    "stage": StageEvent,
    "progress": ProgressEvent,
    "step": StepOut,
    "script_step": ScriptStepOut,
    "refused": RefusalOut,
    "retry": RetryOut,
    "frame": FrameEvent,
    "done": DoneEvent,
    "gone": GoneEvent,
}


async def events(request: Request) -> Response:
    """Streams past and new events of a job until it ends; with Last-Event-ID, only later ones.

    Responds with 204 when there are no further events: browsers then stop. `?frames=0` omits the frames.
    """
    store: Store = request.app.state.store
    job = await store.find(request.path_params["job_id"])
    after = _last_event_id(request)
    if job.ended_ms is not None and not await history(store.redis, job.id, after):
        return Response(status_code=204)
    if request.method == "HEAD":
        return Response(media_type=EVENT_STREAM)
    broadcast: Broadcast = request.app.state.broadcast
    frames = request.query_params.get("frames", "1")
    if frames not in ("0", "1"):
        raise RequestInvalid([{"field": "frames", "message": "must be 0 or 1"}])
    return EventSourceResponse(
        _with_retry_hint(broadcast.subscribe(job.id, after, frames=frames == "1")), ping=PING_S, sep="\n"
    )


async def _with_retry_hint(chunks: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    yield RETRY_HINT
    async for chunk in chunks:
        yield chunk


def _last_event_id(request: Request) -> str:
    """Parses Last-Event-ID. Raises RequestInvalid."""
    given = request.headers.get(LAST_EVENT_ID) or FIRST
    try:
        return "{}-{}".format(*position(given))
    except ValueError as exc:
        raise RequestInvalid([{"field": LAST_EVENT_ID, "message": str(exc)}]) from exc


def _encode_event(event: JobEvent) -> bytes:
    data = EVENTS[event.kind].model_validate_json(event.data).model_dump_json(exclude_unset=True)
    return f"id: {event.id}\nevent: {event.kind}\ndata: {data}\n\n".encode()


def _encode_frame(frame: Frame) -> bytes:
    data = {"at_ms": frame.at_ms, "width": frame.width_px, "height": frame.height_px}
    text = json.dumps({**data, "jpeg": b64encode(frame.jpeg).decode()})
    return f"event: frame\ndata: {text}\n\n".encode()


ENCODERS = Encoders(_encode_event, _encode_frame, b"event: gone\ndata: {}\n\n")
