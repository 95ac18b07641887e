"""Job repository: the only reader and writer of job keys. Each change is one Lua script, fenced by token."""

import json
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Literal, cast

from redis.asyncio import Redis

from actors.errors import (
    AlreadyEnded,
    FilmMissing,
    JobGone,
    JobUnknown,
    NotEnded,
    QueueFull,
    TransitionRefused,
)
from actors.jobs.connection import connect
from actors.jobs.job import OF_ATTEMPT, OF_EXPLORATION, TOLD_ON, Job
from actors.jobs.keys import ACTIVE, BLOBS, EVENTS, GONE, JOB, LEADER, SECRETS, SEEN, WAITING, Claim, film_key
from actors.jobs.scripts import scripts
from actors.jobs.states import BACK, ENDS, NEXT, QUEUE_OF, STATUS_OF, Stage, Status
from actors.settings import Settings

#: A new job that reaches a hung Redis later than this is not accepted: its client has got a 503.
ACCEPT_WITHIN_MS = 1_500
#: How long an exported job is remembered, and answered as gone instead of unknown.
GONE_TTL_S = 600
#: Retry-After of a full queue: about half of what a film takes.
FULL_RETRY_S = 30
DISAPPEARED = "The worker that had this job disappeared."
GIVEN_UP = (
    "The worker that had this job disappeared, for the last of {attempts} times. Retry it once you know why; "
    "a worker's log and its memory limit are the places to look."
)
CANCELLED = "The job was cancelled. Nothing was kept; it can be retried."

Fields = Mapping[str, str | int]
Args = list[str | int]
#: What happens to the count of attempts: another stage begins, this one failed, or it did not count.
Attempts = Literal["reset", "keep", "undo"]
#: An event for watchers: kind and data, which is JSON.
Event = tuple[str, str]


