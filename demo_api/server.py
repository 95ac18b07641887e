"""Uvicorn, with the one thing the export needs besides ASGI: the connection's transport."""

import asyncio
import socket

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from actors.errors import LineError
from actors.settings import Settings
from demo_api.app import create_app

KEEP_ALIVE_S = 5
SHUTDOWN_GRACE_S = 5


class ListenFailed(LineError):
    """The address is taken, or is not this machine's."""

    code = "listen_failed"


class Http(H11Protocol):
    """Puts each connection's transport into `scope["state"]`, for `export` to see what has arrived."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.app_state = {**self.app_state, "transport": transport}
        super().connection_made(transport)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises ListenFailed."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=2048)
        # Connections inherit it; asyncio sets it only on its own sockets. Without, answers take 40 ms.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listener
    except OSError as exc:
        cause = exc.strerror or exc
        raise ListenFailed(f"Nothing can listen on {host}:{port}: {cause}. Choose --host or --port.") from exc


def make_server(settings: Settings) -> uvicorn.Server:
    """A server for the API; run it with `sockets=[listen(…)]`."""
    config = uvicorn.Config(
        create_app(settings),
        http=Http,
        ws="none",
        access_log=False,
        log_config=None,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=SHUTDOWN_GRACE_S,
    )
    return uvicorn.Server(config)
