"""Compiles the Lua scripts with the server that runs them: `python -m tests.architecture.lua_syntax [FILE]…`.

Prints one line for each file that does not compile, and then exits with 1. Without files it looks at all.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from redis import Redis
from redis.exceptions import ResponseError

from actors.embedded_redis import embedded_valkey
from actors.jobs.scripts import LUA


def syntax_errors(paths: Iterable[Path]) -> Iterator[str]:
    """The server's message for each file that it cannot compile; nothing is run."""
    with embedded_valkey() as url, Redis.from_url(url) as redis:
        for path in paths:
            try:
                redis.script_load(path.read_text())
            except ResponseError as exc:
                yield f"{path}: {exc}"


def main(names: list[str]) -> int:
    errors = list(syntax_errors(map(Path, names) if names else sorted(LUA.glob("*.lua"))))
    print(*errors, sep="\n", end="\n" if errors else "")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
