"""The web page at `/`, and the defaults that its form shows."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from actors.settings import Settings
from demo_api.routes.static_files import FILES


async def front_page(request: Request) -> Response:
    """The page itself; it holds no secret, so it needs no token."""
    return await FILES.get_response("index.html", request.scope)


async def defaults(request: Request) -> Response:
    """What a film is like when a request says nothing of it, so that the form shows the truth."""
    settings: Settings = request.app.state.settings
    options = {**settings.exploration.model_dump(), **settings.film.model_dump()}
    return JSONResponse({**options, "kept_s": settings.job_ttl_s, "token": settings.api_token is not None})


ROUTES = [
    Route("/", front_page, methods=["GET"]),
    Route("/static/defaults.json", defaults, methods=["GET"]),
]
