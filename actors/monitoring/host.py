"""What this machine, or its container, has left: memory, and pressure (Linux PSI) or load."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import psutil

from actors.monitoring.pool import HostReadings

#: Files of a control group by version: limit, usage, and in `memory.stat` what can be reclaimed at once.
CGROUP_FILES = {
    2: ("memory.max", "memory.current", "inactive_file"),
    1: ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
}


def read_host(root: Path = Path("/")) -> HostReadings:
    """Reads the machine below `root`, in less than a millisecond.

    Limits of the process's control groups count where they are tighter: in a container, and in a unit of
    systemd with MemoryMax.
    """
    groups = list(_groups(root))
    limited = [part for part in map(_available_bytes, groups) if part is not None]
    own = [group.path for group in groups if group.version == 2]
    return HostReadings(
        available_bytes=min([int(psutil.virtual_memory().available), *limited]),
        cpu_stall_percent=_stall_percent("cpu", root, own),
        memory_stall_percent=_stall_percent("memory", root, own),
        load_per_core=os.getloadavg()[0] / (os.cpu_count() or 1),
    )


@dataclass(frozen=True, slots=True)
class _Group:
    """One control group of this process: its own or one above it."""

    version: int
    path: Path


def _groups(root: Path) -> Iterator[_Group]:
    """Yields the groups whose memory limit may bind this process.

    A container sees the path of its group outside, of which only the top is there.
    """
    mounts = {"": (2, root / "sys/fs/cgroup"), "memory": (1, root / "sys/fs/cgroup/memory")}
    with suppress(OSError):
        for line in (root / "proc/self/cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            if controllers in mounts:
                version, mount = mounts[controllers]
                own = PurePosixPath(path.lstrip("/"))
                yield from (_Group(version, mount / part) for part in (own, *own.parents))


def _available_bytes(group: _Group) -> int | None:
    """What a group may still take; None without a limit."""
    limit, usage, reclaimable = CGROUP_FILES[group.version]
    with suppress(OSError, ValueError, KeyError):  # "max" where there is no limit
        limit_bytes = int((group.path / limit).read_text())
        used_bytes = int((group.path / usage).read_text())
        stat = dict(line.split() for line in (group.path / "memory.stat").read_text().splitlines())
        return max(0, limit_bytes - used_bytes + int(stat[reclaimable]))
    return None


def _stall_percent(resource: str, root: Path, groups: list[Path]) -> float | None:
    """The largest `some avg10` of machine and groups; None where the kernel reports none."""
    files = [root / "proc/pressure" / resource, *(group / f"{resource}.pressure" for group in groups)]
    found = [percent for percent in map(_some_avg10, files) if percent is not None]
    return max(found, default=None)


def _some_avg10(path: Path) -> float | None:
    # Where PSI is switched off the file is there, and reading it fails.
    with suppress(OSError, ValueError, StopIteration):
        words = path.read_text().partition("\n")[0].split()
        return next(float(word.removeprefix("avg10=")) for word in words if word.startswith("avg10="))
    return None
