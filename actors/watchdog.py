"""The watchdog: takes jobs back from workers that are gone, and sends lost tickets again."""

import asyncio
import itertools
import logging
import threading
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass, field

from redis.exceptions import RedisError

from actors.broker import SendTicket
from actors.jobs.job import QUEUE_OF, Status
from actors.jobs.store import Store
from actors.monitoring.worker_registry import WorkerRegistration, keep_registered
from actors.settings import Settings
from actors.webhooks.dispatcher import dispatch

log = logging.getLogger(__name__)

ROUND_S = 1.0
LEADER_TTL_MS = 2_500
#: A ticket is on its way for this long at most; a job that waits longer with an empty queue has lost its own.
TICKET_AGE_MS = 1_000
#: Every so many rounds tickets are sent again although their queue holds some: one that is lost must not wait
#: for as long as the queue is busy.
THOROUGH_ROUNDS = 60


@dataclass(slots=True)
class Rounds:
    """When a watchdog has last come round, whatever it found."""

    last_s: float = field(default_factory=time.monotonic)

    def note(self) -> None:
        self.last_s = time.monotonic()

    @property
    def ago_s(self) -> float:
        return time.monotonic() - self.last_s


async def watch(store: Store, send: SendTicket, rounds: Rounds | None = None) -> None:
    """Runs until cancelled. Any number of processes may run it: one of them sends tickets again."""
    rounds = rounds or Rounds()
    name = uuid.uuid4().hex
    for number in itertools.count(1):
        await asyncio.sleep(ROUND_S)
        rounds.note()
        try:
            leads = await store.lead(name, LEADER_TTL_MS)
            # Anybody may reap, so that a leader who died with its jobs does not delay them.
            await reap(store, send)
            if leads:
                await resend(store, send, thorough=number % THOROUGH_ROUNDS == 0)
        except RedisError as exc:
            log.warning("the watchdog cannot reach Redis: %s", exc)
        except Exception:  # a job that cannot be read must not end the watch over all others
            log.exception("a round of the watchdog failed")


async def reap(store: Store, send: SendTicket) -> None:
    """Takes back the jobs of workers that are gone, and tells the others."""
    for job_id in await store.reap():
        log.warning("took job %s back from a worker that is gone", job_id)
        job = await store.get(job_id)
        if job is not None and job.status is not Status.FAILED and job.stage in QUEUE_OF:
            await asyncio.to_thread(send, QUEUE_OF[job.stage], job_id)


async def resend(store: Store, send: SendTicket, *, thorough: bool = False) -> None:
    """Sends tickets of jobs again that wait though their queue is empty: a worker that is busy may hoard one.

    A thorough round re-sends all of them; a ticket too many does no harm.
    """
    waiting = await store.waiting(TICKET_AGE_MS)
    queues = {queue for queue, _ in waiting}
    lacking = {queue for queue in queues if thorough or await store.tickets(queue) == 0}
    for queue, job_id in waiting:
        if queue in lacking:
            await asyncio.to_thread(send, queue, job_id)


class WatchdogThread(threading.Thread):
    """Runs the watchdog, a courier and the heartbeat beside a worker's threads until `stop`."""

    def __init__(self, settings: Settings, send: SendTicket, presence: WorkerRegistration) -> None:
        super().__init__(name="watchdog", daemon=True)
        self._settings = settings
        self._send = send
        self._presence = presence
        self._stop_asked = threading.Event()

    def run(self) -> None:
        asyncio.run(self._main())

    async def _main(self) -> None:
        assert self._settings.redis is not None
        async with Store.opened(self._settings.redis, self._settings) as store:
            work = (watch(store, self._send), dispatch(store), keep_registered(store, self._presence))
            duties = [asyncio.create_task(duty) for duty in work]
            await asyncio.to_thread(self._stop_asked.wait)
            for duty in duties:
                duty.cancel()
            with suppress(RedisError):
                await self._presence.leave(store)

    def stop(self) -> None:
        self._stop_asked.set()
        self.join(timeout=5 * ROUND_S)
