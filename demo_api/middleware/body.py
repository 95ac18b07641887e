"""Reads the body of a request within limits of size and time."""

import asyncio

from starlette.requests import ClientDisconnect, Request

from demo_api.errors import BodyTimeout, BodyTooLarge
from demo_api.middleware.request_guard import MAX_BODY_BYTES

BODY_LIMIT_S = 10.0
#: How much of a body that is too large is still read: a client whose connection is cut reads no response.
MAX_DRAINED_BYTES = 1 << 20


async def read_body(
    request: Request, limit_s: float = BODY_LIMIT_S, max_bytes: int = MAX_BODY_BYTES
) -> bytes:
    """Reads the whole body. Raises BodyTooLarge and BodyTimeout."""
    body, size_bytes = bytearray(), 0
    try:
        async with asyncio.timeout(limit_s):
            async for chunk in request.stream():
                size_bytes += len(chunk)
                if size_bytes <= max_bytes:
                    body += chunk
                elif size_bytes > max(max_bytes, MAX_DRAINED_BYTES):
                    break
    except TimeoutError as exc:
        raise BodyTimeout(f"The body did not arrive within {limit_s:g} s.") from exc
    except ClientDisconnect as exc:
        raise BodyTimeout("The connection was closed before the body had arrived.") from exc
    if size_bytes > max_bytes:
        raise BodyTooLarge(f"The body has more than {max_bytes} bytes.")
    return bytes(body)
