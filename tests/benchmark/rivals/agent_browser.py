"""`… URL`: the walk in commands to agent-browser, in a session of its own, filmed into film.mp4."""

import os
import subprocess
import sys
from pathlib import Path

from tests.benchmark.codes import VIEWPORT_PX
from tests.benchmark.rivals import FILM_FILE
from tests.benchmark.rivals.walk import LINKS, LOOK_S, SCROLL_PX


def tell(*words: object) -> None:
    session = f"bench-{os.getpid()}"
    environment = {"AGENT_BROWSER_ARGS": "--no-sandbox", **os.environ, "AGENT_BROWSER_SESSION": session}
    subprocess.run(["agent-browser", *map(str, words)], env=environment, check=True)


def main() -> None:
    look_ms = int(LOOK_S * 1000)
    try:
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
    finally:
        tell("close")


if __name__ == "__main__":
    main()
