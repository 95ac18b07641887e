"""Routes of operations: authentication, rate limit, and the wait for downloads that are not confirmed yet."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from actors.settings import Settings
from demo_api.middleware.auth import check_token, check_token_or_key
from demo_api.middleware.client_address import client_address, subscriber_address
from demo_api.routes.operation import Operation


def route(operation: Operation) -> Route:
    """Builds a route with authentication and rate limit."""

    async def guarded(request: Request) -> Response:
        settings: Settings = request.app.state.settings
        if operation.access == "key":
            await check_token_or_key(request, settings, request.app.state.store)
        elif operation.access == "token":
            check_token(request, settings)
        if operation.method == "POST":
            request.app.state.limiter.admit(
                subscriber_address(client_address(request.scope, settings.trusted_proxies)), operation.share
            )
        for one in request.path_params.values():
            await request.app.state.pending_downloads.wait(one)
        return await operation.endpoint(request)

    return Route(operation.path, guarded, methods=[operation.method], name=operation.name)
