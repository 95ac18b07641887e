"""The application: routes, errors and what lives as long as it does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from starlette.applications import Starlette
from starlette.routing import Route

from actors.broker import make_broker, ticket_sender
from actors.settings import Settings
from actors.store import Store
from actors.watchdog import watch
from demo_api.endpoints import export, health, run, status
from demo_api.extras import KINDS, extra
from demo_api.problems import HANDLERS

ROUTES = [
    Route("/demo/run", run, methods=["POST"]),
    Route("/demo/status/{job_id}", status, methods=["GET"]),
    Route("/demo/export/{job_id}", export, methods=["GET"]),
    *(Route(f"/demo/{name}/{{job_id}}", partial(extra, name), methods=["GET"]) for name in KINDS),
    Route("/health", health, methods=["GET"]),
]


def create_app(settings: Settings) -> Starlette:
    """The API on `settings.redis`, which must be set."""
    url = settings.redis
    if url is None:
        raise ValueError("the API needs settings with a Redis")

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        broker = make_broker(url)
        app.state.settings = settings
        app.state.send_ticket = ticket_sender(broker)
        async with Store.opened(url, settings) as store:
            app.state.store = store
            watching = asyncio.create_task(watch(store, app.state.send_ticket))
            try:
                yield
            finally:
                watching.cancel()
                broker.close()

    return Starlette(routes=ROUTES, exception_handlers=HANDLERS, lifespan=lifespan)
