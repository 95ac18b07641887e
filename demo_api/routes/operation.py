"""An operation of the API with all of its responses: what a row of the route table says."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from actors import errors as pipeline_errors
from demo_api import errors as request_errors
from demo_api.middleware.request_guard import MAX_BODY_BYTES
from video.artifacts import ARTIFACTS

Endpoint = Callable[[Request], Awaitable[Response]]
#: Required credentials: none, the API token, or that or the job's key.
Access = Literal["public", "token", "key"]
Errors = tuple[type[Exception], ...]
#: A model, the media types of a file, or no body.
Body = type[BaseModel] | tuple[str, ...] | None

#: Errors of every operation, of a POST, of a body that is read, of a job, and of its film.
EVERY: Errors = (request_errors.UriTooLong, request_errors.HeadersTooLarge, request_errors.HostRefused)
POST: Errors = (
    request_errors.CrossSiteRefused,
    request_errors.MediaTypeUnsupported,
    request_errors.BodyTooLarge,
    request_errors.RateLimited,
)
BODY: Errors = (request_errors.RequestInvalid, request_errors.BodyTimeout)
JOB: Errors = (pipeline_errors.JobUnknown, pipeline_errors.JobGone)
FILM: Errors = (*JOB, pipeline_errors.NotCompleted, pipeline_errors.FilmMissing)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the API with all of its responses."""

    method: Literal["GET", "POST"]
    path: str
    endpoint: Endpoint
    summary: str
    #: Status and body of the successful response.
    status: int
    body: Body
    errors: Errors = ()
    access: Access = "token"
    request: type[BaseModel] | None = None
    accepts_ranges: bool = False  # with 206 as the status
    #: Errors of GET that HEAD, which has no effect, never has.
    get_errors: Errors = ()
    #: Further responses, by status.
    more_bodies: Mapping[int, Body] = field(default_factory=dict)
    #: Whether it responds 503 with problem details when Redis is unavailable.
    needs_redis: bool = True
    #: Longer description in Markdown.
    description: str = ""
    max_body_bytes: int = MAX_BODY_BYTES
    #: Whether the body may be multipart/form-data, with files in it, besides JSON.
    takes_forms: bool = False
    #: How much of one request it counts as, where their number is limited.
    share: float = 1.0

    @property
    def name(self) -> str:
        """The unique and stable operation id."""
        name = self.path.split("/")[-2 if "{" in self.path else -1].partition(".")[0]
        if self.path.startswith("/demo/batch/"):
            return f"batch_{name}"
        return f"{name}_schema" if self.path.startswith("/schemas/") else name

    @property
    def is_artifact(self) -> bool:
        """Whether it serves an artifact."""
        return self.name in ARTIFACTS

    @property
    def all_errors(self) -> Errors:
        """All errors that it may respond with."""
        writing = POST if self.method == "POST" else ()
        authenticated = () if self.access == "public" else (request_errors.Unauthorized,)
        redis = (pipeline_errors.StoreUnavailable,) if self.needs_redis else ()
        return (*EVERY, *writing, *authenticated, *self.errors, *self.get_errors, *redis)

    @property
    def bodies(self) -> Mapping[int, Body]:
        """All responses without problem details, by status."""
        return {self.status: self.body, **self.more_bodies}
