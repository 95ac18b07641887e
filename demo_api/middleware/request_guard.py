"""Request guard: checks size, Host, Origin and media type before any endpoint runs."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from actors.settings import Settings
from demo_api.addresses import is_loopback
from demo_api.errors import (
    BodyTooLarge,
    CrossSiteRefused,
    HeadersTooLarge,
    HostRefused,
    MediaTypeUnsupported,
    RequestError,
    UriTooLong,
)
from demo_api.problems import problem_response

#: Longer than any link of this API, and than the longest URL that may be filmed.
MAX_TARGET_BYTES = 4096
#: The limit of other servers; a browser's headers have 1 to 2 KB, with cookies rarely 8.
MAX_HEADERS_BYTES = 16 * 1024
MAX_BODY_BYTES = 64 * 1024
#: Where a script may be part of the body.
MAX_SCRIPT_BODY_BYTES = 1 << 20
#: Where it holds the rows of a batch.
MAX_BATCH_BODY_BYTES = 12 << 20

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
#: JSON, and the default of curl's -d. Others a form on any page can send without a preflight.
BODY_TYPES = frozenset({"application/json", "application/x-www-form-urlencoded", ""})
#: What some paths take besides. A form of any page can send it too: there `check_origin` is what protects.
FORM_TYPE = "multipart/form-data"
#: Values of Sec-Fetch-Site for this API's own page, and for no page at all.
SAME_SITE = frozenset({"same-origin", "none"})

Check = Callable[[Request, Settings], None]


class RequestGuard:
    """Rejects requests that no endpoint should handle."""

    def __init__(
        self,
        app: ASGIApp,
        settings: Settings,
        body_limits: Mapping[str, int] | None = None,
        form_paths: AbstractSet[str] = frozenset(),
    ) -> None:
        self._app = app
        self._settings = settings
        #: Of paths that differ from the others, in bytes.
        self._body_limits = body_limits or {}
        self._form_paths = form_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            try:
                for check in CHECKS:
                    check(Request(scope), self._settings)
                types = BODY_TYPES | {FORM_TYPE} if scope["path"] in self._form_paths else BODY_TYPES
                check_body(Request(scope), self._body_limits.get(scope["path"], MAX_BODY_BYTES), types)
            except RequestError as exc:
                await problem_response(exc)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def check_size(request: Request, _: Settings) -> None:
    """Limits the URI and the headers. Raises UriTooLong and HeadersTooLarge."""
    target = len(request.scope.get("raw_path") or b"") + len(request.scope["query_string"])
    if target > MAX_TARGET_BYTES:
        raise UriTooLong(f"The URI has {target} bytes, the maximum is {MAX_TARGET_BYTES}.")
    size = sum(len(name) + len(value) for name, value in request.headers.raw)
    if size > MAX_HEADERS_BYTES:
        raise HeadersTooLarge(f"The headers have {size} bytes, the maximum is {MAX_HEADERS_BYTES}.")


def check_host(request: Request, settings: Settings) -> None:
    """Rejects foreign hosts: a page can rebind its DNS name to this machine, but not set the Host header."""
    header = request.headers.get("host")
    server = request.scope.get("server")
    # Browsers always send it.
    if header is None or not server:
        return
    host = _host_of(header)
    local = is_loopback(server[0])
    known = host in settings.allowed_hosts or (local and (host == "localhost" or is_loopback(host)))
    if not known and (local or settings.allowed_hosts):
        raise HostRefused(
            f"This API is not called {host[:100]!r}. If it should be, list that in ALLOWED_HOSTS."
        )


def check_origin(request: Request, settings: Settings) -> None:
    """Rejects cross-site writes: any page can send a POST here, but only our own and listed ones may."""
    if request.method not in WRITES:
        return
    origin = request.headers.get("origin")
    if origin in settings.cors_origins:
        return
    site = request.headers.get("sec-fetch-site", "none").lower()
    # Without the scheme, which a TLS-terminating proxy changes; browsers account for it in Sec-Fetch-Site.
    same_host = (
        origin is None or origin.lower().rpartition("://")[2] == request.headers.get("host", "").lower()
    )
    if site not in SAME_SITE or not same_host:
        raise CrossSiteRefused(
            "A page of another site sent this request. If it is yours, list its origin in CORS_ORIGINS."
        )


def check_body(request: Request, limit_bytes: int, types: AbstractSet[str] = BODY_TYPES) -> None:
    """Checks what the headers declare of the body. Raises MediaTypeUnsupported and BodyTooLarge."""
    if request.method not in WRITES:
        return
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in types:
        form = f", or {FORM_TYPE}" if FORM_TYPE in types else ""
        raise MediaTypeUnsupported(f"The body must be application/json{form}.")
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > limit_bytes:
        raise BodyTooLarge(f"The body has {length[:20]} bytes, the maximum is {limit_bytes}.")


def _host_of(host: str) -> str:
    """Strips the port and the brackets of an IPv6 address, and lowercases the rest."""
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] if host.count(":") == 1 else host


#: In this order; the first error is the response.
CHECKS: tuple[Check, ...] = (check_size, check_host, check_origin)
