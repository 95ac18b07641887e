"""Event stream and live preview of a job.

The scripts that change a job append to its stream. It lives as long as the job, and a client that lost its
connection resumes after the last entry it has received. The preview is made only while somebody watches.
"""

import re
from dataclasses import dataclass
from typing import Any, cast

from redis.asyncio import Redis

from actors.jobs.keys import EVENTS, FRAMES, WATCHED

ID = re.compile(r"([0-9]{1,15})-([0-9]{1,15})")
#: The position before all entries.
FIRST = "0-0"
#: A watcher renews this every second; without it no more pictures are made.
WATCHED_TTL_S = 5
FRAME_TTL_S = 10


@dataclass(frozen=True, slots=True)
class JobEvent:
    """One event; `data` is JSON, `id` is `<ms of Redis's clock>-<number>`."""

    id: str
    kind: str
    data: str

    @property
    def position(self) -> tuple[int, int]:
        return position(self.id)


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture of the browser, as JPEG, and when that was on the film's clock."""

    id: str
    at_ms: float
    width_px: int
    height_px: int
    jpeg: bytes


def position(event_id: str) -> tuple[int, int]:
    """Sort key of an id. Raises ValueError for what is not an id."""
    found = ID.fullmatch(event_id)
    if found is None:
        raise ValueError(f"{event_id[:50]!r} is not an event id, such as 1764021786123-0")
    return int(found[1]), int(found[2])


async def history(redis: Redis, job_id: str, after: str = FIRST) -> list[JobEvent]:
    """All events of a job after this id, in order."""
    return [_event(row) for row in cast(Any, await redis.xrange(EVENTS + job_id, f"({after}"))]


async def listen(
    redis: Redis, job_id: str, after: str, frame_after: str, wait_ms: int, *, looking: bool = True
) -> tuple[list[JobEvent], Frame | None]:
    """Events and the newest picture after these two ids; waits for one of them up to `wait_ms`.

    With `looking`, the worker makes pictures for the next few seconds.
    """
    if looking:
        await redis.set(WATCHED + job_id, 1, ex=WATCHED_TTL_S)
    events, frames = EVENTS + job_id, FRAMES + job_id
    found = cast(Any, await redis.xread({events: after, frames: frame_after}, block=wait_ms))
    rows = {key.decode(): entries for key, entries in (found.items() if isinstance(found, dict) else found)}
    pictures = rows.get(frames, [])
    return [_event(row) for row in rows.get(events, [])], _frame(pictures[-1]) if pictures else None


async def is_watched(redis: Redis, job_id: str) -> bool:
    """Whether somebody watches the job."""
    return bool(await redis.exists(WATCHED + job_id))


async def show(redis: Redis, job_id: str, frame: Frame) -> None:
    """Publishes a picture in place of the one before."""
    fields = {"at": frame.at_ms, "width": frame.width_px, "height": frame.height_px, "jpeg": frame.jpeg}
    async with redis.pipeline(transaction=True) as pipe:
        pipe.xadd(FRAMES + job_id, cast(Any, fields), maxlen=1, approximate=False)
        pipe.expire(FRAMES + job_id, FRAME_TTL_S)
        await pipe.execute()


async def keep_showing(redis: Redis, job_id: str) -> None:
    """Keeps the picture from expiring: it is still the newest."""
    await redis.expire(FRAMES + job_id, FRAME_TTL_S)


async def stop_showing(redis: Redis, job_id: str) -> None:
    """Removes the picture."""
    await redis.unlink(FRAMES + job_id)


def _event(row: Any) -> JobEvent:
    event_id, fields = row
    return JobEvent(event_id.decode(), fields[b"kind"].decode(), fields[b"data"].decode())


def _frame(row: Any) -> Frame:
    frame_id, fields = row
    width, height = int(fields[b"width"]), int(fields[b"height"])
    return Frame(frame_id.decode(), float(fields[b"at"]), width, height, fields[b"jpeg"])
