"""Errors as RFC 9457 problem documents: one table from class to status and title."""

import logging
from http import HTTPStatus
from typing import Any

from redis.exceptions import RedisError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from actors.errors import ExportTaken, ExtraMissing, FilmMissing, JobUnknown, NotCompleted, StoreUnavailable
from explorer.errors import AddressRefused
from video.errors import VaultUnavailable

log = logging.getLogger(__name__)


class RequestInvalid(Exception):
    """A request that cannot be understood; `fields` is a list of `{"field", "message"}`."""

    code = "request_invalid"

    def __init__(self, fields: list[dict[str, str]]) -> None:
        super().__init__("; ".join(f"{row['field']}: {row['message']}" for row in fields))
        self.fields = fields


class ProblemResponse(JSONResponse):
    media_type = "application/problem+json"


def problem(status: int, code: str, detail: str, **more: Any) -> ProblemResponse:
    """A problem document; `code` is stable and part of its `type`."""
    body = {
        "type": f"urn:sitereel:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        **more,
    }
    return ProblemResponse(body, status)


STATUS: dict[type[Exception], int] = {
    RequestInvalid: 422,
    AddressRefused: 422,
    JobUnknown: 404,
    FilmMissing: 404,
    ExtraMissing: 404,
    NotCompleted: 400,
    ExportTaken: 409,
    StoreUnavailable: 503,
    VaultUnavailable: 503,
}


async def known(_: Request, exc: Exception) -> Response:
    """An error of ours: its code, its sentence and what it knows besides."""
    more: dict[str, Any] = {}
    if isinstance(exc, RequestInvalid):
        more["errors"] = exc.fields
    if isinstance(exc, AddressRefused):
        more["errors"] = [{"field": "url", "message": str(exc)}]
    if isinstance(exc, NotCompleted):
        more["job_status"] = exc.job_status
    status = next(STATUS[kind] for kind in type(exc).__mro__ if kind in STATUS)
    return problem(status, getattr(exc, "code", "error"), str(exc), **more)


async def redis_away(_: Request, exc: Exception) -> Response:
    log.warning("Redis is away: %s", exc)
    return problem(503, StoreUnavailable.code, "Redis did not answer. Try again later.")


async def http_error(_: Request, exc: Exception) -> Response:
    assert isinstance(exc, HTTPException)
    answer = problem(exc.status_code, HTTPStatus(exc.status_code).name.lower(), exc.detail)
    answer.headers.update(exc.headers or {})
    return answer


async def unexpected(_: Request, exc: Exception) -> Response:
    log.error("unexpected error", exc_info=exc)
    return problem(500, "internal_error", "Something went wrong on our side; the log says what.")


HANDLERS: dict[Any, Any] = {
    **dict.fromkeys(STATUS, known),
    RedisError: redis_away,
    TimeoutError: redis_away,
    HTTPException: http_error,
    Exception: unexpected,
}
