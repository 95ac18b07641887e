"""Which addresses may be visited."""

import asyncio

import pytest

from explorer.egress.ip_addresses import is_public, parse_ip_literal
from explorer.egress.policy import (
    MAX_ADDRESSES,
    EgressPolicy,
    Endpoint,
    own_addresses,
    reachable_private_hosts,
)
from explorer.egress.resolver import LookUp, look_up
from explorer.errors import AddressRefused


def names(table: dict[str, list[str]]) -> LookUp:
    """A resolver with a hosts file of its own."""

    async def look_up_in_table(host: str, port: int) -> tuple[str, ...]:
        return tuple(table[host]) if host in table else await look_up(host, port)

    return look_up_in_table


def resolve(url: str, table: dict[str, list[str]], *allow: str, own: str = "") -> tuple[str, ...]:
    egress_policy = EgressPolicy(frozenset(allow), frozenset(filter(None, [own])), names(table))
    return asyncio.run(egress_policy.resolve(Endpoint.of(url)))


PRIVATE = (
    *("127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001"),
    *("0x7F.0.0.0x1", "127.0.0.1.", "0", "0.0.0.0", "0x0", "10.1.2.3", "172.16.0.1", "192.168.1.1"),
    *("100.64.0.1", "169.254.1.1", "198.18.0.1", "224.0.0.1", "239.255.255.250", "255.255.255.255"),
    *("[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:10.0.0.1]"),
    *("[::127.0.0.1]", "[2002:7f00:1::]", "[2002:c0a8:101::1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::a00:1]"),
    *("[64:ff9b:1::7f00:1]", "[2001:0:4136:e378:8000:63bf:3fff:fdd2]", "[fe80::1]", "[fe80::1%25eth0]"),
    *("[fec0::1]", "[fc00::1]", "[fd12:3456::1]", "[ff02::1]", "[2001:db8::1]", "[5f00::1]"),
    *("localhost", "LOCALHOST", "localhost.", "api.localhost", "printer.local", "Printer.Local."),
    *("intra.internal", "router.home.arpa", "localhost.localdomain", "%6cocalhost", "loc\u00adalhost"),
    *("%31%32%37.0.0.1", "\uff11\uff12\uff17.0.0.1", "127\u30020\uff0e0\uff611", "\u2460\u2461\u2466.0.0.1"),
    *(
        "12\u200d7.0.0.1",
        "127.0.0.1\ufe0f",
        "127%E3%80%820.0.1",
        "[::ffff:0:127.0.0.1]",
        "[2606:4700::5efe:a00:1]",
    ),
    *("[2a00:1450::200:5efe:7f00:1]", "[3fff::1]", "[2001:2::1]", "192.88.99.1", "192.0.0.9", "240.0.0.1"),
)
METADATA = (
    *("169.254.169.254", "2852039166", "0xA9FEA9FE", "[::ffff:169.254.169.254]", "[fd00:ec2::254]"),
    *("169.254.170.2", "metadata.google.internal", "METADATA.google.internal.", "metadata"),
    *("168.63.129.16", "100.100.100.200", "192.0.0.192", "[64:ff9b::a83f:8110]", "[2002:a83f:8110::]"),
)
PUBLIC = (
    *("example.com", "8.8.8.8", "134744072", "0x08080808", "010.8.8.8", "1.1.1.1", "172.32.0.1"),
    *("[2606:4700::1111]", "[::ffff:8.8.8.8]", "[64:ff9b::808:808]", "[2002:808:808::1]"),
    *("localhost.example.com", "notlocalhost", "127.0.0.1.example.com"),
)


@pytest.mark.parametrize("host", PRIVATE)
def test_a_private_address_is_refused_in_every_disguise(host: str) -> None:
    endpoint = Endpoint.of(f"http://{host}/")

    with pytest.raises(AddressRefused, match="ALLOW_PRIVATE_HOSTS") as caught:
        EgressPolicy().check_literal(endpoint)

    assert caught.value.rule == "private_address"


@pytest.mark.parametrize("host", METADATA)
def test_a_metadata_service_is_refused_even_where_it_is_listed(host: str) -> None:
    endpoint = Endpoint.of(f"http://{host}/")

    with pytest.raises(AddressRefused, match="metadata service") as caught:
        EgressPolicy(frozenset({str(endpoint)})).check_literal(endpoint)

    assert caught.value.rule == "metadata_address"


@pytest.mark.parametrize("host", PUBLIC)
def test_a_public_address_may_be_visited(host: str) -> None:
    EgressPolicy().check_literal(Endpoint.of(f"https://{host}/"))


@pytest.mark.parametrize("spelling", ["127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1"])
def test_every_spelling_of_an_ipv4_address_is_read_as_a_resolver_reads_it(spelling: str) -> None:
    assert str(parse_ip_literal(spelling)) == "127.0.0.1"


