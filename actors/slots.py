"""The slots of a worker: each stage waits for one before it claims a job, and all can be stopped."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from actors.jobs.states import Stage
from actors.monitoring.host import read_host
from actors.monitoring.pool import MAX_SLOTS, SETTLE_S, Decision, HostReadings, Limit, PoolSize, decide

log = logging.getLogger(__name__)

#: While stages wait for a slot, the machine is looked at this often.
CHECK_INTERVAL_S = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class _Holder:
    """A stage that has a slot; for moments also a ticket for which no job turns out to wait."""

    stage: Stage
    begun_s: float


class Slots:
    """Runs stages in a worker's threads, as many at a time as `decide` allows.

    One film may always be encoded, beyond what is allowed but not beyond the upper number: it ends what has
    begun, and frees its footage in Redis.
    """

    def __init__(
        self,
        size: PoolSize | None = None,
        stage_bytes: int = 0,
        read: Callable[[], HostReadings] = read_host,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.size = size or PoolSize.fixed(MAX_SLOTS)
        self._stage_bytes, self._read, self._now_s = stage_bytes, read, now_s
        self._holders: list[_Holder] = []
        self._changed = threading.Condition()
        self._closed = self._stopping = False
        self._limit: Limit | None = None
        self._running: dict[asyncio.Task[Any], asyncio.AbstractEventLoop] = {}

    @property
    def threads(self) -> int:
        """How many threads a worker needs.

        In a pool all that record may wait for a slot: one more is there to encode. It holds no ticket of
        record, of which a worker fetches as many as the upper number.
        """
        return self.size.upper if self.size.is_fixed else self.size.upper + 1

    @property
    def stopping(self) -> bool:
        return self._stopping

    def decision(self) -> Decision:
        """How many stages may run now."""
        with self._changed:
            return self._decide()

    def run(self, stage: Stage, work: Callable[[], Coroutine[None, None, Any]]) -> None:
        """Runs `work` once there is a slot; not at all when the slots are closed first."""
        with self._entered(stage) as entered:
            if entered:
                asyncio.run(self._cancellable(work()))

    def close(self) -> None:
        """Lets no more stages begin; those that run go on."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def stop(self) -> None:
        """Cancels all stages, also those that would start now."""
        self._stopping = True
        self.close()
        for task, loop in list(self._running.items()):
            with suppress(RuntimeError):  # its loop has just been closed
                loop.call_soon_threadsafe(task.cancel)

    async def _cancellable(self, stage: Coroutine[None, None, Any]) -> None:
        task = asyncio.create_task(stage)
        self._running[task] = asyncio.get_running_loop()
        if self._stopping:
            task.cancel()
        try:
            await asyncio.wait({task})
        finally:
            del self._running[task]
        if not task.cancelled():
            task.result()

    @contextmanager
    def _entered(self, stage: Stage) -> Iterator[bool]:
        """Waits for a slot and holds it; yields False when the slots are closed first."""
        with self._changed:
            while not (self._closed or self._may_begin(stage)):
                self._changed.wait(CHECK_INTERVAL_S)
            if self._closed:
                holder = None
            else:
                self._holders.append(holder := _Holder(stage, self._now_s()))
        try:
            yield holder is not None
        finally:
            if holder:
                with self._changed:
                    self._holders.remove(holder)
                    self._changed.notify_all()

    def _may_begin(self, stage: Stage) -> bool:
        active = len(self._holders)
        if active >= self.size.upper:
            return False
        if stage is Stage.ENCODING and all(holder.stage is not stage for holder in self._holders):
            return True
        return active < self.size.lower or active < self._decide().allowed

    def _decide(self) -> Decision:
        if self.size.is_fixed:
            return Decision(self.size.upper)
        settled_s = self._now_s() - SETTLE_S
        settling = any(holder.begun_s > settled_s for holder in self._holders)
        active = len(self._holders)
        decision = decide(self.size, active, self._read(), self._stage_bytes, settling=settling)
        if decision.limit not in (self._limit, "settling"):
            reason = f", limited by {decision.limit}" if decision.limit else ""
            log.info("%d of %d slots may be used now%s", decision.allowed, self.size.upper, reason)
            self._limit = decision.limit
        return decision
