"""The egress proxy, with a plain HTTP client and with Chromium behind it."""

import asyncio
import os
import ssl
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from explorer.egress.forwarding import TLS_HANDSHAKE_PREFIX
from explorer.egress.http1 import HEAD_LIMIT_BYTES
from explorer.egress.policy import EgressPolicy, Endpoint
from explorer.egress.proxy import EgressProxy
from explorer.errors import AddressRefused
from explorer.types import Brief
from tests.explorer.egress.test_policy import names
from tests.explorer.support.exploration import Harness, answer, read_head, serving
from tests.support.markers import first

BIG = os.urandom(3_000_000)
WEBSOCKET = "Host: x\r\nUpgrade: websocket\r\nSec-WebSocket-Key: eA==\r\n"


async def origin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Sends back what is posted, and for GET the request's head or much data."""
    first, headers = await read_head(reader)
    if first.startswith("POST"):
        writer.write(answer(await reader.readexactly(int(headers["content-length"]))))
    elif "/big" in first:
        writer.write(answer(BIG))
    else:
        writer.write(answer(repr((first, sorted(headers))).encode()))
    await writer.drain()


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(1000):
        writer.write(piece)
        await writer.drain()


async def ask(proxy: EgressProxy, request: bytes) -> bytes:
    """All that the proxy answers to these bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(proxy.url.rpartition(":")[2]))
    writer.write(request)
    said = await reader.read()
    writer.close()
    return said


def client(proxy: EgressProxy) -> httpx.AsyncClient:
    trust = ssl.create_default_context()  # by the environment, which httpx is not to ask for proxies
    return httpx.AsyncClient(proxy=proxy.url, trust_env=False, verify=trust, timeout=20)


def within(
    work: Callable[[EgressProxy, int], Awaitable[Any]],
    handle: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]] = origin,
    allow_writes: bool = True,
) -> Any:
    """What `work` finds with a proxy that lets through to one port, on which `handle` answers."""

    async def whole() -> Any:
        async with serving(handle) as port:
            egress_policy = EgressPolicy(frozenset({f"127.0.0.1:{port}"}))
            async with EgressProxy(egress_policy, allow_writes) as proxy:
                return await work(proxy, port)

    return asyncio.run(whole())


def test_a_listed_host_is_reached_with_path_and_query_and_without_proxy_headers() -> None:
    async def work(proxy: EgressProxy, port: int) -> str:
        async with client(proxy) as http:
            url = f"http://127.0.0.1:{port}/path?a=1&b=%20"
            return (await http.get(url, headers={"Proxy-Connection": "keep"})).text

    said = within(work)

    assert "'GET /path?a=1&b=%20 HTTP/1.1'" in said
    assert "proxy" not in said
    assert "connection" in said


def test_a_body_and_a_large_answer_pass_unchanged() -> None:
    async def work(proxy: EgressProxy, port: int) -> tuple[bytes, bytes]:
        async with client(proxy) as http:
            posted = await http.post(f"http://127.0.0.1:{port}/", content=BIG)
            return posted.content, (await http.get(f"http://127.0.0.1:{port}/big")).content

    assert within(work) == (BIG, BIG)


def test_a_tunnel_carries_bytes_both_ways() -> None:
    async def work(proxy: EgressProxy, port: int) -> tuple[bytes, bytes]:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(proxy.url.rpartition(":")[2]))
        writer.write(f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        said = await reader.readuntil(b"\r\n\r\n")
        writer.write(TLS_HANDSHAKE_PREFIX + BIG)
        back = await reader.readexactly(len(TLS_HANDSHAKE_PREFIX + BIG))
        writer.close()
        return said, back

    said, back = within(work, echo)

    assert said.startswith(b"HTTP/1.1 200")
    assert back == TLS_HANDSHAKE_PREFIX + BIG


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "post", "BREW"])
def test_what_may_write_is_answered_with_403_unless_it_is_allowed(method: str) -> None:
    reached = []

    async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.append(await reader.readline())

    async def work(proxy: EgressProxy, port: int) -> Any:
        request = f"{method} http://127.0.0.1:{port}/cart?key=secret HTTP/1.1\r\nHost: x\r\n\r\n"
        said = [await ask(proxy, request.encode()) for _ in range(2)]
        return said[0], [(one.rule, one.what.replace(str(port), "PORT")) for one in proxy.refused]

    said, refused = within(work, note, allow_writes=False)

    assert said.startswith(b"HTTP/1.1 403")
    assert refused == [("write", f"{method} http://127.0.0.1:PORT/cart")]
    assert not reached


def test_reading_and_tunnels_pass_where_writing_does_not() -> None:
    async def work(proxy: EgressProxy, port: int) -> list[bytes]:
        url = f"http://127.0.0.1:{port}/"
        reading = [f"{method} {url} HTTP/1.1\r\nHost: x\r\n\r\n" for method in ("GET", "HEAD", "OPTIONS")]
        said = [await ask(proxy, request.encode()) for request in reading]
        tunnel = f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n{WEBSOCKET}\r\n"
        return [*said, await ask(proxy, tunnel.encode())]

    said = within(work, allow_writes=False)

    assert all(one.startswith(b"HTTP/1.1 200") for one in said)


@pytest.mark.parametrize("target", ["http://127.0.0.1:1/", "http://localhost/x"])
def test_a_private_address_is_answered_with_403_and_listed_once(target: str) -> None:
    async def work(proxy: EgressProxy, port: int) -> Any:
        async with client(proxy) as http:
            got = [await http.get(target) for _ in range(2)]
        return got[0].status_code, proxy.sent_response(got[0].headers), got[0].text, list(proxy.refused)

    status, own, text, refused = within(work)

    assert (status, own) == (403, True)
    assert [(refusal.rule, refusal.what) for refusal in refused] == [
        ("private_address", str(Endpoint.of(target)))
    ]
    assert text == refused[0].detail


@pytest.mark.parametrize(
    "target", ["169.254.169.254:443", "localhost:443", "[::1]:8443", "[::ffff:10.0.0.1]:443"]
)
def test_a_tunnel_to_a_private_address_is_refused(target: str) -> None:
    async def work(proxy: EgressProxy, port: int) -> tuple[bytes, list[Any]]:
        return await ask(proxy, f"CONNECT {target} HTTP/1.1\r\n\r\n".encode()), proxy.refused

    said, refused = within(work)

    assert said.startswith(b"HTTP/1.1 403")
    host, _, port = target.rpartition(":")
    assert [refusal.what for refusal in refused] == [str(Endpoint.parse(host, int(port)))]


@pytest.mark.parametrize(
    ("host", "cause"),
    [
        ("no-such-name.invalid:80", "Name or service not known"),
        ("a..b:80", "not a host name"),
        ("dead.test:1", "Connection refused"),
    ],
)
def test_what_cannot_be_reached_is_answered_with_502_and_the_cause(host: str, cause: str) -> None:
    async def work() -> bytes:
        egress_policy = EgressPolicy(frozenset({"dead.test:1"}), look_up=names({"dead.test": ["127.0.0.1"]}))
        async with EgressProxy(egress_policy) as proxy:
            return await ask(proxy, f"GET http://{host}/ HTTP/1.1\r\n\r\n".encode())

    said = asyncio.run(work()).decode()

    assert said.startswith("HTTP/1.1 502")
    assert "proxy-status: sitereel" in said.lower()
    assert cause in said


def test_a_name_is_reached_by_whichever_of_its_addresses_answers() -> None:
    async def work() -> bytes:
        async with serving(origin) as port:
            both = names({"both.test": ["::1", "127.0.0.1"]})
            async with EgressProxy(EgressPolicy(frozenset({f"both.test:{port}"}), look_up=both)) as proxy:
                return await ask(proxy, f"GET http://both.test:{port}/ HTTP/1.1\r\n\r\n".encode())

    assert asyncio.run(work()).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "garbage",
    [
        b"\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"\xff\xfe\x00\x01\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET ftp://example.com/ HTTP/1.1\r\n\r\n",
        b"CONNECT example.com HTTP/1.1\r\n\r\n",
        b"CONNECT 8.8.8.8:99999 HTTP/1.1\r\n\r\n",
        b"CONNECT 8.8.8.8:0 HTTP/1.1\r\n\r\n",
    ],
)
def test_what_is_no_request_to_a_proxy_is_answered_with_400(garbage: bytes) -> None:
    async def work(proxy: EgressProxy, port: int) -> bytes:
        return await ask(proxy, garbage)

    assert within(work).startswith(b"HTTP/1.1 400")


def test_slow_and_endless_clients_do_not_hold_up_others() -> None:
    async def work(proxy: EgressProxy, port: int) -> int:
        at = int(proxy.url.rpartition(":")[2])
        idle = [await asyncio.open_connection("127.0.0.1", at) for _ in range(20)]
        for _, writer in idle[:10]:
            writer.write(b"GET http://127")
        idle[0][1].write(b"x" * (HEAD_LIMIT_BYTES + 1000))
        async with client(proxy) as http:
            status = (await http.get(f"http://127.0.0.1:{port}/")).status_code
        for _, writer in idle:
            writer.close()
        return status

    assert within(work) == 200


def test_a_browser_that_goes_away_frees_the_connection_to_the_site() -> None:
    gone = asyncio.Event()

    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n: a stream that says nothing more\n")
        await reader.read()
        gone.set()

    async def work(proxy: EgressProxy, port: int) -> bool:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(proxy.url.rpartition(":")[2]))
        writer.write(f"GET http://127.0.0.1:{port}/ HTTP/1.1\r\n\r\n".encode())
        await reader.readline()
        writer.close()
        return await asyncio.wait_for(gone.wait(), 20)

    assert within(work, endless)


def test_closing_ends_every_connection() -> None:
    async def work() -> tuple[bytes, bytes]:
        async with serving(echo) as port:
            async with EgressProxy(EgressPolicy(frozenset({f"127.0.0.1:{port}"}))) as proxy:
                at = int(proxy.url.rpartition(":")[2])
                tunnel, idle = [await asyncio.open_connection("127.0.0.1", at) for _ in range(2)]
                tunnel[1].write(f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\n\r\n".encode())
                await tunnel[0].readuntil(b"\r\n\r\n")
            ends = await tunnel[0].read(), await idle[0].read()
            with pytest.raises(OSError, match="Connect"):
                await asyncio.open_connection("127.0.0.1", at)
            return ends

    assert asyncio.run(work()) == (b"", b"")


def in_page(harness: Harness, script: str) -> Any:
    """What a page of the test site finds when it runs `script`."""

    async def work() -> Any:
        async with harness.session(Brief(harness.site.url)) as session:
            await session.page.goto(f"{harness.site.url}lab/dead.html")
            return await session.page.evaluate(script)

    return harness.run(work)


@pytest.mark.parametrize(
    "script",
    first(
        1,
        [
            "fetch('{url}', {mode: 'no-cors'}).then(r => r.type, () => 'failed')",
            "new Promise(d => { const i = new Image(); i.onload = () => d('seen');"
            " i.onerror = () => d('failed');"
            " i.src = '/lab/redirect?to={url}' })",
            "new Promise(d => { const w = new WebSocket('{url}'.replace('http', 'ws')); "
            " w.onopen = () => d('open'); w.onerror = () => d('failed') })",
        ],
    ),
    ids=["fetch", "redirected picture", "websocket"],
)
def test_no_request_of_a_page_reaches_a_private_service(harness: Harness, script: str) -> None:
    reached = []

    async def secret(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.append(await reader.readline())

    async def work() -> list[str]:
        async with serving(secret) as port, harness.session(Brief(harness.site.url)) as session:
            await session.page.goto(f"{harness.site.url}lab/dead.html")
            await session.page.evaluate(script.replace("{url}", f"http://127.0.0.1:{port}/"))
            assert [refusal.what for refusal in harness.proxy.refused] == [f"127.0.0.1:{port}"]
        return [refusal.rule for refusal in harness.proxy.refused]

    rules = harness.run(work)

    assert rules == ["private_address"]
    assert not reached


def test_what_the_proxy_refused_is_told_in_the_take_by_rule(harness: Harness) -> None:
    asked = ("http://127.0.0.1:8999/", "http://169.254.169.254/latest/", "http://example.com:6379/")
    asks = "".join(f"<img src='{url}'>" for url in asked)
    harness.pages["/greedy"] = f"{asks}<h1>A page that asks for too much</h1>"

    take = harness.explore(f"{harness.url}greedy", max_clicks=1)

    expected = {
        ("private_address", "127.0.0.1:8999"),
        ("metadata_address", "169.254.169.254:80"),
        ("port", "example.com:6379"),
    }
    assert expected <= take.rules
    assert expected <= {(refusal.rule, refusal.what) for refusal in take.announced}


def test_a_websocket_of_the_site_works(harness: Harness) -> None:
    url = harness.url.replace("http", "ws")

    said = in_page(harness, f"new Promise(d => new WebSocket('{url}').onmessage = e => d(e.data))")

    assert said == "hello"


def test_the_fence_speaks_before_a_listed_port_is_trusted() -> None:
    with pytest.raises(AddressRefused):
        EgressPolicy(frozenset({"127.0.0.1:1"})).check_literal(Endpoint("127.0.0.1", 2))
