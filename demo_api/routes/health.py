"""Whether this process can do its job, part by part, and whether requests may be sent to it now."""

import asyncio
from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel, Field
from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import JSONResponse

from actors.monitoring.system_status import SystemStatus, system_status

#: A whole answer takes less than 2.5 s, however Redis hangs. A balancer does not wait for long.
HEALTH_LIMIT_S = 1.5
READY_LIMIT_S = 1.0
#: It comes round once a second; with Redis hung a round takes up to 4 s.
WATCHDOG_SILENT_S = 10.0

Grade = Literal["ok", "degraded", "failing", "unknown"]


class RedisPart(BaseModel):
    """Redis. `max_bytes` is 0 where it has no limit; `room` says whether it has memory for another film."""

    status: Grade
    latency_ms: float | None = None
    used_bytes: int | None = None
    max_bytes: int | None = None
    room: bool | None = None


class QueuePart(BaseModel):
    """Who waits for a worker; `room` is how many more may be accepted."""

    status: Grade
    waiting: int | None = None
    oldest_s: float | None = None
    room: int | None = None


class WatchdogPart(BaseModel):
    """This process's own watchdog, which comes round once a second."""

    status: Grade
    seen_s_ago: float


class WorkersPart(BaseModel):
    """Workers that were heard of within 10 s, and the stages that they can do and do at a time."""

    status: Grade
    alive: int | None = None
    slots: int | None = None
    busy: int | None = None
    last_heartbeat_s_ago: float | None = None


class Parts(BaseModel):
    """What the job of this process depends on."""

    redis: RedisPart
    queue: QueuePart
    watchdog: WatchdogPart
    workers: WorkersPart


class Health(BaseModel):
    """The answer to `GET /health`: with status 200 when `ok` or `degraded`, with 503 when `failing`."""

    status: Literal["ok", "degraded", "failing"]
    redis: Literal["ok", "away"]
    reasons: list[str] = Field(description="what is not as it should be, and what to do")
    parts: Parts


class Readiness(BaseModel):
    """The answer to `GET /ready`: with status 200 when `ready`, else with 503."""

    ready: bool
    reasons: list[str] = Field(description="what stands in the way")


async def health(request: Request) -> JSONResponse:
    """Whether this process can do its job."""
    told = judge(await _look(request, HEALTH_LIMIT_S), request.app.state.rounds.ago_s, _most(request))
    return JSONResponse(told.model_dump(mode="json"), 503 if told.status == "failing" else 200)


async def ready(request: Request) -> JSONResponse:
    """Whether a request for a film that came now would be accepted."""
    seen = await _look(request, READY_LIMIT_S)
    reasons = [*_obstacles(seen, _most(request))]
    if request.app.state.stopping():
        reasons.insert(0, "This process is shutting down.")
    told = Readiness(ready=not reasons, reasons=reasons)
    return JSONResponse(told.model_dump(mode="json"), 503 if reasons else 200)


def judge(seen: SystemStatus | None, watchdog_s: float, most: int) -> Health:
    """What follows from a survey, None when Redis did not answer; `most` jobs may wait to be filmed."""
    silent = watchdog_s > WATCHDOG_SILENT_S
    watchdog = WatchdogPart(status="failing" if silent else "ok", seen_s_ago=round(watchdog_s, 3))
    parts = Parts(redis=_redis(seen), queue=_queue(seen, most), watchdog=watchdog, workers=_workers(seen))
    grades = {part.status for _, part in parts}
    return Health(
        status="failing" if "failing" in grades else "degraded" if "degraded" in grades else "ok",
        redis="ok" if seen else "away",
        reasons=[*_obstacles(seen, most), *_worries(seen, parts)],
        parts=parts,
    )


async def _look(request: Request, limit_s: float) -> SystemStatus | None:
    try:
        async with asyncio.timeout(limit_s):
            return await system_status(request.app.state.store)
    except (RedisError, TimeoutError):
        return None


def _most(request: Request) -> int:
    most: int = request.app.state.settings.max_queue
    return most


def _redis(seen: SystemStatus | None) -> RedisPart:
    if seen is None:
        return RedisPart(status="failing")
    return RedisPart(
        status="ok" if seen.has_capacity else "degraded",
        latency_ms=round(seen.latency_ms, 2),
        used_bytes=seen.used_bytes,
        max_bytes=seen.max_bytes,
        room=seen.has_capacity,
    )


def _queue(seen: SystemStatus | None, most: int) -> QueuePart:
    if seen is None:
        return QueuePart(status="unknown")
    room = max(0, most - seen.queues["record"].waiting)
    oldest_s = max(queue.oldest_s for queue in seen.queues.values())
    return QueuePart(status="ok" if room else "failing", waiting=seen.waiting, oldest_s=oldest_s, room=room)


def _workers(seen: SystemStatus | None) -> WorkersPart:
    if seen is None:
        return WorkersPart(status="unknown")
    workers = seen.workers
    return WorkersPart(
        status="ok" if workers.alive else "failing" if seen.waiting else "degraded",
        alive=workers.alive,
        slots=workers.slots,
        busy=workers.busy,
        last_heartbeat_s_ago=workers.heard_s_ago,
    )


def _obstacles(seen: SystemStatus | None, most: int) -> Iterator[str]:
    """Why no film would be accepted."""
    if seen is None:
        yield "Redis did not answer in time. Look at REDIS_URL, and whether it runs."
        return
    if seen.queues["record"].waiting >= most:
        yield f"{most} jobs wait already, which is as many as may (MAX_QUEUE). More workers shorten the line."
    if not seen.has_capacity:
        yield "Redis has no memory for another film. Films that are fetched make room, or a larger maxmemory."


def _worries(seen: SystemStatus | None, parts: Parts) -> Iterator[str]:
    """What is wrong besides."""
    if parts.watchdog.status != "ok":
        silent_s = parts.watchdog.seen_s_ago
        yield f"The watchdog of this process has not come round for {silent_s:.0f} s: restart it."
    if seen is not None and not seen.workers.alive:
        waits = f", and {seen.waiting} jobs wait" if seen.waiting else ""
        yield f"No worker has been heard of in the last 10 s{waits}. Start one with `sitereel worker`."
