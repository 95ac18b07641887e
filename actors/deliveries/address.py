"""Addresses that films are delivered to: which ones are taken, and until when they are good.

Such an address is a secret: whoever has it may write there. No text made here holds its path or query.
"""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

from actors.option_checks import check_url
from explorer.egress.policy import DEFAULT_PORTS, EgressPolicy, Endpoint
from explorer.errors import AddressRefused

#: Presigned by Amazon's and by Google's signature version 4: when it was signed, and for how many seconds.
_SIGNED = (("x-amz-date", "x-amz-expires"), ("x-goog-date", "x-goog-expires"))
_SIGNED_FORMAT = "%Y%m%dT%H%M%SZ"
#: In 2001. A smaller `Expires` is no time, but a number of seconds or days.
_FIRST_EPOCH_S = 10**9


def check_delivery_address(url: str, egress: EgressPolicy, now_s: float) -> str:
    """An https address that a film may be sent to now; http where its host is listed. Raises ValueError."""
    check_url(url)
    if not url.isascii():
        raise ValueError("must be written in ASCII: percent-encode all other characters")
    try:
        endpoint = Endpoint.of(url)
    except AddressRefused as exc:  # its text has the whole address
        raise ValueError("is not a valid address") from exc
    if urlsplit(url).scheme.lower() != "https" and str(endpoint) not in egress.allow:
        raise ValueError("must begin with https://")
    try:
        egress.check_literal(endpoint)
    except AddressRefused as exc:
        raise ValueError(str(exc).removesuffix(".")) from exc
    expires_s = expires_at(url)
    if expires_s is not None and expires_s <= now_s:
        raise ValueError(f"has expired at {said(expires_s)}: sign it again, for longer")
    return url


def host_of(url: str) -> str:
    """Host and port as clients name them: in lower case, without the port that the scheme has anyway."""
    parts = urlsplit(url)
    netloc = parts.netloc.rpartition("@")[2].lower()
    return netloc.removesuffix(f":{DEFAULT_PORTS.get(parts.scheme.lower(), '')}")


def target_of(url: str) -> str:
    """Path and query exactly as they are written: they are signed."""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def is_azure(url: str) -> bool:
    """Whether it is signed as addresses of Azure's blobs are, which need one header more."""
    return {"se", "sig", "sv"} <= _query(url).keys()


def expires_at(url: str) -> float | None:
    """When an address expires (epoch seconds), as its signature says; None where none is known."""
    query = _query(url)
    # Whatever is no time of the form in question is none that we know.
    with suppress(ValueError, OverflowError):
        for date, duration in _SIGNED:
            if date in query and duration in query:
                signed = datetime.strptime(query[date], _SIGNED_FORMAT).replace(tzinfo=UTC)
                return (signed + timedelta(seconds=int(query[duration]))).timestamp()
        if int(query.get("expires", 0)) >= _FIRST_EPOCH_S:
            return _in_calendar(int(query["expires"]))
        if "se" in query and "sig" in query:
            end = datetime.fromisoformat(query["se"])
            return (end if end.tzinfo else end.replace(tzinfo=UTC)).timestamp()
    return None


def said(epoch_s: float) -> str:
    """A time as people are told it, in UTC."""
    return datetime.fromtimestamp(epoch_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _in_calendar(epoch_s: int) -> float:
    """Raises ValueError or OverflowError for a time that no calendar has."""
    return datetime.fromtimestamp(epoch_s, UTC).timestamp()


def _query(url: str) -> dict[str, str]:
    """The parameters of an address, by their names in lower case."""
    return {name.lower(): value for name, value in parse_qsl(urlsplit(url).query)}
