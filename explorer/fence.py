"""Which addresses may be visited: http(s) on global addresses, and private ones only where listed."""

import asyncio
import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from explorer.errors import AddressRefused

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}

#: Platform services that `is_global` calls global: Azure's wire server, Alibaba's and Oracle's metadata.
PLATFORM_ADDRESSES = frozenset(
    ipaddress.ip_address(text) for text in ("168.63.129.16", "100.100.100.200", "192.0.0.192")
)
#: RFC 6052 well-known NAT64 prefix: the IPv4 address is in the last 32 bits.
NAT64 = ipaddress.ip_network("64:ff9b::/96")
#: All that IANA has given out for global unicast. `is_global` also lets pass ::127.0.0.1, fec0::/10 and
#: the local NAT64 prefix 64:ff9b:1::/48.
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A host name (lower case, no brackets or trailing dot) and a port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @classmethod
    def of(cls, url: str) -> "Endpoint":
        """The endpoint of an http(s) or ws(s) address. Raises AddressRefused when there is none."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as exc:
            raise AddressRefused(f"{url!r} is not a valid address: {exc}") from exc
        if parts.scheme not in DEFAULT_PORTS or not host:
            raise AddressRefused(f"{url!r} is not an http or https address")
        return cls.parse(host, DEFAULT_PORTS[parts.scheme] if port is None else port)

    @classmethod
    def parse(cls, host: str, port: int) -> "Endpoint":
        """Raises AddressRefused for a port that no one can dial: resolvers would quietly wrap it round."""
        if not 0 < port < 65536:
            raise AddressRefused(f"{port} is not a port")
        return cls(host.strip("[]").rstrip(".").lower(), port)


def literal(host: str) -> IPAddress | None:
    """The address that `host` spells, in any disguise a resolver accepts (decimal, hex, octal, short)."""
    try:
        return ipaddress.ip_address(host.split("%", 1)[0])
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None


def is_public(address: IPAddress) -> bool:
    """True for a global unicast address, seen through IPv4-mapped, 6to4 and NAT64 forms."""
    if isinstance(address, ipaddress.IPv6Address):
        embedded = _embedded_ipv4(address)
        if embedded is not None:
            return is_public(embedded)
        if address not in GLOBAL_UNICAST:
            return False
    return address.is_global and not address.is_multicast and address not in PLATFORM_ADDRESSES


def _embedded_ipv4(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


@dataclass(frozen=True, slots=True)
class Fence:
    """Decides about endpoints. `allow` holds `host:port` pairs that may be private or loopback."""

    allow: frozenset[str] = frozenset()

    def check_literal(self, endpoint: Endpoint) -> None:
        """Raises AddressRefused when the host spells a private address or is a local name."""
        if str(endpoint) in self.allow:
            return
        address = literal(endpoint.host)
        local_name = endpoint.host == "localhost" or endpoint.host.endswith((".localhost", ".local"))
        if local_name or (address is not None and not is_public(address)):
            raise _refused(endpoint)

    async def resolve(self, endpoint: Endpoint) -> tuple[str, ...]:
        """The addresses to dial for this endpoint, best first, resolved once.

        Raises AddressRefused when any answer is not public (so that a name cannot hide a private address
        behind a public one) and OSError when the name does not resolve.
        """
        self.check_literal(endpoint)
        try:
            answers = await asyncio.get_running_loop().getaddrinfo(
                endpoint.host, endpoint.port, type=socket.SOCK_STREAM
            )
        except ValueError as exc:
            raise OSError(f"{endpoint.host!r} is not a host name") from exc
        addresses = tuple(str(answer[4][0]) for answer in answers)
        if str(endpoint) not in self.allow:
            for text in addresses:
                if not is_public(ipaddress.ip_address(text.split("%", 1)[0])):
                    raise _refused(endpoint)
        return addresses


def _refused(endpoint: Endpoint) -> AddressRefused:
    return AddressRefused(
        f"{endpoint} is a private or local address. "
        f"List {endpoint} in ALLOW_PRIVATE_HOSTS if it may be filmed."
    )
