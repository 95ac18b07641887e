"""Whatever outlives what it belonged to: processes and folders."""

import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from actors.supervision.process_tree import MARK
from tests.chaos.fleet import Fleet, reap_adopted

#: Everything of a process that was killed is gone by then.
PROCESS_LIMIT_S = 2.0
FOLDER_LIMIT_S = 10.0
KILL_LIMIT_S = 5.0


@dataclass(slots=True)
class Watch:
    """Looks out for orphans during a run. They are ours by adoption, see `adopt_orphans`."""

    fleet: Fleet
    #: What was there for too long, in words.
    overdue: list[str] = field(default_factory=list)
    #: The longest that an orphan has lived, and that a folder has lain about, in seconds.
    oldest_s: float = 0.0
    stalest_s: float = 0.0
    _orphans: dict[psutil.Process, float] = field(default_factory=dict)
    _folders: dict[str, float] = field(default_factory=dict)
    _told: set[object] = field(default_factory=set)

    def look(self) -> None:
        own = {member.process.pid for member in self.fleet.members.values() if member.process}
        reap_adopted(own)
        self._look_at_orphans(own)
        self._look_at_folders()

    def _look_at_orphans(self, own: set[int]) -> None:
        now_s = time.monotonic()
        orphans = {
            one: name for one in psutil.Process().children() if one.pid not in own and (name := alive(one))
        }
        self._orphans = {one: self._orphans.get(one, now_s) for one in orphans}
        for one, since_s in self._orphans.items():
            self.oldest_s = max(self.oldest_s, now_s - since_s)
            if now_s - since_s > PROCESS_LIMIT_S and one not in self._told:
                self._told.add(one)
                self.overdue.append(f"process {one.pid} ({orphans[one]}) outlived its parent")

    def _look_at_folders(self) -> None:
        now_s = time.monotonic()
        idle = {folder.name for folder in self.fleet.tmp.iterdir() if not _owned(folder)}
        self._folders = {name: self._folders.get(name, now_s) for name in idle}
        for name, since_s in self._folders.items():
            self.stalest_s = max(self.stalest_s, now_s - since_s)
            if now_s - since_s > FOLDER_LIMIT_S and name not in self._told:
                self._told.add(name)
                self.overdue.append(f"folder {name} outlived its process")


def alive(process: psutil.Process) -> str | None:
    """Its command, unless it is gone or only waits to be buried."""
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return " ".join(process.cmdline())[:160] or process.name()
    except psutil.Error:
        return None


def _owned(folder: Path) -> bool:
    """Whether the process that made this folder lives: it holds a lock on it."""
    with suppress(FileNotFoundError):
        inode = f":{folder.stat().st_ino} "
        return any(inode in line for line in Path("/proc/locks").read_text().splitlines())
    return True


def remains(fleet: Fleet) -> tuple[list[str], list[str]]:
    """Processes and folders that are there though everything was stopped, after the time they are given."""
    deadline_s = time.monotonic() + PROCESS_LIMIT_S
    while (processes := _processes(fleet)) and time.monotonic() < deadline_s:
        time.sleep(0.1)
    return list(processes.values()), [folder.name for folder in fleet.tmp.iterdir()]


def kill_all(fleet: Fleet) -> None:
    """Leaves nobody, whoever it is."""
    deadline_s = time.monotonic() + KILL_LIMIT_S
    while (processes := _processes(fleet)) and time.monotonic() < deadline_s:
        for process in processes:
            with suppress(psutil.Error):
                process.kill()
        time.sleep(0.05)


def _processes(fleet: Fleet) -> dict[psutil.Process, str]:
    """Our descendants, and whoever carries the mark of one of our takes."""
    reap_adopted(set())
    new_processes = psutil.Process().children(recursive=True)
    marked = [process for process in psutil.process_iter() if _is_marked(process, str(fleet.tmp))]
    return {process: said for process in {*new_processes, *marked} if (said := alive(process))}


def _is_marked(process: psutil.Process, folder: str) -> bool:
    with suppress(psutil.Error):
        return process.environ().get(MARK, "").startswith(folder)
    return False
