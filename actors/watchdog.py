"""The watchdog: takes jobs back from workers that are gone, and sends lost tickets again."""

import asyncio
import logging
import threading
import uuid

from redis.exceptions import RedisError

from actors.broker import SendTicket
from actors.job import QUEUE_OF, Status
from actors.settings import Settings
from actors.store import Store

log = logging.getLogger(__name__)

ROUND_S = 1.0
LEADER_TTL_MS = 5_000
#: A ticket is on its way for this long at most; a job that waits longer with an empty queue has lost its own.
TICKET_AGE_MS = 3_000


async def watch(store: Store, send: SendTicket) -> None:
    """Runs until cancelled. Any number of processes may run it: one of them acts."""
    name = uuid.uuid4().hex
    while True:
        await asyncio.sleep(ROUND_S)
        try:
            if await store.lead(name, LEADER_TTL_MS):
                await patrol(store, send)
        except RedisError as exc:
            log.warning("the watchdog cannot reach Redis: %s", exc)


async def patrol(store: Store, send: SendTicket) -> None:
    """One round: reap what is dead, then re-send the tickets of queues that ran dry with jobs waiting."""
    for job_id in await store.reap():
        log.warning("took job %s back from a worker that is gone", job_id)
        job = await store.get(job_id)
        if job is not None and job.status is not Status.FAILED and job.stage in QUEUE_OF:
            await asyncio.to_thread(send, QUEUE_OF[job.stage], job_id)
    waiting = await store.waiting(TICKET_AGE_MS)
    dry = {queue for queue, _ in waiting if await store.tickets(queue) == 0}
    for queue, job_id in waiting:
        if queue in dry:
            await asyncio.to_thread(send, queue, job_id)


class WatchdogThread(threading.Thread):
    """Runs the watchdog beside a worker's threads until `stop`."""

    def __init__(self, settings: Settings, send: SendTicket) -> None:
        super().__init__(name="watchdog", daemon=True)
        self._settings = settings
        self._send = send
        self._stop_asked = threading.Event()

    def run(self) -> None:
        asyncio.run(self._main())

    async def _main(self) -> None:
        assert self._settings.redis is not None
        async with Store.opened(self._settings.redis, self._settings) as store:
            watching = asyncio.create_task(watch(store, self._send))
            await asyncio.to_thread(self._stop_asked.wait)
            watching.cancel()

    def stop(self) -> None:
        self._stop_asked.set()
        self.join(timeout=5 * ROUND_S)
