"""The description of the API, and a page that makes it readable: Swagger UI, with nothing from elsewhere."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

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
    """The page."""
    return HTMLResponse(PAGE, headers={"content-security-policy": POLICY})


async def document(request: Request) -> Response:
    """The description, as made when the process started."""
    return JSONResponse(request.app.state.description)
