"""Runs an embedded pipeline in this process: Valkey, worker and API, started on first use."""

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from pydantic import SecretStr

from actors.errors import PipelineError
from demo_api.addresses import Server

if TYPE_CHECKING:
    from actors.settings import Settings

START_S = 10.0


class PipelineClosed(PipelineError):
    """The pipeline was used after its end, or did not start."""

    code = "pipeline_closed"


class LocalPipeline:
    """Runs up to `slots` stages at a time. Its API listens on loopback and requires a random token."""

    def __init__(self, settings: "Settings", slots: int = 1) -> None:
        self._settings = settings
        self._slots = slots
        self._resources = ExitStack()
        self._server: Server | None = None
        self._closed = False
        self._lock = threading.Lock()

    def server(self) -> Server:
        """Returns the API's address and token; the first call starts it, which takes a second.

        Raises PipelineError.
        """
        with self._lock:
            if self._closed:
                raise PipelineClosed("Sitereel is shutting down. Nothing was done.")
            if self._server is None:
                with ExitStack() as resources:
                    self._server = self._start(resources)
                    self._resources = resources.pop_all()
            return self._server

    def close(self) -> None:
        """Stops everything at once, and deletes all data."""
        with self._lock:
            self._closed = True
            self._resources.close()

    def _start(self, resources: ExitStack) -> Server:
        from actors.embedded_redis import embedded_valkey
        from actors.worker import working

        token = secrets.token_hex(16)
        redis_url = resources.enter_context(embedded_valkey())
        settings = self._settings.on_redis(redis_url).model_copy(
            update={"api_token": SecretStr(token), "rate_limit": "off", "cors_origins": frozenset()}
        )
        resources.enter_context(working(settings, self._slots, grace_s=0))
        return Server(resources.enter_context(_serving(settings)), token)


@contextmanager
def _serving(settings: "Settings") -> Iterator[str]:
    """Serves the API on a free loopback port; yields its URL."""
    from demo_api.server import listen, make_server

    server = make_server(settings)
    with listen("127.0.0.1", 0) as listener:
        thread = threading.Thread(target=server.run, args=([listener],), name="api", daemon=True)
        thread.start()
        try:
            deadline_s = time.monotonic() + START_S
            while not server.started:
                if not thread.is_alive() or time.monotonic() > deadline_s:
                    raise PipelineClosed("The API did not start. Run `sitereel serve` to see why.")
                time.sleep(0.01)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(START_S)
