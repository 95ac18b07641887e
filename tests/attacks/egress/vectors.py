"""A vector: one way in which a page might reach what it must not, as a small page of its own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

#: What templates may name; `fill` puts in the real addresses.
#: @URL, @WS: the secret, over http and as a WebSocket. @HOST: its host and port. @PORT: its port alone.
#: @SITE, @EVIL: the hostile site where browsers trust it (localhost), and as http://hostile.test.
#: @TAG: the vector's own mark, part of @URL. @FILE(name): one of its files. @TO(302): a redirect to @URL.


@dataclass(frozen=True, slots=True)
class Vector:
    """`html` is opened in a frame, or with `top` in a page of its own, and must not reach `host`."""

    family: str
    name: str
    html: str
    host: str = "127.0.0.1"
    files: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    headers: tuple[str, ...] = ()
    top: bool = False
    #: In a context without the film's settings, which block service workers: the proxy alone must hold.
    bare: bool = False
    #: From http://hostile.test, which is no secure context, instead of http://localhost.
    stranger: bool = False


def script(family: str, name: str, code: str, **more: object) -> Vector:
    """A page that runs `code`; what it throws or rejects is its own business."""
    html = f"<script type=module>try {{ {code} }} catch (e) {{ console.debug(e) }}</script>"
    return Vector(family, name, html, **more)  # type: ignore[arg-type]


def family(name: str, table: Mapping[str, str], **more: object) -> list[Vector]:
    return [Vector(name, title, html, **more) for title, html in table.items()]  # type: ignore[arg-type]


def scripts(name: str, table: Mapping[str, str], **more: object) -> list[Vector]:
    return [script(name, title, code, **more) for title, code in table.items()]


@dataclass(frozen=True, slots=True)
class Places:
    """Where everything is in one run; `secret_port` is the family's own."""

    site: str
    evil: str
    secret_port: int
    proxy_port: int


def fill(template: str, vector: Vector, tag: str, places: Places) -> str:
    """The template with real addresses."""
    host = f"{vector.host}:{places.secret_port}"
    home = places.evil if vector.stranger else places.site
    words = {
        "@URL": f"http://{host}/{tag}",
        "@WS": f"ws://{host}/{tag}",
        "@HOST": host,
        "@PORT": str(places.secret_port),
        "@PROXY": str(places.proxy_port),
        "@SITE": places.site,
        "@EVIL": places.evil,
        "@TAG": tag,
    }
    for status in ("300", "301", "302", "303", "304", "305", "307", "308", "chain", "other", "refresh"):
        words[f"@TO({status})"] = f"{home}/to/{status}/{tag}"
    words |= {f"@FILE({name})": f"{home}/f/{tag}/{name}" for name in vector.files}
    for word in sorted(words, key=len, reverse=True):
        template = template.replace(word, words[word])
    return template


def count(vectors: Iterable[Vector]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for vector in vectors:
        sums[vector.family] = sums.get(vector.family, 0) + 1
    return sums
