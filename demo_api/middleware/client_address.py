"""Who is asking: the other end of the connection, or whom a trusted proxy names."""

import ipaddress
from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.types import Scope

from actors.settings import Network

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

#: What one subscriber usually has; a limit for each of its addresses would be none.
IPV6_SUBSCRIBER_BITS = 64


def client_address(scope: Scope, trusted: Collection[Network]) -> str:
    """The client's address, or `unknown` behind a unix socket."""
    address = _address(scope["client"][0]) if scope.get("client") else None
    if address is None:
        return "unknown"
    hops = ",".join(Headers(scope=scope).getlist("x-forwarded-for")).split(",")
    while hops and any(address in network for network in trusted):
        named = _address(hops.pop())
        if named is None:
            break
        address = named
    return str(address)


def subscriber_address(client: str) -> str:
    """What a limit counts by: an IPv4 address, or the network that an IPv6 subscriber has."""
    address = _address(client)
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, IPV6_SUBSCRIBER_BITS), strict=False))
    return client


def _address(text: str) -> Address | None:
    """Also with a port, in brackets or with a zone; IPv4 in IPv6 is IPv4."""
    text = text.strip()
    host = text[1:].partition("]")[0] if text.startswith("[") else text
    if host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
