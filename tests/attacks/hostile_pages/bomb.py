"""What a bomb is: a hostile page or server, and how a take of it may end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from explorer.types import Wishes
from tests.attacks.hostile_pages.exchange import Exchange

#: A take that ends so has been kept within bounds: the page was filmed, as far as it went.
FILM = "film"
#: What a page that keeps the browser busy may end as: by how far the take had come by then.
HUNG = (FILM, "page_unresponsive", "safety_violation")

Answer = Callable[[Exchange], None]
#: HTML as it is, or what a server does instead of sending some.
Content = str | Answer
NONE: Mapping[str, Content] = {}


@dataclass(frozen=True, slots=True)
class Bomb:
    """One way to hurt whoever films a page.

    `pages` is what is served, by path below the bomb's own; the take begins at "". `ends` are the outcomes
    that are right: `film`, or codes of errors.
    """

    name: str
    pages: Mapping[str, Content]
    ends: tuple[str, ...] = (FILM,)
    #: Beyond this a row fails: peak PSS of the take and all that it started.
    most_mib: int = 2_000
    #: Beyond this a row fails: from the request to the film or the error.
    most_s: float = 60.0
    wishes: Wishes = field(default_factory=lambda: Wishes(scout=False))
    #: By which of the server's ports it is reached: plain, or TLS with one of its certificates.
    port: str = "http"


def page(body: str, title: str = "Bomb") -> str:
    """A page that has something to see and two ways to go."""
    links = '<nav><a href="two.html">Second page</a> <a href="three.html">Third page</a></nav>'
    return f"<!doctype html><meta charset=utf-8><title>{title}</title><h1>{title}</h1>{links}{body}"


def script(code: str, body: str = "<p>Something to read while it lasts.</p>") -> str:
    """A page whose script runs at the end of its body."""
    return page(f"{body}<script>{code}</script>")


def first(code: str) -> str:
    """A page whose script runs before anything of it is there."""
    return f"<!doctype html><script>{code}</script>" + page("<p>Something to read.</p>")


def bomb(name: str, content: Content, *ends: str, pages: Mapping[str, Content] = NONE, **more: Any) -> Bomb:
    """A bomb at its first page, beside two harmless ones; by default any bounded end is right."""
    harmless = {"two.html": page("<p>Two</p>", "Two"), "three.html": page("<p>Three</p>", "Three")}
    return Bomb(name, {"": content, **harmless, **pages}, ends or HUNG, **more)
