"""Repository of batches: the only reader and writer of their keys. Each change is one Lua script."""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from actors.batches.batch import Batch, BatchRow, Item
from actors.batches.states import ItemStatus
from actors.deliveries.address import host_of
from actors.errors import AlreadyEnded, BatchEnded, BatchUnknown, JobGone, JobUnknown, StoreUnavailable
from actors.jobs.job import Job
from actors.jobs.keys import BATCH, BATCHES, JOB, WAITING
from actors.jobs.scripts import scripts
from actors.jobs.secrets import encrypt
from actors.jobs.store import ACCEPT_WITHIN_MS, Store

LUA = Path(__file__).parent / "lua"
#: The artifact with the pictures that a script has taken.
PICTURES = "pictures"
#: Items of a batch give way to films that somebody has asked for by themselves, at the same priority.
RANK_BEHIND = 0.5

Steer = Literal["pause", "resume", "cancel"]
Lease = Literal["claim", "renew", "release"]
#: Why an item was not fed, as the script says it.
Fed = Literal["fed", "not_waiting", "full", "host_busy"]
_FED: dict[int, Fed] = {1: "fed", 0: "not_waiting", -1: "full", -2: "host_busy"}


@dataclass(frozen=True, slots=True)
class NextItem:
    """An item that may begin: its number, its host, and what the columns of its row hold."""

    number: int
    host: str
    row: Mapping[str, str]


