"""Static files of the web page and of /docs, under `/static/`."""

from pathlib import Path
from typing import Any

from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

STATIC = Path(__file__).parent.parent / "static"
#: Content security policy of the page: files of its own origin, and images and films as data.
#: Titles and labels come from untrusted pages, so that not even its own scripts may turn strings into markup.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)


class PageFiles(StaticFiles):
    """Serves files with the page's content security policy, to be revalidated before each use.

    Browsers may cache them, but send a conditional request: an upgrade must not mix old files with new ones.
    """

    def file_response(self, *args: Any, **more: Any) -> Response:
        response = super().file_response(*args, **more)
        response.headers["cache-control"] = "no-cache"
        response.headers["content-security-policy"] = POLICY
        return response


FILES = PageFiles(directory=STATIC)
# Swagger UI has 1.7 MB, compressed 0.46.
ROUTE = Mount("/static", GZipMiddleware(FILES, compresslevel=6))
