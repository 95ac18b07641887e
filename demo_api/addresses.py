"""Where a server is, and which of its jobs is meant: by id, or by any of a job's links."""

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Self
from urllib.parse import parse_qs, urlsplit, urlunsplit

DEFAULT_SERVER = "http://127.0.0.1:8000"

_ID = re.compile(r"[A-Za-z0-9_-]{1,200}")
#: The path of a job's link, whatever a proxy has put before it.
_PATH = re.compile(r"(?P<base>.*)/demo/[a-z]+/(?P<id>[A-Za-z0-9_-]{1,200})/?")


@dataclass(frozen=True, slots=True)
class Server:
    """A server's address without a slash at its end, and the token that it wants."""

    url: str = DEFAULT_SERVER
    token: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, text: str, token: str | None = None) -> Self:
        """From what somebody types; http:// is assumed when no scheme is given. Raises ValueError."""
        text = text.strip()
        parts = urlsplit(text if "://" in text else f"http://{text}")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"is {text!r}, which is no address such as {DEFAULT_SERVER}")
        if parts.username is not None or parts.password is not None:
            raise ValueError("has a user name or password in it: the token goes into --token or API_TOKEN")
        parts.port  # noqa: B018  # raises ValueError when it is none
        return cls(_base(parts.scheme, parts.netloc, parts.path), token or None)


@dataclass(frozen=True, slots=True)
class JobAddress:
    """A job's id, with the key that its links may carry, and the server that a whole link leads to."""

    id: str
    key: str | None = field(default=None, repr=False)
    server: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """From an id, a path as in `links`, or a whole link. Raises ValueError."""
        text = text.strip()
        if _ID.fullmatch(text):
            return cls(text)
        parts = urlsplit(text)
        found = _PATH.fullmatch(parts.path)
        if found is None or parts.scheme not in ("", "http", "https"):
            raise ValueError(f"is {text!r}, which is neither a job's id nor one of its links")
        keys = parse_qs(parts.query).get("key", [])
        server = _base(parts.scheme, parts.netloc, found["base"]) if parts.netloc else None
        return cls(found["id"], keys[0] if keys else None, server)

    def on(self, server: Server) -> Server:
        """The server to ask. The token is for `server` alone: a link that leads elsewhere does not get it."""
        if self.server is None or self.server == server.url:
            return server
        return Server(self.server)


def _base(scheme: str, netloc: str, path: str) -> str:
    return urlunsplit((scheme.lower(), netloc.lower(), path.rstrip("/"), "", ""))


def is_loopback(host: str) -> bool:
    """Whether it spells an address that only this machine reaches."""
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def is_here(url: str) -> bool:
    """Whether an address leads to this machine."""
    host = (urlsplit(url).hostname or "").lower()
    return host == "localhost" or is_loopback(host)


def with_scheme(url: str) -> str:
    """A site's address as somebody types it, whole: this machine seldom has a certificate."""
    if "://" in url:
        return url
    return f"http://{url}" if is_here(f"http://{url}") else f"https://{url}"
