"""From POST to film, through real HTTP, Valkey, worker, Chromium and ffmpeg."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pydantic import SecretStr
from redis import Redis

from actors.settings import Settings
from actors.worker import working
from tests.conftest import NewProcesses, Serve
from tests.end_to_end.conftest import Client
from tests.site.server import SiteServer
from tests.support.films import is_blank, picture, probed
from tests.support.jobs import PIPELINE_KEYS
from tests.support.llm_server import LlmServer, answers, fails
from tests.support.markers import first, thorough
from video.editing.timeline import Timeline


def test_a_url_becomes_a_film_that_can_be_fetched_once(
    line: Client, site: SiteServer, redis_url: str, tmp_path: Path, new_processes: NewProcesses
) -> None:
    before = len(site.requests)
    job_id = line.run(site.url, max_clicks=3, scout=True)
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
    assert body["metrics"]["scouted"] > 0
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
    preview_path = tmp_path / "preview.mp4"
    preview_path.write_bytes(line.extra(job_id, "preview"))
    preview = probed(preview_path)
    assert (preview.width, preview.height, preview.fps, preview.faststart) == (640, 360, 15.0, True)
    assert not is_blank(picture(preview_path, 4))
    captions = line.extra(job_id, "captions").decode()
    assert captions.startswith("WEBVTT")
    assert captions.count("-->") == 3
    timeline = Timeline.decode(line.extra(job_id, "timeline"))
    assert [step.label for step in timeline.steps] == [step["label"] for step in body["steps"]]
    answer = line.http.get(f"/demo/storyboard/{job_id}")
    assert (answer.status_code, answer.json()["code"]) == (404, "artifact_missing")

    # The film is what it should be
    answer = line.http.get(f"/demo/export/{job_id}")
    film_path = tmp_path / "film.mp4"
    film_path.write_bytes(answer.content)
    film = probed(film_path)
    assert (film.width, film.height, film.fps) == (1280, 720, 30.0)
    assert (film.codec, film.pix_fmt, film.profile, film.faststart) == ("h264", "yuv420p", "High", True)
    assert film.duration_s == pytest.approx(body["film"]["duration_s"], abs=0.05)
    assert film.duration_s > 5
    assert film.duration_s == pytest.approx(preview.duration_s, abs=0.1)
    assert preview.size_bytes < film.size_bytes / 3
    assert film.subtitles == body["film"]["subtitles"] == 1
    assert film.chapters == body["film"]["chapters"] > 0
    assert not is_blank(picture(film_path, 0))

    # What it took is counted with the worker's next heartbeat
    figures = line.figures(lambda told: told.get("sitereel_film_frames_total") == body["film"]["frames"])
    assert figures["sitereel_footage_frames_total"] > 0
    assert figures['sitereel_stage_duration_seconds_count{outcome="done",stage="exploring"}'] == 1
    assert figures['sitereel_jobs_total{status="exported"}'] == 1

    # Nothing is left, nothing dangerous was sent
    for name in ("export", "preview", "poster", "sheet", "captions", "timeline", "status"):
        assert line.http.get(f"/demo/{name}/{job_id}").status_code == 410
    left = set(Redis.from_url(redis_url).scan_iter("demo:*"))
    assert left <= PIPELINE_KEYS
    assert [request for request in site.requests[before:] if request[0] not in ("GET", "HEAD")] == []
    assert new_processes("chrom") == []


@pytest.mark.thorough
def test_an_llm_may_choose_and_its_failure_falls_back_within_the_scan(
    settings: Settings, serve: Serve, site: SiteServer
) -> None:
    bill = {"prompt_tokens": 700, "completion_tokens": 50, "total_tokens": 750}
    with LlmServer(answers((0, 90, "shows the product"), usage=bill)) as llm:
        asking = settings.model_copy(
            update={"openai_api_key": SecretStr("sk-test"), "openai_base_url": llm.base_url}
        )
        with serve(asking) as address, working(asking, slots=1):
            client = Client(address)
            job_id = client.run(site.url, max_clicks=2)
            client.until(job_id, lambda body: body["metrics"]["clicks"] == 1)
            llm.behave = fails(500)
            body = client.ended(job_id)

    assert body["status"] == "completed", body["error"]
    assert body["steps"][0]["plan"]["reason"].startswith("llm:")
    assert body["steps"][1]["plan"]["reason"].startswith("keywords (llm failed")
    metrics = body["metrics"]
    assert metrics["llm_calls"] == len(llm.requests) > metrics["llm_fallbacks"] > 0
    assert metrics["llm_tokens"] > 750
    assert 0 < metrics["llm_failures"] <= metrics["llm_fallbacks"]


@pytest.mark.parametrize(
    ("path", "code", "words"),
    first(
        1,
        [
            ("login.html", "auth_required", "sign-in page"),
            thorough("lab/to-login", "auth_required", "sign-in page"),
            ("api/time", "not_a_page", "is JSON data (application/json), not a page"),
            thorough("lab/status?code=503", "site_error", "the fault is the site's own"),
            thorough("lab/status?code=403", "forbidden", "status 403"),
            thorough("no-such-page", "page_unreachable", "does not exist there"),
            thorough("lab/close", "page_unreachable", "could not be opened"),
            thorough("lab/redirect?to=http://10.0.0.1/", "address_refused", "redirects to http://10.0.0.1/"),
            ("lab/redirect?to=http://169.254.169.254/", "address_refused", "metadata service"),
        ],
    ),
)
@pytest.mark.thorough
def test_a_start_page_that_cannot_be_filmed_fails_with_a_clear_error(
    path: str, code: str, words: str, line: Client, site: SiteServer
) -> None:
    body = line.ended(line.run(site.url + path))

    assert (body["status"], body["error_code"]) == ("failed", code)
    assert words in body["error"]


@pytest.mark.thorough
def test_a_page_that_never_answers_ends_with_a_safety_violation(
    line: Client, site: SiteServer, new_processes: NewProcesses
) -> None:
    job_id = line.run(site.url + "lab/hang", max_runtime=3)

    body = line.ended(job_id)

    assert (body["status"], body["error_code"]) == ("failed", "safety_violation")
    assert "runtime limit" in body["error"]
    assert line.http.get(f"/demo/export/{job_id}").status_code == 400
    assert new_processes("chrom") == []


@pytest.mark.thorough
def test_a_short_runtime_still_gives_the_film_so_far(line: Client, site: SiteServer) -> None:
    body = line.ended(line.run(site.url, max_runtime=9))

    assert (body["status"], body["stop_reason"]) == ("completed", "runtime")
    assert body["film"]["duration_s"] >= 2


@pytest.mark.thorough
def test_a_film_of_another_kind_is_made_as_it_was_asked_for(line: Client, site: SiteServer) -> None:
    job_id = line.run(site.url + "lab/dead.html", max_clicks=1, format="gif", style="plain", captions=False)

    body = line.ended(job_id)

    assert (body["status"], body["film"]["format"], body["warnings"]) == ("completed", "gif", [])
    assert Image.open(io.BytesIO(line.extra(job_id, "poster"))).size == (1280, 720)
    answer = line.http.get(f"/demo/export/{job_id}")
    assert answer.headers["content-type"] == "image/gif"
    assert answer.content[:4] == b"GIF8"
