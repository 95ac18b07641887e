"""The description of the API, and a page that makes it readable: Swagger UI, with nothing from elsewhere."""

from pathlib import Path
from typing import Any

from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

STATIC = Path(__file__).parent / "static"

#: Its styles are written into its own elements; its icons are `data:`.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Sitereel API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/vendor/swagger-ui/swagger-ui.css">
<link rel="stylesheet" href="/static/reference/reference.css">
<script src="/static/vendor/swagger-ui/swagger-ui-bundle.js" defer></script>
<script src="/static/reference/reference.js" defer></script>
</head>
<body>
<div id="reference"></div>
<noscript>This page needs JavaScript; <a href="/openapi.json">/openapi.json</a> does not.</noscript>
</body>
</html>
"""


async def docs(_: Request) -> Response:
    """The page."""
    return HTMLResponse(PAGE, headers={"content-security-policy": POLICY})


async def document(request: Request) -> Response:
    """The description, as made when the process started."""
    return JSONResponse(request.app.state.description)


class Kept(StaticFiles):
    """Files that a browser keeps, but asks about before it uses them again: an upgrade changes them."""

    def file_response(self, *args: Any, **more: Any) -> Response:
        response = super().file_response(*args, **more)
        response.headers["cache-control"] = "no-cache"
        return response


def _files(path: str) -> Mount:
    # Swagger UI has 1.7 MB, compressed 0.46.
    return Mount(f"/static/{path}", GZipMiddleware(Kept(directory=STATIC / path), compresslevel=6))


ROUTES: list[BaseRoute] = [_files("vendor/swagger-ui"), _files("reference")]
