"""The heads of HTTP messages, read strictly."""

import asyncio

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from explorer.egress.http1 import is_websocket_upgrade, parse_request, parse_response, read_head
from explorer.errors import AddressRefused

FEW = settings(max_examples=80, deadline=None)


def request(*lines: str, first: str = "GET http://site.test/a?b HTTP/1.1") -> list[bytes]:
    return [line.encode("latin-1") for line in (first, *lines)]


def test_the_host_is_where_the_request_goes_whatever_it_said() -> None:
    asked = parse_request(request("Host: other.test", "Host: third.test", "Accept: */*"))

    assert asked.encode_for_origin() == (
        b"GET /a?b HTTP/1.1\r\nHost: site.test\r\naccept: */*\r\nConnection: close\r\n\r\n"
    )


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://site.test:8080/", b"Host: site.test:8080\r\n"),
        ("http://site.test:80/", b"Host: site.test\r\n"),
        ("http://[2606:4700::1111]/", b"Host: [2606:4700::1111]\r\n"),
    ],
)
def test_a_port_is_named_unless_it_is_the_usual_one(url: str, host: bytes) -> None:
    assert host in parse_request(request(first=f"GET {url} HTTP/1.1")).encode_for_origin()


def test_what_concerns_one_connection_is_left_out_but_never_what_frames_the_message() -> None:
    dropped = ("Proxy-Authorization: x", "Upgrade: h2c", "TE: trailers", "X-Hop: 1", "Keep-Alive: 5")
    asked = parse_request(request("Connection: x-hop, content-length", "Content-Length: 3", *dropped))

    said = asked.encode_for_origin().lower()

    assert b"content-length: 3\r\n" in said
    assert said.count(b"connection:") == 1
    assert not any(name in said for name in (b"proxy-", b"upgrade", b"te:", b"x-hop", b"keep-alive"))


@pytest.mark.parametrize(
    "lines",
    [
        ("Content-Length: 3", "Content-Length: 4"),
        ("Content-Length: 3", "Content-Length: 3"),
        ("Content-Length: 3, 3",),
        ("Content-Length: +3",),
        ("Content-Length: 0x3",),
        ("Content-Length: -1",),
        ("Content-Length: ",),
        ("Content-Length: 3", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: chunked",),
        ("Transfer-Encoding: identity",),
        ("Content-Length : 3",),
        (" folded: line",),
        ("no colon",),
        ("bad name: x",),
        ("X: a\0b",),
        ("X: a\rInjected: b",),
        (": x",),
    ],
    ids=repr,
)
def test_a_head_that_two_readers_could_read_differently_is_turned_down(lines: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_request(request(*lines))


@pytest.mark.parametrize(
    "first",
    [
        *("GET  http://site.test/ HTTP/1.1", "GET http://site.test/ HTTP/2.0", "GET http://site.test/"),
        *(
            "GET http://site.test/ x HTTP/1.1",
            "G@T http://site.test/ HTTP/1.1",
            "GET https://site.test/ HTTP/1.1",
        ),
        *("GET ftp://site.test/ HTTP/1.1", "GET /a HTTP/1.1", "GET http://u@site.test/ HTTP/1.1", ""),
        *(
            "GET http://site.test\\@127.0.0.1/ HTTP/1.1",
            "GET http://\xe9.test/ HTTP/1.1",
            "CONNECT site.test HTTP/1.1",
        ),
        *(
            "CONNECT site.test:http HTTP/1.1",
            "CONNECT u@site.test:443 HTTP/1.1",
            "CONNECT site.test:443/ HTTP/1.1",
        ),
        *("CONNECT [::1%25lo]:443 HTTP/1.1", "CONNECT site.test:0443000 HTTP/1.1", "CONNECT :443 HTTP/1.1"),
    ],
)
def test_a_first_line_that_no_browser_sends_is_turned_down(first: str) -> None:
    with pytest.raises((ValueError, AddressRefused)):
        parse_request(request(first=first))


@FEW
@given(st.lists(st.binary(max_size=60), max_size=4), st.sampled_from(["GET", "CONNECT", "POST"]))
@example([b"Content-Length: 1\r", b"\nX: y"], "POST")
def test_any_bytes_are_a_request_or_turned_down_and_carry_no_line_of_their_own(
    lines: list[bytes], method: str
) -> None:
    target = "site.test:443" if method == "CONNECT" else "http://site.test/"
    try:
        asked = parse_request([f"{method} {target} HTTP/1.1".encode(), *lines])
    except (ValueError, AddressRefused):
        return
    if method != "CONNECT":
        assert asked.encode_for_origin().count(b"\n") <= len(lines) + 4


@FEW
@given(st.lists(st.binary(max_size=60), max_size=4))
def test_any_answer_is_passed_on_for_one_exchange_or_turned_down(lines: list[bytes]) -> None:
    try:
        said = parse_response([b"HTTP/1.1 200 OK", *lines]).encode_for_browser()
    except ValueError:
        return
    assert said.count(b"\r\n\r\n") == 1
    assert said.endswith(b"Connection: close\r\n\r\n")


@pytest.mark.parametrize(
    "first", [b"", b"ICY 200 OK", b"HTTP/2 200", b"HTTP/1.1 20", b"HTTP/1.1 200\x00", b"<html>"]
)
def test_what_is_no_answer_of_http_is_turned_down(first: bytes) -> None:
    with pytest.raises(ValueError, match="HTTP"):
        parse_response([first])


def test_a_site_cannot_speak_as_a_proxy_or_keep_the_connection() -> None:
    fields = [
        b"Proxy-Status: sitereel",
        b"Proxy-Authenticate: Basic",
        b"Connection: keep-alive",
        b"ETag: x",
        b"junk",
    ]

    said = parse_response([b"HTTP/1.1 200 OK", *fields]).encode_for_browser()

    assert said == b"HTTP/1.1 200 OK\r\netag: x\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_a_head_ends_at_the_empty_line_however_lines_end(end: bytes) -> None:
    async def read() -> tuple[list[bytes], bytes]:
        reader = asyncio.StreamReader()
        reader.feed_data(end.join([b"HTTP/1.0 200 OK", b"A: b", b"", b"body"]))
        reader.feed_eof()
        return await read_head(reader), await reader.read()

    assert asyncio.run(read()) == ([b"HTTP/1.0 200 OK", b"A: b"], b"body")


@pytest.mark.parametrize(
    ("lines", "is_one"),
    [
        ([b"GET /x HTTP/1.1", b"Upgrade: WebSocket", b"Sec-WebSocket-Key: x"], True),
        ([b"GET /x HTTP/1.1", b"Upgrade: h2c", b"Sec-WebSocket-Key: x"], False),
        ([b"GET /x HTTP/1.1", b"Upgrade: websocket"], False),
        ([b"POST /x HTTP/1.1", b"Upgrade: websocket", b"Sec-WebSocket-Key: x"], False),
        ([b"GET http://other.test/ HTTP/1.1", b"Upgrade: websocket", b"Sec-WebSocket-Key: x"], False),
        ([], False),
    ],
)
def test_a_websocket_is_known_by_its_first_words(lines: list[bytes], is_one: bool) -> None:
    assert is_websocket_upgrade(lines) is is_one
