import json
import os
import signal
import time
from typing import Any

import httpx
import pytest

from actors.broker import make_broker
from actors.embedded_redis import embedded_valkey
from actors.jobs.states import Stage
from actors.jobs.store import Store
from actors.options import ExplorationOptions, FilmOptions
from actors.settings import Settings
from actors.sites.site_file import SiteFile, SiteFiles
from tests.conftest import NewProcesses, Serve
from tests.support.jobs import exploring, failed, job_keys, queued, ready
from video.style import Style

pytestmark = pytest.mark.anyio

PUBLIC = "http://93.184.215.14/"
LITTLE = {"code": "little_to_show", "message": "2 of 10 clicks were made."}
NO_POSTER = {"code": "poster_missing", "message": "The film has no poster."}
PROBLEM = "application/problem+json"
LINKS = (
    *("status", "events", "export", "preview", "poster", "sheet", "captions", "timeline", "storyboard"),
    *("pictures", "screenshot"),
)


def is_problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["code"] == code
    assert body["detail"]
    return body


async def test_a_run_is_accepted_at_once_and_queued(settings: Settings, store: Store, serve: Serve) -> None:
    with serve(settings) as address, httpx.Client(base_url=address) as client:
        answer = client.post("/demo/run", json={"url": PUBLIC, "max_clicks": 3})

        assert answer.status_code == 202
        body = answer.json()
        job_id = body["job_id"]
        assert body["status"] == "pending"
        assert body["links"] == {name: f"/demo/{name}/{job_id}" for name in LINKS}
        assert answer.headers["location"] == f"/demo/status/{job_id}"
        job = await store.get(job_id)
        assert job is not None
        assert job.spec.limits.max_clicks == 3
        assert job.spec.limits.max_depth == settings.exploration.max_depth
        assert await store.redis.ttl(f"demo:job:{job_id}") > 0


async def test_a_film_is_made_as_it_was_asked_for(settings: Settings, store: Store, serve: Serve) -> None:
    film = {"style": "plain", "size": "square", "fps": 60, "format": "webm", "captions": False, "zoom": False}
    operators = settings.model_copy(update={"film": FilmOptions(title_card=True, size="1080p")})
    with serve(operators) as address, httpx.Client(base_url=address) as client:
        wished = client.post("/demo/run", json={"url": PUBLIC, **film, "camera": "realtime"}).json()
        other = client.post("/demo/run", json={"url": PUBLIC}).json()

        camera = client.get(wished["links"]["status"]).json()["camera"]
        assert camera == {"wanted": "realtime", "used": None, "notes": [], "lost_frames": None}

    job, default = await store.get(wished["job_id"]), await store.get(other["job_id"])
    assert job is not None
    assert job.spec.style == Style("plain", "square", 60, "webm", captions=False, zoom=False, title_card=True)
    assert default is not None
    assert (default.spec.style, default.spec.camera) == (Style(size="1080p"), "auto")


async def test_the_status_names_the_site_file_that_a_film_follows(
    settings: Settings, store: Store, serve: Serve
) -> None:
    shop = SiteFile("shop.yaml", ("93.184.215.14",), limits=ExplorationOptions(max_clicks=2), mask=("css=p",))
    with (
        serve(settings.model_copy(update={"sites": SiteFiles("sites", (shop,))})) as address,
        httpx.Client(base_url=address) as client,
    ):
        followed = client.post("/demo/run", json={"url": PUBLIC, "max_clicks": 9}).json()
        other = client.post("/demo/run", json={"url": "http://93.184.215.15/"}).json()

        named = [client.get(one["links"]["status"]).json()["site_file"] for one in (followed, other)]

    assert named == ["shop.yaml", None]
    job = await store.get(followed["job_id"])
    assert job is not None
    assert (job.spec.limits.max_clicks, job.spec.mask) == (2, ("css=p",))


async def test_the_options_of_a_request_reach_the_job_and_its_status(
    settings: Settings, store: Store, serve: Serve
) -> None:
    wished = {"goal": "show the orders", "focus": ["/orders"], "avoid": ["Admin"], "interact": "click"}
    operators = settings.model_copy(update={"exploration": ExplorationOptions(scout=False)})
    with serve(operators) as address, httpx.Client(base_url=address) as client:
        url = "http://www.example.com/"
        asked = {"url": url, **wished, "domains": ["docs.example.com"], "storyboard": True}
        links = client.post("/demo/run", json=asked).json()["links"]
        body = client.get(links["status"]).json()

    unasked = dict.fromkeys(("allow_writes", "scout", "ignore_robots", "ignore_certificate_errors"), False)
    rest = {"domains": ["docs.example.com"], **unasked}
    assert body["wishes"] == wished | rest
    job = await store.get(body["job_id"])
    assert job is not None
    assert (job.spec.wishes.focus, job.spec.wishes.scout, job.spec.storyboard) == (("/orders",), False, True)


