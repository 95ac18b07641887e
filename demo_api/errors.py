"""Errors of the API and its client, each with a stable `code`; `problems.py` maps them to statuses."""


class RequestError(Exception):
    """A request that is rejected before or by its handler."""

    code = "request_refused"


class RequestInvalid(RequestError):
    """The request is malformed; `fields` is a list of `{"field", "message"}`."""

    code = "request_invalid"

    def __init__(self, fields: list[dict[str, str]]) -> None:
        super().__init__("; ".join(f"{row['field']}: {row['message']}" for row in fields))
        self.fields = fields


class BodyTooLarge(RequestError):
    """The body is larger than any request needs."""

    code = "body_too_large"


class BodyTimeout(RequestError):
    """The body did not arrive in time."""

    code = "body_timeout"


class MediaTypeUnsupported(RequestError):
    """The body has a media type other than JSON."""

    code = "media_type_unsupported"


class UriTooLong(RequestError):
    """Path and query are longer than any URI of this API."""

    code = "uri_too_long"


class HeadersTooLarge(RequestError):
    """The headers are larger than a browser's."""

    code = "headers_too_large"


class HostRefused(RequestError):
    """The Host header names another host, as after DNS rebinding."""

    code = "host_refused"


class CrossSiteRefused(RequestError):
    """A page of another site sent the request (cross-site request forgery)."""

    code = "cross_site_refused"


class Unauthorized(RequestError):
    """Neither the API token nor the job's key was given."""

    code = "unauthorized"


class RateLimited(RequestError):
    """The client has sent too many requests; it may retry after `retry_after_s`."""

    code = "rate_limited"

    def __init__(self, sentence: str, retry_after_s: int) -> None:
        super().__init__(sentence)
        self.retry_after_s = retry_after_s


class PreviewRefused(RequestError):
    """A link preview or a prefetch requested a film that can be downloaded only once."""

    code = "preview_refused"


class RangeUnsatisfiable(RequestError):
    """The requested range begins after the end of the file, which has `size_bytes`."""

    code = "range_unsatisfiable"

    def __init__(self, size_bytes: int) -> None:
        super().__init__(f"The file has {size_bytes} bytes, and none in the requested range.")
        self.size_bytes = size_bytes


class ApiError(Exception):
    """A server has rejected a request, or could not be reached; the sentence is the server's own, if any.

    `status` is the response's status, None without a response; `retry_after_s` is from its Retry-After.
    """

    def __init__(
        self, sentence: str, code: str, status: int | None = None, retry_after_s: float | None = None
    ) -> None:
        super().__init__(sentence)
        self.code = code
        self.status = status
        self.retry_after_s = retry_after_s

    @property
    def is_transient(self) -> bool:
        """Whether a retry may succeed."""
        return self.status is None or self.status == 429 or self.status >= 500
