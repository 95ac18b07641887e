"""What the door itself turns down. Each error has a stable `code`; `problems.py` has its HTTP status."""


class RequestError(Exception):
    """A request that is not answered as it was asked."""

    code = "refused"


class RequestInvalid(RequestError):
    """A request that cannot be understood; `fields` is a list of `{"field", "message"}`."""

    code = "request_invalid"

    def __init__(self, fields: list[dict[str, str]]) -> None:
        super().__init__("; ".join(f"{row['field']}: {row['message']}" for row in fields))
        self.fields = fields


class BodyTooLarge(RequestError):
    """More was sent than any request needs."""

    code = "body_too_large"


class BodyTooSlow(RequestError):
    """The body did not arrive in time."""

    code = "body_too_slow"


class MediaUnsupported(RequestError):
    """The body says that it is something other than JSON."""

    code = "media_type_unsupported"


class AddressTooLong(RequestError):
    """The path and query are longer than any link of ours."""

    code = "address_too_long"


class HeadersTooLarge(RequestError):
    """The headers are larger than a browser's."""

    code = "headers_too_large"


class HostRefused(RequestError):
    """The API was called by a name that is not its own, as when a page has rebound a name of its own."""

    code = "host_refused"


class CrossSite(RequestError):
    """A page of another site asked for work in its visitor's name."""

    code = "cross_site_refused"


class Unauthorized(RequestError):
    """Neither the token nor the key of the job was given."""

    code = "unauthorized"


class RateLimited(RequestError):
    """One client asked for too much; it may come again in `retry_after_s`."""

    code = "rate_limited"

    def __init__(self, sentence: str, retry_after_s: int) -> None:
        super().__init__(sentence)
        self.retry_after_s = retry_after_s


class PreviewRefused(RequestError):
    """A link preview or a prefetch asked for a film that leaves only once."""

    code = "preview_refused"


class RangeUnsatisfiable(RequestError):
    """A part was asked for that begins behind the end of the file, which has `size_bytes`."""

    code = "range_unsatisfiable"

    def __init__(self, size_bytes: int) -> None:
        super().__init__(f"The file has {size_bytes} bytes, and none in the range that was asked for.")
        self.size_bytes = size_bytes


class ApiError(Exception):
    """What a server said instead of what it was asked for, in its own sentence, or why none has answered.

    `status` is that of the answer, None when there was none; `retry_after_s` is the server's.
    """

    def __init__(
        self, sentence: str, code: str, status: int | None = None, retry_after_s: float | None = None
    ) -> None:
        super().__init__(sentence)
        self.code = code
        self.status = status
        self.retry_after_s = retry_after_s

    @property
    def passing(self) -> bool:
        """Whether the same may well be answered a little later."""
        return self.status is None or self.status == 429 or self.status >= 500
