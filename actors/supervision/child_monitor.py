"""Looks after a running child: what it uses up, and whether it still lives."""

import asyncio

from actors.errors import PipelineError
from actors.stages.spec import StageSpec
from actors.supervision.process_tree import ProcessTree
from actors.supervision.resource_usage import MemoryUsage, disk_bytes

LOOK_S = 0.25
#: A page can fill 350 MB of memory in a second, but a disk is filled more slowly: every fourth look.
DISK_LOOKS = 4
#: A child says once a second that it is alive; where a lease is short, a busy machine may miss some.
LEAST_SILENCE_S = 5.0
#: Before the first sign of life, modules are loaded: 2 s, and more than 10 at a load of 20 on two cores.
LEAST_START_S = 30.0


class MemoryLimit(PipelineError):
    """The stage was stopped by force because it took too much memory."""

    code = "memory_limit"

    def __init__(self, limit_mb: int, used_bytes: int) -> None:
        super().__init__(
            f"The stage took {used_bytes >> 20} MB of memory, browser and all, more than its limit of "
            f"{limit_mb} MB, and was stopped by force. If the site needs that much, raise MAX_MEMORY_MB."
        )


class DiskLimit(PipelineError):
    """The stage was stopped by force because it wrote too much."""

    code = "disk_limit"

    def __init__(self, limit_mb: int, used_bytes: int) -> None:
        super().__init__(
            f"The stage wrote {used_bytes >> 20} MB of temporary files, more than its limit of "
            f"{limit_mb} MB, and was stopped by force. Film for a shorter time, or raise MAX_DISK_MB."
        )


class ChildFroze(PipelineError):
    """The child has not said for too long that it is alive."""

    code = "worker_frozen"

    def __init__(self, silence_s: float) -> None:
        super().__init__(
            f"The process of this stage gave no sign of life for {silence_s:g} s and was stopped by force."
        )


class ChildMonitor:
    """Over one child, which may be silent for as long as a worker: a lease.

    Silence counts in looks, not by the clock: while we are frozen ourselves we hear nothing.
    """

    def __init__(self, family: ProcessTree, order: StageSpec, silence_limit_s: float | None = None) -> None:
        self._family, self._order = family, order
        self._appetite = MemoryUsage(order.max_memory_mb << 20)
        self._silence_limit_s = silence_limit_s or max(LEAST_SILENCE_S, order.lease_s)
        self._start_limit_s = silence_limit_s or max(LEAST_START_S, order.lease_s)
        self._beats = False
        self._silent_looks = 0

    def hear(self, kind: str) -> None:
        """Takes note of a report of the child."""
        self._beats |= kind == "alive"
        self._silent_looks = 0

    async def breach(self) -> PipelineError:
        """Returns when the child must be stopped, with the reason."""
        looks = 0
        while True:
            await asyncio.sleep(LOOK_S)
            looks += 1
            self._silent_looks += 1
            if reason := self._memory() or self._silence():
                return reason
            if looks % DISK_LOOKS == 0 and (reason := await self._disk()):
                return reason

    def _memory(self) -> PipelineError | None:
        limit_mb = self._order.max_memory_mb
        used_bytes = self._appetite.memory_bytes(self._family.look())
        return MemoryLimit(limit_mb, used_bytes) if used_bytes > limit_mb << 20 else None

    def _silence(self) -> PipelineError | None:
        limit_s = self._silence_limit_s if self._beats else self._start_limit_s
        return ChildFroze(limit_s) if self._silent_looks * LOOK_S > limit_s else None

    async def _disk(self) -> PipelineError | None:
        limit_mb = self._order.max_disk_mb
        used_bytes = await asyncio.to_thread(disk_bytes, self._order.folder)
        return DiskLimit(limit_mb, used_bytes) if used_bytes > limit_mb << 20 else None
