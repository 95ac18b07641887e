"""Authentication: the API token for everything, a job's own key for its status, film and artifacts."""

import hmac
from typing import Any, cast

from starlette.requests import Request

from actors.jobs.keys import BATCH, JOB
from actors.jobs.links import KEY
from actors.jobs.store import Store
from actors.settings import Settings
from demo_api.errors import Unauthorized


def has_token(request: Request, settings: Settings) -> bool:
    """Whether the request carries the API token, or none is set."""
    if settings.api_token is None:
        return True
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and _equal(given.strip(), settings.api_token.get_secret_value())


def check_token(request: Request, settings: Settings) -> None:
    """Requires the API token. Raises Unauthorized."""
    if not has_token(request, settings):
        raise Unauthorized("This API requires a token: send `Authorization: Bearer` and API_TOKEN's value.")


async def check_token_or_key(request: Request, settings: Settings, store: Store) -> None:
    """Requires the API token or the key of the job or batch. Raises Unauthorized, also for an unknown one."""
    if has_token(request, settings):
        return
    what, prefix = ("job", JOB) if "job_id" in request.path_params else ("batch", BATCH)
    found = await cast(Any, store.redis.hget(prefix + request.path_params[f"{what}_id"], "secret"))
    # What is unknown is compared with a secret too, so that both take the same time.
    secret = found.decode() if found else "\0" * 32
    if not _equal(request.query_params.get(KEY, ""), secret):
        raise Unauthorized(
            f"This requires the {what}'s key (`?key=`) or the API token. "
            f"If the key is right, the {what} is gone."
        )


def _equal(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())
