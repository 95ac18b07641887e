"""Removes what killed processes have left behind: their child processes, then their work directories."""

import logging
import shutil
import tempfile
import threading
from collections.abc import Iterable

from actors.supervision.process_tree import kill_marked
from actors.supervision.work_dirs import all_work_dirs, locked

log = logging.getLogger(__name__)

#: A subreaper cleans up within a second; this is for processes that were killed together with it.
INTERVAL_S = 3.0
#: A cleanup takes well under a second, unless a disk hangs.
STOP_LIMIT_S = 2.0


def remove_orphans(places: Iterable[str] | None = None) -> int:
    """Removes orphaned work directories and kills their processes; returns the number of directories.

    Looks in the system's temporary directory, and in /tmp, which is used where that has too long a name.
    """
    removed = 0
    for directory in all_work_dirs(places or {tempfile.gettempdir(), "/tmp"}):
        with locked(directory) as orphaned:
            if orphaned:
                kill_marked(str(directory))
                shutil.rmtree(directory, ignore_errors=True)
                removed += 1
    if removed:
        log.info("cleaned up after %d processes that were killed", removed)
    return removed


class OrphanCleanupThread(threading.Thread):
    """Removes orphans regularly until `stop`, in any number of processes: each directory is locked."""

    def __init__(self) -> None:
        super().__init__(name="orphan cleanup", daemon=True)
        self._stopping = threading.Event()

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                remove_orphans()
            except Exception:  # a directory that cannot be removed must not end the thread
                log.exception("orphan cleanup failed")
            self._stopping.wait(INTERVAL_S)

    def stop(self) -> None:
        self._stopping.set()
        self.join(STOP_LIMIT_S)
