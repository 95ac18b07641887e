"""How the whole line stands, read in two round trips: what health and metrics are made from."""

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from actors.jobs.capacity import is_room
from actors.jobs.job import Stage
from actors.jobs.keys import ACTIVE, JOB, TOTALS, WAITING, WORKERS
from actors.jobs.spec import RANK
from actors.jobs.store import Store
from actors.monitoring.worker_registry import ALIVE_MS

#: A place in line is the rank of a job's priority times this, and when it came; see create.lua.
RANK_STEP = 10**13


@dataclass(frozen=True, slots=True)
class Queue:
    """Who waits; the oldest is looked for among the first in line of each priority."""

    waiting: int
    oldest_s: float


@dataclass(frozen=True, slots=True)
class Workers:
    """All that have been heard of lately, together."""

    alive: int
    slots: int
    busy: int
    #: Since the one that was heard of last; None when there is none.
    heard_s_ago: float | None


@dataclass(frozen=True, slots=True)
class SystemStatus:
    """The line at one moment."""

    queues: Mapping[str, Queue]
    #: Jobs that somebody has, by the stage they are in.
    active: Mapping[str, int]
    workers: Workers
    totals: Mapping[str, float]
    used_bytes: int
    #: 0 where Redis has no limit of its own.
    max_bytes: int
    #: Whether Redis has memory for another film.
    room: bool
    #: How long Redis took for the first answer.
    latency_ms: float

    @property
    def waiting(self) -> int:
        return sum(queue.waiting for queue in self.queues.values())


async def system_status(store: Store) -> SystemStatus:
    """Raises redis-py's errors when Redis is away."""
    began_s = time.perf_counter()
    clock, memory, totals, workers, active, *lines = await _first(store)
    latency_ms = (time.perf_counter() - began_s) * 1000
    now_ms = clock[0] * 1000 + clock[1] // 1000
    per_queue = 1 + len(RANK)
    heads = {
        queue: lines[start + 1 : start + per_queue]
        for queue, start in zip(WAITING, range(0, len(lines), per_queue), strict=True)
    }
    ids = [job_id for found in heads.values() for some in found for job_id in some]
    since_ms, stages = await _second(store, ids, active)
    making = sum(count for stage, count in stages.items() if stage != Stage.EXPORTING)
    return SystemStatus(
        queues={
            queue: _queue(lines[index * per_queue], heads[queue], since_ms, now_ms)
            for index, queue in enumerate(WAITING)
        },
        active=stages,
        workers=_workers(workers, now_ms),
        totals={name.decode(): float(count) for name, count in totals.items()},
        used_bytes=int(memory["used_memory"]),
        max_bytes=int(memory.get("maxmemory", 0)),
        room=is_room(memory, making, store.settings.take_bytes),
        latency_ms=latency_ms,
    )


async def _first(store: Store) -> list[Any]:
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


async def _second(
    store: Store, waiting: Sequence[bytes], active: Sequence[bytes]
) -> tuple[dict[bytes, int], Counter[str]]:
    """Since when each of those waits, and how many of the others are in each stage."""
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
    told = [json.loads(entry) for entry in entries.values()]
    alive = [entry for entry in told if now_ms - entry["at_ms"] <= ALIVE_MS]
    return Workers(
        alive=len(alive),
        slots=sum(entry["slots"] for entry in alive),
        busy=sum(sum(entry["busy"].values()) for entry in alive),
        heard_s_ago=min((max(0, now_ms - entry["at_ms"]) / 1000 for entry in alive), default=None),
    )
