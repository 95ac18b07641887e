"""Monitors a running child process: its memory, its disk usage, and its heartbeat."""

import asyncio
from pathlib import Path

from actors.errors import PipelineError
from actors.stages.reports import Alive, Report
from actors.stages.spec import ResourceLimits
from actors.supervision.process_tree import ProcessTree
from actors.supervision.resource_usage import MemoryUsage, disk_bytes

CHECK_INTERVAL_S = 0.25
#: A page can fill 350 MB of memory in a second, but a disk is filled more slowly: every fourth check.
DISK_CHECKS = 4
#: A child reports once a second that it is alive; where a lease is short, a busy machine may miss some.
MIN_SILENCE_S = 5.0
#: Before the first heartbeat, modules are loaded: 2 s, and more than 10 at a load of 20 on two cores.
MIN_START_S = 30.0


class MemoryLimit(PipelineError):
    """The stage was killed because it used too much memory."""

    code = "memory_limit"

    def __init__(self, limit_bytes: int, used_bytes: int) -> None:
        super().__init__(
            f"The stage took {used_bytes >> 20} MB of memory, browser and all, more than its limit of "
            f"{limit_bytes >> 20} MB, and was stopped by force. If the site needs that much, raise "
            "MAX_MEMORY_MB."
        )


class DiskLimit(PipelineError):
    """The stage was killed because it wrote too much to disk."""

    code = "disk_limit"

    def __init__(self, limit_bytes: int, used_bytes: int) -> None:
        super().__init__(
            f"The stage wrote {used_bytes >> 20} MB of temporary files, more than its limit of "
            f"{limit_bytes >> 20} MB, and was stopped by force. Film for a shorter time, or raise "
            "MAX_DISK_MB."
        )


class ChildFroze(PipelineError):
    """The child has reported nothing for too long."""

    code = "worker_frozen"

    def __init__(self, silence_s: float) -> None:
        super().__init__(
            f"The process of this stage gave no sign of life for {silence_s:g} s and was stopped by force."
        )


class ChildMonitor:
    """Monitors one child, which may be silent for as long as a worker: a lease.

    Silence counts in checks, not by the clock: while this process is frozen itself it receives nothing.
    """

    def __init__(
        self,
        processes: ProcessTree,
        work_dir: Path,
        limits: ResourceLimits,
        silence_limit_s: float | None = None,
    ) -> None:
        self._processes, self._work_dir, self._limits = processes, work_dir, limits
        self._memory_usage = MemoryUsage(limits.max_memory_bytes)
        self._silence_limit_s = silence_limit_s or max(MIN_SILENCE_S, limits.lease_s)
        self._start_limit_s = silence_limit_s or max(MIN_START_S, limits.lease_s)
        self._has_beaten = False
        self._silent_checks = 0

    def note(self, report: Report) -> None:
        """Takes note that the child has reported something."""
        self._has_beaten |= isinstance(report, Alive)
        self._silent_checks = 0

    async def wait_for_breach(self) -> PipelineError:
        """Returns when the child must be killed, with the reason."""
        checks = 0
        while True:
            await asyncio.sleep(CHECK_INTERVAL_S)
            checks += 1
            self._silent_checks += 1
            if reason := self._check_memory() or self._check_silence():
                return reason
            if checks % DISK_CHECKS == 0 and (reason := await self._check_disk()):
                return reason

    def _check_memory(self) -> PipelineError | None:
        limit_bytes = self._limits.max_memory_bytes
        used_bytes = self._memory_usage.memory_bytes(self._processes.refresh())
        return MemoryLimit(limit_bytes, used_bytes) if used_bytes > limit_bytes else None

    def _check_silence(self) -> PipelineError | None:
        limit_s = self._silence_limit_s if self._has_beaten else self._start_limit_s
        return ChildFroze(limit_s) if self._silent_checks * CHECK_INTERVAL_S > limit_s else None

    async def _check_disk(self) -> PipelineError | None:
        limit_bytes = self._limits.max_disk_bytes
        used_bytes = await asyncio.to_thread(disk_bytes, str(self._work_dir))
        return DiskLimit(limit_bytes, used_bytes) if used_bytes > limit_bytes else None
