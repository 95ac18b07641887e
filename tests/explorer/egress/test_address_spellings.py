"""Whatever an address is disguised as, and whatever a name server says: nothing private is dialed."""

import asyncio
import ipaddress
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from explorer.egress.ip_addresses import IPAddress, is_metadata, is_public, parse_ip_literal
from explorer.egress.policy import EgressPolicy, Endpoint
from explorer.errors import AddressRefused

FEW = settings(max_examples=60, deadline=None)
PRIVATE_NETWORKS = (
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
    *("192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "203.0.113.0/24", "224.0.0.0/3"),
)
private_v4 = st.sampled_from(PRIVATE_NETWORKS).flatmap(
    lambda text: st.ip_addresses(network=text).map(lambda address: ipaddress.IPv4Address(int(address)))
)
public_v4 = st.ip_addresses(v=4).filter(is_public)
private_v6 = st.sampled_from(
    ("::/8", "64:ff9b:1::/48", "100::/64", "2001::/32", "fc00::/7", "fe80::/10", "fec0::/10")
).flatmap(lambda text: st.ip_addresses(network=text))


def octal(part: int) -> str:
    return f"0{part:o}"


def full_width(text: str) -> str:
    return text.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789."})


#: How an IPv4 address can be spelled where a host is expected.
SPELLINGS: dict[str, Callable[[ipaddress.IPv4Address], str]] = {
    "dotted": str,
    "decimal": lambda a: str(int(a)),
    "hex": lambda a: hex(int(a)),
    "octal": lambda a: octal(int(a)),
    "dotted hex": lambda a: ".".join(hex(part) for part in a.packed),
    "dotted octal": lambda a: ".".join(octal(part) for part in a.packed),
    "two parts": lambda a: f"{a.packed[0]}.{int(a) & 0xFFFFFF}",
    "three parts": lambda a: f"{a.packed[0]}.{hex(a.packed[1])}.{octal(int(a) & 0xFFFF)}",
    "last dot": lambda a: f"{a}.",
    "full width": lambda a: full_width(str(a)),
    "ideographic stops": lambda a: str(a).replace(".", "\u3002"),
    "percent": lambda a: "".join(f"%{ord(letter):02x}" for letter in str(a)),
    "soft hyphens": lambda a: "\u00ad".join(str(a)),
    "mapped": lambda a: f"[::ffff:{a}]",
    "mapped, long": lambda a: f"[0:0:0:0:0:FFFF:{int(a) >> 16:x}:{int(a) & 0xFFFF:x}]",
    "compatible": lambda a: f"[::{a}]",
    "translated": lambda a: f"[::ffff:0:{a}]",
    "NAT64": lambda a: f"[64:ff9b::{a}]",
    "local NAT64": lambda a: f"[64:ff9b:1::{a}]",
    "6to4": lambda a: f"[2002:{int(a) >> 16:x}:{int(a) & 0xFFFF:x}::1]",
    "Teredo": lambda a: f"[2001:0:4136:e378:8000:63bf:{~int(a) >> 16 & 0xFFFF:x}:{~int(a) & 0xFFFF:x}]",
    "ISATAP": lambda a: f"[2606:4700::5efe:{a}]",
    "ISATAP, global": lambda a: f"[2606:4700::200:5efe:{a}]",
    "zone": lambda a: f"[::ffff:{a}%25eth0]",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@settings(max_examples=10, deadline=None)
@given(address=private_v4)
@example(address=ipaddress.IPv4Address("127.0.0.1"))
@example(address=ipaddress.IPv4Address("169.254.169.254"))
def test_no_spelling_of_a_private_address_passes(spelling: str, address: ipaddress.IPv4Address) -> None:
    host = SPELLINGS[spelling](address)

    with pytest.raises(AddressRefused):
        EgressPolicy().check_literal(Endpoint.of(f"http://{host}/"))


@FEW
@given(private_v6)
def test_no_private_ipv6_address_passes(address: ipaddress.IPv6Address) -> None:
    inner = address.ipv4_mapped
    if inner is None or not is_public(inner):
        assert not is_public(address)


@FEW
@given(st.text(max_size=40))
@example("127.0.0.1\x00.example.com")
@example("[::1")
@example("a" * 300)
def test_any_text_is_an_endpoint_or_refused(text: str) -> None:
    for url in (f"http://{text}/", f"http://user@{text}:80/", text):
        try:
            endpoint = Endpoint.of(url)
            EgressPolicy().check_literal(endpoint)
        except AddressRefused:
            continue
        address = parse_ip_literal(endpoint.host)
        assert address is None or is_public(address)
        assert endpoint.host.isascii()
        assert endpoint == Endpoint.parse(endpoint.host, endpoint.port)


@FEW
@given(st.lists(st.one_of(public_v4, private_v4, st.ip_addresses(v=6)), min_size=1, max_size=8))
def test_one_answer_that_is_not_public_among_any_others_is_enough(answers: list[IPAddress]) -> None:
    async def look_up(host: str, port: int) -> tuple[str, ...]:
        return tuple(map(str, answers))

    egress_policy = EgressPolicy(look_up=look_up, own_addresses=frozenset)
    resolving = egress_policy.resolve(Endpoint("site.test", 80))
    if all(map(is_public, answers)):
        assert asyncio.run(resolving) == tuple(map(str, answers))
    else:
        with pytest.raises(AddressRefused):
            asyncio.run(resolving)


@FEW
@given(st.lists(st.ip_addresses(), min_size=1, max_size=4))
@example([ipaddress.IPv4Address("169.254.169.254")])
def test_a_listed_name_is_dialed_anywhere_but_at_a_metadata_service(answers: list[IPAddress]) -> None:
    async def look_up(host: str, port: int) -> tuple[str, ...]:
        return tuple(map(str, answers))

    resolving = EgressPolicy(frozenset({"dev.test:80"}), look_up=look_up).resolve(Endpoint("dev.test", 80))
    if any(map(is_metadata, answers)):
        with pytest.raises(AddressRefused):
            asyncio.run(resolving)
    else:
        assert asyncio.run(resolving) == tuple(map(str, answers))
