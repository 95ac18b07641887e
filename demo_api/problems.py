"""Errors as RFC 9457 problem documents: one table from class to HTTP status."""

import logging
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, Field
from redis.exceptions import RedisError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from actors import errors as line
from demo_api import errors as door
from explorer.errors import AddressRefused
from video.errors import BlobStoreUnavailable

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
#: When nobody knows how long Redis will be away.
AWAY_RETRY_S = 5


class FieldProblem(BaseModel):
    """One thing that is wrong with a request."""

    field: str
    message: str


class Problem(BaseModel):
    """Why a request was not answered as it was asked; `code` is stable."""

    type: str = Field(description="urn:sitereel:problem: and the code")
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldProblem] | None = Field(None, description="what is wrong with each field")
    job_status: str | None = Field(None, description="where the job stands")


def problem(status: int, code: str, detail: str, **more: Any) -> JSONResponse:
    """A problem document; `more` are its optional members."""
    title = HTTPStatus(status).phrase
    body = Problem(
        type=f"urn:sitereel:problem:{code}",
        title=title,
        status=status,
        code=code,
        detail=_text(detail),
        **more,
    )
    return JSONResponse(body.model_dump(exclude_none=True), status, media_type=MEDIA_TYPE)


def _text(detail: str) -> str:
    """Half a surrogate pair, which JSON may well contain, cannot be sent."""
    return detail.encode("utf-8", "replace").decode()


STATUS: dict[type[Exception], int] = {
    door.RequestInvalid: 422,
    line.CallbackRefused: 422,
    door.BodyTooLarge: 413,
    door.BodyTooSlow: 408,
    door.MediaUnsupported: 415,
    door.AddressTooLong: 414,
    door.HeadersTooLarge: 431,
    door.HostRefused: 421,
    door.CrossSite: 403,
    door.Unauthorized: 401,
    door.RateLimited: 429,
    door.PreviewRefused: 403,
    door.RangeUnsatisfiable: 416,
    AddressRefused: 422,
    line.JobUnknown: 404,
    line.JobGone: 410,
    line.AlreadyEnded: 409,
    line.NotEnded: 409,
    line.FilmMissing: 404,
    line.ArtifactMissing: 404,
    line.NotCompleted: 400,
    line.ExportInProgress: 409,
    line.KeyReused: 422,
    line.KeyInFlight: 409,
    line.QueueFull: 429,
    line.OutOfCapacity: 503,
    line.StoreUnavailable: 503,
    BlobStoreUnavailable: 503,
}
#: Those after which the connection is closed: the rest of their body is not waited for.
CLOSING = (door.BodyTooLarge, door.BodyTooSlow)


def answer(exc: Exception) -> JSONResponse:
    """An error of ours: its code, its sentence and what it knows besides."""
    more: dict[str, Any] = {}
    if isinstance(exc, door.RequestInvalid):
        more["errors"] = [{name: _text(text) for name, text in row.items()} for row in exc.fields]
    if isinstance(exc, (AddressRefused, line.CallbackRefused)):
        more["errors"] = [{"field": getattr(exc, "field", "url"), "message": _text(str(exc))}]
    if isinstance(exc, line.WrongStatus):
        more["job_status"] = exc.job_status
    status = next(STATUS[kind] for kind in type(exc).__mro__ if kind in STATUS)
    response = problem(status, getattr(exc, "code", "error"), str(exc), **more)
    retry_after_s = getattr(exc, "retry_after_s", AWAY_RETRY_S if status == 503 else None)
    if retry_after_s is not None:
        response.headers["retry-after"] = str(retry_after_s)
    if isinstance(exc, door.Unauthorized):
        response.headers["www-authenticate"] = 'Bearer realm="sitereel"'
    if isinstance(exc, door.RangeUnsatisfiable):
        response.headers["content-range"] = f"bytes */{exc.size_bytes}"
    if isinstance(exc, CLOSING):
        response.headers["connection"] = "close"
    return response


async def known(_: Request, exc: Exception) -> Response:
    return answer(exc)


async def redis_away(_: Request, exc: Exception) -> Response:
    log.warning("Redis is away: %s", exc)
    return answer(line.StoreUnavailable("Redis did not answer. Try again later."))


async def http_error(_: Request, exc: Exception) -> Response:
    assert isinstance(exc, HTTPException)
    response = problem(exc.status_code, HTTPStatus(exc.status_code).name.lower(), exc.detail)
    response.headers.update(exc.headers or {})
    return response


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
