"""One line of the log for each request, and the id by which its lines are found."""

import logging
import re
import time
import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from actors.settings import Settings
from demo_api.logs import FACTS, request_id
from demo_api.middleware.client_address import client_address

log = logging.getLogger(__name__)

HEADER = "x-request-id"
#: What a client or a proxy may call a request.
SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
LONGEST_PATH = 256
#: Asked every few seconds by whoever watches over us.
QUIET = frozenset({"/health", "/ready", "/metrics"})


class AccessLog:
    """Names each request and logs how it was answered. The query is not logged: it may hold a key."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        name = _name(Headers(scope=scope).get(HEADER, ""))
        before = request_id.set(name)
        began_s, status = time.monotonic(), 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = name
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            self._tell(scope, status, (time.monotonic() - began_s) * 1000)
            request_id.reset(before)

    def _tell(self, scope: Scope, status: int, duration_ms: float) -> None:
        # As it was sent, percent-encoded: it cannot break the line.
        path = (scope.get("raw_path") or b"").decode("ascii", "replace")[:LONGEST_PATH]
        client = client_address(scope, self._settings.trusted_proxies)
        facts = {
            "method": scope["method"],
            "path": path,
            "status": status,
            "duration_ms": round(duration_ms, 1),
            "client": client,
        }
        level = logging.DEBUG if path in QUIET and status == 200 else logging.INFO
        text = "%s %s %d in %.1f ms for %s"
        log.log(level, text, scope["method"], path, status, duration_ms, client, extra={FACTS: facts})


def _name(given: str) -> str:
    return given if SANE.fullmatch(given) else uuid.uuid4().hex
