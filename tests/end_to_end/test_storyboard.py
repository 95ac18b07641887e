"""A storyboard from the real line: on the command line, through the API, and without its film."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from actors.settings import Settings
from actors.worker import working
from tests.conftest import Serve
from tests.end_to_end.conftest import Client
from tests.end_to_end.test_trouble import broken_ffmpeg
from tests.site.server import SiteServer
from tests.support.films import is_blank

FIELDS = ["png", "url", "label", "action", "reason", "outcome"]


@pytest.mark.thorough
def test_recording_leaves_pictures_of_the_start_and_of_each_step(site: SiteServer, tmp_path: Path) -> None:
    board = tmp_path / "a board" / "of mine"
    board.mkdir(parents=True)
    (board / "notes.txt").write_text("stay")

    command = [sys.executable, "-c", "from demo_api.cli.main import main; main()", "record", site.url]
    options = [
        "-o",
        str(tmp_path / "demo.mp4"),
        "--max-clicks",
        "2",
        "--no-scout",
        "--storyboard",
        str(board),
    ]
    done = subprocess.run([*command, *options], capture_output=True, text=True, timeout=120)

    assert done.returncode == 0, done.stderr
    rows = json.loads((board / "steps.json").read_text())
    names = [row["png"] for row in rows]
    assert names == ["000.png", "001.png", "002.png"]
    assert {path.name for path in board.iterdir()} == {*names, "steps.json", "notes.txt"}
    pictures = [Image.open(board / name) for name in names]
    for picture in pictures:
        assert picture.size == (1280, 720)
        assert not is_blank(picture)
    assert len({picture.tobytes() for picture in pictures}) == 3
    assert [list(row) for row in rows] == [FIELDS] * 3
    assert (rows[0]["url"], rows[0]["action"]) == (site.url, "open")
    for row in rows[1:]:
        assert row["action"] == "click"
        assert row["reason"].startswith("keywords")
        assert row["url"].startswith(site.url)
        assert row["label"]


@pytest.mark.thorough
def test_it_comes_as_a_zip_with_pages_as_they_were_filmed(line: Client, site: SiteServer) -> None:
    url = site.url + "lab/dead.html"
    asked = line.run(url, max_clicks=1, size="vertical", storyboard=True)

    assert line.ended(asked)["warnings"] == []

    with zipfile.ZipFile(io.BytesIO(line.extra(asked, "storyboard"))) as binder:
        assert binder.namelist() == ["000.png", "001.png", "steps.json"]
        assert Image.open(io.BytesIO(binder.read("000.png"))).size == (403, 720)


@pytest.mark.thorough
def test_it_counts_even_if_the_film_then_fails(
    settings: Settings, serve: Serve, site: SiteServer, tmp_path: Path
) -> None:
    failing = settings.model_copy(
        update={"ffmpeg_path": broken_ffmpeg(tmp_path / "ffmpeg", 99), "max_attempts": 1}
    )
    with serve(failing) as address, working(failing, slots=1):
        client = Client(address)
        body = client.ended(client.run(site.url + "lab/dead.html", max_clicks=1, storyboard=True))

        assert (body["status"], body["error_code"]) == ("failed", "encoding_failed")
        data = client.extra(body["job_id"], "storyboard")
        assert client.http.get(f"/demo/poster/{body['job_id']}").status_code == 400

    with zipfile.ZipFile(io.BytesIO(data)) as binder:
        assert len(json.loads(binder.read("steps.json"))) == 2
