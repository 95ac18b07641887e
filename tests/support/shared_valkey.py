"""A Valkey that tests use one after the other: starting one costs more than most tests that need it."""

from contextlib import ExitStack
from typing import Any

from redis import Redis, RedisError

from actors.embedded_redis import embedded_valkey

PATIENCE_S = 2.0


class SharedValkey:
    """Gives each test a server that is empty and configured as at its start."""

    def __init__(self) -> None:
        self._running = ExitStack()
        self._url = ""
        self._configuration: dict[str, Any] = {}

    def emptied(self) -> str:
        """Its URL. A server that a test has configured otherwise, or that does not answer, is replaced."""
        if not (self._url and self._emptied()):
            self.stop()
            self._url = self._running.enter_context(embedded_valkey())
            with Redis.from_url(self._url) as redis:
                self._configuration = redis.config_get("*")
        return self._url

    def stop(self) -> None:
        self._running.close()

    def _emptied(self) -> bool:
        try:
            with Redis.from_url(self._url, socket_timeout=PATIENCE_S) as redis:
                if redis.config_get("*") != self._configuration:
                    return False
                # First the connections: what is under way on them must not arrive after the flush.
                for kind in ("normal", "pubsub"):
                    redis.client_kill_filter(_type=kind, skipme=True)
                redis.flushall()
                redis.config_resetstat()
                return True
        except RedisError:
            return False
