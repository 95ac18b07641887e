"""Health of this process, part by part, and its readiness to accept requests."""

import asyncio
import time
from collections.abc import Iterator
from typing import Literal

import psutil
from pydantic import BaseModel, Field
from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import JSONResponse

from actors.monitoring.system_status import SystemStatus, system_status

#: A response takes less than 2.5 s even if Redis hangs. Load balancers have short timeouts.
HEALTH_LIMIT_S = 1.5
READY_LIMIT_S = 1.0
#: The watchdog runs once a second; while Redis hangs, one run takes up to 4 s.
WATCHDOG_SILENT_S = 10.0

Grade = Literal["ok", "degraded", "failing", "unknown"]


class RedisPart(BaseModel):
    """State of Redis. `max_bytes` is 0 without a limit; `room` is whether it has memory for another film."""

    status: Grade
    latency_ms: float | None = None
    used_bytes: int | None = None
    max_bytes: int | None = None
    room: bool | None = None


class QueuePart(BaseModel):
    """Jobs that wait for a worker; `room` is how many more may be accepted."""

    status: Grade
    waiting: int | None = None
    oldest_s: float | None = None
    room: int | None = None


class WatchdogPart(BaseModel):
    """The watchdog of this process, which runs once a second."""

    status: Grade
    seen_s_ago: float


class WorkersPart(BaseModel):
    """Workers with a heartbeat within 10 s, and how many stages they can run and are running.

    Of their `slots`, `busy` ones are in use and `idle` ones may be used now. In pools fewer may be `allowed`
    than there are slots; `limited` counts the workers for which that is so, by reason.
    """

    status: Grade
    alive: int | None = None
    slots: int | None = None
    busy: int | None = None
    idle: int | None = None
    allowed: int | None = None
    limited: dict[str, int] | None = None
    last_heartbeat_s_ago: float | None = None


class Parts(BaseModel):
    """The parts that this process depends on."""

    redis: RedisPart
    queue: QueuePart
    watchdog: WatchdogPart
    workers: WorkersPart


class ProcessPart(BaseModel):
    """The API process that answers; `cpu_percent` is of one core, since the request for health before."""

    uptime_s: float
    memory_bytes: int
    cpu_percent: float


class ProcessMeter:
    """Measures this process, from when the application has started."""

    def __init__(self) -> None:
        self._started_s = time.monotonic()
        self._process = psutil.Process()
        self._process.cpu_percent()  # the first answer is always 0

    def read(self) -> ProcessPart:
        """What it has used since it was read before."""
        return ProcessPart(
            uptime_s=round(time.monotonic() - self._started_s, 1),
            memory_bytes=self._process.memory_info().rss,
            cpu_percent=self._process.cpu_percent(),
        )


class Health(BaseModel):
    """The response to `GET /health`: status 200 when `ok` or `degraded`, 503 when `failing`."""

    status: Literal["ok", "degraded", "failing"]
    redis: Literal["ok", "away"]
    reasons: list[str] = Field(description="what is wrong, and what to do")
    parts: Parts
    process: ProcessPart


class Readiness(BaseModel):
    """The response to `GET /ready`: status 200 when `ready`, else 503."""

    ready: bool
    reasons: list[str] = Field(description="why requests are not accepted")


async def health(request: Request) -> JSONResponse:
    """Reports the health of this process."""
    system = await _read_system(request, HEALTH_LIMIT_S)
    state = request.app.state
    report = assess(system, state.rounds.ago_s, _max_queue(request), state.process.read())
    return JSONResponse(report.model_dump(mode="json"), 503 if report.status == "failing" else 200)


async def ready(request: Request) -> JSONResponse:
    """Reports whether a new job would be accepted."""
    system = await _read_system(request, READY_LIMIT_S)
    reasons = [*_refusal_reasons(system, _max_queue(request))]
    if request.app.state.stopping():
        reasons.insert(0, "This process is shutting down.")
    report = Readiness(ready=not reasons, reasons=reasons)
    return JSONResponse(report.model_dump(mode="json"), 503 if reasons else 200)


def assess(system: SystemStatus | None, watchdog_s: float, max_queue: int, process: ProcessPart) -> Health:
    """Grades each part; `system` is None without Redis, `watchdog_s` the time since the watchdog's run."""
    silent = watchdog_s > WATCHDOG_SILENT_S
    watchdog = WatchdogPart(status="failing" if silent else "ok", seen_s_ago=round(watchdog_s, 3))
    parts = Parts(
        redis=_redis(system), queue=_queue(system, max_queue), watchdog=watchdog, workers=_workers(system)
    )
    grades = {part.status for _, part in parts}
    return Health(
        status="failing" if "failing" in grades else "degraded" if "degraded" in grades else "ok",
        redis="ok" if system else "away",
        reasons=[*_refusal_reasons(system, max_queue), *_other_reasons(system, parts)],
        parts=parts,
        process=process,
    )


async def _read_system(request: Request, limit_s: float) -> SystemStatus | None:
    try:
        async with asyncio.timeout(limit_s):
            return await system_status(request.app.state.store)
    except (RedisError, TimeoutError):
        return None


def _max_queue(request: Request) -> int:
    max_queue: int = request.app.state.settings.max_queue
    return max_queue


def _redis(system: SystemStatus | None) -> RedisPart:
    if system is None:
        return RedisPart(status="failing")
    return RedisPart(
        status="ok" if system.has_capacity else "degraded",
        latency_ms=round(system.latency_ms, 2),
        used_bytes=system.used_bytes,
        max_bytes=system.max_bytes,
        room=system.has_capacity,
    )


def _queue(system: SystemStatus | None, max_queue: int) -> QueuePart:
    if system is None:
        return QueuePart(status="unknown")
    room = max(0, max_queue - system.queues["record"].waiting)
    oldest_s = max(queue.oldest_s for queue in system.queues.values())
    return QueuePart(status="ok" if room else "failing", waiting=system.waiting, oldest_s=oldest_s, room=room)


def _workers(system: SystemStatus | None) -> WorkersPart:
    if system is None:
        return WorkersPart(status="unknown")
    workers = system.workers
    return WorkersPart(
        status="ok" if workers.alive else "failing" if system.waiting else "degraded",
        alive=workers.alive,
        slots=workers.slots,
        busy=workers.busy,
        idle=workers.idle,
        allowed=workers.allowed,
        limited=dict(workers.limited),
        last_heartbeat_s_ago=workers.heard_s_ago,
    )


def _refusal_reasons(system: SystemStatus | None, max_queue: int) -> Iterator[str]:
    """Yields why a new job would be refused."""
    if system is None:
        yield "Redis did not respond in time. Check REDIS_URL, and that Redis is running."
        return
    if system.queues["record"].waiting >= max_queue:
        yield f"{max_queue} jobs are waiting, the maximum (MAX_QUEUE). Add workers to shorten the queue."
    if not system.has_capacity:
        yield "Redis has no memory for another film. Export films, or raise maxmemory."


def _other_reasons(system: SystemStatus | None, parts: Parts) -> Iterator[str]:
    """Yields what else is wrong."""
    if parts.watchdog.status != "ok":
        silent_s = parts.watchdog.seen_s_ago
        yield f"The watchdog of this process has not run for {silent_s:.0f} s. Restart the process."
    if system is not None and not system.workers.alive:
        waiting = f", and {system.waiting} jobs are waiting" if system.waiting else ""
        yield f"No worker has sent a heartbeat in the last 10 s{waiting}. Start one with `sitereel worker`."
