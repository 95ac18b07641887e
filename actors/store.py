"""The only reader and writer of job keys: each change is one Lua script, fenced by the claim's token."""

import json
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from actors.errors import FilmMissing, MoveRefused
from actors.job import BACK, ENDS, NEXT, QUEUE_OF, STATUS_OF, Job, Stage, Status
from actors.settings import Settings

JOB = "demo:job:"
FOOTAGE = "demo:foot:"
TIMELINE = "demo:timeline:"
FILM = "demo:film:"
#: What can be fetched beside the film, besides the timeline.
EXTRAS = {
    "poster": "demo:poster:",
    "sheet": "demo:sheet:",
    "captions": "demo:captions:",
    "storyboard": "demo:storyboard:",
}
WAITING = "demo:waiting"
ACTIVE = "demo:active"
LEADER = "demo:watchdog"

#: redis-py's own defaults leave a caller blocked for 40 s and more when Redis hangs.
CONNECT_TIMEOUT_S = 1.0
SOCKET_TIMEOUT_S = 2.0
#: A new job that reaches a hung Redis later than this is not accepted: its client was told so.
ACCEPT_WITHIN_MS = 1_500
GIVEN_UP = "The worker that had this job disappeared too often. Nothing was kept; send the request again."

Fields = Mapping[str, str | int]
Args = list[str | int]
LUA = Path(__file__).parent / "lua"


def film_key(job_id: str) -> str:
    """Where the published film of a job lies in the vault."""
    return FILM + job_id


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to write one job, until the lease runs out; `number` makes the names of its blobs unique."""

    job_id: str
    stage: Stage
    token: str
    number: int

    @property
    def footage_key(self) -> str:
        return f"{FOOTAGE}{self.job_id}:{self.number}"

    @property
    def timeline_key(self) -> str:
        return f"{TIMELINE}{self.job_id}:{self.number}"

    @property
    def film_key(self) -> str:
        """Where the film is put before it is published."""
        return f"{FILM}{self.job_id}:{self.number}"

    @property
    def extra_keys(self) -> dict[str, str]:
        return {name: f"{prefix}{self.job_id}:{self.number}" for name, prefix in EXTRAS.items()}

    @property
    def blobs(self) -> tuple[str, ...]:
        """All that this claim may have stored."""
        return self.footage_key, self.timeline_key, self.film_key, *self.extra_keys.values()


def connect(url: str) -> Redis:
    """An asyncio client that gives up in time instead of retrying; see the module's timeouts."""
    return Redis.from_url(
        url,
        socket_timeout=SOCKET_TIMEOUT_S,
        socket_connect_timeout=CONNECT_TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
    )


