"""Egress policy (SSRF protection): public addresses may be reached, private ones where listed."""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import psutil

from explorer.egress.ip_addresses import (
    METADATA_NAMES,
    address_and_embedded,
    is_local_name,
    is_metadata,
    is_public,
    normalize_host,
    parse_ip_literal,
)
from explorer.egress.ports import is_web_port
from explorer.egress.resolver import LookUp, look_up
from explorer.errors import AddressRefused

DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
#: More answers than any site has; a name server can send some 4,000.
MAX_ADDRESSES = 64


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A host name (lower case, no brackets or trailing dot) and a port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @classmethod
    def of(cls, url: str) -> "Endpoint":
        """Parses the endpoint of an http(s) or ws(s) URL. Raises AddressRefused when it has none."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as exc:
            raise AddressRefused(f"{url!r} is not a valid address: {exc}", "malformed") from exc
        if parts.scheme not in DEFAULT_PORTS or not host:
            raise AddressRefused(f"{url!r} is not an http or https address", "malformed")
        if "\\" in parts.netloc:
            # To a browser this is a slash, to other parsers a part of the host.
            raise AddressRefused(
                f"{url!r} is not a valid address: it has a backslash in its host", "malformed"
            )
        return cls.parse(host, DEFAULT_PORTS[parts.scheme] if port is None else port)

    @classmethod
    def parse(cls, host: str, port: int) -> "Endpoint":
        """Parses a host and a port. Raises AddressRefused for what is no host, and for an invalid port."""
        if not 0 < port < 65536:
            # Resolvers would take it modulo 65536.
            raise AddressRefused(f"{port} is not a port", "malformed")
        try:
            return cls(normalize_host(host), port)
        except ValueError as exc:
            raise AddressRefused(f"{host!r} is not a host: {exc}", "malformed") from exc


def own_addresses() -> frozenset[str]:
    """Lists all addresses of this machine, public ones included; takes 80 µs."""
    answers = [one.address for some in psutil.net_if_addrs().values() for one in some]
    return frozenset(text.partition("%")[0] for text in answers)


@dataclass(frozen=True, slots=True)
class EgressPolicy:
    """Decides which endpoints may be reached.

    `allow` holds `host:port` pairs that may be private or loopback. `own` holds those of our own services,
    such as Redis: they are refused by name and by address, even where they are listed.
    """

    allow: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()
    look_up: LookUp = look_up
    own_addresses: Callable[[], frozenset[str]] = own_addresses

    def check_literal(self, endpoint: Endpoint) -> None:
        """Checks an endpoint as far as is possible without DNS. Raises AddressRefused."""
        address = parse_ip_literal(endpoint.host)
        if str(endpoint) in self.own:
            raise _own_service(endpoint)
        if endpoint.host in METADATA_NAMES or (address is not None and is_metadata(address)):
            raise _metadata(endpoint)
        if str(endpoint) in self.allow:
            return
        if is_local_name(endpoint.host) or (address is not None and not is_public(address)):
            raise _private(endpoint)
        if not is_web_port(endpoint.port):
            raise AddressRefused(
                f"{endpoint} is not visited: websites are not found on port {endpoint.port}. "
                f"List {endpoint} in ALLOW_PRIVATE_HOSTS if it is one.",
                "port",
            )

    async def resolve(self, endpoint: Endpoint) -> tuple[str, ...]:
        """Resolves an endpoint once and checks all of its addresses; returns them, best first.

        Raises AddressRefused when any answer is not public (so that a name cannot hide a private address
        behind a public one) or is this machine's own, and OSError when the name does not resolve.
        """
        self.check_literal(endpoint)
        address = parse_ip_literal(endpoint.host)
        addresses = await self.look_up(endpoint.host, endpoint.port) if address is None else (str(address),)
        if len(addresses) > MAX_ADDRESSES:
            raise OSError("it has too many addresses")
        for text in addresses:
            self._check_answer(endpoint, text.partition("%")[0])
        if await self._is_own_service(addresses, endpoint.port):
            raise _own_service(endpoint)
        return addresses

    def _check_answer(self, endpoint: Endpoint, text: str) -> None:
        address = ipaddress.ip_address(text)
        if is_metadata(address):
            raise _metadata(endpoint)
        if str(endpoint) in self.allow:
            return
        if not is_public(address):
            raise _private(endpoint)
        if not self.own_addresses().isdisjoint(address_and_embedded(text)):
            raise AddressRefused(
                f"{endpoint} is this machine itself. "
                f"List {endpoint} in ALLOW_PRIVATE_HOSTS if it may be filmed.",
                "own_address",
            )

    async def _is_own_service(self, addresses: tuple[str, ...], port: int) -> bool:
        """Checks whether these are the addresses of one of our own services under another name."""
        for pair in self.own:
            host, _, own_port = pair.rpartition(":")
            if int(own_port) == port:
                try:
                    own_addresses_of_service = await self.look_up(host.strip("[]"), port)
                except OSError:
                    continue
                if any(
                    not address_and_embedded(text).isdisjoint(own_addresses_of_service) for text in addresses
                ):
                    return True
        return False


def reachable_private_hosts(url: str, listed: frozenset[str]) -> frozenset[str]:
    """Selects those of the listed private hosts that a take of `url` may visit: all or none.

    A public page must not reach the operator's machines, listed or not; pages that are private themselves may
    use each other.
    """
    try:
        endpoint = Endpoint.of(url)
    except AddressRefused:
        return frozenset()
    address = parse_ip_literal(endpoint.host)
    private = is_local_name(endpoint.host) or (address is not None and not is_public(address))
    return listed if private or str(endpoint) in listed else frozenset()


def _private(endpoint: Endpoint) -> AddressRefused:
    return AddressRefused(
        f"{endpoint} is a private or local address. "
        f"List {endpoint} in ALLOW_PRIVATE_HOSTS if it may be filmed."
    )


def _metadata(endpoint: Endpoint) -> AddressRefused:
    return AddressRefused(
        f"{endpoint} is a cloud's metadata service, which gives out keys: it is never visited.",
        "metadata_address",
    )


def _own_service(endpoint: Endpoint) -> AddressRefused:
    return AddressRefused(
        f"{endpoint} is one of Sitereel's own services: it is never visited.", "own_service"
    )
