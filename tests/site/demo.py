"""What `make demo` films when nobody names an address: the small site next door, served on loopback."""

import subprocess
import sys
from pathlib import Path

from tests.site.server import SiteServer


def film(out: Path) -> int:
    """Runs the command line as a user would, and returns its exit code."""
    sitereel = Path(sys.executable).with_name("sitereel")
    with SiteServer() as site:
        return subprocess.run([sitereel, "record", site.url, "-o", out], check=False).returncode


if __name__ == "__main__":
    sys.exit(film(Path(sys.argv[1])))
