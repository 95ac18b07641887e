from collections.abc import AsyncIterator
from typing import Any, cast

import httpx
import pytest

from actors.jobs.states import Stage
from actors.jobs.store import Store
from actors.settings import Settings
from demo_api.schemas.jobs import Links
from tests.conftest import Serve
from tests.support.jobs import exploring, failed, queued, ready
from video.artifacts import ARTIFACTS

pytestmark = pytest.mark.anyio

FILM = b"a film"
EXTRAS = {
    "preview": b"\0\0\0\x20ftypisom",
    "poster": b"\x89PNG",
    "sheet": bytes(300_000),
    "captions": b"WEBVTT",
    "timeline": b'{"version": 2}',
    "storyboard": b"PK\x05\x06",
    "pictures": b"PK\x05\x06",
    "screenshot": b"\xff\xd8",
}


@pytest.fixture
async def client(settings: Settings, serve: Serve) -> AsyncIterator[httpx.AsyncClient]:
    with serve(settings) as url:
        async with httpx.AsyncClient(base_url=url) as opened:
            yield opened


def test_every_extra_has_a_link() -> None:
    assert set(Links.model_fields) == {"status", "events", "export", *ARTIFACTS}


@pytest.mark.parametrize(
    ("name", "media_type", "file"),
    [
        ("preview", "video/mp4", "sitereel-j1-preview.mp4"),
        ("poster", "image/png", "sitereel-j1-poster.png"),
        ("sheet", "image/png", "sitereel-j1-sheet.png"),
        ("captions", "text/vtt; charset=utf-8", "sitereel-j1-captions.vtt"),
        ("timeline", "application/json", "sitereel-j1-timeline.json"),
        ("storyboard", "application/zip", "sitereel-j1-storyboard.zip"),
        ("pictures", "application/zip", "sitereel-j1-pictures.zip"),
        ("screenshot", "image/jpeg", "sitereel-j1-screenshot.jpg"),
    ],
)
async def test_an_extra_can_be_fetched_again_and_again_and_goes_with_the_film(
    name: str, media_type: str, file: str, store: Store, client: httpx.AsyncClient
) -> None:
    await ready(store, FILM, extras=EXTRAS)

    for method in ("HEAD", "GET", "GET"):
        answer = await client.request(method, f"/demo/{name}/j1")
        assert answer.status_code == 200
        assert answer.content == (EXTRAS[name] if method == "GET" else b"")
        assert answer.headers["content-type"] == media_type
        assert answer.headers["content-length"] == str(len(EXTRAS[name]))
        assert answer.headers["content-disposition"] == f'inline; filename="{file}"'
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"

    # The film is still there to be exported, once, and takes everything with it
    assert (await client.get("/demo/export/j1")).content == FILM
    assert (await client.get(f"/demo/{name}/j1")).status_code == 410
    assert not any(b"j1" in key for key in await cast(Any, store.redis.keys("*")))


async def test_an_artifact_can_be_fetched_during_an_export(store: Store, client: httpx.AsyncClient) -> None:
    await ready(store, FILM, extras=EXTRAS)
    assert await store.claim("j1", Stage.READY, Stage.EXPORTING)

    assert (await client.get("/demo/poster/j1")).content == EXTRAS["poster"]


@pytest.mark.parametrize("name", ARTIFACTS)
async def test_a_missing_artifact_is_404(name: str, store: Store, client: httpx.AsyncClient) -> None:
    await ready(store, FILM, "plain")
    await ready(store, FILM, "gone", extras=EXTRAS)
    job = await store.get("gone")
    assert job is not None
    await store.redis.delete(job.extras[name])

    for job_id in ("plain", "gone"):
        answer = await client.get(f"/demo/{name}/{job_id}")
        assert (answer.status_code, answer.json()["code"]) == (404, "artifact_missing")
        assert (await client.get(f"/demo/export/{job_id}")).status_code == 200


@pytest.mark.parametrize("name", ARTIFACTS)
async def test_without_a_completed_job_there_are_no_extras(
    name: str, store: Store, client: httpx.AsyncClient
) -> None:
    await queued(store, "waiting")
    await exploring(store, "running")
    await failed(store, "broken")

    for job_id, status in (("waiting", "pending"), ("running", "processing"), ("broken", "failed")):
        answer = await client.get(f"/demo/{name}/{job_id}")
        assert (answer.status_code, answer.json()["code"]) == (400, "not_completed")
        assert answer.json()["job_status"] == status
    assert (await client.get(f"/demo/{name}/none")).json()["code"] == "job_unknown"