class Store:
    """Jobs in Redis. Methods raise redis-py's ConnectionError and TimeoutError when Redis is away."""

    def __init__(self, redis: Redis, settings: Settings) -> None:
        self.redis = redis
        self.settings = settings
        self._scripts = {name: redis.register_script(text) for name, text in scripts().items()}

    @classmethod
    @asynccontextmanager
    async def opened(cls, url: str, settings: Settings) -> AsyncIterator["Store"]:
        """Connects a store, and disconnects it afterwards."""
        redis = connect(url)
        try:
            yield cls(redis, settings)
        finally:
            await redis.aclose()

    async def ping(self) -> None:
        """Raises when Redis is away."""
        await cast(Any, self.redis.ping())

    async def create(self, job: Job) -> bool:
        """Creates and queues a job; False when Redis was too slow to accept it.

        Raises QueueFull.
        """
        seconds, micros = await self.redis.time()
        deadline_ms = seconds * 1000 + micros // 1000 + ACCEPT_WITHIN_MS
        limit = self.settings.max_queue
        args: Args = [
            job.id,
            deadline_ms,
            self.settings.job_ttl_s,
            limit,
            job.spec.rank,
            *_flat(job.encode()),
        ]
        created = await self.run("create", [JOB + job.id, WAITING["record"], job.once or ""], args)
        if created < 0:
            raise _full(limit)
        return bool(created)

    async def get(self, job_id: str) -> Job | None:
        """The job, or None when there is none (any more)."""
        row = cast(dict[bytes, bytes], await self.redis.hgetall(JOB + job_id))
        return Job.decode(row) if b"stage" in row and b"id" in row else None

    async def find(self, job_id: str) -> Job:
        """The job. Raises JobGone when it was exported, and JobUnknown."""
        job = await self.get(job_id)
        if job is not None:
            return job
        until_s = await self.redis.zscore(GONE, job_id)
        seconds, _ = await self.redis.time()
        if until_s is not None and until_s > seconds:
            raise JobGone(f"The film of job {job_id} has been exported, and everything of it is gone.")
        raise JobUnknown(f"There is no job {job_id}, or its time is over.")

    async def claim(self, job_id: str, start: Stage, to: Stage) -> Claim | None:
        """Claims this job for the stage `to`; None when it does not wait in `start`."""
        return await self._claim(job_id, start, to)

    async def claim_next(self, start: Stage, to: Stage) -> Claim | None:
        """Claims the first job that waits in `start`; None when none does."""
        return await self._claim("", start, to)

    async def _claim(self, job_id: str, start: Stage, to: Stage) -> Claim | None:
        _check(start, to)
        token, queue = uuid.uuid4().hex, QUEUE_OF.get(start)
        claimed = await self.run(
            "claim",
            [WAITING[queue] if queue else "", ACTIVE],
            [JOB, job_id, start, to, STATUS_OF[to], token, self._lease_ms, self.settings.job_ttl_s],
        )
        return Claim(claimed[0].decode(), to, token, claimed[1]) if claimed else None

    async def renew_lease(self, claim: Claim, fields: Fields, events: Sequence[Event] = ()) -> bool:
        """Renews lease and times to live, writes fields, publishes events; False when the claim is lost."""
        args: Args = [claim.job_id, claim.token, self._lease_ms, self.settings.job_ttl_s, json.dumps(events)]
        keys = [JOB + claim.job_id, ACTIVE, film_key(claim.job_id), *claim.blobs]
        # HSET needs at least one pair: the lease is renewed even when nothing is new.
        return bool(await self.run("renew_lease", keys, [*args, *_flat(fields or {"beat": 1})]))

    async def transition(
        self,
        claim: Claim,
        to: Stage,
        fields: Fields,
        *,
        publish: str | None = None,
        keep: Sequence[str] | None = None,
        attempts: Attempts = "reset",
    ) -> None:
        """Moves the job to the stage `to`. `publish` is the key of a film, which is renamed to the job's own.

        `keep` names the blobs that the job has from now on: all others of job and claim are deleted; without
        it, none. Raises TransitionRefused when the claim is lost and FilmMissing without a film to publish.
        """
        _check(claim.stage, to)
        await self._transition(claim, to, STATUS_OF[to], fields, publish, keep, attempts)

    async def end(self, claim: Claim, status: Status, fields: Fields, keep: Sequence[str] = ()) -> None:
        """Ends the job without a film; keeps only the blobs in `keep`. Raises as transition."""
        if claim.stage not in ENDS:
            raise TransitionRefused(f"A job cannot end while it is {claim.stage}.")
        await self._transition(claim, claim.stage, status, fields, None, keep, "reset")

    async def _transition(
        self,
        claim: Claim,
        to: Stage,
        status: Status,
        fields: Fields,
        publish: str | None,
        keep: Sequence[str] | None,
        attempts: Attempts,
    ) -> None:
        waits = to in QUEUE_OF and status not in (Status.FAILED, Status.CANCELLED)
        waiting = WAITING[QUEUE_OF[to]] if waits else ""
        keys = [JOB + claim.job_id, ACTIVE, waiting, publish or "", film_key(claim.job_id), *claim.blobs]
        args: Args = [claim.job_id, claim.token, claim.stage, to, status, attempts, self.settings.job_ttl_s]
        args += ["" if keep is None else json.dumps(keep), *_flat(fields or {"beat": 1})]
        moved = await self.run("transition", keys, args)
        if moved < 0:
            raise FilmMissing(f"The film of job {claim.job_id} is gone. Send the request again.")
        if not moved:
            raise TransitionRefused(f"Job {claim.job_id} is no longer ours at {claim.stage}.")

    async def finish(self, claim: Claim) -> bool:
        """Deletes the job, its film and its artifacts; False when the claim is lost."""
        keys = [JOB + claim.job_id, ACTIVE, film_key(claim.job_id), GONE]
        return bool(await self.run("finish", keys, [claim.job_id, claim.token, GONE_TTL_S]))

    async def cancel(self, job_id: str) -> Job:
        """Cancels a job whose film is not ready; its worker notices when it renews the lease.

        Raises JobUnknown, JobGone, and AlreadyEnded for a job that is completed or has failed.
        """
        keys = [JOB + job_id, ACTIVE, *WAITING.values()]
        await self.run("cancel", keys, [job_id, json.dumps(BLOBS), CANCELLED])
        await self.redis.unlink(SECRETS + job_id)
        job = await self.find(job_id)
        if job.status is not Status.CANCELLED:
            raise AlreadyEnded(f"There is nothing to cancel: the job is {job.status}.", job.status)
        return job

    async def retry(self, job_id: str) -> Job:
        """Queues a job again that failed or was cancelled; kept footage is only encoded again.

        Raises JobUnknown, JobGone, QueueFull, and NotEnded for any other job.
        """
        limit = self.settings.max_queue
        args: Args = [job_id, self.settings.job_ttl_s, limit]
        args += [json.dumps(OF_ATTEMPT), json.dumps(OF_EXPLORATION)]
        stage = await self.run("retry", [JOB + job_id, *WAITING.values()], args)
        if stage == b"full":
            raise _full(limit)
        job = await self.find(job_id)
        if not stage:
            raise NotEnded(
                f"Only a job that failed or was cancelled can be retried: this one is {job.status}.",
                job.status,
            )
        return job

    async def reap(self) -> list[str]:
        """Takes back jobs whose lease has expired; returns their ids."""
        status = {back: STATUS_OF[back] for back in BACK.values()}
        limit = self.settings.max_attempts
        args: Args = [JOB, json.dumps(BLOBS), limit, json.dumps(BACK), json.dumps(status), DISAPPEARED]
        cleared = [name for name in OF_EXPLORATION if name not in TOLD_ON]
        args += [GIVEN_UP.format(attempts=limit), json.dumps(cleared), SECRETS]
        job_ids = await self.run("reap_expired_leases", [ACTIVE, *WAITING.values()], args)
        return [job_id.decode() for job_id in job_ids]

    async def drop_blobs(self, claim: Claim) -> None:
        """Deletes the blobs of a lost claim that the job does not have.

        It may have some: a transition whose answer was lost is refused when it is repeated.
        """
        job = await self.get(claim.job_id)
        unused = set(claim.blobs).difference(job.blobs if job else ())
        if unused:
            await self.redis.unlink(*unused)

    async def waiting(self, older_than_ms: int) -> list[tuple[str, str]]:
        """`(queue, job id)` of jobs that wait longer than this, in order. Keeps all waiting jobs alive."""
        seconds, _ = await self.redis.time()
        latest_ms = seconds * 1000 - older_than_ms
        found = []
        for queue, key in WAITING.items():
            for raw in cast(list[bytes], await self.redis.zrange(key, 0, -1)):
                job = await self.get(raw.decode())
                if job is None:
                    await self.redis.zrem(key, raw)
                    continue
                for kept in (JOB + job.id, EVENTS + job.id, *job.blobs, *([job.once] if job.once else [])):
                    await self.redis.expire(kept, self.settings.job_ttl_s)
                if job.updated_ms <= latest_ms:
                    found.append((queue, job.id))
        return found

    async def secrets_of(self, job_ids: Sequence[str]) -> list[str | None]:
        """The keys that open these jobs; None for those that are not there."""
        async with self.redis.pipeline(transaction=False) as pipe:
            for job_id in job_ids:
                pipe.hget(JOB + job_id, "secret")
            return [secret.decode() if secret is not None else None for secret in await pipe.execute()]

    async def tickets(self, queue: str) -> int:
        """Number of tickets in a Dramatiq queue, without those that a worker has fetched."""
        return int(await cast(Any, self.redis.llen(f"dramatiq:{queue}")))

    async def elect_leader(self, name: str, ttl_ms: int) -> bool:
        """Whether the watchdog `name` is the leader for the next `ttl_ms`.

        After an outage of Redis all leases start again: workers could not renew them.
        """
        keys = [LEADER, SEEN, ACTIVE]
        return bool(await self.run("elect_leader", keys, [name, ttl_ms, self._lease_ms]))

    @property
    def _lease_ms(self) -> int:
        return int(self.settings.lease_s * 1000)

    async def run(self, name: str, keys: Sequence[str], args: Args) -> Any:
        """Runs a Lua script."""
        return await self._scripts[name](keys=list(keys), args=args)


def _check(start: Stage, to: Stage) -> None:
    if to not in NEXT[start]:
        raise TransitionRefused(f"A job cannot go from {start} to {to}.")


def _full(limit: int) -> QueueFull:
    return QueueFull(f"{limit} jobs wait already, which is the limit. Try again later.", FULL_RETRY_S)


def _flat(fields: Fields) -> Args:
    return [part for pair in fields.items() for part in pair]
