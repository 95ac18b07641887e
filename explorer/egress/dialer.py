"""Opens connections to sites: past the fence, to the very address that it has looked at."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from explorer.egress.http1 import HEAD_LIMIT_BYTES
from explorer.egress.policy import EgressPolicy, Endpoint

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
#: Opens a connection to an IP address and a port. Raises OSError.
Connect = Callable[[str, int], Awaitable[Connection]]

DIAL_TIMEOUT_S = 10.0
#: More addresses than this are not tried: each gets its share of the time.
MOST_TRIED = 6
#: A name keeps its addresses for so long, as in a browser: 100 pictures over http are one lookup.
REMEMBERED_S = 60.0
MOST_REMEMBERED = 1000


async def connect(address: str, port: int) -> Connection:
    return await asyncio.open_connection(address, port, limit=HEAD_LIMIT_BYTES)


class Connector:
    """The way out of one take."""

    def __init__(self, egress_policy: EgressPolicy, connect: Connect = connect) -> None:
        self._egress_policy = egress_policy
        self._connect = connect
        self._known: dict[Endpoint, tuple[float, tuple[str, ...]]] = {}

    async def dial(self, endpoint: Endpoint) -> Connection:
        """Tries the addresses in turn: a name may have an IPv6 address on which nobody listens.

        Raises AddressRefused, and OSError when nobody answers.
        """
        addresses = await self._addresses(endpoint)
        failure: OSError = OSError("it has no address")
        for address in addresses:
            try:
                async with asyncio.timeout(DIAL_TIMEOUT_S / len(addresses)):
                    return await self._connect(address, endpoint.port)
            except OSError as exc:
                failure = exc
        raise failure

    async def _addresses(self, endpoint: Endpoint) -> tuple[str, ...]:
        now_s = time.monotonic()
        until_s, addresses = self._known.get(endpoint, (0.0, ()))
        if now_s < until_s:
            return addresses
        async with asyncio.timeout(DIAL_TIMEOUT_S):
            addresses = (await self._egress_policy.resolve(endpoint))[:MOST_TRIED]
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        self._known[endpoint] = (now_s + REMEMBERED_S, addresses)
        return addresses
