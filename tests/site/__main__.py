"""`python -m tests.site [--port N]`: the demo site in the foreground, until Ctrl-C."""

import argparse
from contextlib import suppress
from threading import Event

from tests.site.server import SiteServer


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.site", description="Serve the demo site.")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: a free one)")
    port: int = parser.parse_args().port
    with SiteServer(port) as site, suppress(KeyboardInterrupt):
        print(f"The demo site is at {site.url} (Ctrl-C ends it)", flush=True)
        Event().wait()


if __name__ == "__main__":
    main()
