"""The body of a request, read within limits and understood strictly."""

import asyncio
import json
from typing import Any, NoReturn

from starlette.requests import ClientDisconnect, Request

from demo_api.errors import BodyTooLarge, BodyTooSlow, RequestInvalid
from demo_api.middleware.request_guard import MAX_BODY_BYTES

BODY_LIMIT_S = 10.0
#: So much of a body that is too large is still taken in: a client that is cut off reads no answer.
MAX_DRAINED_BYTES = 1 << 20
#: Deeper than any request of ours; beyond some 1000, Python's own parser gives up.
MAX_DEPTH = 20


async def read_body(request: Request, limit_s: float = BODY_LIMIT_S) -> bytes:
    """Raises BodyTooLarge and BodyTooSlow."""
    body, size = bytearray(), 0
    try:
        async with asyncio.timeout(limit_s):
            async for piece in request.stream():
                size += len(piece)
                if size <= MAX_BODY_BYTES:
                    body += piece
                elif size > MAX_DRAINED_BYTES:
                    break
    except TimeoutError as exc:
        raise BodyTooSlow(f"The body did not arrive within {limit_s:g} s.") from exc
    except ClientDisconnect as exc:
        raise BodyTooSlow("The connection was closed before the body had arrived.") from exc
    if size > MAX_BODY_BYTES:
        raise BodyTooLarge(f"The body has more than {MAX_BODY_BYTES} bytes.")
    return bytes(body)


def parse_object(body: bytes) -> dict[str, Any]:
    """A JSON object, as RFC 8259 has it: no NaN, no name twice. Raises RequestInvalid."""
    try:
        row = json.loads(body, parse_constant=_no_number, object_pairs_hook=_once_each)
    except (ValueError, RecursionError) as exc:
        raise RequestInvalid([{"field": "body", "message": f"is not valid JSON: {exc}"}]) from exc
    if not isinstance(row, dict):
        raise RequestInvalid([{"field": "body", "message": "must be a JSON object"}])
    if _depth(row) > MAX_DEPTH:
        raise RequestInvalid([{"field": "body", "message": f"is nested deeper than {MAX_DEPTH} levels"}])
    return row


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) < len(pairs):
        raise ValueError("a name occurs twice in one object")
    return row


def _depth(value: Any) -> int:
    level, depth = [value], 0
    while level:
        depth += 1
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return depth
