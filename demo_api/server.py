"""Uvicorn server that exposes each connection's transport to the application."""

import asyncio
import socket

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from actors.errors import PipelineError
from actors.settings import Settings
from demo_api.app import create_app
from demo_api.middleware.body import BODY_LIMIT_S
from demo_api.middleware.security_headers import HEADERS
from demo_api.problems import problem

KEEP_ALIVE_S = 5
SHUTDOWN_GRACE_S = 5


class ListenFailed(PipelineError):
    """The address is in use, or does not belong to this machine."""

    code = "listen_failed"


class Http(H11Protocol):
    """Puts each connection's transport into `scope["state"]`, so that `export` can confirm delivery.

    Closes a connection whose request head is not complete in time, which uvicorn would keep open for ever.
    Responds to malformed HTTP with problem details.
    """

    head_limit_s = 10.0
    _head_timeout: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.app_state = {**self.app_state, "transport": transport}
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._head_timeout:
            self._head_timeout.cancel()

    def shutdown(self) -> None:
        if broadcast := self.app_state.get("broadcast"):
            broadcast.close()
        super().shutdown()

    def send_400_response(self, msg: str) -> None:
        response = problem(400, "bad_request", msg)
        headers = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
        headers += [*response.raw_headers, (b"connection", b"close")]
        for event in (
            h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
            h11.Data(data=bytes(response.body)),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _await_head(self) -> None:
        """Times the head from the connection or its first byte on; uvicorn times keep-alive."""
        if self.conn.their_state is not h11.IDLE:
            if self._head_timeout:
                self._head_timeout.cancel()
                self._head_timeout = None
        elif self._head_timeout is None:
            self._head_timeout = self.loop.call_later(self.head_limit_s, self.transport.close)


def listen(host: str, port: int) -> socket.socket:
    """Opens a listening socket; port 0 chooses a free one. Raises ListenFailed."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=2048)
        # Connections inherit it; asyncio sets it only on its own sockets. Without, responses take 40 ms.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listener
    except OSError as exc:
        cause = exc.strerror or exc
        raise ListenFailed(
            f"Cannot listen on {host}:{port}: {cause}. Choose another --host or --port."
        ) from exc


def make_server(
    settings: Settings, http: type[Http] = Http, *, body_limit_s: float = BODY_LIMIT_S
) -> uvicorn.Server:
    """Builds a server for the API; run it with `sockets=[listen(…)]`."""
    server: uvicorn.Server
    config = uvicorn.Config(
        create_app(settings, lambda: server.should_exit, body_limit_s),
        http=http,
        ws="none",
        access_log=False,
        # client_address.py evaluates X-Forwarded-For; uvicorn would trust anyone on this machine.
        proxy_headers=False,
        server_header=False,
        log_config=None,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=SHUTDOWN_GRACE_S,
    )
    server = uvicorn.Server(config)
    return server
