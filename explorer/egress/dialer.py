"""Connects to sites: checks the host with the egress policy and connects to the very addresses that it
checked (DNS pinning).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

from explorer.egress.http1 import HEAD_LIMIT_BYTES
from explorer.egress.policy import EgressPolicy, Endpoint

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
#: Opens a connection to an IP address and a port. Raises OSError.
Connect = Callable[[str, int], Awaitable[Connection]]

DIAL_TIMEOUT_S = 10.0
#: Further addresses are not tried: the time limit is divided among them.
MAX_ADDRESSES_TRIED = 6
#: How long resolved addresses are cached, as in a browser: 100 pictures over http are one lookup.
DNS_CACHE_TTL_S = 60.0
MAX_CACHED_ENDPOINTS = 1000


async def connect(address: str, port: int) -> Connection:
    """Opens a TCP connection whose reader accepts lines up to the size limit of a message head."""
    return await asyncio.open_connection(address, port, limit=HEAD_LIMIT_BYTES)


class Connector:
    """Resolves, checks and dials the endpoints of one take; caches the resolved addresses."""

    def __init__(self, egress_policy: EgressPolicy, connect: Connect = connect) -> None:
        self._egress_policy = egress_policy
        self._connect = connect
        self._cache: dict[Endpoint, tuple[float, tuple[str, ...]]] = {}

    async def dial(self, endpoint: Endpoint) -> Connection:
        """Connects to the first address that accepts: a host may have an IPv6 address on which nothing
        listens.

        Raises AddressRefused, and OSError when no address accepts.
        """
        addresses = await self._addresses(endpoint)
        error: OSError = OSError("it has no address")
        for address in addresses:
            try:
                async with asyncio.timeout(DIAL_TIMEOUT_S / len(addresses)):
                    return await self._connect(address, endpoint.port)
            except OSError as exc:
                error = exc
        raise error

    async def _addresses(self, endpoint: Endpoint) -> tuple[str, ...]:
        now_s = time.monotonic()
        expires_s, addresses = self._cache.get(endpoint, (0.0, ()))
        if now_s < expires_s:
            return addresses
        async with asyncio.timeout(DIAL_TIMEOUT_S):
            addresses = (await self._egress_policy.resolve(endpoint))[:MAX_ADDRESSES_TRIED]
        if len(self._cache) >= MAX_CACHED_ENDPOINTS:
            self._cache.clear()
        self._cache[endpoint] = (now_s + DNS_CACHE_TTL_S, addresses)
        return addresses
