"""Registration of a worker: its heartbeat, the stages it runs, and its counts since the last heartbeat."""

import asyncio
import json
import logging
import os
import socket
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from redis.exceptions import RedisError

from actors.jobs.keys import WORKERS
from actors.jobs.store import Store
from actors.monitoring.counters import Counters
from actors.monitoring.pool import Decision

log = logging.getLogger(__name__)

HEARTBEAT_INTERVAL_S = 1.0
#: A worker that is silent for longer counts as gone and its entry is dropped; its leases have expired too.
ALIVE_MS = 10_000


def _name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


@dataclass(frozen=True, slots=True)
class WorkerRegistration:
    """One worker, as the others see it. Without `decide`, all its slots may always be used."""

    slots: int
    counters: Counters = field(default_factory=Counters)
    name: str = field(default_factory=_name)
    decide: Callable[[], Decision] | None = None

    async def renew(self, store: Store) -> None:
        """Sends one heartbeat. Counts are kept for the next one when Redis is away.

        When only the answer is lost, they are counted twice.
        """
        decision = self.decide() if self.decide else Decision(self.slots)
        status = json.dumps(
            {
                "slots": self.slots,
                "allowed": decision.allowed,
                "limit": decision.limit,
                "busy": self.counters.busy(),
            }
        )
        counts = self.counters.take()
        increments = [part for name, count in counts.items() for part in (name, repr(count))]
        try:
            await store.run("worker_heartbeat", [WORKERS], [self.name, status, ALIVE_MS, *increments])
        except BaseException:  # cancelled as well: nothing was counted
            self.counters.add(counts)
            raise

    async def leave(self, store: Store) -> None:
        """Sends the last counts and removes the worker."""
        await self.renew(store)
        await store.run("deregister_worker", [WORKERS], [self.name])


async def keep_registered(store: Store, registration: WorkerRegistration) -> None:
    """Sends heartbeats until cancelled, also after Redis was away."""
    while True:
        try:
            await registration.renew(store)
        except RedisError as exc:
            log.debug("no heartbeat: %s", exc)  # the watchdog logs it as a warning
        except Exception:  # one bad heartbeat must not end all later ones: the worker would count as gone
            log.exception("a heartbeat failed")
        await asyncio.sleep(HEARTBEAT_INTERVAL_S)
