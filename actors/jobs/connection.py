"""Connections to Redis, with time limits."""

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

#: redis-py's own defaults leave a caller blocked for 40 s and more when Redis hangs.
CONNECT_TIMEOUT_S = 1.0
SOCKET_TIMEOUT_S = 2.0


def connect(url: str) -> Redis:
    """An asyncio client that times out instead of retrying; see the timeouts of this module."""
    return Redis.from_url(
        url,
        socket_timeout=SOCKET_TIMEOUT_S,
        socket_connect_timeout=CONNECT_TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
    )
