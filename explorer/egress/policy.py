"""Which addresses may be visited: http(s) on global addresses, and private ones only where listed."""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import psutil

from explorer.egress.ip_addresses import (
    METADATA_NAMES,
    faces,
    is_local_name,
    is_metadata,
    is_public,
    literal,
    plain_host,
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
        """The endpoint of an http(s) or ws(s) address. Raises AddressRefused when there is none."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as exc:
            raise AddressRefused(f"{url!r} is not a valid address: {exc}", "malformed") from exc
        if parts.scheme not in DEFAULT_PORTS or not host:
            raise AddressRefused(f"{url!r} is not an http or https address", "malformed")
        if "\\" in parts.netloc:
            # To a browser this is a slash, to others a part of the host: they would go to different places.
            raise AddressRefused(
                f"{url!r} is not a valid address: it has a backslash in its host", "malformed"
            )
        return cls.parse(host, DEFAULT_PORTS[parts.scheme] if port is None else port)

    @classmethod
    def parse(cls, host: str, port: int) -> "Endpoint":
        """Raises AddressRefused for what is no host, and for a port that no one can dial."""
        if not 0 < port < 65536:
            # Resolvers would quietly wrap it round.
            raise AddressRefused(f"{port} is not a port", "malformed")
        try:
            return cls(plain_host(host), port)
        except ValueError as exc:
            raise AddressRefused(f"{host!r} is not a host: {exc}", "malformed") from exc


def own_addresses() -> frozenset[str]:
    """All addresses of this machine, public ones included; 80 µs."""
    answers = [one.address for some in psutil.net_if_addrs().values() for one in some]
    return frozenset(text.partition("%")[0] for text in answers)


@dataclass(frozen=True, slots=True)
class EgressPolicy:
    """Decides about endpoints.

    `allow` holds `host:port` pairs that may be private or loopback. `own` holds those of our own services,
    such as Redis: they are turned down by name and by address, even where they are listed.
    """

    allow: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()
    look_up: LookUp = look_up
    own_addresses: Callable[[], frozenset[str]] = own_addresses

    def check_literal(self, endpoint: Endpoint) -> None:
        """Raises AddressRefused for what needs no name server to be turned down."""
        address = literal(endpoint.host)
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
        """The addresses to dial for this endpoint, best first, resolved once.

        Raises AddressRefused when any answer is not public (so that a name cannot hide a private address
        behind a public one) or is this machine's own, and OSError when the name does not resolve.
        """
        self.check_literal(endpoint)
        address = literal(endpoint.host)
        addresses = await self.look_up(endpoint.host, endpoint.port) if address is None else (str(address),)
        if len(addresses) > MAX_ADDRESSES:
            raise OSError("it has too many addresses")
        for text in addresses:
            self._check_answer(endpoint, text.partition("%")[0])
        if await self._is_our_own(addresses, endpoint.port):
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
        if not self.own_addresses().isdisjoint(faces(text)):
            raise AddressRefused(
                f"{endpoint} is this machine itself. "
                f"List {endpoint} in ALLOW_PRIVATE_HOSTS if it may be filmed.",
                "own_address",
            )

    async def _is_our_own(self, addresses: tuple[str, ...], port: int) -> bool:
        """Whether one of our services lies behind another of its names."""
        for pair in self.own:
            host, _, own_port = pair.rpartition(":")
            if int(own_port) == port:
                try:
                    theirs = await self.look_up(host.strip("[]"), port)
                except OSError:
                    continue
                if any(not faces(text).isdisjoint(theirs) for text in addresses):
                    return True
        return False


def reachable(url: str, listed: frozenset[str]) -> frozenset[str]:
    """Those of the listed private hosts that a take of `url` may visit: all or none.

    A page from the internet has no business on the operator's machines, listed or not; pages that are
    private themselves talk to each other.
    """
    try:
        endpoint = Endpoint.of(url)
    except AddressRefused:
        return frozenset()
    address = literal(endpoint.host)
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
