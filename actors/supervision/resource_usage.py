"""What a take uses up: the memory of its processes and the disk under its folder."""

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil

#: Blocks of stat(2), whatever the file system's own are.
BLOCK_BYTES = 512
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
#: Between two exact readings, unless much has been taken meanwhile.
READ_EVERY_S = 2.0


class MemoryUsage:
    """The memory of a family of processes, in which what they share counts once, as far as it can be told.

    The sum of their resident sizes is at hand in 0.03 ms a process, but three times too large for a Chromium.
    The exact PSS takes the kernel 2 ms a process, so it is read only where that sum is over the limit, and
    again when half of what was left may be gone.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._exact_bytes = self._rough_bytes = 0
        self._read_s = -READ_EVERY_S

    def memory_bytes(self, pids: Sequence[int]) -> int:
        """Exact enough to be compared with the limit."""
        rough_bytes = sum(resident_bytes(pid) for pid in pids)
        if rough_bytes <= self._limit_bytes:
            return rough_bytes
        now_s, room_bytes = time.monotonic(), self._limit_bytes - self._exact_bytes
        grown_bytes = rough_bytes - self._rough_bytes
        if grown_bytes < room_bytes / 2 and now_s < self._read_s + READ_EVERY_S:
            return self._exact_bytes
        self._exact_bytes = sum(proportional_bytes(pid) for pid in pids)
        self._rough_bytes, self._read_s = rough_bytes, now_s
        return self._exact_bytes


def resident_bytes(pid: int) -> int:
    """Memory of the process, shared or not; 0 when it is gone."""
    with suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{pid}/statm").read_bytes().split()[1]) * PAGE_BYTES
    with suppress(psutil.Error):
        return int(psutil.Process(pid).memory_info().rss)
    return 0


def proportional_bytes(pid: int) -> int:
    """Memory of the process, with its share of what it shares; without that where nobody may know.

    A process that made itself undumpable does not let its memory be read in detail.
    """
    with suppress(OSError, ValueError, StopIteration):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_bytes().splitlines()
        return int(next(line for line in lines if line.startswith(b"Pss:")).split()[1]) << 10
    with suppress(psutil.Error):
        used = psutil.Process(pid).memory_info()
        return int(used.rss - getattr(used, "shared", 0))
    return 0


def counts_shared_once() -> bool:
    """Whether the kernel tells PSS at all."""
    return Path("/proc/self/smaps_rollup").is_file()


def memory_there_bytes() -> int:
    """What this machine, or the container around us, has in all."""
    there_bytes = int(psutil.virtual_memory().total)
    with suppress(OSError, ValueError):  # "max" where there is no limit
        return min(there_bytes, int(Path("/sys/fs/cgroup/memory.max").read_text()))
    return there_bytes


def disk_bytes(folder: str) -> int:
    """What lies in the folder, at any depth, as it takes space: holes do not count."""
    total, folders = 0, [folder]
    while folders:
        with suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                with suppress(OSError):
                    total += entry.stat(follow_symlinks=False).st_blocks * BLOCK_BYTES
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
    return total
