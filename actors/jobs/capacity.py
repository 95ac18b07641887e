"""Whether Redis has memory left for another film: asked before filming, for afterwards it costs a take."""

from collections.abc import Mapping
from typing import Any, cast

from actors.jobs.job import Stage
from actors.jobs.keys import ACTIVE, JOB
from actors.jobs.store import Store

#: Left free for everything that is not a film: job hashes, queues, clients' buffers.
MARGIN = 0.95


async def has_capacity(store: Store) -> bool:
    """Whether the most that a take may need is free, besides as much for each running stage.

    A Redis without a limit has room.
    """
    memory = await store.redis.info("memory")
    making = await _making(store) if memory.get("maxmemory") else 0
    return is_room(memory, making, store.settings.take_bytes)


def is_room(memory: Mapping[str, Any], making: int, take_bytes: int) -> bool:
    """The same, known how many films are in the making; `memory` is what Redis tells of its own."""
    limit = int(memory.get("maxmemory", 0))
    return limit == 0 or int(memory["used_memory"]) + (making + 1) * take_bytes <= MARGIN * limit


async def _making(store: Store) -> int:
    """How many films are in the making; those that are downloaded need no more memory."""
    pipe = store.redis.pipeline(transaction=False)
    for raw in cast(list[bytes], await store.redis.zrange(ACTIVE, 0, -1)):
        pipe.hget(f"{JOB}{raw.decode()}", "stage")
    return sum(stage != Stage.EXPORTING.encode() for stage in await pipe.execute())
