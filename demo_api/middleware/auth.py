"""Who may: the operator's token for everything, a job's own key for its film and what lies beside it."""

import hmac

from starlette.requests import Request

from actors.jobs.store import Store
from actors.settings import Settings
from demo_api.errors import Unauthorized

KEY = "key"


def may_ask(request: Request, settings: Settings) -> bool:
    """True with the right token, and wherever none is set."""
    if settings.api_token is None:
        return True
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and _same(given.strip(), settings.api_token.get_secret_value())


def check_token(request: Request, settings: Settings) -> None:
    """Raises Unauthorized."""
    if not may_ask(request, settings):
        raise Unauthorized("This API wants its token: send `Authorization: Bearer` and API_TOKEN's value.")


async def check_token_or_key(request: Request, settings: Settings, store: Store) -> None:
    """Raises Unauthorized, in the same words whether or not there is such a job."""
    if may_ask(request, settings):
        return
    job = await store.get(request.path_params["job_id"])
    # A job that is not there has a secret too, which nobody knows: both take the same time.
    secret = job.secret if job and job.secret else "\0" * 32
    if not _same(request.query_params.get(KEY, ""), secret):
        raise Unauthorized(
            "This wants the job's key (`?key=`) or the API's token. If the key is right, the film has left."
        )


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), right.encode())
