"""Addresses of servers and jobs; a job is given by its id or by any of its links."""

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Self
from urllib.parse import parse_qs, urlsplit, urlunsplit

DEFAULT_SERVER = "http://127.0.0.1:8000"

_ID = re.compile(r"[A-Za-z0-9_-]{1,200}")
#: The path of a job's link, with any prefix that a proxy adds.
_PATH = re.compile(r"(?P<base>.*)/demo/[a-z]+/(?P<id>[A-Za-z0-9_-]{1,200})/?")


@dataclass(frozen=True, slots=True)
class Server:
    """A server's base URL without a trailing slash, and the token for it."""

    url: str = DEFAULT_SERVER
    token: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, text: str, token: str | None = None) -> Self:
        """Parses user input; http:// is assumed when no scheme is given. Raises ValueError."""
        text = text.strip()
        parts = urlsplit(text if "://" in text else f"http://{text}")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"is {text!r}, which is not a URL such as {DEFAULT_SERVER}")
        if parts.username is not None or parts.password is not None:
            raise ValueError("contains a user name or password: give the token in --token or API_TOKEN")
        parts.port  # noqa: B018  # raises ValueError when it is invalid
        return cls(_base(parts.scheme, parts.netloc, parts.path), token or None)


@dataclass(frozen=True, slots=True)
class JobAddress:
    """A job's id, the key in its links, and the server of an absolute link."""

    id: str
    key: str | None = field(default=None, repr=False)
    server: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parses an id, a path as in `links`, or an absolute link. Raises ValueError."""
        text = text.strip()
        if _ID.fullmatch(text):
            return cls(text)
        parts = urlsplit(text)
        match = _PATH.fullmatch(parts.path)
        if match is None or parts.scheme not in ("", "http", "https"):
            raise ValueError(f"is {text!r}, which is neither a job id nor a link of a job")
        keys = parse_qs(parts.query).get("key", [])
        server = _base(parts.scheme, parts.netloc, match["base"]) if parts.netloc else None
        return cls(match["id"], keys[0] if keys else None, server)

    def resolve_server(self, server: Server) -> Server:
        """Returns the server to call; the token is sent to `server` only, not to a link's other host."""
        if self.server is None or self.server == server.url:
            return server
        return Server(self.server)


def _base(scheme: str, netloc: str, path: str) -> str:
    return urlunsplit((scheme.lower(), netloc.lower(), path.rstrip("/"), "", ""))


def is_loopback(host: str) -> bool:
    """Whether `host` is a loopback IP address."""
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def is_local(url: str) -> bool:
    """Whether a URL has `localhost` or a loopback address as its host."""
    host = (urlsplit(url).hostname or "").lower()
    return host == "localhost" or is_loopback(host)


def with_scheme(url: str) -> str:
    """Adds the scheme to a typed URL: http:// for this machine, which rarely has a certificate, else https://."""
    if "://" in url:
        return url
    return f"http://{url}" if is_local(f"http://{url}") else f"https://{url}"
