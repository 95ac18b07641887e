"""A worker's heartbeat: that it lives, what it is at, and what it has counted since the last one."""

import asyncio
import json
import logging
import os
import socket
import uuid
from dataclasses import dataclass, field

from redis.exceptions import RedisError

from actors.jobs.keys import WORKERS
from actors.jobs.store import Store
from actors.monitoring.counters import Counters

log = logging.getLogger(__name__)

BEAT_S = 1.0
#: A worker that is silent for longer is counted as gone and its entry dropped; so are its leases by then.
ALIVE_MS = 10_000


def _name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


@dataclass(frozen=True, slots=True)
class WorkerRegistration:
    """One worker, as the others hear of it."""

    slots: int
    tally: Counters = field(default_factory=Counters)
    name: str = field(default_factory=_name)

    async def tell(self, store: Store) -> None:
        """One heartbeat. What was counted waits for the next one while Redis is away.

        An answer that is lost may have been heard: its counts are then told twice.
        """
        busy = json.dumps({"slots": self.slots, "busy": self.tally.busy()})
        counts = self.tally.take()
        increments = [part for name, count in counts.items() for part in (name, repr(count))]
        try:
            await store.run("worker_heartbeat", [WORKERS], [self.name, busy, ALIVE_MS, *increments])
        except BaseException:
            self.tally.add(counts)
            raise

    async def leave(self, store: Store) -> None:
        """Tells what is left to tell, and that this worker is no more."""
        await self.tell(store)
        await store.run("deregister_worker", [WORKERS], [self.name])


async def keep_registered(store: Store, presence: WorkerRegistration) -> None:
    """Runs until cancelled. A Redis that is away is only waited for."""
    while True:
        try:
            await presence.tell(store)
        except RedisError as exc:
            log.debug("no heartbeat: %s", exc)  # the watchdog says it aloud
        except Exception:
            log.exception("a heartbeat failed")
        await asyncio.sleep(BEAT_S)
