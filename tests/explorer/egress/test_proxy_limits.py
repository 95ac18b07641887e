"""The egress proxy against sites and name servers that mean it harm."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest

from explorer.egress.browser_background import BLACKHOLE_HOST
from explorer.egress.forwarding import TLS_HANDSHAKE_PREFIX
from explorer.egress.policy import EgressPolicy
from explorer.egress.proxy import MAX_REFUSALS_PER_RULE, EgressProxy
from tests.explorer.egress.test_proxy import ask
from tests.explorer.support.exploration import Handle, answer, read_head, serving

Work = Callable[[EgressProxy, int], Awaitable[Any]]


def facing(handle: Handle, work: Work, **limits: Any) -> Any:
    """What `work` finds with a proxy in front of one port, on which `handle` answers."""

    async def whole() -> Any:
        async with serving(handle) as port:
            egress_policy = EgressPolicy(frozenset({f"127.0.0.1:{port}"}))
            async with EgressProxy(egress_policy, **limits) as proxy:
                return await work(proxy, port)

    return asyncio.run(whole())


def saying(said: bytes) -> tuple[Handle, list[bytes]]:
    """A site that says this to everybody, and all that it is told."""
    heard: list[bytes] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(1000))
        writer.write(said)
        await writer.drain()
        with suppress(TimeoutError):
            heard.append(await asyncio.wait_for(reader.read(1000), 0.2))

    return handle, heard


def get(port: int, *lines: str, method: str = "GET", body: str = "") -> bytes:
    return "\r\n".join([f"{method} http://127.0.0.1:{port}/ HTTP/1.1", *lines, "", body]).encode()


async def connect_to(proxy: EgressProxy) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", int(proxy.url.rpartition(":")[2]))


def test_a_second_request_behind_the_first_never_leaves() -> None:
    handle, heard = saying(answer(b"hello"))

    async def work(proxy: EgressProxy, port: int) -> bytes:
        return await ask(proxy, get(port, "Content-Length: 2", body="ok") + get(port, method="DELETE"))

    facing(handle, work, allow_writes=False)

    assert b"ok" in b"".join(heard)
    assert b"DELETE" not in b"".join(heard)


@pytest.mark.parametrize(
    "first", [b"SSH-2.0-x\r\n", b"POST / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"\x00\x01\x00\x08"]
)
def test_a_tunnel_for_anything_but_the_web_is_closed_and_noted(first: bytes) -> None:
    handle, heard = saying(b"welcome")

    async def work(proxy: EgressProxy, port: int) -> Any:
        said = await ask(proxy, f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\n\r\n".encode() + first)
        return said, [refusal.rule for refusal in proxy.refused]

    said, rules = facing(handle, work)

    assert said == b"HTTP/1.1 200 Connection established\r\n\r\n"
    assert rules == ["protocol"]
    assert heard[0] == b""


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=x\r\n\r\n", "407"),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "101"),
        (b"SSH-2.0-OpenSSH_9\r\n\r\n", "status line is not HTTP"),
        (b"HTTP/1.1 103 Early Hints\r\n\r\n" * 20, "sends no final response"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n", ""),
    ],
    ids=["password", "switch", "ssh", "hints", "long"],
)
def test_an_answer_that_is_none_becomes_one_of_our_own(said: bytes, cause: str) -> None:
    handle, _ = saying(said)

    async def work(proxy: EgressProxy, port: int) -> bytes:
        return await ask(proxy, get(port))

    told = facing(handle, work)

    assert told.startswith(b"HTTP/1.1 502")
    assert cause in told.decode()


def test_an_interim_answer_is_left_out() -> None:
    handle, _ = saying(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + answer(b"hello"))

    async def work(proxy: EgressProxy, port: int) -> bytes:
        return await ask(proxy, get(port))

    assert facing(handle, work).startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_site_that_keeps_the_connection_is_not_believed() -> None:
    handle, heard = saying(b"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello")

    async def work(proxy: EgressProxy, port: int) -> bytes:
        reader, writer = await connect_to(proxy)
        writer.write(get(port))
        head = await reader.readuntil(b"\r\n\r\n")
        writer.write(get(port, method="DELETE"))
        writer.close()
        return head

    head = facing(handle, work)

    assert b"Connection: close" in head
    assert b"keep-alive" not in head
    assert b"DELETE" not in b"".join(heard)


def test_connections_are_counted_and_one_too_many_is_refused() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async def work(proxy: EgressProxy, port: int) -> Any:
        kept = [await connect_to(proxy) for _ in range(4)]
        await asyncio.sleep(0.1)
        said = await ask(proxy, get(port))
        for _, writer in kept:
            writer.close()
        await asyncio.sleep(0.1)
        return (
            said,
            [refusal.rule for refusal in proxy.refused],
            await ask(proxy, get(port, method="CONNECT")),
        )

    said, rules, later = facing(silent, work, max_connections=4)

    assert said.startswith(b"HTTP/1.1 403")
    assert rules == ["connections"]
    assert later.startswith(b"HTTP/1.1 400"), "there is room again"


def test_a_take_that_has_loaded_enough_loads_no_more() -> None:
    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x" * 10_000)
            await writer.drain()

    async def work(proxy: EgressProxy, port: int) -> Any:
        loaded = len(await ask(proxy, get(port)))
        return loaded, await ask(proxy, get(port)), [refusal.rule for refusal in proxy.refused]

    loaded, next_one, rules = facing(endless, work, max_traffic_bytes=300_000)

    assert 200_000 < loaded <= 301_000
    assert next_one.startswith(b"HTTP/1.1 403")
    assert rules == ["traffic"]


def test_streams_may_be_silent_for_as_long_as_they_like() -> None:
    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(1000):
            await asyncio.sleep(0.3)
            writer.write(piece)

    async def work(proxy: EgressProxy, port: int) -> bytes:
        reader, writer = await connect_to(proxy)
        writer.write(
            f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\n\r\n".encode() + TLS_HANDSHAKE_PREFIX + b"\x01\x02"
        )
        await reader.readuntil(b"\r\n\r\n")
        said = await reader.readexactly(4)
        await asyncio.sleep(0.3)
        writer.write(b"more")
        said += await reader.readexactly(4)
        writer.close()
        return said

    assert facing(slow, work) == TLS_HANDSHAKE_PREFIX + b"\x01\x02more"


def test_names_that_are_never_answered_hold_up_no_other_name() -> None:
    async def look_up(host: str, port: int) -> tuple[str, ...]:
        if host.startswith("slow"):
            await asyncio.Event().wait()
        return ("127.0.0.1",)

    async def work() -> bytes:
        handle, _ = saying(answer(b"hello"))
        async with serving(handle) as port:
            egress_policy = EgressPolicy(frozenset({f"fast.test:{port}"}), look_up=look_up)
            async with EgressProxy(egress_policy) as proxy:
                slow = [
                    asyncio.create_task(ask(proxy, f"GET http://slow{n}.test/ HTTP/1.1\r\n\r\n".encode()))
                    for n in range(100)
                ]
                said = await asyncio.wait_for(
                    ask(proxy, f"GET http://fast.test:{port}/ HTTP/1.1\r\n\r\n".encode()), 5
                )
                for task in slow:
                    task.cancel()
                return said

    assert asyncio.run(work()).startswith(b"HTTP/1.1 200")


def test_a_name_is_asked_for_once_and_keeps_its_address() -> None:
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> tuple[str, ...]:
        asked.append(host)
        return ("8.8.8.8",) if len(asked) == 1 else ("127.0.0.1",)

    dialed: list[str] = []

    async def connect(address: str, port: int) -> Any:
        dialed.append(address)
        raise OSError("nobody there")

    async def work() -> None:
        async with EgressProxy(EgressPolicy(look_up=rebinding), connect=connect) as proxy:
            for _ in range(3):
                await ask(proxy, b"GET http://rebind.test/ HTTP/1.1\r\n\r\n")

    asyncio.run(work())

    assert (asked, dialed) == (["rebind.test"], ["8.8.8.8"] * 3)


def answered(*targets: str) -> tuple[list[bytes], list[str]]:
    """First lines of the answers, and the rules of what was refused."""

    async def connect(address: str, port: int) -> Any:
        raise AssertionError(f"dialed {address}")

    async def work() -> tuple[list[bytes], list[str]]:
        async with EgressProxy(EgressPolicy(), connect=connect) as proxy:
            said = [await ask(proxy, f"CONNECT {target} HTTP/1.1\r\n\r\n".encode()) for target in targets]
            return [one.split(b"\r\n")[0] for one in said], [refusal.rule for refusal in proxy.refused]

    return asyncio.run(work())


def test_what_a_browser_asks_for_itself_goes_nowhere() -> None:
    said, rules = answered(f"{BLACKHOLE_HOST}:443", "update.googleapis.com:443")

    assert [one.split(b" ")[1] for one in said] == [b"404", b"403"]
    assert rules == ["browser_service"], "the name that means nowhere is not worth a note"


def test_each_refusal_says_by_which_rule() -> None:
    _, rules = answered("10.0.0.1:443", "169.254.169.254:80", "example.com:25", "127.0.0.1:9")

    assert rules == ["private_address", "metadata_address", "port", "private_address"]


def test_one_rule_cannot_crowd_out_the_others() -> None:
    _, rules = answered(*(f"127.0.0.1:{port}" for port in range(8000, 8100)), "169.254.169.254:80")

    assert rules == ["private_address"] * MAX_REFUSALS_PER_RULE + ["metadata_address"]
