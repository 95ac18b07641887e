"""What becomes of a job when something that it needs dies, fails or hangs."""

import json
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from redis import Redis

from actors.embedded_redis import embedded_valkey
from actors.options import ExplorationOptions
from actors.settings import Settings
from actors.worker import working
from tests.conftest import NewProcesses, Serve
from tests.end_to_end.conftest import Client
from tests.site.server import SiteServer
from tests.support.jobs import of_jobs
from video.encoding.ffmpeg_binary import find_ffmpeg


@pytest.mark.thorough
def test_a_browser_that_is_killed_costs_the_film_so_far_but_no_job(
    line: Client, site: SiteServer, new_processes: NewProcesses
) -> None:
    job_id = line.run(site.url + "lab/dead.html", max_clicks=2)
    line.until(job_id, lambda body: body["metrics"]["state"] == "executing")

    kill(new_processes("chrom"))
    body = line.ended(job_id)

    assert (body["status"], body["error"]) == ("completed", None)
    assert [step["number"] for step in body["steps"]] == [1, 2]
    [retry] = body["retries"]
    assert (retry["kind"], retry["attempt"], retry["limit"], retry["at_ms"]) == ("browser", 1, 1, 0.0)
    assert json.loads(line.extra(job_id, "timeline"))["retries"] == [retry]


def kill(processes: Iterable[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):  # with its parent it has gone before its turn
            process.kill()


def broken_ffmpeg(path: Path, failures: int) -> str:
    """An ffmpeg like the real one, but its first `failures` encodings fail."""
    real = find_ffmpeg().path
    path.write_text(
        f"""#!/bin/sh
case "$*" in *rawvideo*)
    echo >> {path}.tries
    if [ $(wc -l < {path}.tries) -le {failures} ]; then echo "out of luck" >&2; exit 3; fi;;
esac
exec {real} "$@"
"""
    )
    path.chmod(0o755)
    return str(path)


@pytest.mark.thorough
def test_a_film_that_fails_while_filming_is_made_from_the_footage(
    settings: Settings, serve: Serve, site: SiteServer, tmp_path: Path, redis_url: str
) -> None:
    unlucky = settings.model_copy(update={"ffmpeg_path": broken_ffmpeg(tmp_path / "ffmpeg", 1)})
    with serve(unlucky) as address, working(unlucky, slots=1):
        client = Client(address)
        body = client.ended(client.run(site.url + "lab/dead.html", max_clicks=1))

    assert (body["status"], body["error"]) == ("completed", None)
    assert body["film"]["duration_s"] >= 2
    left = set(Redis.from_url(redis_url).scan_iter("demo:*"))
    assert not [key for key in left if key.startswith(b"demo:foot")]


@pytest.mark.thorough
def test_an_ffmpeg_that_always_fails_fails_the_job_but_the_take_is_kept(
    settings: Settings, serve: Serve, site: SiteServer, tmp_path: Path, redis_url: str
) -> None:
    failing = settings.model_copy(
        update={"ffmpeg_path": broken_ffmpeg(tmp_path / "ffmpeg", 99), "max_attempts": 2}
    )
    with serve(failing) as address, working(failing, slots=1):
        client = Client(address)
        body = client.ended(client.run(site.url + "lab/dead.html", max_clicks=1))

    assert (body["status"], body["stage"], body["error_code"]) == ("failed", "encoding", "encoding_failed")
    assert "out of luck" in body["error"]
    assert "The footage is kept" in body["error"]
    left = of_jobs(Redis.from_url(redis_url).scan_iter("demo:*"))
    assert {key.decode().split(":")[1] for key in left} == {"job", "foot", "timeline"}


@pytest.mark.thorough
def test_a_worker_that_dies_in_mid_take_loses_nothing(
    settings: Settings, serve: Serve, site: SiteServer
) -> None:
    with serve(settings) as address:
        client = Client(address)
        with _worker_process(settings) as worker:
            job_id = client.run(site.url + "lab/dead.html", max_clicks=2)
            client.until(job_id, lambda body: body["stage"] == "exploring")
            worker.kill()
        with working(settings, slots=1):
            body = client.ended(job_id)

    assert body["status"] == "completed", body["error"]
    assert len(body["steps"]) == 2


@contextmanager
def _worker_process(settings: Settings) -> Iterator[psutil.Popen]:
    environment = {
        **os.environ,
        "REDIS_URL": settings.redis_url or "",
        "LEASE_S": str(settings.lease_s),
        "ALLOW_PRIVATE_HOSTS": ",".join(settings.allow_private_hosts),
    }
    command = [sys.executable, "-c", "from demo_api.cli.main import main; main()", "worker", "--workers", "1"]
    process = psutil.Popen(command, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.thorough
def test_a_redis_that_hangs_for_a_while_costs_no_film(
    serve: Serve, site: SiteServer, new_processes: NewProcesses
) -> None:
    with embedded_valkey() as url:
        [server] = new_processes("valkey-server")
        settings = Settings(
            redis_url=url,
            poll_interval_s=0.1,
            lease_s=30,
            exploration=ExplorationOptions(scout=False),
            allow_private_hosts=frozenset({site.url.removeprefix("http://").rstrip("/")}),
        )
        with serve(settings) as address, working(settings, slots=1):
            client = Client(address)
            job_id = client.run(site.url, max_clicks=1)
            client.until(job_id, lambda body: body["metrics"]["state"] == "executing")

            server.send_signal(signal.SIGSTOP)
            time.sleep(6)
            server.send_signal(signal.SIGCONT)

            body = client.ended(job_id)
            assert body["status"] == "completed", body["error"]
            assert len(body["steps"]) == 1
            # and the worker takes new work
            assert client.ended(client.run(site.url + "login.html"))["status"] == "failed"


@pytest.mark.thorough
def test_what_an_attempt_has_tried_again_is_told_though_another_one_films(
    line: Client, site: SiteServer, new_processes: NewProcesses
) -> None:
    job_id = line.run(site.url + "lab/dead.html", max_clicks=2)
    line.until(job_id, lambda body: body["metrics"]["state"] == "executing")
    kill(new_processes("chrom"))
    line.until(job_id, lambda body: bool(body["retries"]))

    # The second browser films by now, and its take is lost with all it has
    kill(new_processes("python"))
    body = line.ended(job_id)

    assert (body["status"], [failure["code"] for failure in body["failures"]]) == (
        "completed",
        ["worker_crashed"],
    )
    assert [(retry["kind"], retry["at_ms"]) for retry in body["retries"]] == [("browser", 0.0)]
    assert json.loads(line.extra(job_id, "timeline"))["retries"] == body["retries"]
