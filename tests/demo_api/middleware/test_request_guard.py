import asyncio
import json
import socket
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.requests import Request
from starlette.types import Message

from actors.embedded_redis import embedded_valkey
from actors.settings import Settings
from demo_api.errors import BodyTimeout, HostRefused
from demo_api.middleware.body import read_body
from demo_api.middleware.request_guard import check_host
from demo_api.server import Http, make_server
from tests.conftest import Serve, serving

PUBLIC = "http://93.184.215.14/"
ASKED = {"url": PUBLIC}


@pytest.fixture(scope="module")
def client(serve: Serve) -> Iterator[httpx.Client]:
    """One API for all of them: hardly anything here gets as far as a job."""
    with embedded_valkey() as url:
        origins = frozenset({"https://films.example.com"})
        settings = Settings(redis_url=url, cors_origins=origins, rate_limit="off")
        with serve(settings) as address, httpx.Client(base_url=address) as opened:
            yield opened


def code(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def test_a_page_that_rebinds_its_name_to_this_machine_is_refused(client: httpx.Client) -> None:
    for host in ("evil.example", "evil.example:8000", "127.0.0.1.evil.example", "localhost.evil.example", ""):
        answer = client.get("/health", headers={"host": host})
        assert code(answer) == (421, "host_refused"), host

    for host in ("localhost", "LOCALHOST:8000", "127.0.0.1:1", "[::1]:8000", "127.1.2.3"):
        assert (client.get("/health", headers={"host": host})).status_code == 200, host


@pytest.mark.parametrize(
    ("allowed", "server", "host", "fine"),
    [
        ((), "192.0.2.7", "films.example.com", True),  # nobody said how it is called
        (("films.example.com",), "192.0.2.7", "Films.Example.com:443", True),
        (("films.example.com",), "127.0.0.1", "films.example.com", True),  # behind a proxy on this machine
        (("films.example.com",), "192.0.2.7", "evil.example", False),
        (("films.example.com",), "192.0.2.7", "localhost", False),
        (("films.example.com",), "127.0.0.1", "localhost:8000", True),
        (("films.example.com",), "::1", "[::1]:8000", True),
    ],
)
def test_an_api_answers_to_the_names_that_its_operator_lists(
    allowed: tuple[str, ...], server: str, host: str, fine: bool
) -> None:
    scope = {"type": "http", "server": (server, 8000), "headers": [(b"host", host.encode())]}
    settings = Settings(allowed_hosts=frozenset(allowed))

    if fine:
        check_host(Request(scope), settings)
    else:
        with pytest.raises(HostRefused):
            check_host(Request(scope), settings)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:3000", "sec-fetch-site": "same-site"},
        {"origin": "http://localhost:1"},
        {"sec-fetch-site": "cross-site"},
        {"origin": "https://films.example.com.evil.example", "sec-fetch-site": "cross-site"},
    ],
)
def test_a_page_of_another_site_cannot_film_in_its_visitors_name(
    headers: dict[str, str], client: httpx.Client
) -> None:
    for path in ("/demo/run", "/demo/cancel/j1", "/demo/retry/j1"):
        assert code(client.post(path, json=ASKED, headers=headers)) == (403, "cross_site_refused")


def test_our_own_page_a_listed_one_and_programs_may_film(client: httpx.Client) -> None:
    own = str(client.base_url).rstrip("/")
    for headers in (
        {"origin": own, "sec-fetch-site": "same-origin"},
        # behind a proxy that speaks TLS for us
        {"origin": own.replace("http:", "https:"), "sec-fetch-site": "same-origin"},
        {"origin": "https://films.example.com", "sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "none"},
        {},
    ):
        assert (client.post("/demo/run", json=ASKED, headers=headers)).status_code == 202


def test_pages_of_other_sites_may_read_nothing_unless_they_are_listed(
    client: httpx.Client, settings: Settings, serve: Serve
) -> None:
    def allowed(answer: httpx.Response) -> str | None:
        origin: str | None = answer.headers.get("access-control-allow-origin")
        return origin

    evil, listed = {"origin": "https://evil.example"}, {"origin": "https://films.example.com"}
    asking = {"access-control-request-method": "POST", "access-control-request-headers": "authorization"}

    assert allowed(client.get("/health", headers=evil)) is None
    assert allowed(client.options("/demo/run", headers=evil | asking)) is None
    assert allowed(client.get("/health", headers=listed)) == listed["origin"]
    assert allowed(client.options("/demo/run", headers=listed | asking)) == listed["origin"]
    with serve(settings) as closed:
        assert allowed(httpx.get(f"{closed}/health", headers=listed)) is None
        assert httpx.options(f"{closed}/demo/run", headers=listed | asking).status_code == 405


@pytest.mark.parametrize("said", ["text/plain", "multipart/form-data; boundary=x", "application/xml"])
def test_a_body_of_another_media_type_is_refused(said: str, client: httpx.Client) -> None:
    answer = client.post("/demo/run", content=json.dumps(ASKED), headers={"content-type": said})

    assert code(answer) == (415, "media_type_unsupported")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": "application/x-www-form-urlencoded"},  # what curl -d says
        {"content-type": "Application/JSON; charset=utf-8"},
    ],
)
def test_what_curl_sends_is_read(headers: dict[str, str], client: httpx.Client) -> None:
    answer = client.post("/demo/run", content=json.dumps(ASKED), headers=headers)

    assert answer.status_code == 202


