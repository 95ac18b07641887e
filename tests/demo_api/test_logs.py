import io
import json
import logging
import re
from typing import Any

import httpx
import pytest

from actors.settings import Settings
from demo_api.logs import JsonFormatter, TextFormatter, request_id
from demo_api.redaction import redact
from tests.conftest import Serve


@pytest.mark.parametrize(
    ("line", "clean"),
    [
        ("filming https://e.com/a?token=x#y", "filming https://e.com/a?[redacted]"),
        ("filming https://e.com/a#access_token=x", "filming https://e.com/a#[redacted]"),
        ("'http://joe:pa@ss@e.com:8080/a' is away", "'http://e.com:8080/a' is away"),
        ("redis://:hunter2@redis.example:6379/0", "redis://redis.example:6379/0"),
        ("wss://e.com/?a='b\"c", "wss://e.com/?[redacted]"),
        (
            "two: http://a.com/?x=1 and http://b.com/?y=2",
            "two: http://a.com/?[redacted] and http://b.com/?[redacted]",
        ),
        ("HTTP://E.com/?A=B", "HTTP://E.com/?[redacted]"),
        ("GET /demo/export/j1?key=0123456789abcdef", "GET /demo/export/j1?key=[redacted]"),
        ("Authorization: Bearer abc.def-ghi", "Authorization: [redacted]"),
        ("(b'authorization', b'Bearer abcdef')", "(b'authorization', b'[redacted]')"),
        ('{"Authorization": "Basic am9l", "a": 1}', '{"Authorization": "[redacted]", "a": 1}'),
        ("cookie: session=abc; other=def", "cookie: [redacted]"),
        ("the header was Bearer abcdef", "the header was Bearer [redacted]"),
        ("api_key='abcdef' failed", "api_key='[redacted]' failed"),
        ("Incorrect API key provided: sk-ab12cd34ef", "Incorrect API key provided: [redacted]"),
        ("nothing to hide: 3 clicks at https://e.com/a/b", "nothing to hide: 3 clicks at https://e.com/a/b"),
        ("the key is under the mat", "the key is under the mat"),
    ],
)
def test_secrets_are_redacted_from_a_log_line(line: str, clean: str) -> None:
    assert redact(line) == clean


def logged(formatter: logging.Formatter, message: str, *values: object, **more: Any) -> str:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(formatter)
    log = logging.Logger("sitereel.test")
    log.addHandler(handler)
    log.warning(message, *values, **more)
    return out.getvalue()


def test_a_json_log_line_is_one_object_whatever_its_message() -> None:
    nasty = "\ud800 \u2028 \n {\x00} \U0001f600"

    line = logged(JsonFormatter(), "the page said %s", nasty, extra={"fields": {"status": 200}})

    assert line.count("\n") == 1
    assert line.isascii()
    row = json.loads(line)
    assert row["message"] == f"the page said {nasty}"
    assert (row["level"], row["logger"], row["status"]) == ("warning", "sitereel.test", 200)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", row["time"])


@pytest.mark.parametrize("formatter", [JsonFormatter(), TextFormatter()])
def test_no_secret_is_logged_by_way_of_an_exception(formatter: logging.Formatter) -> None:
    try:
        raise ValueError("https://joe:hunter2@e.com/?token=hunter2 is away")
    except ValueError as exc:
        line = logged(formatter, "failed: %s", exc, exc_info=True)

    assert "hunter2" not in line
    assert "ValueError" in line
    assert "https://e.com/" in line


def test_a_log_line_has_the_id_of_its_request() -> None:
    token = request_id.set("abc")
    try:
        assert json.loads(logged(JsonFormatter(), "x"))["request_id"] == "abc"
    finally:
        request_id.reset(token)
    assert "request_id" not in json.loads(logged(JsonFormatter(), "x"))


def test_every_request_has_an_access_log_line_with_its_id_and_without_its_query(
    settings: Settings, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "demo_api.middleware.access_log")
    with serve(settings) as address, httpx.Client(base_url=address) as client:
        named = client.get("/demo/status/none?key=hunter2", headers={"x-request-id": "from-a-proxy:1"})
        odd = client.get("/demo/status/none", headers={"x-request-id": 'x" y'})
        client.get("/health")

    assert named.headers["x-request-id"] == "from-a-proxy:1"
    assert re.fullmatch(r"[0-9a-f]{32}", odd.headers["x-request-id"])
    records = [record for record in caplog.records if record.name == "demo_api.middleware.access_log"]
    facts = [vars(record)["fields"] for record in records]
    assert facts[0]["duration_ms"] > 0
    assert {name: facts[0][name] for name in ("method", "path", "status", "client")} == {
        "method": "GET",
        "path": "/demo/status/none",
        "status": 404,
        "client": "127.0.0.1",
    }
    assert [record.levelname for record in records] == ["INFO", "INFO", "DEBUG"]
    assert "hunter2" not in caplog.text


def test_what_is_filmed_is_logged_without_its_query(
    settings: Settings, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with serve(settings) as address:
        body = {"url": "http://no-such-host.invalid/?session=hunter2"}
        assert httpx.post(f"{address}/demo/run", json=body).status_code == 202

    formatter = JsonFormatter()
    lines = [formatter.format(record) for record in caplog.records]
    assert any("no-such-host.invalid" in line for line in lines)
    assert not any("hunter2" in line for line in lines)