class BatchStore:
    """Batches in Redis, beside their jobs. Raises redis-py's errors as `Store` does."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._redis = store.redis
        self._scripts = {name: self._redis.register_script(text) for name, text in scripts(LUA).items()}

    async def create(
        self, batch: Batch, rows: Sequence[BatchRow], sealed: bytes = b"", once: str = ""
    ) -> None:
        """Creates a batch whose items all wait; `once` is the record of its Idempotency-Key.

        Raises SecretsUnavailable where addresses of deliveries cannot be kept, and StoreUnavailable when
        Redis was too slow.
        """
        settings = self.store.settings
        seconds, micros = await self._redis.time()
        args: list[Any] = [
            batch.id,
            seconds * 1000 + micros // 1000 + ACCEPT_WITHIN_MS,
            json.dumps([row.host for row in rows]),
            json.dumps([json.dumps(dict(row.values)) for row in rows]),
            sealed,
            await asyncio.to_thread(lambda: json.dumps(dict(self._deliveries(rows)))),
            *[part for pair in batch.encode(settings.kept_batch_s).items() for part in pair],
        ]
        if not await self._run("create_batch", [BATCH + batch.id, once], args):
            raise StoreUnavailable("Redis answered too late. Nothing was accepted; try again later.")

    async def find(self, batch_id: str) -> Batch:
        """The batch. Raises BatchUnknown."""
        row = cast(dict[bytes, bytes], await self._redis.hgetall(BATCH + batch_id))
        if b"template" not in row:
            raise BatchUnknown(f"There is no batch {batch_id}, or its time is over.")
        return Batch.decode(row)

    async def counts(self, batch_id: str) -> dict[ItemStatus, int]:
        """How many items are in each state."""
        async with self._redis.pipeline(transaction=True) as pipe:
            for status in ItemStatus:
                pipe.zcard(f"{BATCH}{batch_id}:{status}")
            return dict(zip(ItemStatus, await pipe.execute(), strict=True))

    async def held_hosts(self, batch_id: str) -> list[str]:
        """The hosts that are left alone, since too many films in a row failed there."""
        found = await cast(Any, self._redis.smembers(f"{BATCH}{batch_id}:held"))
        return sorted(host.decode() for host in found)

    async def items(
        self, batch: Batch, after: int = 0, limit: int = 100, status: ItemStatus | None = None
    ) -> list[Item]:
        """Items with a number above `after`, in order: all, or those in one state."""
        if status is None:
            numbers = list(range(after + 1, min(batch.total, after + limit) + 1))
        else:
            key = f"{BATCH}{batch.id}:{status}"
            bounds = {"byscore": True, "offset": 0, "num": limit}
            numbers = [int(n) for n in await self._range(key, after + 1, batch.total, **bounds)]
        if not numbers:
            return []
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hmget(f"{BATCH}{batch.id}:rows", [str(number) for number in numbers])
            for number in numbers:
                pipe.hgetall(f"{BATCH}{batch.id}:items:{number}")
            rows, *states = await pipe.execute()
        return [
            self._item(batch, number, state, row)
            for number, state, row in zip(numbers, states, rows, strict=True)
        ]

    async def pictures(self, job_ids: Sequence[str]) -> list[tuple[str, ...]]:
        """The names of the pictures that the scripts of these jobs have taken, as far as they are there."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for job_id in job_ids:
                pipe.hmget(JOB + job_id, ["extras", "script_steps"])
            found = await pipe.execute()
        return [
            tuple(
                step["target"]
                for step in json.loads(steps or b"[]")
                if step["verb"] == "screenshot" and step["state"] == "done"
            )
            if PICTURES in json.loads(extras or b"{}")
            else ()
            for extras, steps in found
        ]

    async def item(self, batch: Batch, number: int) -> Item | None:
        """One item; None when there is none with this number."""
        found = await self.items(batch, number - 1, 1)
        return found[0] if found else None

    async def steer(self, batch_id: str, how: Steer) -> Batch:
        """Pauses, resumes or cancels a batch, and its running jobs with it.

        Raises BatchUnknown, and BatchEnded for one that has ended otherwise.
        """
        jobs = await self._run("steer_batch", [BATCH + batch_id], [batch_id, how])
        batch = await self.find(batch_id)
        if jobs == -1:
            raise BatchEnded(f"There is nothing to {how}: the batch is {batch.status}.", batch.status)
        for job_id in jobs:
            with suppress(AlreadyEnded, JobUnknown, JobGone):  # it has ended meanwhile
                await self.store.cancel(job_id.decode())
        return await self.find(batch_id) if jobs else batch

    async def retry(
        self, batch_id: str, numbers: Sequence[int] | None = None, sealed: bytes = b""
    ) -> list[int]:
        """Lets failed, cancelled and skipped items wait again: all of them, or those with these numbers.

        Returns their numbers. Of completed ones with these numbers, the film is delivered again if that has
        failed; all others are left as they are.
        """
        chosen = "" if numbers is None else json.dumps(list(numbers))
        retried = await self._run("retry_items", [BATCH + batch_id], [batch_id, sealed, chosen])
        return [int(number) for number in retried]

    async def lease_export(self, batch_id: str, how: Lease, token: str) -> bool:
        """Claims, renews or releases the one archive of a batch that is downloaded at a time.

        False when another download has it. While it is leased, the batch and its films do not expire. The
        lease of a process that dies outlives its claims on films: the next archive is to have them all.
        """
        args = [batch_id, how, token, int(2 * self.store.settings.lease_s * 1000)]
        return bool(await self._run("lease_export", [BATCH + batch_id], args))

    async def going_on(self) -> list[str]:
        """The ids of batches that have not ended, oldest first."""
        return [raw.decode() for raw in await self._range(BATCHES)]

    async def next_items(self, batch_id: str, at_once: int) -> list[NextItem] | None:
        """The items that may begin now, in order; None when all that waits is on hosts that are left alone.

        `at_once` is the most that any host may have; whether its own limit allows it, `feed` decides.
        """
        found = await self._run("next_items", [BATCH + batch_id], [at_once])
        if found == 1:
            return None
        parts = [part.decode() for part in found]
        return [
            NextItem(int(number), host, json.loads(row))
            for number, host, row in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
        ]

    async def feed(self, batch_id: str, number: int, job: Job, host: str, at_once: int, pace_s: float) -> Fed:
        """Makes the job of an item that waits, in one step with the batch's counts."""
        keys = [BATCH + batch_id, JOB + job.id, WAITING["record"]]
        args: list[Any] = [
            *(batch_id, number, job.id, self.store.settings.job_ttl_s),
            *(job.spec.rank + RANK_BEHIND, host, at_once, int(pace_s * 1000)),
            *[part for pair in job.encode().items() for part in pair],
        ]
        return _FED[await self._run("feed_item", keys, args)]

    async def fail(
        self, batch_id: str, number: int, status: ItemStatus, job_id: str, error: tuple[str, str], host: str
    ) -> bool:
        """Fails an item in this state that has no job, or whose job is gone; `error` is sentence and code."""
        args = [batch_id, number, status, job_id, *error, host]
        return bool(await self._run("fail_item", [BATCH + batch_id], args))

    async def note_waits_for(self, batch_id: str, what: str) -> None:
        """Says why nothing is begun."""
        await cast(Any, self._redis.hset(BATCH + batch_id, "waits_for", what))

    async def running(self, batch_id: str) -> list[tuple[int, str]]:
        """Number and job of the items that run."""
        numbers = await self._range(f"{BATCH}{batch_id}:running")
        async with self._redis.pipeline(transaction=False) as pipe:
            for number in numbers:
                pipe.hget(f"{BATCH}{batch_id}:items:{int(number)}", "job_id")
            jobs = await pipe.execute()
        return [(int(n), (job or b"").decode()) for n, job in zip(numbers, jobs, strict=True)]

    async def keep_films(self, batch_id: str) -> None:
        """Keeps the films of a batch that goes on."""
        await self._run("keep_films", [BATCH + batch_id], [self.store.settings.kept_batch_s])

    def _deliveries(self, rows: Sequence[BatchRow]) -> Iterator[tuple[int, tuple[str, str]]]:
        """The encrypted address and the receiver of each row that has one, by the number of its item."""
        for number, row in enumerate(rows, start=1):
            if row.deliver_to:
                sealed = encrypt(self.store.settings, row.deliver_to.encode())
                yield number, (sealed.decode(), host_of(row.deliver_to))

    def _item(self, batch: Batch, number: int, state: dict[bytes, bytes], row: bytes | None) -> Item:
        columns: dict[str, str] = json.loads(row or b"{}")
        values = batch.template.values(columns, number, batch.total, batch.date)
        return Item.decode(number, state, columns, batch.template.film_name(values))

    async def _range(self, key: str, start: int = 0, end: int | str = -1, **more: Any) -> list[bytes]:
        return cast(list[bytes], await cast(Any, self._redis.zrange(key, start, end, **more)))

    async def _run(self, name: str, keys: Sequence[str], args: Sequence[Any]) -> Any:
        return await self._scripts[name](keys=list(keys), args=list(args))
