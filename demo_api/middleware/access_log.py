"""Access log: one line for each request, with the request id."""

import logging
import re
import time
import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from actors.settings import Settings
from demo_api.logs import FIELDS, request_id
from demo_api.middleware.client_address import client_address

log = logging.getLogger(__name__)

HEADER = "x-request-id"
#: Request ids that are accepted from a client or a proxy.
VALID_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
MAX_PATH_BYTES = 256
#: Polled by monitoring every few seconds; logged at DEBUG.
POLLED_PATHS = frozenset({"/health", "/ready", "/metrics"})


class AccessLog:
    """Assigns a request id and logs each response. The query is not logged: it may contain a key."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        current_id = _request_id(Headers(scope=scope).get(HEADER, ""))
        token = request_id.set(current_id)
        started_s, status = time.monotonic(), 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = current_id
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            self._log_response(scope, status, (time.monotonic() - started_s) * 1000)
            request_id.reset(token)

    def _log_response(self, scope: Scope, status: int, duration_ms: float) -> None:
        # Percent-encoded as sent: it cannot break the log line.
        path = (scope.get("raw_path") or b"").decode("ascii", "replace")[:MAX_PATH_BYTES]
        client = client_address(scope, self._settings.trusted_proxies)
        fields = {
            "method": scope["method"],
            "path": path,
            "status": status,
            "duration_ms": round(duration_ms, 1),
            "client": client,
        }
        level = logging.DEBUG if path in POLLED_PATHS and status == 200 else logging.INFO
        text = "%s %s %d in %.1f ms for %s"
        log.log(level, text, scope["method"], path, status, duration_ms, client, extra={FIELDS: fields})


def _request_id(given: str) -> str:
    return given if VALID_ID.fullmatch(given) else uuid.uuid4().hex
