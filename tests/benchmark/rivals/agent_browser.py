"""`… URL`: the walk in commands to agent-browser, in a session of its own, filmed into film.mp4."""

import os
import subprocess
import sys
from pathlib import Path

from tests.benchmark.frames.codes import VIEWPORT_PX
from tests.benchmark.rivals import FILM_FILE
from tests.benchmark.rivals.walk import LINKS, LOOK_S, SCROLL_PX


def tell(*words: object) -> None:
    """Ends this script where the tool fails, its own words being the last; our caller ends its daemon."""
    session = f"bench-{os.getpid()}"
    environment = {"AGENT_BROWSER_ARGS": "--no-sandbox", **os.environ, "AGENT_BROWSER_SESSION": session}
    if subprocess.call(["agent-browser", *map(str, words)], env=environment):
        sys.exit(1)


def main() -> None:
    look_ms = int(LOOK_S * 1000)
    tell("open", sys.argv[1])
    tell("set", "viewport", *VIEWPORT_PX)
    tell("record", "start", Path(FILM_FILE).absolute())
    for link in (*LINKS, None):
        tell("wait", look_ms)
        tell("scroll", "down", SCROLL_PX)
        tell("wait", look_ms + 1000)
        if link:
            tell("find", "text", link, "click")
    tell("record", "stop")
    tell("close")


if __name__ == "__main__":
    main()
