"""A browser as a take launches it, with a log of its sockets, and for canaries without some of its flags."""

import json
import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from explorer.browser.chromium import Chromium

SCRIPT = """#!/bin/sh
for flag; do
    shift
    case "$flag" in
        {removed}) ;;
        *) set -- "$@" "$flag" ;;
    esac
done
exec {browser} "$@" {added}
"""


@dataclass(slots=True)
class Sockets:
    """What the browser's own log says that it did on the network."""

    #: Addresses to which it opened TCP connections, and datagrams that it sent.
    dialed: set[str] = field(default_factory=set)
    datagrams: int = 0
    #: Names that it asked the system's resolver for.
    names: set[str] = field(default_factory=set)


@contextmanager
def armed(
    chromium: Chromium, removed: Sequence[str] = (), added: Sequence[str] = ()
) -> Iterator[tuple[Chromium, Path]]:
    """The browser behind a script that drops flags which match the patterns; gives it and its log."""
    with TemporaryDirectory() as folder:
        log, path = Path(folder) / "net.json", Path(folder) / Path(chromium.path).name
        flags = [f"--log-net-log={log}", *added]
        text = SCRIPT.format(
            removed="|".join(removed) or "--nothing",
            browser=shlex.quote(chromium.path),
            added=" ".join(map(shlex.quote, flags)),
        )
        path.write_text(text)
        path.chmod(0o755)
        yield Chromium(str(path), chromium.kind, chromium.source), log


def read_sockets(log: Path) -> Sockets:
    """What is in the log: its first line explains the numbers, and each event has a line of its own."""
    first, *lines = log.read_text(errors="replace").splitlines()
    constants = json.loads(first.rstrip(",") + "}")["constants"]
    kinds = {number: name for name, number in constants["logEventTypes"].items()}
    found = Sockets()
    for line in lines:
        if not line.startswith('{"'):
            continue
        try:
            event = json.loads(line.removesuffix("]}").rstrip(","))
        except ValueError:
            continue  # the last line of a browser that was killed
        kind, more = kinds.get(event.get("type", -1), ""), event.get("params", {})
        if kind == "TCP_CONNECT_ATTEMPT" and "address" in more:
            found.dialed.add(more["address"])
        elif kind == "UDP_BYTES_SENT":
            found.datagrams += 1
        elif kind == "HOST_RESOLVER_MANAGER_REQUEST" and "~notfound" not in more.get("host", "~notfound"):
            found.names.add(more["host"])
    return found
