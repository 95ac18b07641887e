"""Feeder: makes ordinary jobs of the items of batches, never more at a time than may run."""

import logging
import uuid
from dataclasses import dataclass

from actors.batches.batch import Batch
from actors.batches.states import BatchStatus, ItemStatus
from actors.batches.store import BatchStore, Fed, NextItem
from actors.broker import SendTicket
from actors.errors import BatchUnknown
from actors.jobs.capacity import has_capacity
from actors.jobs.job import Job
from actors.jobs.keys import BATCHES, JOB, WAITING
from actors.jobs.spec import JobSpec
from actors.jobs.store import Store
from actors.sites.site_file import AT_ONCE, PACE_S
from actors.submission import announce, check_address
from explorer.errors import AddressRefused
from explorer.script.errors import ScriptInvalid

log = logging.getLogger(__name__)

#: Items take no more than this part of the queue: the rest is for films that somebody asks for by themselves.
QUEUE_SHARE = 0.5
LOST = ("The job of this item is gone: it expired, or Redis has lost it. Retry the item.", "job_unknown")


@dataclass(frozen=True, slots=True)
class _Round:
    """One batch in one round."""

    batches: BatchStore
    batch: Batch
    send: SendTicket

    async def feed(self) -> None:
        """Begins as many items as may run."""
        most = max((file.at_once for file in self.batches.store.settings.sites.files), default=AT_ONCE)
        items = await self.batches.next_items(self.batch.id, most)
        if items is None:
            await self._pause()
        elif items and not await has_capacity(self.batches.store):
            await self._wait_for_capacity()
        else:
            for item in items:
                if await self._begin(item) == "full":
                    return

    async def _begin(self, item: NextItem) -> Fed:
        batch_id = self.batch.id
        try:
            spec = await self._spec(item)
        except (ScriptInvalid, AddressRefused) as exc:
            error = (str(exc), exc.code)
            await self.batches.fail(batch_id, item.number, ItemStatus.WAITING, "", error, item.host)
            return "not_waiting"
        name = self.batch.template.film_name(self._values(item))
        job, site = (
            Job(uuid.uuid4().hex, spec, film_name=name),
            self.batches.store.settings.sites.match(spec.url),
        )
        at_once, pace_s = (site.at_once, site.pace_s) if site else (AT_ONCE, PACE_S)
        fed = await self.batches.feed(batch_id, item.number, job, item.host, at_once, pace_s)
        if fed == "fed":
            await announce(self.send, job.id)
        return fed

    async def _spec(self, item: NextItem) -> JobSpec:
        """Raises ScriptInvalid, and AddressRefused for an address that may not be reached any more."""
        settings = self.batches.store.settings
        spec = self.batch.template.spec(item.row, self._values(item), settings)
        await check_address(spec.url, settings.allow_private_hosts)
        return spec

    def _values(self, item: NextItem) -> dict[str, str]:
        return self.batch.template.values(item.row, item.number, self.batch.total, self.batch.date)

    async def _wait_for_capacity(self) -> None:
        """Says that nothing is begun as long as Redis is full."""
        if self.batch.waits_for != "capacity":
            log.warning("batch %s waits: Redis has no memory left for another film", self.batch.id)
            await self.batches.note_waits_for(self.batch.id, "capacity")

    async def _pause(self) -> None:
        """Pauses a batch all of whose hosts are left alone: it waits for somebody to resume it."""
        log.warning("batch %s is paused: too many films failed in a row on its hosts", self.batch.id)
        await self.batches.steer(self.batch.id, "pause")
        await self.batches.note_waits_for(self.batch.id, "hosts")


async def feed(store: Store, send: SendTicket) -> None:
    """Feeds all batches that go on, the oldest first. Harmless when several processes do it at once."""
    batches = BatchStore(store)
    for batch_id in await batches.going_on():
        if await store.redis.zcard(WAITING["record"]) >= QUEUE_SHARE * store.settings.max_queue:
            return
        try:
            batch = await batches.find(batch_id)
        except BatchUnknown:
            await store.redis.zrem(BATCHES, batch_id)
            continue
        if batch.status not in {BatchStatus.PENDING, BatchStatus.PROCESSING}:
            continue
        await _Round(batches, batch, send).feed()


async def tend(store: Store) -> None:
    """Keeps the films of batches that go on, and fails items whose job is gone without having told."""
    batches = BatchStore(store)
    for batch_id in await batches.going_on():
        await batches.keep_films(batch_id)
        running = await batches.running(batch_id)
        async with store.redis.pipeline(transaction=False) as pipe:
            for _, job_id in running:
                pipe.exists(JOB + job_id)
            found = await pipe.execute()
        for (number, job_id), exists in zip(running, found, strict=True):
            if not exists:
                await batches.fail(batch_id, number, ItemStatus.RUNNING, job_id, LOST, "")
