"""Subreaper between a worker and a process that it starts: ends all its descendants when either of them ends.

A worker runs it as `python -I -S subreaper.py WORK_DIR MAX_FILE_BYTES COMMAND…`. It is ready in 25 ms and
takes 6.5 MB, because it imports nothing of ours. Its stdin, which the command shares, is a pipe from the
worker: the kernel closes it however the worker ends.
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
#: A process that has not ended by then hangs in the kernel, where no signal reaches it.
KILL_LIMIT_S = 10.0
#: Exit codes above this give the signal that ended a process, as in a shell.
SIGNAL_EXIT_BASE = 128


def with_subreaper(command: list[str], work_dir: str, max_file_bytes: int = 0) -> list[str]:
    """The command under a subreaper, which removes `work_dir` if this process dies first.

    Start it in a session of its own with a pipe for stdin. When the pipe is closed, also by the death of
    this process, everything ends. It exits as the command does, or with 128 plus the number of the signal
    that ended the command.
    `max_file_bytes` is the largest file that the command may write, 0 for any.
    """
    if sys.platform != "linux":
        return command
    # -I -S: without site-packages and PYTHON… variables it starts in a third of the time.
    return [sys.executable, "-I", "-S", os.path.abspath(__file__), work_dir, str(max_file_bytes), *command]


def main(arguments: list[str]) -> int:
    """Runs the command until it ends, the worker ends or a signal comes; then kills all descendants."""
    work_dir, max_file_bytes, *command = arguments
    prctl: Callable[..., int] = ctypes.CDLL(None).prctl
    # Orphans among its descendants become our children, so that all of them can be found.
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    # Continues this process if it is stopped when the worker dies. It also comes when only the worker's
    # thread that started it ends, and then does nothing.
    prctl(PR_SET_PDEATHSIG, int(signal.SIGCONT))
    signals = _signals()
    child = os.fork()
    if child == 0:
        _exec(command, int(max_file_bytes), prctl)
    # The worker sees the end of its output when the command ends, not when the subreaper does.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    code = _wait(child, signals)
    _kill_descendants()
    # Checked only now: worker and child may have been killed together, the child a little earlier.
    if _is_orphaned():
        import shutil  # takes 5 ms, which only this case needs

        shutil.rmtree(work_dir, ignore_errors=True)
    return code


def _signals() -> int:
    """A pipe that gets a byte for each signal: a child has ended, or this process has to end."""
    signals, wake = os.pipe()
    os.set_blocking(wake, False)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    return signals


def _exec(command: list[str], max_file_bytes: int, prctl: Callable[..., int]) -> None:
    """Turns the forked process into the command, which dies with its subreaper."""
    subreaper = os.getppid()
    prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if max_file_bytes:
        resource.setrlimit(resource.RLIMIT_FSIZE, (max_file_bytes, max_file_bytes))
    # Python ignores these signals, and exec keeps that.
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    try:
        if os.getppid() == subreaper:
            os.execvp(command[0], command)
    except OSError as exc:
        os.write(2, f"{command[0]} did not start: {exc}\n".encode())
    os._exit(127)


def _wait(child: int, signals: int) -> int:
    """Exit code of the child; that of a killed one when the worker has ended or a signal has come."""
    watched = select.poll()
    # Only the hang-up of stdin, which is always polled: its data is for the child.
    watched.register(0, 0)
    watched.register(signals, select.POLLIN)
    while True:
        for file, _ in watched.poll():
            if file == 0:
                return SIGNAL_EXIT_BASE + signal.SIGKILL
            if {signal.SIGTERM, signal.SIGINT} & {*os.read(signals, 64)}:
                return SIGNAL_EXIT_BASE + signal.SIGTERM
        for pid, status in _reap_ended():
            if pid == child:
                code = os.waitstatus_to_exitcode(status)
                return code if code >= 0 else SIGNAL_EXIT_BASE - code


def _is_orphaned() -> bool:
    """Whether the worker has ended, or has closed the pipe."""
    watched = select.poll()
    watched.register(0, 0)
    return bool(watched.poll(0))


def _reap_ended() -> Iterator[tuple[int, int]]:
    """Children that have ended, with their status. Raises ChildProcessError when none is left."""
    while (found := os.waitpid(-1, os.WNOHANG))[0]:
        yield found


def _kill_descendants() -> None:
    """Kills all descendants until none is left."""
    end_s = time.monotonic() + KILL_LIMIT_S
    with suppress(ChildProcessError):
        while time.monotonic() < end_s:
            for pid in _descendants():
                with suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
            for _ in _reap_ended():
                pass
            time.sleep(KILL_WAIT_S)


def _descendants() -> list[int]:
    """Children, their children and so on."""
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
