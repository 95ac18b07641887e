"""Application factory: routes, error handlers, middleware and background tasks."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from actors.broker import make_broker, ticket_sender
from actors.jobs.store import Store
from actors.settings import Settings
from actors.watchdog import Rounds, watch
from actors.webhooks.dispatcher import dispatch
from demo_api.export.pending import PendingDownloads
from demo_api.middleware.access_log import AccessLog
from demo_api.middleware.body import BODY_LIMIT_S
from demo_api.middleware.rate_limit import Rate, RateLimiter
from demo_api.middleware.request_guard import RequestGuard
from demo_api.middleware.security_headers import SecurityHeaders
from demo_api.openapi.document import describe
from demo_api.problems import HANDLERS
from demo_api.routes.event_broadcast import Broadcast
from demo_api.routes.events import ENCODERS
from demo_api.routes.health import ProcessMeter
from demo_api.routes.routing import route
from demo_api.routes.static_files import ROUTE as STATIC_FILES
from demo_api.routes.table import OPERATIONS
from demo_api.routes.web_page import ROUTES as PAGE

#: Headers that a page of a listed origin may send and read beyond the CORS-safelisted ones.
CORS_REQUEST_HEADERS = ("authorization", "content-type", "idempotency-key", "last-event-id", "x-request-id")
CORS_RESPONSE_HEADERS = ("content-disposition", "location", "retry-after", "x-request-id")


ROUTES: list[BaseRoute] = [*map(route, OPERATIONS), *PAGE, STATIC_FILES]


def create_app(
    settings: Settings, stopping: Callable[[], bool] = lambda: False, body_limit_s: float = BODY_LIMIT_S
) -> ASGIApp:
    """Builds the API on `settings.redis`, which must be set; `stopping` is true during shutdown."""
    url = settings.redis
    if url is None:
        raise ValueError("the API requires settings with a Redis URL")

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[Mapping[str, Any]]:
        broker = make_broker(url)
        app.state.settings = settings
        app.state.send_ticket = ticket_sender(broker)
        app.state.limiter = RateLimiter(Rate.parse(settings.rate_limit))
        app.state.pending_downloads = PendingDownloads()
        app.state.rounds = Rounds()
        app.state.process = ProcessMeter()
        app.state.stopping = stopping
        app.state.body_limit_s = body_limit_s
        app.state.description = _description()
        async with Store.opened(url, settings) as store:
            app.state.store = store
            app.state.broadcast = broadcast = Broadcast(store, ENCODERS)
            loops = (watch(store, app.state.send_ticket, app.state.rounds), dispatch(store))
            tasks = [asyncio.create_task(loop) for loop in loops]
            try:
                # The server closes it on shutdown: event streams would keep connections open.
                yield {"broadcast": broadcast}
            finally:
                for task in tasks:
                    task.cancel()
                broker.close()

    inside = Starlette(
        routes=ROUTES, exception_handlers=HANDLERS, lifespan=lifespan, middleware=_middleware(settings)
    )
    # Outermost, so that the response to an unexpected error has its headers and its log line too.
    return AccessLog(SecurityHeaders(inside), settings)


def _middleware(settings: Settings) -> list[Middleware]:
    limits = {operation.path: operation.max_body_bytes for operation in OPERATIONS}
    forms = {operation.path for operation in OPERATIONS if operation.takes_forms}
    guard = Middleware(RequestGuard, settings=settings, body_limits=limits, form_paths=forms)
    if not settings.cors_origins:
        return [guard]
    cors = Middleware(
        CORSMiddleware,
        allow_origins=sorted(settings.cors_origins),
        allow_methods=("GET", "HEAD", "POST"),
        allow_headers=CORS_REQUEST_HEADERS,
        expose_headers=CORS_RESPONSE_HEADERS,
    )
    return [cors, guard]


_description = cache(describe)
