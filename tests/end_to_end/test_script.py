"""A script is filmed behind a sign-in, and its secret is left nowhere."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from redis import Redis

from actors.jobs.keys import SECRETS
from actors.settings import Settings
from actors.worker import working
from tests.conftest import Serve
from tests.end_to_end.conftest import Client
from tests.support.sign_in_app import PASSWORD, SignInApp, sign_in_app

SPELLINGS = {
    PASSWORD,
    json.dumps(PASSWORD)[1:-1],
    quote(PASSWORD),
    quote(PASSWORD, safe=""),
    quote_plus(PASSWORD),
    base64.b64encode(PASSWORD.encode()).decode().rstrip("="),
}


@pytest.fixture
def app() -> Iterator[SignInApp]:
    with sign_in_app() as opened:
        yield opened


def script(app: SignInApp) -> dict[str, Any]:
    return {
        "url": f"{app.origin}/login",
        "secrets": ["password"],
        "before": [
            {"fill": {"target": "User", "value": "ann"}},
            {"fill": {"target": "Password", "value": "{{password}}"}},
            {"click": "Sign in"},
            {"wait": "Dashboard"},
        ],
        "steps": [{"click": "css=#pin"}, {"click": "Reports"}, {"caption": "That is all"}],
    }


def stored(redis_url: str) -> bytes:
    """All that Redis holds, and what it has on disk."""
    redis: Any = Redis.from_url(redis_url)
    on_disk = [path for path in Path(redis.config_get("dir")["dir"]).rglob("appendonly*") if path.is_file()]
    whole = b"".join(path.read_bytes() for path in on_disk)
    assert b"demo:job:" in whole, "its append-only file is read, too"
    for key in redis.scan_iter("*"):
        whole += key + (redis.dump(key) or b"")
        match redis.type(key):
            case b"hash":
                whole += b"".join(b"".join(pair) for pair in redis.hgetall(key).items())
            case b"stream":
                whole += repr(redis.xrange(key)).encode()
            case b"string":
                whole += redis.get(key) or b""
    return whole


def test_a_film_behind_a_sign_in_tells_its_secret_to_nobody(
    settings: Settings, serve: Serve, app: SignInApp, redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    key = SecretStr(Fernet.generate_key().decode())
    here = frozenset({app.origin.removeprefix("http://")})
    settings = settings.model_copy(update={"allow_private_hosts": here, "secrets_key": key})
    asked = {"script": script(app), "secrets": {"password": PASSWORD}, "allow_writes": True}

    with serve(settings) as address:
        client = Client(address)
        job_id = client.http.post("/demo/run", json=asked).json()["job_id"]
        waiting = stored(redis_url)
        assert Redis.from_url(redis_url).exists(SECRETS + job_id)
        with working(settings, slots=1):
            body = client.ended(job_id)
        texts = [
            client.http.get(f"/demo/{name}/{job_id}").content
            for name in ("status", "script", "log", "timeline", "captions", "events")
        ]
        film = client.http.get(f"/demo/export/{job_id}").content

    # It was filmed as it says
    assert body["status"] == "completed", body["error"]
    assert [step["state"] for step in body["script_steps"]] == ["done"] * 7
    assert (body["metrics"]["scouted"], body["metrics"]["llm_calls"]) == (0, 0)
    assert (body["stop_reason"], app.writes) == ("script_ended", ["/login"])
    assert [step["label"] for step in body["steps"]] == ["PIN •••", "Reports"]
    timeline = json.loads(texts[3])
    assert [visit["title"] for visit in timeline["visits"]] == ["Dashboard", "Dashboard"]
    assert timeline["captions"][0][2] == "That is all"

    # Its secret is nowhere
    everything = (waiting, stored(redis_url), *texts, film, caplog.text.encode())
    assert [one for one in SPELLINGS for held in everything if one.encode() in held] == []
    assert not Redis.from_url(redis_url).exists(SECRETS + job_id)


@pytest.mark.thorough
def test_a_retry_takes_the_secrets_again(settings: Settings, serve: Serve, app: SignInApp) -> None:
    key = SecretStr(Fernet.generate_key().decode())
    here = frozenset({app.origin.removeprefix("http://")})
    settings = settings.model_copy(update={"allow_private_hosts": here, "secrets_key": key})
    asked = {"script": script(app), "secrets": {"password": "wrong"}, "allow_writes": True}

    with serve(settings) as address, working(settings, slots=1):
        client = Client(address)
        job_id = client.http.post("/demo/run", json=asked).json()["job_id"]
        body = client.ended(job_id)
        assert (body["error_code"], body["failed_step"]["type"]) == ("step_failed", "wait")
        refused = client.http.post(f"/demo/retry/{job_id}")
        assert (refused.status_code, refused.json()["code"]) == (409, "secrets_gone")
        client.http.post(f"/demo/retry/{job_id}", json={"secrets": {"password": PASSWORD}})
        body = client.ended(job_id)

    assert body["status"] == "completed", body["error"]
    assert body["failed_step"] is None