class Store:
    """Jobs in Redis. Methods raise redis-py's ConnectionError and TimeoutError when Redis is away."""

    def __init__(self, redis: Redis, settings: Settings) -> None:
        self.redis = redis
        self._settings = settings
        self._scripts = {path.stem: redis.register_script(path.read_text()) for path in LUA.glob("*.lua")}

    @classmethod
    @asynccontextmanager
    async def opened(cls, url: str, settings: Settings) -> AsyncIterator["Store"]:
        redis = connect(url)
        try:
            yield cls(redis, settings)
        finally:
            await redis.aclose()

    async def ping(self) -> None:
        """Raises when Redis is away."""
        await cast(Any, self.redis.ping())

    async def create(self, job: Job) -> bool:
        """Accepts a new job and puts it into line; False when Redis was too slow to be believed."""
        seconds, micros = await self.redis.time()
        deadline_ms = seconds * 1000 + micros // 1000 + ACCEPT_WITHIN_MS
        args: Args = [job.id, deadline_ms, self._settings.job_ttl_s, *_flat(job.encode())]
        return bool(await self._run("create", [JOB + job.id, WAITING], args))

    async def get(self, job_id: str) -> Job | None:
        """The job as it stands, or None when there is none (or no more)."""
        row = cast(dict[bytes, bytes], await self.redis.hgetall(JOB + job_id))
        return Job.decode(row) if b"stage" in row and b"id" in row else None

    async def claim(self, job_id: str, start: Stage, to: Stage) -> Claim | None:
        """Takes the job from `start` to `to` for the caller alone; None when it cannot be had."""
        _check(start, to)
        token = uuid.uuid4().hex
        number = await self._run(
            "claim",
            [JOB + job_id, WAITING, ACTIVE],
            [job_id, start, to, STATUS_OF[to], token, self._lease_ms, self._settings.job_ttl_s],
        )
        return Claim(job_id, to, token, number) if number else None

    async def beat(self, claim: Claim, fields: Fields) -> bool:
        """Renews the lease and all times to live, and writes what is new; False when the claim is lost."""
        args: Args = [claim.job_id, claim.token, self._lease_ms, self._settings.job_ttl_s]
        keys = [JOB + claim.job_id, ACTIVE, film_key(claim.job_id), *claim.blobs]
        # HSET wants at least one pair: the lease is renewed even when nothing is new.
        return bool(await self._run("beat", keys, [*args, *_flat(fields or {"beat": 1})]))

    async def move(
        self,
        claim: Claim,
        to: Stage,
        fields: Fields,
        *,
        publish: str | None = None,
        keep: Sequence[str] | None = None,
    ) -> None:
        """Moves on to `to`. `publish` is the key of a film, which is renamed to the job's own.

        `keep` names the blobs that the job has from now on: all others of job and claim are deleted. Without
        it none is. Raises MoveRefused when the claim is lost and FilmMissing if there is no film to publish.
        """
        _check(claim.stage, to)
        await self._move(claim, to, STATUS_OF[to], fields, publish, keep)

    async def end(self, claim: Claim, status: Status, fields: Fields, keep: Sequence[str] = ()) -> None:
        """Ends the job without a film, where it stands; of its blobs only `keep` stay. Raises as `move`."""
        if claim.stage not in ENDS:
            raise MoveRefused(f"A job cannot end while it is {claim.stage}.")
        await self._move(claim, claim.stage, status, fields, None, keep)

    async def _move(
        self,
        claim: Claim,
        to: Stage,
        status: Status,
        fields: Fields,
        publish: str | None,
        keep: Sequence[str] | None,
    ) -> None:
        waits = int(to in QUEUE_OF and status not in (Status.FAILED, Status.CANCELLED))
        keys = [JOB + claim.job_id, WAITING, ACTIVE, publish or "", film_key(claim.job_id), *claim.blobs]
        args: Args = [claim.job_id, claim.token, claim.stage, to, status, waits, self._settings.job_ttl_s]
        args += ["" if keep is None else json.dumps(keep), *_flat(fields or {"error": ""})]
        moved = await self._run("move", keys, args)
        if moved < 0:
            raise FilmMissing(f"The film of job {claim.job_id} is gone. Send the request again.")
        if not moved:
            raise MoveRefused(f"Job {claim.job_id} is no longer ours at {claim.stage}.")

    async def finish(self, claim: Claim) -> bool:
        """Forgets the job, its film and what lies beside it; False when the claim is lost."""
        keys = [JOB + claim.job_id, ACTIVE, film_key(claim.job_id)]
        return bool(await self._run("finish", keys, [claim.job_id, claim.token]))

    async def reap(self) -> list[str]:
        """Takes back the jobs of workers whose lease ran out; answers their ids."""
        status = {back: STATUS_OF[back] for back in BACK.values()}
        limit = self._settings.max_attempts
        blobs = json.dumps([FOOTAGE, TIMELINE, FILM, *EXTRAS.values()])
        args: Args = [JOB, blobs, limit, json.dumps(BACK), json.dumps(status), GIVEN_UP]
        return [taken.decode() for taken in await self._run("reap", [WAITING, ACTIVE], args)]

    async def drop(self, claim: Claim) -> None:
        """Deletes what a lost claim has stored, but for what the job has.

        A move whose answer was lost is refused when it is tried again, though it was made.
        """
        job = await self.get(claim.job_id)
        useless = set(claim.blobs).difference(job.blobs if job else ())
        if useless:
            await self.redis.unlink(*useless)

    async def waiting(self, older_than_ms: int) -> list[tuple[str, str]]:
        """`(queue, job id)` of jobs that wait longer than this. They do not expire while they wait."""
        seconds, _ = await self.redis.time()
        latest = seconds * 1000 - older_than_ms
        ids = cast(list[bytes], await self.redis.zrangebyscore(WAITING, 0, latest))
        found = []
        for raw in ids:
            job = await self.get(raw.decode())
            if job is None:
                await self.redis.zrem(WAITING, raw)
            elif job.stage in QUEUE_OF:
                found.append((QUEUE_OF[job.stage], job.id))
                for key in (JOB + job.id, *job.blobs):
                    await self.redis.expire(key, self._settings.job_ttl_s)
        return found

    async def tickets(self, queue: str) -> int:
        """How many messages lie in a Dramatiq queue, not counting those a worker has fetched."""
        return int(await cast(Any, self.redis.llen(f"dramatiq:{queue}")))

    async def lead(self, name: str, ttl_ms: int) -> bool:
        """True when `name` is the one watchdog that acts, for the next `ttl_ms`."""
        # Reading first: a leader keeps leading when memory is full.
        leader = await self.redis.get(LEADER)
        if leader == name.encode():
            return bool(await self.redis.pexpire(LEADER, ttl_ms))
        return leader is None and bool(await self.redis.set(LEADER, name, px=ttl_ms, nx=True))

    @property
    def _lease_ms(self) -> int:
        return int(self._settings.lease_s * 1000)

    async def _run(self, name: str, keys: Sequence[str], args: Args) -> Any:
        return await self._scripts[name](keys=list(keys), args=args)


def _check(start: Stage, to: Stage) -> None:
    if to not in NEXT[start]:
        raise MoveRefused(f"A job cannot go from {start} to {to}.")


def _flat(fields: Fields) -> Args:
    return [part for pair in fields.items() for part in pair]
