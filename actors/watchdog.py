"""The watchdog: takes jobs back from workers that are gone, and sends lost tickets again."""

import asyncio
import itertools
import logging
import time
import uuid
from dataclasses import dataclass, field

from redis.exceptions import RedisError

from actors.batches.feeder import feed, tend
from actors.broker import SendTicket
from actors.jobs.states import QUEUE_OF, Status
from actors.jobs.store import Store

log = logging.getLogger(__name__)

INTERVAL_S = 1.0
LEADER_TTL_MS = 2_500
#: A ticket takes this long to arrive at most; a job that waits longer with an empty queue has lost its own.
TICKET_AGE_MS = 1_000
#: Every so many rounds tickets are sent again although their queue holds some: a lost one must not wait for
#: as long as the queue is busy.
RESEND_ALL_ROUNDS = 60
#: Every so many rounds batches are looked through for jobs that are gone; films live for a minute at least.
TEND_ROUNDS = 20


@dataclass(slots=True)
class Rounds:
    """When a watchdog has made its last round, whatever it found."""

    last_s: float = field(default_factory=time.monotonic)

    def note(self) -> None:
        self.last_s = time.monotonic()

    @property
    def ago_s(self) -> float:
        return time.monotonic() - self.last_s


async def watch(store: Store, send: SendTicket, rounds: Rounds | None = None) -> None:
    """Runs until cancelled, in any number of processes; one of them, the leader, sends tickets again."""
    rounds = rounds or Rounds()
    name = uuid.uuid4().hex
    for number in itertools.count(1):
        await asyncio.sleep(INTERVAL_S)
        rounds.note()
        try:
            leads = await store.elect_leader(name, LEADER_TTL_MS)
            # Every watchdog reaps, so that a leader that died with its jobs does not delay them.
            await reap(store, send)
            if leads:
                await resend(store, send, every_queue=number % RESEND_ALL_ROUNDS == 0)
                await feed(store, send)
                if number % TEND_ROUNDS == 0:
                    await tend(store)
        except RedisError as exc:
            log.warning("the watchdog cannot reach Redis: %s", exc)
        except Exception:  # a job that cannot be read must not end the watch over all others
            log.exception("a round of the watchdog failed")


async def reap(store: Store, send: SendTicket) -> None:
    """Takes back the jobs of workers that are gone, and sends tickets for them."""
    for job_id in await store.reap():
        log.warning("took job %s back from a worker that is gone", job_id)
        job = await store.get(job_id)
        if job is not None and job.status is not Status.FAILED and job.stage in QUEUE_OF:
            await asyncio.to_thread(send, QUEUE_OF[job.stage], job_id)


async def resend(store: Store, send: SendTicket, *, every_queue: bool = False) -> None:
    """Sends tickets again for jobs that wait though their queue is empty: a busy worker may hold them.

    With `every_queue` those of all queues; a ticket too many does no harm.
    """
    waiting = await store.waiting(TICKET_AGE_MS)
    queues = {queue for queue, _ in waiting}
    lacking = {queue for queue in queues if every_queue or await store.tickets(queue) == 0}
    for queue, job_id in waiting:
        if queue in lacking:
            await asyncio.to_thread(send, queue, job_id)
