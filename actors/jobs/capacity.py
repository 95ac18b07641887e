"""Admission control: whether Redis has memory for another film, checked before a take is filmed."""

from collections.abc import Mapping
from typing import Any, cast

from actors.jobs.keys import ACTIVE, JOB
from actors.jobs.states import Stage
from actors.jobs.store import Store

#: Share of the memory for films; the rest is for job hashes, queues and clients' buffers.
FILM_SHARE = 0.95


async def has_capacity(store: Store) -> bool:
    """Whether as much is free as a take may need, besides as much for each running stage.

    A Redis without a memory limit always has capacity.
    """
    memory = await store.redis.info("memory")
    running = await _count_running(store) if memory.get("maxmemory") else 0
    return fits(memory, running, store.settings.take_bytes)


def fits(memory: Mapping[str, Any], running: int, take_bytes: int) -> bool:
    """Whether another take fits beside `running` stages; `memory` is the memory section of Redis's INFO."""
    limit = int(memory.get("maxmemory", 0))
    return limit == 0 or int(memory["used_memory"]) + (running + 1) * take_bytes <= FILM_SHARE * limit


async def _count_running(store: Store) -> int:
    """Number of running stages, but for exports, which need no more memory."""
    pipe = store.redis.pipeline(transaction=False)
    for raw in cast(list[bytes], await store.redis.zrange(ACTIVE, 0, -1)):
        pipe.hget(f"{JOB}{raw.decode()}", "stage")
    return sum(stage != Stage.EXPORTING.encode() for stage in await pipe.execute())
