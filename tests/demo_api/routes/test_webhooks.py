"""The webhook from a client's view: requested, delivered, and verified."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import SecretStr
from standardwebhooks import Webhook

from actors.jobs.store import Store
from actors.settings import Settings
from actors.webhook_signing import new_secret
from demo_api.openapi.document import describe
from tests.conftest import Serve
from tests.support.webhook_receiver import Receiver, receiving

pytestmark = pytest.mark.anyio

SITE = "http://93.184.215.14/"
TOKEN = "a-token-of-24-characters"


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as opened:
        yield opened


@pytest.fixture
def listed(settings: Settings, receiver: Receiver) -> Settings:
    return settings.model_copy(update={"allow_private_hosts": frozenset({receiver.host})})


async def run(address: str, callback_url: str, **headers: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=address, headers=headers) as client:
        return await client.post("/demo/run", json={"url": SITE, "callback_url": callback_url})


async def test_a_job_that_ends_is_delivered_to_its_callback_url(
    listed: Settings, receiver: Receiver, serve: Serve
) -> None:
    with serve(listed) as address:
        accepted = (await run(address, receiver.url)).json()
        async with httpx.AsyncClient(base_url=address) as client:
            before = (await client.get(accepted["links"]["status"])).json()["callback"]
            await client.post(f"/demo/cancel/{accepted['job_id']}")
            await receiver.until(lambda heard: len(heard) == 1)
            status = await _delivered(client, accepted["links"]["status"])

    where = f"http://{receiver.host}"
    assert before == {"url": where, "state": "waiting", "attempts": 0, "error": None}
    assert status["callback"] == {"url": where, "state": "delivered", "attempts": 1, "error": None}
    [heard] = receiver.heard
    told = Webhook(accepted["callback_secret"]).verify(heard.body, heard.headers)
    assert told["type"] == "demo.cancelled"
    for name in ("job_id", "url", "status", "error", "error_code", "warnings", "film", "expires_at", "links"):
        assert told["data"][name] == status[name], name


async def _delivered(client: httpx.AsyncClient, link: str) -> dict[str, Any]:
    async with asyncio.timeout(10):
        while (status := (await client.get(link)).json())["callback"]["state"] != "delivered":
            await asyncio.sleep(0.01)
    body: dict[str, Any] = status
    return body


async def test_with_a_token_and_an_address_of_our_own_the_links_open_what_they_name(
    listed: Settings, receiver: Receiver, serve: Serve
) -> None:
    secret = new_secret()
    known = {"api_token": SecretStr(TOKEN), "webhook_secret": SecretStr(secret)}
    with serve(listed.model_copy(update={**known, "public_url": "https://films.example.com"})) as address:
        bearer = f"Bearer {TOKEN}"
        accepted = (await run(address, receiver.url, authorization=bearer)).json()
        async with httpx.AsyncClient(base_url=address) as client:
            await client.post(f"/demo/cancel/{accepted['job_id']}", headers={"authorization": bearer})
            [heard] = await receiver.until(lambda heard: len(heard) == 1)
            link = Webhook(secret).verify(heard.body, heard.headers)["data"]["links"]["status"]
            opened = await client.get(link.removeprefix("https://films.example.com"))

    assert accepted["callback_secret"] is None, "the receiver has the operator's"
    assert opened.status_code == 200


async def test_the_callback_secret_is_returned_for_the_same_idempotency_key_only(
    listed: Settings, receiver: Receiver, serve: Serve, store: Store
) -> None:
    with serve(listed) as address:
        first = (await run(address, receiver.url, **{"idempotency-key": "k"})).json()
        again = (await run(address, receiver.url, **{"idempotency-key": "k"})).json()
        other = await run(address, receiver.url + "x", **{"idempotency-key": "k"})
        alone = (await run(address, receiver.url)).json()
        status = httpx.get(address + first["links"]["status"]).text

    assert first == again
    assert other.json()["code"] == "idempotency_key_reused"
    assert alone["callback_secret"] != first["callback_secret"]
    assert first["callback_secret"] not in status
    assert "secret-path" not in status
    job = await store.find(first["job_id"])
    assert first["callback_secret"] not in repr(job)


async def test_without_an_address_to_call_there_is_no_callback(settings: Settings, serve: Serve) -> None:
    with serve(settings) as address:
        accepted = httpx.post(f"{address}/demo/run", json={"url": SITE}).json()
        status = httpx.get(address + accepted["links"]["status"]).json()

    assert accepted["callback_secret"] is None
    assert status["callback"] is None


PRIVATE = [
    "http://127.0.0.1/",
    "http://localhost:8000/demo/run",
    "http://2130706433/",
    "http://169.254.169.254/latest/api/token",
    "https://metadata.google.internal/",
    "https://10.0.0.1:8443/",
    "http://example.com:6379/",
    "https://films.example.com/demo/run",
]


async def test_what_may_not_be_called_is_422_names_its_field_and_accepts_nothing(
    settings: Settings, serve: Serve, store: Store
) -> None:
    with serve(settings.model_copy(update={"public_url": "https://films.example.com"})) as address:
        for url in PRIVATE:
            answer = await run(address, url)
            problem = answer.json()
            assert (answer.status_code, problem["code"]) == (422, "address_refused"), url
            assert [error["field"] for error in problem["errors"]] == ["callback_url"]
        both = httpx.post(f"{address}/demo/run", json={"url": PRIVATE[0], "callback_url": PRIVATE[0]})

    assert both.json()["errors"][0]["field"] == "url"
    assert await store.waiting(older_than_ms=-1000) == []


async def test_what_is_no_address_is_422_and_named(settings: Settings, serve: Serve) -> None:
    wrong = ["", "ftp://x.com/", "http://", "x" * 3000, "https://u:hunter2@x.com/", "http://[2606:4700::1]/"]
    with serve(settings) as address:
        for url in wrong:
            problem = (await run(address, url)).json()
            assert problem["code"] == "request_invalid", url
            assert [error["field"] for error in problem["errors"]] == ["callback_url"]
            assert "hunter2" not in str(problem)


def test_the_webhook_is_described() -> None:
    description = describe()

    OpenAPIV31SpecValidator(description).validate()
    described = description["webhooks"]["ended"]["post"]
    assert described["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/Webhook")
    assert "film" in description["components"]["schemas"]["WebhookData"]["properties"]
