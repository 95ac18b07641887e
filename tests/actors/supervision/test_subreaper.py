import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from actors.supervision.subreaper import with_subreaper

#: Starts a child that goes away into a session of its own, with nothing in its environment, and an orphan.
ESCAPING = "setsid env -i sleep 60 & (setsid sleep 61 &) ; echo ready; exec sleep 62"


def start(command: list[str], folder: Path, max_file_bytes: int = 0) -> psutil.Popen:
    return psutil.Popen(
        with_subreaper(command, str(folder), max_file_bytes),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def brood(guard: psutil.Popen) -> list[psutil.Process]:
    """All below the guard, once the command is ready."""
    guard.stdout.readline()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        family: list[psutil.Process] = guard.children(recursive=True)
        if sum(process.name() == "sleep" for process in family) == 3:
            return family
        time.sleep(0.01)
    raise AssertionError("the command did not start all of its children")


def assert_gone(family: list[psutil.Process], within_s: float) -> None:
    """Zombies count as gone: whose parent is process 1 waits for it to be reaped."""
    deadline = time.monotonic() + within_s
    while living := [process for process in family if lives(process)]:
        assert time.monotonic() < deadline, f"still there: {living}"
        time.sleep(0.01)


def lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


@pytest.mark.parametrize(
    ("command", "code"),
    [(["true"], 0), (["sh", "-c", "exit 7"], 7), (["sh", "-c", "kill -9 $$"], 137), (["/nowhere"], 127)],
)
def test_a_guard_ends_as_its_command_does(command: list[str], code: int, tmp_path: Path) -> None:
    guard = start(command, tmp_path / "folder")

    guard.stdout.read()
    assert guard.wait(10) == code


def test_the_command_reads_and_writes_as_if_there_were_no_guard(tmp_path: Path) -> None:
    guard = start(["cat"], tmp_path)

    guard.stdin.write(b"an order\n")
    guard.stdin.flush()

    assert guard.stdout.readline() == b"an order\n"
    guard.communicate()


@pytest.mark.parametrize("frozen", [False, True])
def test_when_the_worker_has_gone_nothing_is_left(frozen: bool, tmp_path: Path) -> None:
    folder = tmp_path / "take"
    folder.mkdir()
    (folder / "frame.jpg").write_bytes(b"x")
    guard = start(["sh", "-c", ESCAPING], folder)
    family = brood(guard)
    for process in family if frozen else []:
        process.suspend()

    guard.stdin.close()

    assert guard.wait(5) == 137
    assert_gone(family, 1)
    assert not folder.exists()


def test_when_the_command_has_ended_nothing_that_it_started_is_left(tmp_path: Path) -> None:
    guard = start(["sh", "-c", ESCAPING], tmp_path)
    family = brood(guard)
    for process in family:
        process.suspend()

    guard.children()[0].kill()

    assert guard.wait(5) == 137
    assert_gone(family, 1)
    # Its owner lives and removes it.
    assert tmp_path.exists()


def test_when_worker_and_command_are_killed_together_nothing_is_left(tmp_path: Path) -> None:
    folder = tmp_path / "take"
    folder.mkdir()
    guard = start(["sh", "-c", ESCAPING], folder)
    family = brood(guard)
    for process in (guard, *family):
        process.suspend()

    guard.children()[0].kill()
    guard.stdin.close()
    guard.resume()

    assert guard.wait(5) == 137
    assert_gone(family, 1)
    assert not folder.exists()


def test_a_frozen_guard_wakes_when_the_worker_is_killed(tmp_path: Path) -> None:
    program = (
        "import subprocess, sys, time\nfrom actors.supervision.subreaper import with_subreaper\n"
        f"guard = subprocess.Popen(with_subreaper(['sleep', '60'], {str(tmp_path / 'take')!r}), "
        "stdin=subprocess.PIPE, start_new_session=True)\nprint(guard.pid, flush=True)\ntime.sleep(60)\n"
    )
    (tmp_path / "take").mkdir()
    worker = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    guard = psutil.Process(int(worker.stdout.readline()))
    while not guard.children():
        time.sleep(0.01)
    family = [guard, *guard.children()]
    for process in family:
        process.suspend()

    worker.kill()
    worker.wait()

    assert_gone(family, 5)
    assert not (tmp_path / "take").exists()


def test_when_the_guard_is_killed_its_command_dies_with_it(tmp_path: Path) -> None:
    guard = start(["sleep", "60"], tmp_path)
    while not guard.children():
        time.sleep(0.01)
    family = guard.children()
    family[0].suspend()

    guard.kill()
    guard.wait()

    assert_gone(family, 5)


def test_a_guard_that_is_told_to_end_ends_its_command(tmp_path: Path) -> None:
    guard = start(["sh", "-c", ESCAPING], tmp_path)
    family = brood(guard)

    guard.terminate()

    assert guard.wait(5) == 128 + signal.SIGTERM
    assert_gone(family, 1)
    assert tmp_path.exists()


def test_a_command_writes_no_file_larger_than_it_may(tmp_path: Path) -> None:
    file = tmp_path / "large"
    guard = start(["dd", "if=/dev/zero", f"of={file}", "bs=64k", "count=100"], tmp_path, 1 << 20)

    guard.stdout.read()

    assert guard.wait(10) == 128 + signal.SIGXFSZ
    assert os.path.getsize(file) == 1 << 20
