"""The page at `/` and its files: read once, revalidated by ETag, under a policy that lets in nothing else."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from actors.settings import Settings

STATIC = Path(__file__).parent / "static"
MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
#: What the page may load, run and ask: its own origin's files, and pictures and films it was sent as data.
#: Titles and labels come from pages of strangers, so not even our own script may make markup of a string.
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


@dataclass(frozen=True, slots=True)
class File:
    """One file of the page, with the headers that it is sent with."""

    content: bytes
    headers: Mapping[str, str]

    @classmethod
    def read(cls, path: Path) -> "File":
        content = path.read_bytes()
        return cls(
            content,
            MappingProxyType(
                {
                    "content-type": MEDIA_TYPES[path.suffix],
                    "content-security-policy": POLICY,
                    # Kept, but never used without asking: an upgrade must not mix old files with new ones.
                    "cache-control": "no-cache",
                    "etag": f'"{hashlib.sha256(content).hexdigest()[:20]}"',
                }
            ),
        )

    def answer(self, request: Request) -> Response:
        """The file, or that it has not changed."""
        known = {
            tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")
        }
        if self.headers["etag"] in known or "*" in known:
            return Response(status_code=304, headers=dict(self.headers))
        length = {"content-length": str(len(self.content))}
        body = None if request.method == "HEAD" else self.content
        return Response(body, headers={**self.headers, **length})


@cache
def files() -> Mapping[str, File]:
    """All files of the page by name: some 100 KB, which stay as they were when the first was asked for."""
    return {path.name: File.read(path) for path in sorted(STATIC.iterdir()) if path.suffix in MEDIA_TYPES}


async def front_page(request: Request) -> Response:
    """The page itself; it holds no secret, so it needs no token."""
    return files()["index.html"].answer(request)


async def static(request: Request) -> Response:
    """A file of the page."""
    file = files().get(request.path_params["name"])
    if file is None:
        raise HTTPException(404, "The page has no such file.")
    return file.answer(request)


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
    Route("/static/{name}", static, methods=["GET"]),
]
