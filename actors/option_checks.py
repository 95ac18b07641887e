"""Checks of what is typed into options: addresses, hosts, targets and goals."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from explorer.egress.ip_addresses import parse_ip_literal

MAX_URL_LENGTH = 2048
MAX_GOAL = 300
MAX_TARGETS, MAX_TARGET = 20, 200
MAX_DOMAINS = 10

#: One label of a host name: RFC 1123, 2.1.
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
#: Names below two-letter domains that are no site's own, as in example.co.uk.
_SHARED = frozenset({"ac", "co", "com", "edu", "go", "gov", "ne", "net", "or", "org"})
_CSS = "css="


def check_url(value: str) -> str:
    """An absolute http(s) URL without credentials. Raises ValueError."""
    if any(ord(char) <= 32 or ord(char) == 127 for char in value):
        raise ValueError("must not contain spaces or control characters")
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError as exc:
        raise ValueError(f"is not a valid URL: {exc}") from exc
    if parts.scheme.lower() not in ("http", "https"):
        raise ValueError("must begin with http:// or https://")
    if not host:
        raise ValueError("must name a host")
    try:
        host.encode("idna")
    except UnicodeError as exc:
        raise ValueError("has a host name that cannot exist") from exc
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not contain a user name or password")
    return value


def check_target(value: str) -> str:
    """A path, words or a CSS selector, without the space around it. Raises ValueError."""
    value = value.strip()
    if not value:
        raise ValueError("must not contain an empty entry")
    if len(value) > MAX_TARGET:
        raise ValueError(f"has an entry of {len(value)} characters, {MAX_TARGET} are the most")
    if not value.isprintable():
        raise ValueError("must not contain line breaks or control characters")
    if "://" in value.partition(" ")[0] and not value.startswith(_CSS):
        raise ValueError(f"has an address, {value!r}: name its path, such as /pricing")
    if value.startswith(_CSS) and not value.removeprefix(_CSS).strip():
        raise ValueError("has a css= without a selector, such as css=#menu a")
    return value


def check_domain(value: str, url: str) -> str:
    """A host that may belong to the site at `url`, or `*.` and such a host, in ASCII. Raises ValueError."""
    value = value.strip()
    star, bare = ("*.", value[2:]) if value.startswith("*.") else ("", value)
    host, home = ascii_host(bare), _home(ascii_host(urlsplit(url).hostname or ""))
    labels = host.split(".")
    if len(host) > 253 or len(labels) < 2 or not all(map(_LABEL.fullmatch, labels)) or parse_ip_literal(host):
        raise ValueError(
            f"has {value!r}, which is no host: name one such as docs.example.com or *.example.com"
        )
    if not home:
        raise ValueError("can only be given for a site with a domain name, not an IP address or localhost")
    if not f".{host}".endswith(f".{home}"):
        raise ValueError(f"has {value!r}, which is not part of the site: only {home} and hosts below it are")
    return star + host


def ascii_host(host: str) -> str:
    """As browsers spell it; what cannot be spelled so is left for the check of its labels."""
    host = host.lower().removesuffix(".")
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host


def _home(host: str) -> str:
    """The part of a host name that all hosts of its site share; "" for an address or a local name.

    The last two labels, or three below shared names as in example.co.uk. It is no list of public suffixes:
    whoever films a page of theirs below github.io may also name another's, and has then asked for it.
    """
    labels = host.split(".")
    if len(labels) < 2 or parse_ip_literal(host) or labels[-1] in ("localhost", "local"):
        return ""
    shared = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SHARED
    return ".".join(labels[-3:] if shared else labels[-2:])


def one_line(value: str) -> str:
    """The text without control characters and with single spaces."""
    return " ".join("".join(char if char.isprintable() else " " for char in value).split())


def check_targets(values: list[str]) -> list[str]:
    """Entries of focus or avoid, without repeats. Raises ValueError."""
    return each(check_target, values)


def each(check: Callable[[str], str], values: list[str]) -> list[str]:
    """All of them, checked, without repeats."""
    return list(dict.fromkeys(map(check, values)))


def check_callback_url(url: str | None) -> str | None:
    """Checks the address of a webhook. Raises ValueError."""
    if url is not None and check_url(url).partition("//")[2].startswith("["):
        raise ValueError("must name a host or an IPv4 address")
    return url
