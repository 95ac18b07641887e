"""Clears away what processes have left that were killed: their children first, then their folders."""

import logging
import shutil
import tempfile
import threading
from collections.abc import Iterable

from actors.supervision.process_tree import kill_marked
from actors.supervision.work_dirs import all_work_dirs, locked

log = logging.getLogger(__name__)

#: A guard clears up within a second; this is for those that were killed with their guard, within 10 s.
SWEEP_S = 3.0
#: A sweep takes well under a second, unless a disk hangs.
STOP_LIMIT_S = 2.0


def remove_orphans(places: Iterable[str] | None = None) -> int:
    """Ends and removes what is left of processes that have died; answers of how many.

    Looks into the system's temporary folder, and into /tmp, which serves where that has too long a name.
    """
    gone = 0
    for folder in all_work_dirs(places or {tempfile.gettempdir(), "/tmp"}):
        with locked(folder) as dead:
            if dead:
                kill_marked(str(folder))
                shutil.rmtree(folder, ignore_errors=True)
                gone += 1
    if gone:
        log.info("cleared up after %d processes that were killed", gone)
    return gone


class OrphanCleanupThread(threading.Thread):
    """Sweeps now and then until `stop`. Any number of processes may: each folder is swept by one of them."""

    def __init__(self) -> None:
        super().__init__(name="janitor", daemon=True)
        self._stop_asked = threading.Event()

    def run(self) -> None:
        while not self._stop_asked.is_set():
            try:
                remove_orphans()
            except Exception:  # whatever lies about must not end the sweeping for good
                log.exception("a sweep failed")
            self._stop_asked.wait(SWEEP_S)

    def stop(self) -> None:
        self._stop_asked.set()
        self.join(STOP_LIMIT_S)
