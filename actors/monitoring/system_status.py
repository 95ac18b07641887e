"""Status of queues, workers and Redis in two round trips, for health checks and metrics."""

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from actors.jobs.capacity import fits
from actors.jobs.keys import ACTIVE, JOB, TOTALS, WAITING, WORKERS
from actors.jobs.spec import RANK
from actors.jobs.states import Stage
from actors.jobs.store import Store
from actors.monitoring.worker_registry import ALIVE_MS

#: The score of a waiting job is the rank of its priority times this, plus when it was queued; see create.lua.
RANK_STEP = 10**13


@dataclass(frozen=True, slots=True)
class Queue:
    """Waiting jobs; the oldest is one of the first of each priority."""

    waiting: int
    oldest_s: float


@dataclass(frozen=True, slots=True)
class Workers:
    """All workers with a recent heartbeat, together."""

    alive: int
    slots: int
    busy: int
    #: Age of the latest heartbeat; None when there is none.
    heard_s_ago: float | None
    #: How many stages they may run now: in pools, memory and pressure decide.
    allowed: int
    #: Slots that are free and may be used now.
    idle: int
    #: How many workers may not use all their slots, by what limits them.
    limited: Mapping[str, int]

    @property
    def held(self) -> int:
        """Slots that are free and may not be used now."""
        return self.slots - self.busy - self.idle


@dataclass(frozen=True, slots=True)
class SystemStatus:
    """The pipeline at one moment."""

    queues: Mapping[str, Queue]
    #: Running jobs by stage.
    active: Mapping[str, int]
    workers: Workers
    totals: Mapping[str, float]
    used_bytes: int
    #: 0 where Redis has no limit of its own.
    max_bytes: int
    #: Whether Redis has memory for another film.
    has_capacity: bool
    #: How long Redis took for the first answer.
    latency_ms: float

    @property
    def waiting(self) -> int:
        return sum(queue.waiting for queue in self.queues.values())


async def system_status(store: Store) -> SystemStatus:
    """Reads the status. Raises redis-py's errors when Redis is away."""
    started_s = time.perf_counter()
    clock, memory, totals, workers, active, *queues = await _first_round_trip(store)
    latency_ms = (time.perf_counter() - started_s) * 1000
    now_ms = clock[0] * 1000 + clock[1] // 1000
    per_queue = 1 + len(RANK)
    heads = {
        queue: queues[start + 1 : start + per_queue]
        for queue, start in zip(WAITING, range(0, len(queues), per_queue), strict=True)
    }
    ids = [job_id for found in heads.values() for some in found for job_id in some]
    since_ms, stages = await _second_round_trip(store, ids, active)
    running = sum(count for stage, count in stages.items() if stage != Stage.EXPORTING)
    return SystemStatus(
        queues={
            queue: _queue(queues[index * per_queue], heads[queue], since_ms, now_ms)
            for index, queue in enumerate(WAITING)
        },
        active=stages,
        workers=_workers(workers, now_ms),
        totals={name.decode(): float(count) for name, count in totals.items()},
        used_bytes=int(memory["used_memory"]),
        max_bytes=int(memory.get("maxmemory", 0)),
        has_capacity=fits(memory, running, store.settings.take_bytes),
        latency_ms=latency_ms,
    )


async def _first_round_trip(store: Store) -> list[Any]:
    pipe = store.redis.pipeline(transaction=False)
    pipe.time()
    pipe.info("memory")
    pipe.hgetall(TOTALS)
    pipe.hgetall(WORKERS)
    pipe.zrange(ACTIVE, 0, -1)
    for key in WAITING.values():
        pipe.zcard(key)
        for rank in RANK.values():
            lowest = rank * RANK_STEP
            pipe.zrangebyscore(key, lowest, f"({lowest + RANK_STEP}", start=0, num=1)
    return await pipe.execute()


async def _second_round_trip(
    store: Store, waiting: Sequence[bytes], active: Sequence[bytes]
) -> tuple[dict[bytes, int], Counter[str]]:
    """When each waiting job was updated last, and how many of the active ones are in each stage."""
    pipe = store.redis.pipeline(transaction=False)
    for job_id in waiting:
        pipe.hget(f"{JOB}{job_id.decode()}", "updated_ms")
    for job_id in active:
        pipe.hget(f"{JOB}{job_id.decode()}", "stage")
    found = await pipe.execute()
    since_ms = {job_id: int(row) for job_id, row in zip(waiting, found, strict=False) if row is not None}
    return since_ms, Counter(row.decode() for row in found[len(waiting) :] if row is not None)


def _queue(count: int, heads: Sequence[Sequence[bytes]], since_ms: Mapping[bytes, int], now_ms: int) -> Queue:
    waits_ms = [now_ms - since_ms[job_id] for some in heads for job_id in some if job_id in since_ms]
    return Queue(count, max(0, *waits_ms) / 1000 if waits_ms else 0.0)


def _workers(entries: Mapping[bytes, bytes], now_ms: int) -> Workers:
    heartbeats = [json.loads(entry) for entry in entries.values()]
    alive = [entry for entry in heartbeats if now_ms - entry["at_ms"] <= ALIVE_MS]
    busy = [sum(entry["busy"].values()) for entry in alive]
    return Workers(
        alive=len(alive),
        slots=sum(entry["slots"] for entry in alive),
        busy=sum(busy),
        heard_s_ago=min((max(0, now_ms - entry["at_ms"]) / 1000 for entry in alive), default=None),
        allowed=sum(entry["allowed"] for entry in alive),
        idle=sum(max(0, entry["allowed"] - running) for entry, running in zip(alive, busy, strict=True)),
        limited=Counter(entry["limit"] for entry in alive if entry["limit"]),
    )
