import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from actors.supervision.orphan_cleanup import remove_orphans
from actors.supervision.process_tree import MARK
from actors.supervision.work_dirs import PREFIX, own_work_dir

#: A worker with a child that has a session of its own and a child whose environment tells nothing.
WORKER = """
import os, subprocess, sys, time
from actors.supervision.work_dirs import own_work_dir
with own_work_dir("take") as folder:
    script = "env -i sleep 60 & echo $!; wait"
    env = {**os.environ, "SITEREEL_TAKE": str(folder)}
    child = subprocess.Popen(["sh", "-c", script], env=env, start_new_session=True, stdout=subprocess.PIPE)
    print(folder, child.pid, int(child.stdout.readline()), flush=True)
    time.sleep(60)
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_what_a_killed_worker_has_left_is_swept_and_what_lives_is_kept(temporary: Path) -> None:
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER],
        env={**os.environ, "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert worker.stdout is not None
    folder, *pids = worker.stdout.readline().split()
    family = [psutil.Process(int(pid)) for pid in pids]
    (temporary / f"{PREFIX}notes").mkdir()
    with own_work_dir("take") as mine:
        assert remove_orphans([str(temporary)]) == 0
        assert all(process.is_running() for process in family)

        worker.kill()
        worker.wait()

        assert remove_orphans([str(temporary)]) == 1
        assert mine.exists()
    assert not Path(folder).exists()
    assert psutil.wait_procs(family, timeout=5)[1] == []
    assert [path.name for path in temporary.iterdir()] == [f"{PREFIX}notes"]


def test_a_frozen_process_of_a_dead_worker_is_ended(temporary: Path) -> None:
    dead = temporary / f"{PREFIX}take-abcdefgh"
    dead.mkdir()
    (dead / "frame.jpg").write_bytes(b"x")
    frozen = psutil.Popen(["sleep", "60"], env={**os.environ, MARK: str(dead)})
    frozen.suspend()

    assert remove_orphans([str(temporary)]) == 1

    assert frozen.wait(5) == -9
    assert not dead.exists()
