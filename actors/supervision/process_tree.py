"""Which processes belong to a take, asked for cheaply and often; and the end of all of them."""

import asyncio
import logging
import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import psutil

log = logging.getLogger(__name__)

#: Marks every process of a take in its environment with the take's folder. Chromium's children erase theirs.
MARK = "SITEREEL_TAKE"
KILL_ROUNDS = 100
KILL_WAIT_S = 0.02


@dataclass(frozen=True, slots=True)
class Ties:
    """What makes a process one of a family, and whether it still is the one that had its number before."""

    parent: int
    session: int
    born: float
    runs: bool


class ProcessTree:
    """A process and all that it has started: by descent, by session and by `mark`; `root` may be gone.

    Who belongs stays one of the family though its parent has ended. Only processes that have come since the
    last look are looked into: with 20 in the family and 200 strangers that takes 1.5 ms.
    """

    def __init__(self, root: int | None, mark: str) -> None:
        self._root, self._mark = root, mark
        self._family: dict[int, Ties] = {}
        self._strangers: set[int] = set()
        #: Led by one of the family, alive or not: a number stays taken while its session has members.
        self._sessions: set[int] = set()
        ties = None if root is None else _ties(root)
        if root is not None and ties is not None:
            self._family[root] = ties

    def look(self) -> list[int]:
        """All who belong to the take and still run."""
        there = {*psutil.pids()}
        self._strangers &= there
        self._renew()
        asked = {pid: _ties(pid) for pid in there - self._strangers - self._family.keys() - {os.getpid()}}
        new = {pid: ties for pid, ties in asked.items() if ties is not None}
        while kin := {pid: ties for pid, ties in new.items() if self._is_kin(ties)}:
            self._family |= kin
            self._know_sessions()
            new = {pid: ties for pid, ties in new.items() if pid not in kin}
        self._strangers |= new.keys()
        return [pid for pid, ties in self._family.items() if ties.runs]

    def search(self) -> list[int]:
        """The same, with those that only the mark gives away; that takes 0.1 ms a process on the machine."""
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                ties = None if process.pid == os.getpid() else _ties(process.pid)
                if ties is not None and process.environ().get(MARK) == self._mark:
                    self._family.setdefault(process.pid, ties)
        # Among those who were strangers may be their children.
        self._strangers.clear()
        return self.look()

    def killing(self) -> Iterator[None]:
        """Kills them all, round by round until none is left; the caller waits a little after each round."""
        for number in range(KILL_ROUNDS):
            family = self.look() or self.search()
            if not family:
                return
            # The root last: while it lives, orphans become its children and cannot get away.
            others = [pid for pid in family if pid != self._root]
            for pid in others if others and number < KILL_ROUNDS / 2 else family:
                with suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
            yield
        log.error("processes of %s survived being killed", self._mark)

    def _renew(self) -> None:
        """What those of the family are now, without those whose number is nobody's or somebody else's."""
        renewed = {pid: (known, _ties(pid)) for pid, known in self._family.items()}
        self._family = {pid: now for pid, (known, now) in renewed.items() if now and now.born == known.born}
        self._know_sessions()

    def _is_kin(self, ties: Ties) -> bool:
        return ties.parent in self._family or ties.session in self._sessions

    def _know_sessions(self) -> None:
        found = {ties.session for ties in self._family.values()}
        self._sessions = found & (self._family.keys() | self._sessions)


async def kill_tree(family: ProcessTree) -> None:
    """Kills a process and all that it has started."""
    for _ in family.killing():
        # Not psutil's wait: it would reap the child before asyncio can.
        await asyncio.sleep(KILL_WAIT_S)


def kill_marked(mark: str) -> None:
    """Kills all that carries the mark, with what it has started. Blocks for as long as that takes."""
    for _ in ProcessTree(None, mark).killing():
        time.sleep(KILL_WAIT_S)


def _ties(pid: int) -> Ties | None:
    """None when there is no such process. On Linux a quarter of psutil's work."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as stat:
            # pid (any name) state parent group session … and twentieth of these when it was born.
            fields = stat.read().rpartition(b")")[2].split()
        return Ties(int(fields[1]), int(fields[3]), float(fields[19]), fields[0] not in (b"Z", b"X"))
    except FileNotFoundError:
        return None if os.path.exists("/proc/self/stat") else _ties_elsewhere(pid)
    except (OSError, ValueError, IndexError):
        return None


def _ties_elsewhere(pid: int) -> Ties | None:
    with suppress(psutil.Error, OSError):
        process = psutil.Process(pid)
        runs = process.status() != psutil.STATUS_ZOMBIE
        return Ties(process.ppid(), os.getsid(pid), process.create_time(), runs)
    return None
