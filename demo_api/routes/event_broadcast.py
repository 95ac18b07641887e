"""Who watches what: each job is read from Redis once, for all of its watchers in this process."""

import asyncio
import logging
from bisect import bisect_right
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass

from redis.exceptions import RedisError

from actors.jobs.events import FIRST, Frame, JobEvent, listen, position
from actors.jobs.store import Store

log = logging.getLogger(__name__)

#: Shorter than the client's patience with Redis, and than a `watched` flag lives.
WAIT_MS = 1_000
#: Whether a silent job is still there is asked every so many waits.
SILENT_WAITS = 5
AWAY_S = 0.5


@dataclass(frozen=True, slots=True)
class Words:
    """How things are put on the wire."""

    event: Callable[[JobEvent], bytes]
    frame: Callable[[Frame], bytes]
    gone: bytes


class Feed:
    """All that is told of one job, ready to be sent, and the newest picture."""

    def __init__(self, store: Store, job_id: str, words: Words) -> None:
        self.watchers = 0
        #: Those who want pictures as well.
        self.lookers = 0
        #: Nothing more will come: the job has ended, or is gone.
        self.over = False
        self.changed = asyncio.Event()
        self.places: list[tuple[int, int]] = []
        self.pieces: list[bytes] = []
        self.frame = b""
        self._store = store
        self._job_id = job_id
        self._words = words
        # Not cancelled: redis-py swallows a cancellation that meets an answer. It ends when nobody watches.
        self.reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        try:
            await self._follow()
        except Exception:
            log.exception("watchers of job %s are sent away", self._job_id)
        finally:
            self.over = True
            self.wake()

    async def _follow(self) -> None:
        after = frame_after = FIRST
        silent = 0
        while not self.over and self.watchers:
            try:
                events, frame = await listen(
                    self._store.redis, self._job_id, after, frame_after, WAIT_MS, looking=self.lookers > 0
                )
                silent = 0 if events or frame else silent + 1
                if silent and silent % SILENT_WAITS == 0 and await self._store.get(self._job_id) is None:
                    self._add(None, self._words.gone)
                    return
            except RedisError as exc:
                log.warning("watchers of job %s wait, Redis is away: %s", self._job_id, exc)
                await asyncio.sleep(AWAY_S)
                continue
            for event in events:
                after = event.id
                self._add(event, self._words.event(event))
            if frame:
                frame_after, self.frame = frame.id, self._words.frame(frame)
            if events or frame:
                self.wake()

    def _add(self, event: JobEvent | None, piece: bytes) -> None:
        self.places.append(event.position if event else (1 << 63, 0))
        self.pieces.append(piece)
        self.over = event is None or event.kind == "done"

    def wake(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()


class Broadcast:
    """The feeds of this process."""

    def __init__(self, store: Store, words: Words) -> None:
        self._store = store
        self._words = words
        self._feeds: dict[str, Feed] = {}
        self._leaving = False

    @property
    def watchers(self) -> int:
        return sum(feed.watchers for feed in self._feeds.values())

    def leave(self) -> None:
        """Sends all watchers away, who will come back to another process."""
        self._leaving = True
        for feed in self._feeds.values():
            feed.wake()

    async def watch(
        self, job_id: str, after: str = FIRST, *, frames: bool = True
    ) -> AsyncGenerator[bytes, None]:
        """What is told of a job after this id, as pieces to be sent, until it ends or we do.

        Pictures are told too if `frames` are wanted. Whoever is slow misses pictures, and nothing else.
        """
        feed = self._join(job_id)
        feed.lookers += frames
        seen, frame = position(after), b""
        try:
            while not self._leaving:
                changed = feed.changed
                for index in range(bisect_right(feed.places, seen), len(feed.places)):
                    seen = feed.places[index]
                    yield feed.pieces[index]
                if feed.over and (not feed.places or seen >= feed.places[-1]):
                    return
                if frames and feed.frame is not frame:
                    frame = feed.frame
                    yield frame
                else:
                    await changed.wait()
        finally:
            feed.watchers -= 1
            feed.lookers -= frames

    def _join(self, job_id: str) -> Feed:
        feed = self._feeds.get(job_id)
        if feed is None or feed.over or feed.reading.done():
            for name in [name for name, old in self._feeds.items() if not old.watchers]:
                del self._feeds[name]
            feed = self._feeds[job_id] = Feed(self._store, job_id, self._words)
        feed.watchers += 1
        return feed
