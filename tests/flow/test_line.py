"""From POST to MP4, through real HTTP, Valkey, worker, Chromium and ffmpeg."""

import io
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import httpx
import psutil
import pytest
from PIL import Image
from pydantic import SecretStr
from redis import Redis

from actors.embedded import embedded_valkey
from actors.settings import Settings
from actors.worker import working
from tests.conftest import Kin, Serve
from tests.films import is_blank, picture, probed
from tests.llm_server import LlmServer, answers, fails
from tests.site.server import SiteServer
from video.ffmpeg_binary import find_ffmpeg
from video.timeline import Timeline

PATIENCE_S = 120.0


@pytest.fixture
def settings(redis_url: str, site: SiteServer) -> Settings:
    return Settings(
        redis_url=redis_url,
        poll_interval_s=0.1,
        lease_s=3.0,
        allow_private_hosts=frozenset({site.url.removeprefix("http://").rstrip("/")}),
    )


class Client:
    """Asks for films as a user would."""

    def __init__(self, address: str) -> None:
        self.http = httpx.Client(base_url=address, timeout=30)

    def run(self, url: str, **wishes: int | str | bool) -> str:
        answer = self.http.post("/demo/run", json={"url": url, **wishes})
        assert answer.status_code == 202, answer.text
        job_id: str = answer.json()["job_id"]
        return job_id

    def extra(self, job_id: str, name: str) -> bytes:
        """What comes with the film under this name."""
        answer = self.http.get(f"/demo/{name}/{job_id}")
        assert answer.status_code == 200, answer.text
        return answer.content

    def status(self, job_id: str) -> dict[str, Any]:
        return cast(dict[str, Any], self.http.get(f"/demo/status/{job_id}").json())

    def until(self, job_id: str, arrived: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        deadline = time.monotonic() + PATIENCE_S
        while not arrived(body := self.status(job_id)):
            assert body["status"] != "failed", body["error"]
            assert time.monotonic() < deadline, f"still {body['status']}, {body['stage']}"
            time.sleep(0.05)
        return body

    def ended(self, job_id: str) -> dict[str, Any]:
        return self.until(job_id, lambda body: body["status"] not in ("pending", "processing"))


@pytest.fixture
def line(settings: Settings, serve: Serve) -> Iterator[Client]:
    """API and worker on the test's own Valkey."""
    with serve(settings) as address, working(settings, slots=1):
        yield Client(address)


def test_a_url_becomes_a_film_that_can_be_fetched_once(
    line: Client, site: SiteServer, redis_url: str, tmp_path: Path, kin: Kin
) -> None:
    before = len(site.requests)
    job_id = line.run(site.url, max_clicks=3)
    stages, states = set(), set()

    def watch(body: dict[str, Any]) -> bool:
        stages.add(body["stage"])
        states.add(body["metrics"]["state"])
        return bool(body["status"] == "completed")

    body = line.until(job_id, watch)

    # The job tells its story
    assert {"exploring", "ready"} <= stages
    assert {"executing", "complete"} <= states
    assert (body["error"], body["stop_reason"], body["progress"]) == (None, "max_clicks", 100)
    assert body["metrics"]["clicks"] == len(body["steps"]) == 3
    assert body["metrics"]["visited_urls"][0] == site.url
    assert body["metrics"]["runtime"] > 0
    for step in body["steps"]:
        assert set(step["plan"]) == {"selector", "action", "priority", "reason"}
        assert step["plan"]["reason"].startswith("keywords")
        assert step["label"]
        assert step["page_url"].startswith(site.url)
        assert step["start_ms"] <= step["click_ms"] <= step["end_ms"]
    assert {"auth", "off_domain"} <= {refusal["rule"] for refusal in body["refused"]}

    # It was filmed frame by frame, and none was lost
    assert body["camera"] == {"wanted": "auto", "used": "frames", "notes": [], "lost_frames": 0}
    assert body["warnings"] == []

    # What comes with the film can be looked at before it is fetched
    poster, sheet = (Image.open(io.BytesIO(line.extra(job_id, name))) for name in ("poster", "sheet"))
    assert poster.size == (1280, 720)
    assert not is_blank(poster)
    assert not is_blank(sheet)
    captions = line.extra(job_id, "captions").decode()
    assert captions.startswith("WEBVTT")
    assert captions.count("-->") == 3
    timeline = Timeline.decode(line.extra(job_id, "timeline"))
    assert [step.label for step in timeline.steps] == [step["label"] for step in body["steps"]]

    # The film is what it should be
    answer = line.http.get(f"/demo/export/{job_id}")
    film_path = tmp_path / "film.mp4"
    film_path.write_bytes(answer.content)
    film = probed(film_path)
    assert (film.width, film.height, film.fps) == (1280, 720, 30.0)
    assert (film.codec, film.pix_fmt, film.profile, film.faststart) == ("h264", "yuv420p", "High", True)
    assert film.duration_s == pytest.approx(body["film"]["duration_s"], abs=0.05)
    assert film.duration_s > 5
    assert film.subtitles == body["film"]["subtitles"] == 1
    assert film.chapters == body["film"]["chapters"] > 0
    assert not is_blank(picture(film_path, 0))

    # Nothing is left, nothing dangerous was sent
    for name in ("export", "poster", "sheet", "captions", "timeline"):
        assert line.http.get(f"/demo/{name}/{job_id}").status_code == 404
    assert set(Redis.from_url(redis_url).scan_iter("demo:*")) <= {b"demo:watchdog"}
    assert [request for request in site.requests[before:] if request[0] not in ("GET", "HEAD")] == []
    assert kin("chrom") == []


def test_an_llm_may_choose_and_its_failure_falls_back_within_the_scan(
    settings: Settings, serve: Serve, site: SiteServer
) -> None:
    with LlmServer(answers((0, 90, "shows the product"))) as llm:
        asking = settings.model_copy(
            update={"openai_api_key": SecretStr("sk-test"), "openai_base_url": llm.base_url}
        )
        with serve(asking) as address, working(asking, slots=1):
            client = Client(address)
            body = client.ended(client.run(site.url, max_clicks=1))
            assert body["status"] == "completed", body["error"]
            assert body["steps"][0]["plan"]["reason"].startswith("llm:")
            llm.behave = fails(500)
            body = client.ended(client.run(site.url, max_clicks=1))
            assert body["status"] == "completed", body["error"]
            assert body["steps"][0]["plan"]["reason"].startswith("keywords (llm failed")


@pytest.mark.parametrize(
    ("path", "code", "words"),
    [
        ("login.html", "auth_required", "sign-in page"),
        ("lab/to-login", "auth_required", "sign-in page"),
        ("lab/status?code=503", "page_unreachable", "503"),
        ("lab/close", "page_unreachable", "could not be opened"),
        ("lab/redirect?to=http://169.254.169.254/", "address_refused", "private or local"),
    ],
)
def test_a_start_page_that_cannot_be_filmed_fails_with_a_clear_error(
    path: str, code: str, words: str, line: Client, site: SiteServer
) -> None:
    body = line.ended(line.run(site.url + path))

    assert (body["status"], body["error_code"]) == ("failed", code)
    assert words in body["error"]


def test_a_page_that_never_answers_ends_with_a_safety_violation(
    line: Client, site: SiteServer, kin: Kin
) -> None:
    job_id = line.run(site.url + "lab/hang", max_runtime=3)

    body = line.ended(job_id)

    assert (body["status"], body["error_code"]) == ("failed", "safety_violation")
    assert "runtime limit" in body["error"]
    assert line.http.get(f"/demo/export/{job_id}").status_code == 400
    assert kin("chrom") == []


def test_a_short_runtime_still_gives_the_film_so_far(line: Client, site: SiteServer) -> None:
    body = line.ended(line.run(site.url, max_runtime=9))

    assert (body["status"], body["stop_reason"]) == ("completed", "runtime")
    assert body["film"]["duration_s"] >= 2


def test_a_browser_that_is_killed_fails_the_job(
    line: Client, site: SiteServer, redis_url: str, kin: Kin
) -> None:
    job_id = line.run(site.url)
    line.until(job_id, lambda body: body["metrics"]["state"] == "executing")

    for process in kin("chrom"):
        process.kill()
    body = line.ended(job_id)

    assert (body["status"], body["error_code"]) == ("failed", "browser_crashed")
    assert not list(Redis.from_url(redis_url).scan_iter("demo:foot:*"))


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


def test_a_film_of_another_kind_is_made_as_it_was_asked_for(line: Client, site: SiteServer) -> None:
    job_id = line.run(site.url + "lab/dead.html", max_clicks=1, format="gif", style="plain", captions=False)

    body = line.ended(job_id)

    assert (body["status"], body["film"]["format"], body["warnings"]) == ("completed", "gif", [])
    assert Image.open(io.BytesIO(line.extra(job_id, "poster"))).size == (1280, 720)
    answer = line.http.get(f"/demo/export/{job_id}")
    assert answer.headers["content-type"] == "image/gif"
    assert answer.content[:4] == b"GIF8"


def test_an_ffmpeg_that_fails_fails_the_job_and_leaves_no_parts(
    settings: Settings, serve: Serve, site: SiteServer, tmp_path: Path, redis_url: str
) -> None:
    failing = settings.model_copy(update={"ffmpeg_path": broken_ffmpeg(tmp_path / "ffmpeg", 99)})
    with serve(failing) as address, working(failing, slots=1):
        client = Client(address)
        body = client.ended(client.run(site.url + "lab/dead.html", max_clicks=1))

    assert (body["status"], body["stage"], body["error_code"]) == ("failed", "encoding", "encoding_failed")
    assert "out of luck" in body["error"]
    left = set(Redis.from_url(redis_url).scan_iter("demo:*"))
    assert left <= {b"demo:watchdog", f"demo:job:{body['job_id']}".encode()}


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
    command = [sys.executable, "-c", "from demo_api.cli import main; main()", "worker", "--workers", "1"]
    process = psutil.Popen(command, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_a_redis_that_hangs_for_a_while_costs_no_film(serve: Serve, site: SiteServer, kin: Kin) -> None:
    with embedded_valkey() as url:
        [server] = kin("valkey-server")
        settings = Settings(
            redis_url=url,
            poll_interval_s=0.1,
            lease_s=30,
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
