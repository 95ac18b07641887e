"""The folder of a batch: its state file, and what is refused."""

import json
import stat
from pathlib import Path

import pytest

from actors.settings import Settings
from demo_api.batches.folder import STATE_FILE, BatchFolder, OtherBatch, RemoteBatch
from demo_api.batches.report import report_of
from demo_api.client.output_files import FileRefused
from tests.demo_api.batches.support import plan_of


@pytest.fixture
def settings() -> Settings:
    return Settings()


def test_a_folder_remembers_its_films_and_its_batch(settings: Settings, tmp_path: Path) -> None:
    path, plan = tmp_path / "new" / "films", plan_of(settings, "Bo", "Cy", "Bo")
    with BatchFolder.opened(path, plan) as folder:
        date = folder.date
        folder.note(2, state="failed", error="no luck")
        folder.remember(RemoteBatch(server="http://a.test", id="b1", key="k", rows=[1, 2, 3]))
    (path / "1-Bo.mp4").write_bytes(b"film")

    with BatchFolder.opened(path, plan) as folder:
        assert (folder.missing(), folder.date) == ([2, 3], date)
        assert folder.batch is not None
        assert (folder.batch.address.id, folder.batch.address.key) == ("b1", "k")
        report = report_of(plan, folder)

    counts = {state: count for state, count in report["counts"].items() if count}
    assert counts == {"total": 3, "completed": 1, "failed": 1, "waiting": 1}
    assert [item["file"] for item in report["items"]] == ["1-Bo.mp4", "2-Cy.mp4", "3-Bo.mp4"]
    assert report["items"][1]["error"] == "no luck"
    assert stat.S_IMODE((path / STATE_FILE).stat().st_mode) == 0o600


def test_films_of_other_rows_are_not_mixed_in_unless_asked_for_and_nothing_is_deleted(
    settings: Settings, tmp_path: Path
) -> None:
    with BatchFolder.opened(tmp_path, plan_of(settings, "Bo")):
        (tmp_path / "1-Bo.mp4").write_bytes(b"the first one")
    other = plan_of(settings, "Bo", "Cy")

    with pytest.raises(OtherBatch, match="the rows differ"), BatchFolder.opened(tmp_path, other):
        pass
    with BatchFolder.opened(tmp_path, other, fresh=True) as folder:
        assert [film.file for film in folder.films] == ["1-Bo-2.mp4", "2-Cy.mp4"]

    assert (tmp_path / "1-Bo.mp4").read_bytes() == b"the first one"


def test_one_process_at_a_time_uses_a_folder(settings: Settings, tmp_path: Path) -> None:
    plan = plan_of(settings, "Bo")
    with (
        BatchFolder.opened(tmp_path, plan),
        pytest.raises(FileRefused, match="already"),
        BatchFolder.opened(tmp_path, plan),
    ):
        pass

    with BatchFolder.opened(tmp_path, plan) as folder:
        assert folder.missing() == [1]


@pytest.mark.parametrize("file", ["../1.mp4", "/etc/1.mp4", ".x.mp4", "1.sh"])
def test_a_state_file_names_no_file_elsewhere(file: str, settings: Settings, tmp_path: Path) -> None:
    plan = plan_of(settings, "Bo")
    with BatchFolder.opened(tmp_path, plan):
        pass
    state = json.loads((tmp_path / STATE_FILE).read_text())
    state["films"][0]["file"] = file
    (tmp_path / STATE_FILE).write_text(json.dumps(state))

    with pytest.raises(FileRefused, match="cannot be read"), BatchFolder.opened(tmp_path, plan):
        pass


def test_a_report_of_somebody_else_is_not_overwritten(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text("mine")
    plan = plan_of(settings, "Bo")

    with pytest.raises(FileRefused, match=r"report\.json"), BatchFolder.opened(tmp_path, plan):
        pass

    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]
