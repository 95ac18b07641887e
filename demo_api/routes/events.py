"""Live progress: what is told of a job, as server-sent events."""

import json
from base64 import b64encode
from collections.abc import AsyncGenerator

from pydantic import BaseModel, Field
from sse_starlette import EventSourceResponse
from starlette.requests import Request
from starlette.responses import Response

from actors.jobs.events import FIRST, Frame, JobEvent, history, position
from actors.jobs.job import Stage, Status
from actors.jobs.store import Store
from demo_api.errors import RequestInvalid
from demo_api.routes.event_broadcast import Broadcast, Words
from demo_api.schemas.status import RefusalOut, RetryOut, StepOut

LAST_EVENT_ID = "Last-Event-ID"
#: Proxies and browsers give up on connections that say nothing for about a minute.
PING_S = 15
#: What a browser waits before it comes back.
HELLO = b"retry: 1000\n\n"


class StageEvent(BaseModel):
    """A job's status or stage has changed. At `queued` its exploration begins anew: forget its steps."""

    status: Status
    stage: Stage
    attempt: int
    progress: int
    error: str | None = None
    error_code: str | None = None


class ProgressEvent(BaseModel):
    """How far the job is, in percent, and the exploration while there is one; `runtime` is in seconds."""

    progress: int
    state: str | None = None
    clicks: int | None = None
    max_clicks: int | None = None
    depth: int | None = None
    runtime: float | None = Field(None, validation_alias="runtime_s")


class FrameEvent(BaseModel):
    """What the browser shows now: a small JPEG in base64, `at_ms` on the clock of the camera."""

    at_ms: float
    width: int
    height: int
    jpeg: str


class DoneEvent(BaseModel):
    """The job has ended, and so does the stream."""

    status: Status
    error: str | None = None
    error_code: str | None = None


class GoneEvent(BaseModel):
    """The job is there no more: its film was fetched, or its time is over. The stream ends."""


#: What each event says, by its name. All but `frame` and `gone` have an id and can be asked for again.
EVENTS: dict[str, type[BaseModel]] = {
    "stage": StageEvent,
    "progress": ProgressEvent,
    "step": StepOut,
    "refused": RefusalOut,
    "retry": RetryOut,
    "frame": FrameEvent,
    "done": DoneEvent,
    "gone": GoneEvent,
}


async def events(request: Request) -> Response:
    """All that was told of a job and is going to be, until it ends; after Last-Event-ID only what is new.

    204 when nothing more will come, which browsers take as the end. `?frames=0` leaves out the pictures.
    """
    store: Store = request.app.state.store
    job = await store.find(request.path_params["job_id"])
    after = _after(request)
    if job.ended_ms is not None and not await history(store.redis, job.id, after):
        return Response(status_code=204)
    if request.method == "HEAD":
        return Response(media_type="text/event-stream")
    feeds: Broadcast = request.app.state.feeds
    frames = request.query_params.get("frames", "1")
    if frames not in ("0", "1"):
        raise RequestInvalid([{"field": "frames", "message": "must be 0 or 1"}])
    return EventSourceResponse(
        _greeted(feeds.watch(job.id, after, frames=frames == "1")), ping=PING_S, sep="\n"
    )


async def _greeted(watching: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    yield HELLO
    async for piece in watching:
        yield piece


def _after(request: Request) -> str:
    """Raises RequestInvalid."""
    given = request.headers.get(LAST_EVENT_ID) or FIRST
    try:
        return "{}-{}".format(*position(given))
    except ValueError as exc:
        raise RequestInvalid([{"field": LAST_EVENT_ID, "message": str(exc)}]) from exc


def _event(event: JobEvent) -> bytes:
    data = EVENTS[event.kind].model_validate_json(event.data).model_dump_json(exclude_unset=True)
    return f"id: {event.id}\nevent: {event.kind}\ndata: {data}\n\n".encode()


def _frame(frame: Frame) -> bytes:
    data = {"at_ms": frame.at_ms, "width": frame.width_px, "height": frame.height_px}
    text = json.dumps({**data, "jpeg": b64encode(frame.jpeg).decode()})
    return f"event: frame\ndata: {text}\n\n".encode()


#: How feeds put things.
WORDS = Words(_event, _frame, b"event: gone\ndata: {}\n\n")