@pytest.mark.parametrize("host", ["example.com", "a\0b", "", "1.2.3.4.5", "0x", "\u0661\u0662", "\ud800"])
def test_a_name_spells_no_address(host: str) -> None:
    assert parse_ip_literal(host) is None


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
        *("http://a b/", "http://a%20b/", "http://a%00b/", "http://a%2fb/", "http://%2531/", "http://a%/"),
        *(
            "http://hostile.test\\@127.0.0.1/",
            "http://127.0.0.1\\@hostile.test/",
            "http://a^b/",
            "http://a|b/",
        ),
        *(
            "http://[127.0.0.1]/",
            "http://a\x7fb/",
            f"http://{'a.' * 127}com/",
            "http://\u2100/",
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
    egress_policy = EgressPolicy(frozenset({"127.0.0.1:8000", "[::1]:8000"}))

    egress_policy.check_literal(Endpoint.of("http://127.0.0.1:8000/"))
    egress_policy.check_literal(Endpoint.of("http://[::1]:8000/"))
    for other in ("127.0.0.1:8001", "127.0.0.1", "localhost:8000", "127.1:8000", "127.0.0.2:8000", "[::1]"):
        with pytest.raises(AddressRefused):
            egress_policy.check_literal(Endpoint.of(f"http://{other}/"))


def test_a_refusal_says_what_to_list() -> None:
    with pytest.raises(AddressRefused) as caught:
        EgressPolicy().check_literal(Endpoint.of("http://localhost:3000/"))

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
    address = parse_ip_literal("2a00:1450:4001::1")

    assert address is not None
    assert is_public(address)


@pytest.mark.parametrize("port", [80, 443, 1024, 3000, 8000, 8080, 8443, 9200, 49152])
def test_websites_are_found_on_their_own_ports_and_on_high_ones(port: int) -> None:
    EgressPolicy().check_literal(Endpoint("example.com", port))


@pytest.mark.parametrize("port", [1, 22, 25, 81, 110, 445, 1023, 3306, 5432, 6379, 11211, 6667])
def test_ports_of_other_services_are_refused_unless_listed(port: int) -> None:
    with pytest.raises(AddressRefused) as caught:
        EgressPolicy().check_literal(Endpoint("example.com", port))

    assert caught.value.rule == "port"
    EgressPolicy(frozenset({f"example.com:{port}"})).check_literal(Endpoint("example.com", port))


def test_an_address_of_this_machine_is_refused_though_it_is_public() -> None:
    egress_policy = EgressPolicy(
        look_up=names({"me.test": ["8.8.4.4"]}), own_addresses=lambda: frozenset({"8.8.4.4"})
    )

    for host in ("me.test", "8.8.4.4", "0x08080404"):
        with pytest.raises(AddressRefused) as caught:
            asyncio.run(egress_policy.resolve(Endpoint(host, 8000)))
        assert caught.value.rule == "own_address"


def test_this_machines_addresses_are_known() -> None:
    assert "127.0.0.1" in own_addresses()


@pytest.mark.parametrize(
    "host",
    ["redis.test", "8.8.8.8", "134744072", "alias.test", "[::ffff:8.8.8.8]"],
    ids=lambda host: str(host),
)
def test_our_own_services_are_refused_by_every_name_even_where_they_are_listed(host: str) -> None:
    table = {"redis.test": ["8.8.8.8"], "alias.test": ["1.1.1.1", "8.8.8.8"]}
    endpoint = Endpoint.parse(host, 7777)
    egress_policy = EgressPolicy(frozenset({str(endpoint)}), frozenset({"redis.test:7777"}), names(table))

    with pytest.raises(AddressRefused) as caught:
        asyncio.run(egress_policy.resolve(endpoint))

    assert caught.value.rule == "own_service"


def test_other_ports_beside_our_own_services_are_open() -> None:
    assert resolve("http://redis.test:8080/", {"redis.test": ["8.8.8.8"]}, own="redis.test:7777") == (
        "8.8.8.8",
    )


def test_a_name_with_more_addresses_than_any_site_has_is_out_of_reach() -> None:
    with pytest.raises(OSError, match="too many"):
        resolve("http://site.test/", {"site.test": [f"8.8.{n}.8" for n in range(MAX_ADDRESSES + 1)]})


def test_listed_hosts_are_reached_from_private_pages_only() -> None:
    listed = frozenset({"localhost:3000", "10.0.0.5:8080", "staging.test:80"})

    for private in (
        "http://localhost:3000/",
        "http://127.0.0.1:9/",
        "http://staging.test/",
        "http://10.0.0.9/",
    ):
        assert reachable_private_hosts(private, listed) == listed
    for public in ("https://example.com/", "http://staging.test:81/", "http://8.8.8.8/", "nonsense"):
        assert reachable_private_hosts(public, listed) == frozenset()
