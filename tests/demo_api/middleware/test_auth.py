from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import SecretStr

from actors.errors import SettingsInvalid
from actors.jobs.store import Store
from actors.settings import Settings
from demo_api.routes.table import OPERATIONS
from tests.conftest import Serve
from tests.support.jobs import failed, queued, ready

pytestmark = pytest.mark.anyio

TOKEN = "a-token-of-24-characters"
WITH_TOKEN = {"authorization": f"Bearer {TOKEN}"}
POSTER = b"a picture"


@pytest.fixture
async def client(settings: Settings, serve: Serve) -> AsyncIterator[httpx.AsyncClient]:
    with serve(settings.model_copy(update={"api_token": SecretStr(TOKEN)})) as url:
        async with httpx.AsyncClient(base_url=url) as opened:
            yield opened


def is_refused(answer: httpx.Response) -> None:
    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthorized"
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer"},
        {"authorization": "Bearer wrong"},
        {"authorization": f"Bearer {TOKEN}x"},
        {"authorization": f"Bearer {TOKEN[:-1]}"},
        {"authorization": f"Basic {TOKEN}"},
        {"authorization": TOKEN},
        {"authorization": b"Bearer \xff\xfe\x80"},
    ],
)
async def test_without_the_token_nothing_that_is_guarded_is_answered(
    headers: dict[str, str], store: Store, client: httpx.AsyncClient
) -> None:
    await ready(store, b"film", "j1", extras={"poster": POSTER})
    await queued(store, "j2")
    for operation in OPERATIONS:
        for job_id in ("j1", "j2", "none"):
            path = operation.path.replace("{job_id}", job_id)
            answer = await client.request(operation.method, path, headers=headers)
            if operation.access == "public":
                assert answer.status_code == (503 if operation.path == "/health" else 200)
            else:
                is_refused(answer)


def test_only_what_holds_no_secrets_is_for_anybody() -> None:
    open_to_all = {operation.path for operation in OPERATIONS if operation.access == "public"}

    assert open_to_all == {"/health", "/ready", "/openapi.json", "/docs", "/schemas/script.json"}


async def test_with_the_token_everything_is_answered(store: Store, client: httpx.AsyncClient) -> None:
    await ready(store, b"film", "j1", extras={"poster": POSTER})
    await failed(store, "j2")
    client.headers.update({"authorization": f"bearer  {TOKEN}"})

    assert (await client.post("/demo/run", json={"url": "http://93.184.215.14/"})).status_code == 202
    assert (await client.get("/demo/status/j1")).status_code == 200
    assert (await client.post("/demo/retry/j2")).status_code == 202
    assert (await client.post("/demo/cancel/j2")).status_code == 200
    assert (await client.get("/openapi.json")).status_code == 200
    assert (await client.get("/demo/poster/j1")).content == POSTER
    assert (await client.get("/demo/export/j1")).content == b"film"


async def test_the_links_of_a_job_open_its_film_without_the_token(
    store: Store, client: httpx.AsyncClient
) -> None:
    await ready(store, b"film", "j1", extras={"poster": POSTER})
    links = (await client.get("/demo/status/j1", headers=WITH_TOKEN)).json()["links"]

    assert len(parse_qs(urlsplit(links["export"]).query)["key"][0]) == 32
    assert (await client.get(links["status"])).json()["job_id"] == "j1"
    is_refused(await client.get("/demo/status/j1"))
    assert (await client.get(links["poster"])).content == POSTER
    assert (await client.head(links["export"])).status_code == 200
    assert (await client.get(links["export"])).content == b"film"


async def test_a_job_key_authenticates_for_that_job_only(store: Store, client: httpx.AsyncClient) -> None:
    await ready(store, b"film", "j1")
    await ready(store, b"other", "j2")
    job = await store.get("j1")
    assert job is not None

    for path in ("/demo/export/j2", "/demo/export/none", "/demo/poster/none"):
        is_refused(await client.get(path, params={"key": job.secret}))
    for key in ("", "x", "\ud7ff\u00e9", job.secret.upper() + "x", job.secret[:-1]):
        is_refused(await client.get("/demo/export/j1", params={"key": key}))
    texts = {
        (await client.get(f"/demo/export/{name}", params={"key": "x" * 32})).json()["detail"]
        for name in ("j1", "none")
    }
    assert len(texts) == 1
    is_refused(await client.post("/demo/cancel/j1", params={"key": job.secret}))


async def test_a_run_answers_with_links_that_have_its_key(client: httpx.AsyncClient, store: Store) -> None:
    answer = await client.post("/demo/run", json={"url": "http://93.184.215.14/"}, headers=WITH_TOKEN)

    job = await store.get(answer.json()["job_id"])
    assert job is not None
    assert answer.json()["links"]["export"] == f"/demo/export/{job.id}?key={job.secret}"
    assert "key" not in answer.headers["location"]


async def test_without_a_token_links_are_plain_and_say_no_secret(
    settings: Settings, serve: Serve, store: Store
) -> None:
    await ready(store, b"film", "j1")
    with serve(settings) as address:
        answer = httpx.get(f"{address}/demo/status/j1")

    job = await store.get("j1")
    assert job is not None
    assert job.secret not in answer.text


@pytest.mark.parametrize("token", ["short", "with spaces that are many", "ünïcödé-is-not-sent-alike"])
def test_a_token_that_could_be_guessed_or_not_sent_is_a_bad_setting(token: str) -> None:
    with pytest.raises(SettingsInvalid, match="API_TOKEN") as refused:
        Settings.read(api_token=token)
    assert token not in str(refused.value)
