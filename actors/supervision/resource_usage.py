"""Resource usage of a take: memory of its processes (PSS), and disk space of its work directory."""

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil

#: Unit of st_blocks in stat(2), whatever the file system's block size.
BLOCK_BYTES = 512
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
#: Between two exact readings, unless much memory was allocated meanwhile.
READ_INTERVAL_S = 2.0


class MemoryUsage:
    """Memory of several processes, in which shared memory counts once where the kernel reports PSS.

    The sum of their resident sizes (RSS) takes 0.03 ms per process, but is three times too large for
    Chromium.
    PSS takes the kernel 2 ms per process, so it is read only where that sum is over the limit, and again
    when half of what was left may be used.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._pss_bytes = self._rss_bytes = 0
        self._read_s = -READ_INTERVAL_S

    def memory_bytes(self, pids: Sequence[int]) -> int:
        """The memory in use, exact enough for a comparison with the limit."""
        rss_bytes = sum(resident_bytes(pid) for pid in pids)
        if rss_bytes <= self._limit_bytes:
            return rss_bytes
        now_s, left_bytes = time.monotonic(), self._limit_bytes - self._pss_bytes
        grown_bytes = rss_bytes - self._rss_bytes
        if grown_bytes < left_bytes / 2 and now_s < self._read_s + READ_INTERVAL_S:
            return self._pss_bytes
        self._pss_bytes = sum(proportional_bytes(pid) for pid in pids)
        self._rss_bytes, self._read_s = rss_bytes, now_s
        return self._pss_bytes


def resident_bytes(pid: int) -> int:
    """RSS of the process; 0 when it has ended."""
    with suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{pid}/statm").read_bytes().split()[1]) * PAGE_BYTES
    with suppress(psutil.Error):
        return int(psutil.Process(pid).memory_info().rss)
    return 0


def proportional_bytes(pid: int) -> int:
    """PSS of the process: its own memory and its share of shared memory; without shared memory elsewhere.

    PSS cannot be read where the kernel does not report it, nor of a process that made itself undumpable.
    """
    with suppress(OSError, ValueError, StopIteration):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_bytes().splitlines()
        return int(next(line for line in lines if line.startswith(b"Pss:")).split()[1]) << 10
    with suppress(psutil.Error):
        used = psutil.Process(pid).memory_info()
        return int(used.rss - getattr(used, "shared", 0))
    return 0


def counts_shared_once() -> bool:
    """Whether the kernel reports PSS."""
    return Path("/proc/self/smaps_rollup").is_file()


def total_memory_bytes() -> int:
    """Memory of this machine, or the limit of its container."""
    total_bytes = int(psutil.virtual_memory().total)
    with suppress(OSError, ValueError):  # "max" where there is no limit
        return min(total_bytes, int(Path("/sys/fs/cgroup/memory.max").read_text()))
    return total_bytes


def disk_bytes(directory: str) -> int:
    """Disk space that a directory takes, with all below it: holes do not count."""
    total, directories = 0, [directory]
    while directories:
        with suppress(OSError), os.scandir(directories.pop()) as entries:
            for entry in entries:
                with suppress(OSError):
                    total += entry.stat(follow_symlinks=False).st_blocks * BLOCK_BYTES
                    if entry.is_dir(follow_symlinks=False):
                        directories.append(entry.path)
    return total
