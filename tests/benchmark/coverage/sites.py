"""The sites whose coverage is measured: five samples that others made, `tests/site`, and the lab's."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path

from tests.site.server import SiteServer
from tests.support.loopback_server import LoopbackServer

#: Folder below the one that holds them, and where each begins.
SAMPLES = {
    "sbadmin": ("sbadmin", "index.html"),
    "pydoc": ("pydoc/usr/share/doc/python3.11/html", "index.html"),
    "todomvc": ("todomvc", "examples/vue/index.html"),
    "docusaurus": ("docusaurus/build", ""),
    "storybook": ("storybook", ""),
}
LAB = (
    "consent/",
    "consent/shadow.html",
    "feed/",
    "framed/",
    "closed/",
    "canvas/",
    "board/",
    "ticker/",
    "wizard/",
    "menus/",
    "shop/",
    "todo/",
    "admin/",
    "device/",
    "leaving/",
)
OWN = "tests/site"


@dataclass(frozen=True, slots=True)
class Place:
    """A site to film: `written` counts the requests so far that would have changed something on it."""

    name: str
    url: str
    written: Callable[[], int]


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Measurements are printed alone."""


@contextmanager
def opened(samples: Path | None, only: str = "") -> Iterator[list[Place]]:
    """The sites whose names contain `only`, on loopback until left; samples that are absent are left out."""
    with ExitStack() as stack:
        site = stack.enter_context(SiteServer())

        def written() -> int:
            return sum(method not in {"GET", "HEAD"} for method, _ in site.requests)

        places = [Place(OWN, site.url, written)]
        places += [Place(name_of(path), f"{site.url}lab/{path}", written) for path in LAB]
        for name, (folder, start) in SAMPLES.items():
            if samples and (samples / folder).is_dir() and only in name:
                root = stack.enter_context(served(samples / folder))
                places.append(Place(name, root + start, lambda: 0))
        yield [place for place in places if only in place.name]


def absent(samples: Path | None) -> list[str]:
    """Samples that are not installed."""
    return [name for name, (folder, _) in SAMPLES.items() if not (samples and (samples / folder).is_dir())]


def name_of(path: str) -> str:
    """`lab/shop` for `shop/`: what an oracle is stored by."""
    return f"lab/{path.removesuffix('.html').rstrip('/')}"


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serves the folder on loopback until left; yields its address."""
    server = LoopbackServer(partial(_Quiet, directory=str(folder)))
    server.start()
    try:
        yield server.url
    finally:
        server.stop()
