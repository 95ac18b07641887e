"""What a request may wish of an exploration, checked: the same for a request's body and the command line."""

import re
from collections.abc import Callable
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StrictBool, ValidationInfo, field_validator

from actors.settings import Settings
from actors.submission import wishes_of
from explorer.egress.ip_addresses import literal
from explorer.types import Interact, Wishes

MAX_URL_LENGTH = 2048
MAX_GOAL = 300
MAX_TARGETS, MAX_TARGET = 20, 200
MAX_DOMAINS = 10

#: One label of a host name: RFC 1123, 2.1.
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
#: Names below two-letter domains that are no site's own, as in example.co.uk.
_SHARED = frozenset({"ac", "co", "com", "edu", "go", "gov", "ne", "net", "or", "org"})
_CSS = "css="

Texts = Annotated[list[str], Field(max_length=MAX_TARGETS)]
Domains = Annotated[list[str], Field(max_length=MAX_DOMAINS)]


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
    host, home = _ascii(bare), _home(_ascii(urlsplit(url).hostname or ""))
    labels = host.split(".")
    if len(host) > 253 or len(labels) < 2 or not all(map(_LABEL.fullmatch, labels)) or literal(host):
        raise ValueError(
            f"has {value!r}, which is no host: name one such as docs.example.com or *.example.com"
        )
    if not home:
        raise ValueError("can only be given for a site with a domain name, not an IP address or localhost")
    if not f".{host}".endswith(f".{home}"):
        raise ValueError(f"has {value!r}, which is not part of the site: only {home} and hosts below it are")
    return star + host


def _ascii(host: str) -> str:
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
    if len(labels) < 2 or literal(host) or labels[-1] in ("localhost", "local"):
        return ""
    shared = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SHARED
    return ".".join(labels[-3:] if shared else labels[-2:])


def _each(check: Callable[[str], str], values: list[str]) -> list[str]:
    """All of them, checked, without repeats."""
    return list(dict.fromkeys(map(check, values)))


class ExplorationOptions(BaseModel):
    """A site and what is wished of its exploration."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(
        min_length=1,
        max_length=MAX_URL_LENGTH,
        description="the page where the film begins, without a user name or password",
        json_schema_extra={"format": "uri", "pattern": "^[hH][tT][tT][pP][sS]?://"},
        examples=["https://example.com/"],
    )
    goal: str = Field("", max_length=MAX_GOAL, description="what the film is to show, in words")
    focus: Texts = Field([], description="paths, words or css=… that are shown first")
    avoid: Texts = Field([], description="paths, words or css=… that are never clicked")
    domains: Domains = Field([], description="other hosts of the site")
    interact: Interact | None = Field(
        None, description="all: fields are filled in as well; click: only clicked"
    )
    allow_writes: StrictBool = Field(
        False, description="let requests other than GET, HEAD and OPTIONS out of the browser"
    )
    scout: StrictBool | None = Field(None, description="try off camera what is worth filming")
    ignore_robots: StrictBool = Field(
        False, description="look off camera also at what robots.txt asks to leave alone"
    )
    ignore_certificate_errors: StrictBool = Field(
        False, description="film a site whose certificate is self-signed, expired or another host's"
    )
    storyboard: StrictBool = Field(False, description="keep pictures of all steps beside the film")

    @field_validator("url")
    @classmethod
    def _http(cls, value: str) -> str:
        return check_url(value)

    @field_validator("goal")
    @classmethod
    def _one_line(cls, value: str) -> str:
        return " ".join("".join(char if char.isprintable() else " " for char in value).split())

    @field_validator("focus", "avoid")
    @classmethod
    def _targets(cls, values: list[str]) -> list[str]:
        return _each(check_target, values)

    @field_validator("domains")
    @classmethod
    def _hosts(cls, values: list[str], info: ValidationInfo) -> list[str]:
        url = info.data.get("url")  # missing when it is wrong itself, which is complaint enough
        return _each(lambda value: check_domain(value, url), values) if url else values

    def wishes_on(self, settings: Settings) -> Wishes:
        """These wishes on top of the operator's habits."""
        return wishes_of(
            settings,
            goal=self.goal,
            focus=self.focus,
            avoid=self.avoid,
            domains=self.domains,
            interact=self.interact,
            scout=self.scout,
            allow_writes=self.allow_writes,
            ignore_robots=self.ignore_robots,
            ignore_certificate_errors=self.ignore_certificate_errors,
        )
