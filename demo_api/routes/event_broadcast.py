"""Broadcasts a job's events: one Redis reader for each job, for all of its watchers in this process."""

import asyncio
import logging
from bisect import bisect_right
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass

from redis.exceptions import RedisError

from actors.jobs.events import FIRST, Frame, JobEvent, listen, position
from actors.jobs.store import Store

log = logging.getLogger(__name__)

#: Shorter than the Redis client's timeout, and than the lifetime of a `watched` flag.
POLL_MS = 1_000
#: After so many polls without an event it is checked whether the job still exists.
SILENT_POLLS = 5
REDIS_RETRY_S = 0.5
#: Sorts behind the position of every event.
LAST_POSITION = (1 << 63, 0)


@dataclass(frozen=True, slots=True)
class Encoders:
    """Functions that encode events and frames as server-sent events, and the encoded `gone`."""

    event: Callable[[JobEvent], bytes]
    frame: Callable[[Frame], bytes]
    gone: bytes


class JobFeed:
    """All encoded events of one job so far, and its newest frame."""

    def __init__(self, store: Store, job_id: str, encoders: Encoders) -> None:
        self.watchers = 0
        #: How many of the watchers want frames too.
        self.frame_watchers = 0
        #: Set when the job has ended or is gone.
        self.ended = False
        self.changed = asyncio.Event()
        self.positions: list[tuple[int, int]] = []
        self.chunks: list[bytes] = []
        self.frame = b""
        self._store = store
        self._job_id = job_id
        self._encoders = encoders
        # Never cancelled: redis-py swallows a cancellation that meets a response. It ends without watchers.
        self.reader = asyncio.create_task(self._read())

    def notify(self) -> None:
        """Wakes all watchers."""
        self.changed.set()
        self.changed = asyncio.Event()

    async def _read(self) -> None:
        try:
            await self._poll_events()
        except Exception:  # whatever it was, whoever listens must be told that it is over
            log.exception("event streams of job %s are closed", self._job_id)
        finally:
            self.ended = True
            self.notify()

    async def _poll_events(self) -> None:
        after = frame_after = FIRST
        silent_polls = 0
        while not self.ended and self.watchers:
            try:
                events, frame = await listen(
                    self._store.redis,
                    self._job_id,
                    after,
                    frame_after,
                    POLL_MS,
                    looking=self.frame_watchers > 0,
                )
                silent_polls = 0 if events or frame else silent_polls + 1
                if silent_polls and silent_polls % SILENT_POLLS == 0 and await self._is_gone():
                    self._append(None, self._encoders.gone)
                    return
            except RedisError as exc:
                log.warning("event streams of job %s wait, Redis is unavailable: %s", self._job_id, exc)
                await asyncio.sleep(REDIS_RETRY_S)
                continue
            for event in events:
                after = event.id
                self._append(event, self._encoders.event(event))
            if frame:
                frame_after, self.frame = frame.id, self._encoders.frame(frame)
            if events or frame:
                self.notify()

    async def _is_gone(self) -> bool:
        return await self._store.get(self._job_id) is None

    def _append(self, event: JobEvent | None, chunk: bytes) -> None:
        self.positions.append(event.position if event else LAST_POSITION)
        self.chunks.append(chunk)
        self.ended = event is None or event.kind == "done"


class Broadcast:
    """The feeds of all jobs that are watched in this process."""

    def __init__(self, store: Store, encoders: Encoders) -> None:
        self._store = store
        self._encoders = encoders
        self._feeds: dict[str, JobFeed] = {}
        self._closed = False

    @property
    def watchers(self) -> int:
        return sum(feed.watchers for feed in self._feeds.values())

    def close(self) -> None:
        """Ends all streams; clients reconnect to another process."""
        self._closed = True
        for feed in self._feeds.values():
            feed.notify()

    async def subscribe(
        self, job_id: str, after: str = FIRST, *, frames: bool = True
    ) -> AsyncGenerator[bytes, None]:
        """Yields the encoded events of a job after this id, until the job ends or the broadcast is closed.

        Frames are included if `frames` is set. A slow subscriber misses frames, but no events.
        """
        feed = self._join(job_id)
        feed.frame_watchers += frames
        sent, frame = position(after), b""
        try:
            while not self._closed:
                changed = feed.changed
                for index in range(bisect_right(feed.positions, sent), len(feed.positions)):
                    sent = feed.positions[index]
                    yield feed.chunks[index]
                if feed.ended and (not feed.positions or sent >= feed.positions[-1]):
                    return
                if frames and feed.frame is not frame:
                    frame = feed.frame
                    yield frame
                else:
                    await changed.wait()
        finally:
            feed.watchers -= 1
            feed.frame_watchers -= frames

    def _join(self, job_id: str) -> JobFeed:
        """Counts one more watcher of the job's feed, which is created if it is not running."""
        feed = self._feeds.get(job_id)
        if feed is None or feed.ended or feed.reader.done():
            for idle_id in [name for name, old in self._feeds.items() if not old.watchers]:
                del self._feeds[idle_id]
            feed = self._feeds[job_id] = JobFeed(self._store, job_id, self._encoders)
        feed.watchers += 1
        return feed
