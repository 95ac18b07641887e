import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from actors.supervision.work_dirs import NAME, all_work_dirs, locked, own_work_dir


def test_a_folder_is_gone_afterwards_with_all_that_is_in_it() -> None:
    with own_work_dir("take") as folder:
        (folder / "frame.jpg").write_bytes(b"x")

    assert not folder.exists()


def test_a_folder_is_locked_for_as_long_as_its_owner_lives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    program = (
        "import time\nfrom actors.supervision.work_dirs import own_work_dir\n"
        "with own_work_dir('take') as folder:\n    print(folder, flush=True)\n    time.sleep(60)\n"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", program], env={"TMPDIR": str(tmp_path)}, stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    folder = Path(owner.stdout.readline().strip())
    assert folder in all_work_dirs([str(tmp_path)])
    with locked(folder) as dead:
        assert not dead

    owner.kill()
    owner.wait()

    with locked(folder) as dead:
        assert dead
    shutil.rmtree(folder)


def test_the_lock_of_a_folder_does_not_pass_to_children() -> None:
    with own_work_dir("take") as folder:
        child = subprocess.Popen(["sleep", "60"])

    folder.mkdir()
    with locked(folder) as dead:
        assert dead
    child.kill()
    child.wait()
    folder.rmdir()


@pytest.mark.parametrize("name", ["sitereel-notes", "sitereel-take-1234-abcdefgh", "other-take-abcdefgh"])
def test_only_folders_named_as_ours_are_ours(name: str) -> None:
    assert not NAME.fullmatch(name)
