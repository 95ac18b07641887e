"""Serves the OpenAPI document, and Swagger UI from this server's own files."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

#: Swagger UI uses inline styles and `data:` icons.
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
<link rel="stylesheet" href="/static/docs/docs.css">
<script src="/static/vendor/swagger-ui/swagger-ui-bundle.js" defer></script>
<script src="/static/docs/docs.js" defer></script>
</head>
<body>
<div id="reference"></div>
<noscript>This page needs JavaScript; <a href="/openapi.json">/openapi.json</a> does not.</noscript>
</body>
</html>
"""


async def docs(_: Request) -> Response:
    """Serves the Swagger UI page."""
    return HTMLResponse(PAGE, headers={"content-security-policy": POLICY})


async def document(request: Request) -> Response:
    """Serves the OpenAPI document, which is built when the process starts."""
    return JSONResponse(request.app.state.description)
