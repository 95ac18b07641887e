"""Serves the web pages at `/` and `/batch`, and the defaults of their forms."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from actors.settings import Settings
from demo_api.routes.static_files import FILES


async def front_page(request: Request) -> Response:
    """Serves the page; it contains no secret and requires no token."""
    return await FILES.get_response("index.html", request.scope)


async def batch_page(request: Request) -> Response:
    """Serves the page of batches; which one it shows is behind the `#`, which is not sent here."""
    return await FILES.get_response("batch.html", request.scope)


async def defaults(request: Request) -> Response:
    """Returns the operator's defaults for the fields of the form."""
    settings: Settings = request.app.state.settings
    options = {**settings.exploration.model_dump(), **settings.film.model_dump()}
    return JSONResponse({**options, "kept_s": settings.job_ttl_s, "token": settings.api_token is not None})


ROUTES = [
    Route("/", front_page, methods=["GET"]),
    Route("/batch", batch_page, methods=["GET"]),
    Route("/static/defaults.json", defaults, methods=["GET"]),
]
