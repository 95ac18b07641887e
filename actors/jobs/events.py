"""What is told of a job while somebody watches it: a stream of events, and the newest small picture.

The stream is written by the scripts that change the job. It lives as long as the job, and a watcher who was
away goes on after the last entry that he has seen. The picture is only made while somebody is looking.
"""

import re
from dataclasses import dataclass
from typing import Any, cast

from redis.asyncio import Redis

from actors.jobs.keys import EVENTS, FRAMES, WATCHED

ID = re.compile(r"([0-9]{1,15})-([0-9]{1,15})")
#: Before everything.
FIRST = "0-0"
#: Whoever watches says so every second; when he has not for so long, no more pictures are made.
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
    """Where an id stands among others. Raises ValueError for what is none."""
    found = ID.fullmatch(event_id)
    if found is None:
        raise ValueError(f"{event_id[:50]!r} is no id of an event, such as 1764021786123-0")
    return int(found[1]), int(found[2])


async def history(redis: Redis, job_id: str, after: str = FIRST) -> list[JobEvent]:
    """All that was told of a job after this, in order."""
    return [_told(row) for row in cast(Any, await redis.xrange(EVENTS + job_id, f"({after}"))]


async def listen(
    redis: Redis, job_id: str, after: str, frame_after: str, wait_ms: int, *, looking: bool = True
) -> tuple[list[JobEvent], Frame | None]:
    """What is told after these two ids; waits for something for `wait_ms` at most.

    Whoever films is told when somebody is `looking`, for whom pictures are made.
    """
    if looking:
        await redis.set(WATCHED + job_id, 1, ex=WATCHED_TTL_S)
    events, frames = EVENTS + job_id, FRAMES + job_id
    found = cast(Any, await redis.xread({events: after, frames: frame_after}, block=wait_ms))
    rows = {key.decode(): entries for key, entries in (found.items() if isinstance(found, dict) else found)}
    pictures = rows.get(frames, [])
    return [_told(row) for row in rows.get(events, [])], _frame(pictures[-1]) if pictures else None


async def is_watched(redis: Redis, job_id: str) -> bool:
    return bool(await redis.exists(WATCHED + job_id))


async def show(redis: Redis, job_id: str, frame: Frame) -> None:
    """Puts a picture in the place of the one before."""
    fields = {"at": frame.at_ms, "width": frame.width_px, "height": frame.height_px, "jpeg": frame.jpeg}
    async with redis.pipeline(transaction=True) as pipe:
        pipe.xadd(FRAMES + job_id, cast(Any, fields), maxlen=1, approximate=False)
        pipe.expire(FRAMES + job_id, FRAME_TTL_S)
        await pipe.execute()


async def keep_showing(redis: Redis, job_id: str) -> None:
    """The picture is still the newest."""
    await redis.expire(FRAMES + job_id, FRAME_TTL_S)


async def stop_showing(redis: Redis, job_id: str) -> None:
    await redis.unlink(FRAMES + job_id)


def _told(row: Any) -> JobEvent:
    event_id, fields = row
    return JobEvent(event_id.decode(), fields[b"kind"].decode(), fields[b"data"].decode())


def _frame(row: Any) -> Frame:
    frame_id, fields = row
    width, height = int(fields[b"width"]), int(fields[b"height"])
    return Frame(frame_id.decode(), float(fields[b"at"]), width, height, fields[b"jpeg"])