async def test_a_status_has_the_camera_and_the_failures(
    settings: Settings, store: Store, serve: Serve
) -> None:
    claim = await exploring(store)
    camera = {"used": "realtime", "notes": ["a video plays"], "lost_frames": 0, "fps": 30}
    film = {"duration_s": 5.0, "frames": 150, "width": 1280, "height": 720, "fps": 30.0, "size_bytes": 4}
    draft = {**film, "warnings": [NO_POSTER]}
    looked_at = {"what": "Prices", "page_url": PUBLIC, "how": "opened", "outcome": "page"}
    fields = {
        "camera_report": json.dumps(camera),
        "warnings": json.dumps([LITTLE]),
        "looked_at": json.dumps([looked_at]),
        "film": json.dumps(draft),
    }
    await store.transition(claim, Stage.RECORDED, fields)

    with serve(settings) as address:
        body = httpx.get(f"{address}/demo/status/j1").json()

    assert body["camera"] == {
        "wanted": "auto",
        **{name: camera[name] for name in ("used", "notes", "lost_frames")},
    }
    assert body["looked_at"] == [looked_at]
    # It is not a film before it is published, and lacks nothing
    assert body["film"] is None
    assert body["warnings"] == [LITTLE]


async def test_the_status_of_a_completed_job_describes_its_film(
    settings: Settings, store: Store, serve: Serve
) -> None:
    film = {"duration_s": 5.0, "frames": 150, "width": 1280, "height": 720, "fps": 30.0, "size_bytes": 4}
    fields = {"film": json.dumps({**film, "warnings": [NO_POSTER]}), "warnings": json.dumps([LITTLE])}
    await ready(store, b"film", style=Style(format="webm"), fields=fields)

    with serve(settings) as address:
        body = httpx.get(f"{address}/demo/status/j1").json()

    assert body["film"] == {"format": "webm", **film, "subtitles": 0, "chapters": 0}
    assert body["warnings"] == [LITTLE, NO_POSTER]


async def test_the_workers_get_a_ticket_with_the_jobs_id(settings: Settings, serve: Serve) -> None:
    assert settings.redis is not None
    with serve(settings) as address:
        job_id = httpx.post(f"{address}/demo/run", json={"url": PUBLIC}).json()["job_id"]

        broker = make_broker(settings.redis)
        broker.declare_queue("record")
        consumer = broker.consume("record", timeout=2000)
        message = next(message for message in consumer if message is not None)
        assert (message.actor_name, message.args) == ("explore_and_record", (job_id,))
        consumer.close()


async def test_a_new_job_has_a_complete_status(settings: Settings, serve: Serve) -> None:
    with serve(settings) as address, httpx.Client(base_url=address) as client:
        job_id = client.post("/demo/run", json={"url": PUBLIC}).json()["job_id"]

        body = client.get(f"/demo/status/{job_id}").json()

    assert body["created_at"].endswith("Z")
    assert body["created_at"] == body["updated_at"]
    del body["created_at"], body["updated_at"]
    assert body == {
        "job_id": job_id,
        "url": PUBLIC,
        "status": "pending",
        "stage": "queued",
        "priority": "default",
        "error": None,
        "error_code": None,
        "progress": 0,
        "expires_at": None,
        "wishes": {
            "goal": "",
            "focus": [],
            "avoid": [],
            "domains": [],
            "interact": "all",
            "allow_writes": False,
            "scout": True,
            "ignore_robots": False,
            "ignore_certificate_errors": False,
        },
        "metrics": {
            "state": "initial",
            "clicks": 0,
            "depth": 0,
            "visited_urls": [],
            "runtime": 0.0,
            "llm_calls": 0,
            "llm_tokens": 0,
            "llm_fallbacks": 0,
            "llm_failures": 0,
            "scouted": 0,
        },
        "stop_reason": None,
        "failures": [],
        "retries": [],
        "steps": [],
        "script_steps": [],
        "failed_step": None,
        "batch_id": None,
        "item": None,
        "refused": [],
        "warnings": [],
        "looked_at": [],
        "site_file": None,
        "storyboard": False,
        "camera": {"wanted": "auto", "used": None, "notes": [], "lost_frames": None},
        "film": None,
        "callback": None,
        "links": {name: f"/demo/{name}/{job_id}" for name in LINKS},
    }


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"{nonsense", "body"),
        (b'{"url": "gopher://example.com"}', "url"),
        (b'{"url": "https://example.com", "max_clicks": -1}', "max_clicks"),
        (b'{"url": "https://example.com", "colour": "red"}', "colour"),
        (b'{"url": "https://example.com", "fps": 25}', "fps"),
        (b'{"url": "https://example.com", "priority": "urgent"}', "priority"),
    ],
)
async def test_a_bad_request_is_422_and_names_the_field(
    body: bytes, field: str, settings: Settings, store: Store, serve: Serve
) -> None:
    with serve(settings) as address:
        answer = httpx.post(f"{address}/demo/run", content=body)

    problem = is_problem(answer, 422, "request_invalid")
    assert problem["errors"][0]["field"] == field
    assert await job_keys(store) == set()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost:8000/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://192.168.1.1/",
        "http://10.1.2.3:8080/",
    ],
)
async def test_a_private_address_is_422_and_accepts_nothing(
    url: str, settings: Settings, store: Store, serve: Serve
) -> None:
    with serve(settings) as address:
        answer = httpx.post(f"{address}/demo/run", json={"url": url})

    problem = is_problem(answer, 422, "address_refused")
    assert problem["errors"][0]["field"] == "url"
    assert await store.waiting(older_than_ms=-1000) == []


