"""What is looked at before any endpoint: size of the head, Host, and whose page is asking."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from actors.settings import Settings
from demo_api.addresses import is_loopback
from demo_api.errors import (
    AddressTooLong,
    BodyTooLarge,
    CrossSite,
    HeadersTooLarge,
    HostRefused,
    MediaUnsupported,
    RequestError,
)
from demo_api.problems import answer

#: Longer than any link of ours, and than the longest URL that may be filmed.
MAX_TARGET_BYTES = 4096
#: As much as other servers take; a browser's headers have 1 to 2 KB, with cookies seldom 8.
MAX_HEADERS_BYTES = 16 * 1024
MAX_BODY_BYTES = 64 * 1024

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
#: JSON, and what curl's -d says by itself. A form on a page can say other things without asking first.
BODY_TYPES = frozenset({"application/json", "application/x-www-form-urlencoded", ""})
#: How browsers say that the page which asks is our own, or that there is none.
OWN_SITE = frozenset({"same-origin", "none"})

Check = Callable[[Request, Settings], None]


class RequestGuard:
    """Turns down what no endpoint should see."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            try:
                for check in CHECKS:
                    check(Request(scope), self._settings)
            except RequestError as exc:
                await answer(exc)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def check_head(request: Request, _: Settings) -> None:
    target = len(request.scope.get("raw_path") or b"") + len(request.scope["query_string"])
    if target > MAX_TARGET_BYTES:
        raise AddressTooLong(f"The address has {target} bytes, {MAX_TARGET_BYTES} are the most.")
    size = sum(len(name) + len(value) for name, value in request.headers.raw)
    if size > MAX_HEADERS_BYTES:
        raise HeadersTooLarge(f"The headers have {size} bytes, {MAX_HEADERS_BYTES} are the most.")


def check_host(request: Request, settings: Settings) -> None:
    """A page in a browser can make its own name lead to this machine, but not change the Host header."""
    header = request.headers.get("host")
    server = request.scope.get("server")
    # A browser always sends it.
    if header is None or not server:
        return
    host = _bare(header)
    local = is_loopback(server[0])
    known = host in settings.allowed_hosts or (local and (host == "localhost" or is_loopback(host)))
    if not known and (local or settings.allowed_hosts):
        raise HostRefused(
            f"This API is not called {host[:100]!r}. If it should be, list that in ALLOWED_HOSTS."
        )


def check_origin(request: Request, settings: Settings) -> None:
    """Any page that somebody visits can send a POST to this machine: only our own may, and those listed."""
    if request.method not in WRITES:
        return
    origin = request.headers.get("origin")
    if origin in settings.cors_origins:
        return
    site = request.headers.get("sec-fetch-site", "none").lower()
    # Not the scheme, which a proxy changes that speaks TLS for us; browsers have it in Sec-Fetch-Site.
    own = origin is None or origin.lower().rpartition("://")[2] == request.headers.get("host", "").lower()
    if site not in OWN_SITE or not own:
        raise CrossSite(
            "A page of another site asked for this. If it is yours, list its origin in CORS_ORIGINS."
        )


def check_body(request: Request, _: Settings) -> None:
    """What can be known of a body before it has come."""
    if request.method not in WRITES:
        return
    said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if said not in BODY_TYPES:
        raise MediaUnsupported("The body must be application/json.")
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > MAX_BODY_BYTES:
        raise BodyTooLarge(f"The body has {length[:20]} bytes, {MAX_BODY_BYTES} are the most.")


def _bare(host: str) -> str:
    """Without the port, in small letters; an IPv6 address without its brackets."""
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] if host.count(":") == 1 else host


#: In this order: the first that objects is the one that answers.
CHECKS: tuple[Check, ...] = (check_head, check_host, check_origin, check_body)
