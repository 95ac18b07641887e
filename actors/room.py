"""Whether Redis has memory left for another film: asked before filming, for afterwards it costs a take."""

from typing import cast

from actors.job import Stage
from actors.keys import ACTIVE, JOB
from actors.store import Store

#: Left free for everything that is not a film: job hashes, queues, clients' buffers.
MARGIN = 0.95


async def has_room(store: Store) -> bool:
    """Whether the most that a take may need is free, besides as much for each running stage.

    A Redis without a limit has room.
    """
    memory = await store.redis.info("memory")
    limit = int(memory.get("maxmemory", 0))
    if limit == 0:
        return True
    needed = int(memory["used_memory"]) + (await _making(store) + 1) * store.settings.take_bytes
    return needed <= MARGIN * limit


async def _making(store: Store) -> int:
    """How many films are in the making; those that are downloaded need no more memory."""
    pipe = store.redis.pipeline(transaction=False)
    for raw in cast(list[bytes], await store.redis.zrange(ACTIVE, 0, -1)):
        pipe.hget(f"{JOB}{raw.decode()}", "stage")
    return sum(stage != Stage.EXPORTING.encode() for stage in await pipe.execute())
