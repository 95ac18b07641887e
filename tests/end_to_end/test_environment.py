"""Nothing that is started sees a secret in its environment, ours or somebody else's.

`test_worker.py` shows the same of a worker.
"""

import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from tests.demo_api.cli.test_main import SITEREEL
from tests.site.server import SiteServer
from tests.support.canaries import Watch, canaries, watching
from tests.support.markers import thorough

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads environments from /proc")

PATIENCE_S = 240.0
#: What a take is made of; each must have been looked at.
TAKE = {"guard", "child", "driver", "browser", "zygote", "ffmpeg"}


@contextmanager
def sitereel(*words: str, folder: Path, **variables: str) -> Iterator[tuple[psutil.Popen, Watch]]:
    """A command with canaries in its environment, watched from its first moment; `folder` has its log."""
    environment = {**os.environ, **canaries(), "TMPDIR": str(folder), "SCOUT": "false", **variables}
    environment = {name: value for name, value in environment.items() if value}
    with (folder / "log").open("wb") as log:
        process = psutil.Popen([*SITEREEL, *words], env=environment, stdout=log, stderr=log)
    try:
        with watching(process) as watch:
            yield process, watch
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


@pytest.mark.thorough
def test_a_server_shows_its_secrets_to_nobody_nor_to_its_own_valkey(site: SiteServer, tmp_path: Path) -> None:
    host, token = site.url.removeprefix("http://").rstrip("/"), canaries()["API_TOKEN"]
    words = ("serve", "--port", "0", "--workers", "1")
    with sitereel(*words, folder=tmp_path, REDIS_URL="", ALLOW_PRIVATE_HOSTS=host) as (process, watch):
        address = _address(process, tmp_path / "log")
        known = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=address, timeout=60, trust_env=False, headers=known) as client:
            _filmed(client, site.url + "lab/dead.html")

    assert watch.leaks == set()
    assert watch.read.keys() >= {*TAKE, "valkey"}


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("words", "started"),
    [
        (["doctor"], {"driver", "browser", "ffmpeg", "valkey"}),
        thorough(["inspect", "SITE"], {"driver", "browser"}),
    ],
)
def test_neither_do_commands_that_start_a_browser_themselves(
    words: list[str], started: set[str], site: SiteServer, tmp_path: Path
) -> None:
    words = [word.replace("SITE", site.url + "about.html") for word in words]
    with sitereel(*words, folder=tmp_path, REDIS_URL="") as (process, watch):
        assert process.wait(PATIENCE_S) == 0, (tmp_path / "log").read_text()

    assert watch.leaks == set()
    assert watch.read.keys() >= started


def _address(process: psutil.Popen, log: Path) -> str:
    """Where a server listens, once it does."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := re.search(r"listens on (http://[\w.:]+)", log.read_text())):
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found[1]


def _filmed(client: httpx.Client, url: str) -> None:
    """Returns when a film of this address is made."""
    job = client.post("/demo/run", json={"url": url, "max_clicks": 1}).json()
    deadline = time.monotonic() + PATIENCE_S
    while (body := client.get(job["links"]["status"]).json())["status"] != "completed":
        assert body["status"] in ("pending", "processing"), body["error"]
        assert time.monotonic() < deadline
        time.sleep(0.2)
