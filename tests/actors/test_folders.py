import subprocess
from pathlib import Path

import pytest

from actors.folders import PREFIX, own_folder, sweep


def test_a_folder_is_gone_afterwards_with_all_that_is_in_it() -> None:
    with own_folder("take") as folder:
        (folder / "frame.jpg").write_bytes(b"x")

    assert not folder.exists()


def test_folders_of_killed_processes_are_swept_and_others_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    dead = subprocess.Popen(["true"])
    dead.wait()
    for kind in ("take", "valkey"):
        left = tmp_path / f"{PREFIX}{kind}-{dead.pid}-abc"
        left.mkdir()
        (left / "file").write_bytes(b"x")
    (tmp_path / f"{PREFIX}notes").mkdir()

    with own_folder("take") as mine:
        assert sweep() == 2
        assert mine.exists()

    assert [path.name for path in tmp_path.iterdir()] == [f"{PREFIX}notes"]
