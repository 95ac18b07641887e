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
    return JSONResponse(
        {
            "style": settings.film_style,
            "size": settings.film_size,
            "fps": settings.film_fps,
            "format": settings.film_format,
            "captions": settings.film_captions,
            "zoom": settings.film_zoom,
            "title_card": settings.film_title_card,
            "interact": settings.interact,
            "max_clicks": settings.max_clicks,
            "max_depth": settings.max_depth,
            "max_runtime": settings.max_runtime_s,
            "kept_s": settings.job_ttl_s,
            "token": settings.api_token is not None,
        }
    )


ROUTES = [
    Route("/", front_page, methods=["GET"]),
    Route("/static/defaults.json", defaults, methods=["GET"]),
]