async def test_a_listed_private_address_is_accepted(settings: Settings, serve: Serve) -> None:
    listed = settings.model_copy(update={"allow_private_hosts": frozenset({"127.0.0.1:4000"})})
    with serve(listed) as address:
        assert httpx.post(f"{address}/demo/run", json={"url": "http://127.0.0.1:4000/"}).status_code == 202
        assert httpx.post(f"{address}/demo/run", json={"url": "http://127.0.0.1:4001/"}).status_code == 422


async def test_unknown_jobs_and_paths_are_404(settings: Settings, serve: Serve) -> None:
    with serve(settings) as address, httpx.Client(base_url=address) as client:
        is_problem(client.get("/demo/status/none"), 404, "job_unknown")
        is_problem(client.get("/demo/export/none"), 404, "job_unknown")
        is_problem(client.get("/nothing/here"), 404, "not_found")


async def test_a_wrong_method_is_405(settings: Settings, serve: Serve) -> None:
    with serve(settings) as address:
        answer = httpx.get(f"{address}/demo/run")

    is_problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "POST"


async def test_a_failed_job_has_its_error_in_the_status(
    settings: Settings, store: Store, serve: Serve
) -> None:
    await failed(store, error="The page did not load.")
    with serve(settings) as address:
        body = httpx.get(f"{address}/demo/status/j1").json()

    assert (body["status"], body["stage"], body["error"]) == ("failed", "exploring", "The page did not load.")


async def test_exporting_before_completion_is_400_with_the_status(
    settings: Settings, store: Store, serve: Serve
) -> None:
    await queued(store, "waiting")
    await exploring(store, "running")
    await failed(store, "broken")
    with serve(settings) as address, httpx.Client(base_url=address) as client:
        for job_id, status in (("waiting", "pending"), ("running", "processing"), ("broken", "failed")):
            problem = is_problem(client.get(f"/demo/export/{job_id}"), 400, "not_completed")
            assert problem["job_status"] == status


async def test_health_reports_whether_redis_responds(settings: Settings, serve: Serve) -> None:
    with serve(settings) as address:
        answer = httpx.get(f"{address}/health")

    assert answer.status_code == 200
    assert answer.json()["redis"] == "ok"


async def test_without_redis_everything_is_503_in_time(serve: Serve) -> None:
    with embedded_valkey() as url:
        settings = Settings(redis_url=url)
    with serve(settings) as address, httpx.Client(base_url=address) as client:
        for answer in (
            client.post("/demo/run", json={"url": PUBLIC}),
            client.get("/demo/status/j1"),
            client.get("/demo/export/j1"),
        ):
            is_problem(answer, 503, "store_unavailable")


async def test_with_a_hung_redis_a_run_is_503_within_its_limit_and_accepts_nothing(
    serve: Serve, new_processes: NewProcesses
) -> None:
    with embedded_valkey() as url:
        settings = Settings(redis_url=url)
        [server] = new_processes("valkey-server")
        with serve(settings) as address, httpx.Client(base_url=address, timeout=10) as client:
            assert client.get("/health").status_code == 200
            os.kill(server.pid, signal.SIGSTOP)
            try:
                began = time.monotonic()
                answer = client.post("/demo/run", json={"url": PUBLIC})
                # The one time limit that is a promise: 2.5 s.
                assert time.monotonic() - began < 2.5
                is_problem(answer, 503, "store_unavailable")
            finally:
                os.kill(server.pid, signal.SIGCONT)
            async with Store.opened(url, settings) as store:
                assert await store.waiting(older_than_ms=-10_000) == []
            assert client.get("/health").status_code == 200
