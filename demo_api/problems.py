"""Maps errors to RFC 9457 problem details: one table from class to HTTP status."""

import logging
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, Field
from redis.exceptions import RedisError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from actors import errors as pipeline_errors
from actors.batches.errors import RowsInvalid
from demo_api import errors as request_errors
from explorer.errors import AddressRefused
from video.errors import BlobStoreUnavailable

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
#: Retry-After of a 503 where nothing better is known.
UNAVAILABLE_RETRY_S = 5


class FieldProblem(BaseModel):
    """One invalid field of a request."""

    field: str
    message: str


class Problem(BaseModel):
    """Problem details of a request that has failed; `code` is stable."""

    type: str = Field(description="urn:sitereel:problem: and the code")
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldProblem] | None = Field(None, description="a message for each invalid field")
    job_status: str | None = Field(None, description="the job's status, where that is the reason")


def problem_details(status: int, code: str, detail: str, **more: Any) -> dict[str, Any]:
    """Builds the body of a problem details response; `more` are its optional members."""
    details = Problem(
        type=f"urn:sitereel:problem:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        code=code,
        detail=_encodable(detail),
        **more,
    )
    return details.model_dump(exclude_none=True)


def problem(status: int, code: str, detail: str, **more: Any) -> JSONResponse:
    """Builds a problem details response; `more` are its optional members."""
    return JSONResponse(problem_details(status, code, detail, **more), status, media_type=MEDIA_TYPE)


def _encodable(detail: str) -> str:
    """Replaces lone surrogates, which JSON may contain but UTF-8 cannot encode."""
    return detail.encode("utf-8", "replace").decode()


STATUS: dict[type[Exception], int] = {
    request_errors.RequestInvalid: 422,
    pipeline_errors.CallbackRefused: 422,
    request_errors.BodyTooLarge: 413,
    request_errors.BodyTimeout: 408,
    request_errors.MediaTypeUnsupported: 415,
    request_errors.UriTooLong: 414,
    request_errors.HeadersTooLarge: 431,
    request_errors.HostRefused: 421,
    request_errors.CrossSiteRefused: 403,
    request_errors.Unauthorized: 401,
    request_errors.RateLimited: 429,
    request_errors.PreviewRefused: 403,
    request_errors.RangeUnsatisfiable: 416,
    AddressRefused: 422,
    pipeline_errors.JobUnknown: 404,
    pipeline_errors.JobGone: 410,
    pipeline_errors.AlreadyEnded: 409,
    pipeline_errors.BatchUnknown: 404,
    pipeline_errors.BatchEnded: 409,
    pipeline_errors.NothingToExport: 400,
    RowsInvalid: 422,
    pipeline_errors.NotEnded: 409,
    pipeline_errors.SecretsUnavailable: 422,
    pipeline_errors.SecretsGone: 409,
    pipeline_errors.FilmMissing: 404,
    pipeline_errors.ArtifactMissing: 404,
    pipeline_errors.NotCompleted: 400,
    pipeline_errors.ExportInProgress: 409,
    pipeline_errors.KeyReused: 422,
    pipeline_errors.KeyInFlight: 409,
    pipeline_errors.QueueFull: 429,
    pipeline_errors.OutOfCapacity: 503,
    pipeline_errors.StoreUnavailable: 503,
    BlobStoreUnavailable: 503,
}


def error_code(kind: type[Exception]) -> str:
    """Returns the stable code of an error class in STATUS."""
    code: str = kind.code  # type: ignore[attr-defined]  # all of STATUS have one
    return code


def meaning_of(kind: type[Exception]) -> str:
    """Returns the first line of an error class's docstring."""
    return (kind.__doc__ or "").partition("\n")[0]


#: Errors after which the connection is closed: the rest of the body is not read.
CLOSING = (request_errors.BodyTooLarge, request_errors.BodyTimeout)


def problem_response(exc: Exception) -> JSONResponse:
    """Builds the response to an error listed in STATUS: code, sentence, optional members and headers."""
    more: dict[str, Any] = {}
    if isinstance(exc, request_errors.RequestInvalid):
        more["errors"] = [{name: _encodable(text) for name, text in row.items()} for row in exc.fields]
    if isinstance(exc, RowsInvalid):
        more["errors"] = [
            {"field": ", ".join(filter(None, (f"{exc.unit} {one.line}", one.column))), "message": one.message}
            for one in exc.problems
        ]
    if isinstance(exc, (AddressRefused, pipeline_errors.CallbackRefused)):
        more["errors"] = [{"field": getattr(exc, "field", "url"), "message": _encodable(str(exc))}]
    if isinstance(exc, pipeline_errors.WrongStatus):
        more["job_status"] = exc.job_status
    status = next(STATUS[kind] for kind in type(exc).__mro__ if kind in STATUS)
    response = problem(status, getattr(exc, "code", "error"), str(exc), **more)
    retry_after_s = getattr(exc, "retry_after_s", UNAVAILABLE_RETRY_S if status == 503 else None)
    if retry_after_s is not None:
        response.headers["retry-after"] = str(retry_after_s)
    if isinstance(exc, request_errors.Unauthorized):
        response.headers["www-authenticate"] = 'Bearer realm="sitereel"'
    if isinstance(exc, request_errors.RangeUnsatisfiable):
        response.headers["content-range"] = f"bytes */{exc.size_bytes}"
    if isinstance(exc, CLOSING):
        response.headers["connection"] = "close"
    return response


async def handle_known_error(_: Request, exc: Exception) -> Response:
    return problem_response(exc)


async def handle_redis_error(_: Request, exc: Exception) -> Response:
    log.warning("Redis is unavailable: %s", exc)
    return problem_response(pipeline_errors.StoreUnavailable("Redis did not respond. Try again later."))


async def handle_http_error(_: Request, exc: Exception) -> Response:
    assert isinstance(exc, HTTPException)
    response = problem(exc.status_code, HTTPStatus(exc.status_code).name.lower(), exc.detail)
    response.headers.update(exc.headers or {})
    return response


async def handle_unexpected_error(_: Request, exc: Exception) -> Response:
    log.error("unexpected error", exc_info=exc)
    return problem(500, "internal_error", "An internal error occurred. See the server's log.")


HANDLERS: dict[Any, Any] = {
    **dict.fromkeys(STATUS, handle_known_error),
    RedisError: handle_redis_error,
    TimeoutError: handle_redis_error,
    HTTPException: handle_http_error,
    Exception: handle_unexpected_error,
}
