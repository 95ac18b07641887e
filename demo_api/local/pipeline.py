"""A whole line of one's own in this process, Valkey, worker and API, which begins when it is first needed."""

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
    """It was asked for after its end, or did not begin."""

    code = "line_closed"


class LocalPipeline:
    """Films one site at a time. Its API is for this machine alone, and wants a token that only we know."""

    def __init__(self, settings: "Settings") -> None:
        self._settings = settings
        self._parts = ExitStack()
        self._server: Server | None = None
        self._closed = False
        self._lock = threading.Lock()

    def server(self) -> Server:
        """Where it listens; the first call takes a second. Raises LineErrors and what `working` raises."""
        with self._lock:
            if self._closed:
                raise PipelineClosed("Sitereel is ending. Nothing was done.")
            if self._server is None:
                with ExitStack() as parts:
                    self._server = self._begin(parts)
                    self._parts = parts.pop_all()
            return self._server

    def close(self) -> None:
        """Ends what runs, at once, and leaves nothing behind."""
        with self._lock:
            self._closed = True
            self._parts.close()

    def _begin(self, parts: ExitStack) -> Server:
        from actors.embedded_redis import embedded_valkey
        from actors.worker import working

        token = secrets.token_hex(16)
        redis_url = parts.enter_context(embedded_valkey())
        settings = self._settings.on_redis(redis_url).model_copy(
            update={"api_token": SecretStr(token), "rate_limit": "off", "cors_origins": frozenset()}
        )
        parts.enter_context(working(settings, slots=1, grace_s=0))
        return Server(parts.enter_context(_serving(settings)), token)


@contextmanager
def _serving(settings: "Settings") -> Iterator[str]:
    """The API on a free port of this machine; its address."""
    from demo_api.server import listen, make_server

    server = make_server(settings)
    with listen("127.0.0.1", 0) as listener:
        thread = threading.Thread(target=server.run, args=([listener],), name="api", daemon=True)
        thread.start()
        try:
            deadline_s = time.monotonic() + START_S
            while not server.started:
                if not thread.is_alive() or time.monotonic() > deadline_s:
                    raise PipelineClosed("The API did not begin. Run `sitereel serve` to see why.")
                time.sleep(0.01)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(START_S)
