"""Which addresses may be visited."""

import asyncio
import socket
from typing import Any

import pytest

from explorer.errors import AddressRefused
from explorer.fence import Endpoint, Fence, is_public, literal


class Names(asyncio.SelectorEventLoop):
    """An event loop with a hosts file of its own."""

    def __init__(self, table: dict[str, list[str]]) -> None:
        super().__init__()
        self._table = table

    async def getaddrinfo(self, host: Any, port: Any, **more: Any) -> Any:
        if host not in self._table:
            return await super().getaddrinfo(host, port, **more)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (text, port)) for text in self._table[host]]


def resolve(url: str, table: dict[str, list[str]], *allow: str) -> tuple[str, ...]:
    with asyncio.Runner(loop_factory=lambda: Names(table)) as runner:
        return runner.run(Fence(frozenset(allow)).resolve(Endpoint.of(url)))


PRIVATE = (
    *("127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001"),
    *("0x7F.0.0.0x1", "127.0.0.1.", "0", "0.0.0.0", "0x0", "10.1.2.3", "172.16.0.1", "192.168.1.1"),
    *("100.64.0.1", "169.254.1.1", "198.18.0.1", "224.0.0.1", "239.255.255.250", "255.255.255.255"),
    *("[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:10.0.0.1]"),
    *("[::127.0.0.1]", "[2002:7f00:1::]", "[2002:c0a8:101::1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::a00:1]"),
    *("[64:ff9b:1::7f00:1]", "[2001:0:4136:e378:8000:63bf:3fff:fdd2]", "[fe80::1]", "[fe80::1%25eth0]"),
    *("[fec0::1]", "[fc00::1]", "[fd12:3456::1]", "[ff02::1]", "[2001:db8::1]", "[5f00::1]"),
    *("localhost", "LOCALHOST", "localhost.", "api.localhost", "printer.local", "Printer.Local."),
)
METADATA = (
    *("169.254.169.254", "2852039166", "0xA9FEA9FE", "[::ffff:169.254.169.254]", "[fd00:ec2::254]"),
    *("168.63.129.16", "100.100.100.200", "192.0.0.192", "[64:ff9b::a83f:8110]", "[2002:a83f:8110::]"),
)
PUBLIC = (
    *("example.com", "8.8.8.8", "134744072", "0x08080808", "010.8.8.8", "1.1.1.1", "172.32.0.1"),
    *("[2606:4700::1111]", "[::ffff:8.8.8.8]", "[64:ff9b::808:808]", "[2002:808:808::1]"),
    *("localhost.example.com", "notlocalhost", "127.0.0.1.example.com", "local"),
)


@pytest.mark.parametrize("host", [*PRIVATE, *METADATA])
def test_a_private_address_is_refused_in_every_disguise(host: str) -> None:
    endpoint = Endpoint.of(f"http://{host}/")

    with pytest.raises(AddressRefused, match="ALLOW_PRIVATE_HOSTS"):
        Fence().check_literal(endpoint)


@pytest.mark.parametrize("host", PUBLIC)
def test_a_public_address_may_be_visited(host: str) -> None:
    Fence().check_literal(Endpoint.of(f"https://{host}/"))


@pytest.mark.parametrize("spelling", ["127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1"])
def test_every_spelling_of_an_ipv4_address_is_read_as_a_resolver_reads_it(spelling: str) -> None:
    assert str(literal(spelling)) == "127.0.0.1"


@pytest.mark.parametrize("host", ["example.com", "a\0b", "", "1.2.3.4.5", "0x", "\u0661\u0662", "\ud800"])
def test_a_name_spells_no_address(host: str) -> None:
    assert literal(host) is None


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("http://Example.COM/path?q#f", "example.com", 80),
        ("https://example.com./", "example.com", 443),
        ("ws://example.com/socket", "example.com", 80),
        ("wss://example.com:8443/", "example.com", 8443),
        ("https://user:secret@example.com/", "example.com", 443),
        ("http://[2606:4700::1111]:8080/", "2606:4700::1111", 8080),
    ],
)
def test_an_endpoint_is_the_host_and_port_that_a_browser_would_dial(url: str, host: str, port: int) -> None:
    assert Endpoint.of(url) == Endpoint(host, port)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "file:///etc/passwd",
            "ftp://example.com/",
            "data:text/html,hi",
            "javascript:alert(1)",
            "chrome://gpu",
        ),
        *("example.com", "http://", "http:///path", "", "http://[::1", "http://host:port/"),
        *("http://host:70000/", "http://host:0/", "http://host:-1/"),
    ],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        Endpoint.of(url)


def test_an_endpoint_reads_back_as_it_is_listed() -> None:
    assert str(Endpoint.of("http://localhost:8000/")) == "localhost:8000"
    assert str(Endpoint.of("http://[::1]/")) == "[::1]:80"


def test_only_exactly_the_listed_host_and_port_may_be_private() -> None:
    fence = Fence(frozenset({"127.0.0.1:8000", "[::1]:8000"}))

    fence.check_literal(Endpoint.of("http://127.0.0.1:8000/"))
    fence.check_literal(Endpoint.of("http://[::1]:8000/"))
    for other in ("127.0.0.1:8001", "127.0.0.1", "localhost:8000", "127.1:8000", "127.0.0.2:8000", "[::1]"):
        with pytest.raises(AddressRefused):
            fence.check_literal(Endpoint.of(f"http://{other}/"))


def test_a_refusal_says_what_to_list() -> None:
    with pytest.raises(AddressRefused) as caught:
        Fence().check_literal(Endpoint.of("http://localhost:3000/"))

    assert "List localhost:3000 in ALLOW_PRIVATE_HOSTS" in str(caught.value)


def test_a_name_is_resolved_to_the_addresses_to_dial() -> None:
    assert resolve("http://site.test/", {"site.test": ["8.8.8.8", "1.1.1.1"]}) == ("8.8.8.8", "1.1.1.1")


@pytest.mark.parametrize("hidden", ["127.0.0.1", "::1", "169.254.169.254", "fe80::1%eth0"])
def test_a_name_with_one_private_answer_among_public_ones_is_refused(hidden: str) -> None:
    with pytest.raises(AddressRefused):
        resolve("http://site.test/", {"site.test": ["8.8.8.8", hidden]})


def test_a_listed_name_may_resolve_to_a_private_address() -> None:
    assert resolve("http://dev.test:99/", {"dev.test": ["10.0.0.9"]}, "dev.test:99") == ("10.0.0.9",)


@pytest.mark.parametrize("host", ["no-such-name.invalid", "a" * 64 + ".com", "a..b"])
def test_a_name_that_does_not_resolve_is_an_error_of_the_network(host: str) -> None:
    with pytest.raises(OSError, match=r"."):
        resolve(f"http://{host}/", {})


def test_full_width_digits_are_seen_through_when_they_resolve() -> None:
    with pytest.raises(AddressRefused):
        resolve("http://\uff11\uff12\uff17.0.0.1/", {})


def test_a_public_ipv6_address_is_one_that_has_been_given_out() -> None:
    address = literal("2a00:1450:4001::1")

    assert address is not None
    assert is_public(address)
