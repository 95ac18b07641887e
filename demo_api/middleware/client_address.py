"""Client address: the peer of the connection, or the address that a trusted proxy forwards."""

import ipaddress
from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.types import Scope

from actors.settings import Network

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

#: The network that one subscriber usually has; a limit for each of its addresses would not limit it.
IPV6_SUBSCRIBER_BITS = 64


def client_address(scope: Scope, trusted: Collection[Network]) -> str:
    """Returns the client's address, or `unknown` on a unix socket."""
    address = _address(scope["client"][0]) if scope.get("client") else None
    if address is None:
        return "unknown"
    hops = ",".join(Headers(scope=scope).getlist("x-forwarded-for")).split(",")
    while hops and any(address in network for network in trusted):
        forwarded = _address(hops.pop())
        if forwarded is None:
            break
        address = forwarded
    return str(address)


def subscriber_address(client: str) -> str:
    """Returns the key of a rate limit: an IPv4 address, or the network of an IPv6 subscriber."""
    address = _address(client)
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, IPV6_SUBSCRIBER_BITS), strict=False))
    return client


def _address(text: str) -> Address | None:
    """Parses an address with optional port, brackets or zone; IPv4-mapped IPv6 becomes IPv4."""
    text = text.strip()
    host = text[1:].partition("]")[0] if text.startswith("[") else text
    if host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
