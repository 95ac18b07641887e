"""Stands between a worker and one process that it starts; when either ends, nothing of that process is left.

A worker runs it as `python -I -S subreaper.py FOLDER MAX_FILE_BYTES COMMAND…`. It is ready in 25 ms and takes
6.5 MB, which is why it imports nothing of ours. Its stdin, which the command shares, is the line to the
worker: the kernel hangs that up however the worker ends.
"""

import ctypes
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

#: From linux/prctl.h.
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
KILL_WAIT_S = 0.005
#: A process that is not gone by then hangs in the kernel, and nobody can help.
KILL_LIMIT_S = 10.0
#: What a shell adds to the number of the signal that ended a process.
BY_SIGNAL = 128


def guarded(command: list[str], folder: str, max_file_bytes: int = 0) -> list[str]:
    """The command under a guard, which removes `folder` should we die first.

    Start it in a session of its own and with a pipe for stdin, and keep that open; close it, or die, and all
    ends. It exits as the command does, with 128 and the number of the signal when one has ended it.
    `max_file_bytes` is the largest file that the command may write, 0 for any.
    """
    if sys.platform != "linux":
        return command
    # -I -S: without site-packages and the environment's PYTHON… it starts in a third of the time.
    return [sys.executable, "-I", "-S", os.path.abspath(__file__), folder, str(max_file_bytes), *command]


def main(arguments: list[str]) -> int:
    """Runs the command until it, or the worker, or the guard is told to end; then ends all that is left."""
    folder, max_file_bytes, *command = arguments
    prctl: Callable[..., int] = ctypes.CDLL(None).prctl
    # Orphans among what the command starts become ours, so that descent finds every one of them.
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    # Wakes us should we be frozen when the worker dies. It comes also when only the worker's thread that has
    # started us ends, and then does nothing.
    prctl(PR_SET_PDEATHSIG, int(signal.SIGCONT))
    signals = _signals()
    child = os.fork()
    if child == 0:
        _become(command, int(max_file_bytes), prctl)
    # The worker is to see the end of its output when the command ends, not when we do.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    code = _wait(child, signals)
    _end_all()
    # Asked now and not before: worker and child may have been killed together, the child a little earlier.
    if _orphaned():
        import shutil  # 5 ms that only this end needs

        shutil.rmtree(folder, ignore_errors=True)
    return code


def _signals() -> int:
    """A pipe with a byte for each signal: a child of ours has ended, or we are told to."""
    signals, wake = os.pipe()
    os.set_blocking(wake, False)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    return signals


def _become(command: list[str], max_file_bytes: int, prctl: Callable[..., int]) -> None:
    """Turns the forked process into the command, which dies with its guard."""
    guard = os.getppid()
    prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if max_file_bytes:
        resource.setrlimit(resource.RLIMIT_FSIZE, (max_file_bytes, max_file_bytes))
    # Python ignores them, and what is ignored stays so across exec.
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    try:
        if os.getppid() == guard:
            os.execvp(command[0], command)
    except OSError as exc:
        os.write(2, f"{command[0]} did not start: {exc}\n".encode())
    os._exit(127)


def _wait(child: int, signals: int) -> int:
    """How the child has ended, as an exit code; as if we had killed it already when the worker has gone."""
    watched = select.poll()
    # Of stdin only the hang-up counts, which needs no asking for: what it says is for the child.
    watched.register(0, 0)
    watched.register(signals, select.POLLIN)
    while True:
        for file, _ in watched.poll():
            if file == 0:
                return BY_SIGNAL + signal.SIGKILL
            if {signal.SIGTERM, signal.SIGINT} & {*os.read(signals, 64)}:
                return BY_SIGNAL + signal.SIGTERM
        for pid, status in _ended():
            if pid == child:
                code = os.waitstatus_to_exitcode(status)
                return code if code >= 0 else BY_SIGNAL - code


def _orphaned() -> bool:
    """Whether the worker has gone, or let go of us."""
    watched = select.poll()
    watched.register(0, 0)
    return bool(watched.poll(0))


def _ended() -> Iterator[tuple[int, int]]:
    """Children of ours that have ended, with their status. Raises ChildProcessError when none is left."""
    while (found := os.waitpid(-1, os.WNOHANG))[0]:
        yield found


def _end_all() -> None:
    """Kills all descendants, frozen or not, until none is left."""
    end_s = time.monotonic() + KILL_LIMIT_S
    with suppress(ChildProcessError):
        while time.monotonic() < end_s:
            for pid in _descendants():
                with suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
            for _ in _ended():
                pass
            time.sleep(KILL_WAIT_S)


def _descendants() -> list[int]:
    children: dict[int, list[int]] = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with suppress(OSError), open(f"/proc/{name}/stat", "rb") as stat:
            # pid (any name) state parent …
            parent = int(stat.read().rpartition(b")")[2].split()[1])
            children.setdefault(parent, []).append(int(name))
    found = [*children.get(os.getpid(), [])]
    for pid in found:
        found.extend(children.get(pid, []))
    return found


if __name__ == "__main__":
    os._exit(main(sys.argv[1:]))