def test_what_is_too_large_is_refused_whatever_it_is(client: httpx.Client) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(1100):
            yield b" " * 1024

    assert code(client.post("/demo/retry/x", content=b" " * 65_537)) == (413, "body_too_large")
    assert code(client.post("/demo/run", content=endless())) == (413, "body_too_large")
    assert code(client.get("/demo/status/" + "x" * 4200)) == (414, "uri_too_long")
    assert code(client.get("/health?" + "x" * 4200)) == (414, "uri_too_long")
    assert code(client.get("/health", headers={"x": "y" * 17_000})) == (431, "headers_too_large")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"url": "http://e.com/", "max_clicks": NaN}', "body"),
        (b'{"url": "http://e.com/", "max_clicks": Infinity}', "body"),
        (b'{"url": "http://e.com/", "url": "http://f.com/"}', "body"),
        (b'{"url": ' + b"[" * 50 + b"]" * 50 + b"}", "body"),
        (b'{"url": ' + b"[" * 30_000 + b"]" * 30_000 + b"}", "body"),
        (b'{"url": "http://e.com/", "max_clicks": ' + b"9" * 5000 + b"}", "body"),
        (b'{"url": "http://e.com/", "max_clicks": ' + b"9" * 400 + b"}", "max_clicks"),
        (b'{"url": "http://e.com/", "max_clicks": 1e400}', "max_clicks"),
        (b'{"url": "http://e.com/\\ud800"}', "url"),
        (b'{"url": "http://e.com/\\u0000"}', "url"),
        (b'{"url": "http://e.com/", "\\ud800": 1}', "body"),
        (b'{"url": "http://e.com/", "goal": "\\udfff"}', "goal"),
        (b'{"url": "http://e.com/", "focus": ["\\u0000"]}', "focus"),
        (b'\xff\xfe{"url": 1}', "body"),
        (b"", "body"),
    ],
)
def test_hostile_json_is_422_and_names_the_field(body: bytes, field: str, client: httpx.Client) -> None:
    answer = client.post("/demo/run", content=body)

    assert code(answer) == (422, "request_invalid")
    assert answer.json()["errors"][0]["field"] == field


def _say(address: httpx.URL | str, said: bytes) -> bytes:
    parts = urlsplit(str(address))
    with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=30) as connection:
        connection.sendall(said)
        got = b""
        while piece := connection.recv(4096):
            got += piece
    return got


def test_what_is_no_http_is_answered_as_everything_else_is(client: httpx.Client) -> None:
    for said in (
        b"\x16\x03\x01\x02\x00\x01\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
    ):
        head, _, body = _say(client.base_url, said).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 400")
        assert b"nosniff" in head
        answer: dict[str, Any] = json.loads(body)
        assert answer["code"] == "bad_request"


def test_every_answer_forbids_a_browser_to_make_something_else_of_it(client: httpx.Client) -> None:
    for path in ("/health", "/demo/status/none", "/nothing", "/openapi.json", "/demo/run"):
        headers = (client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "permissions-policy" in headers
        assert headers["cache-control"] == "no-store"
        assert "server" not in headers


class Hasty(Http):
    head_limit_s = 0.3


@pytest.mark.parametrize("said", [b"", b"GET /health HTTP/1.1\r\nHost: loc", b"G"])
def test_a_request_head_that_does_not_end_times_out(said: bytes) -> None:
    with embedded_valkey() as url, serving(make_server(Settings(redis_url=url), Hasty)) as address:
        assert _say(address, said) == b""
        # Whole ones, and one after the other, are answered for as long as it takes
        with httpx.Client(base_url=address) as client:
            for _ in range(3):
                assert client.get("/health").status_code == 200
                time.sleep(0.2)


def test_a_body_that_does_not_end_is_not_waited_for() -> None:
    async def receive() -> Message:
        await asyncio.sleep(10)
        return {"type": "http.request"}

    async def read() -> bytes:
        return await read_body(Request({"type": "http", "headers": []}, receive), limit_s=0.05)

    with pytest.raises(BodyTimeout):
        asyncio.run(read())
