"""Uvicorn, with the one thing the export needs besides ASGI: the connection's transport."""

import asyncio

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from actors.settings import Settings
from demo_api.app import create_app

KEEP_ALIVE_S = 5
SHUTDOWN_GRACE_S = 5


class Http(H11Protocol):
    """Puts each connection's transport into `scope["state"]`, for `export` to see what has arrived."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.app_state = {**self.app_state, "transport": transport}
        super().connection_made(transport)


def make_server(settings: Settings, host: str, port: int) -> uvicorn.Server:
    """A server for the API that is not running yet; port 0 takes a free one."""
    config = uvicorn.Config(
        create_app(settings),
        host=host,
        port=port,
        http=Http,
        ws="none",
        access_log=False,
        log_config=None,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=SHUTDOWN_GRACE_S,
    )
    return uvicorn.Server(config)
