"""`python -m tests.benchmark.replay`: recordings of Chrome's Recorder, played by its own runner and by us.

Both must end with the same address, visible text and fields. Needs npm and node; see `install.py`.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.table import Table

from explorer.browser.chromium import find_chromium
from explorer.egress.policy import Endpoint
from tests.benchmark.console import screen
from tests.benchmark.coverage.sites import served
from tests.benchmark.replay.install import NotInstalled, install
from tests.benchmark.replay.ours import play_by_us
from tests.benchmark.replay.recordings import DATA, PAGES, Recording, known
from tests.benchmark.replay.reference import play_by_reference
from tests.benchmark.replay.state import differences
from tests.explorer.support.exploration import open_harness
from tests.site.server import SiteServer


def main() -> int:
    options = _options()
    try:
        packages = install()
    except NotInstalled as exc:
        print(f"The benchmark was stopped: {exc}", file=sys.stderr)
        return 1
    with SiteServer() as site, served(options.pages) as pages:
        # Under its second name the machine is another host.
        hosts = {
            "site.invalid": site.url,
            "pages.invalid": pages,
            "frame.invalid": site.url.replace("127.0.0.1", "localhost"),
        }
        recordings = known(hosts, options.only, options.recordings)
        with open_harness(*(str(Endpoint.of(origin)) for origin in hosts.values())) as harness:
            with TemporaryDirectory() as folder:
                chromium = find_chromium().path
                references = play_by_reference(recordings, packages, chromium, Path(folder))
            found = [
                differences(reference, play_by_us(recording, harness))
                for recording, reference in zip(recordings, references, strict=True)
            ]
    screen.print(_table(recordings, found))
    return int(any(found) or not found)


def _table(recordings: Sequence[Recording], found: Sequence[list[str]]) -> Table:
    same = sum(not one for one in found)
    table = Table("recording", "steps", "differs in", title=f"The same end state: {same} of {len(found)}")
    for recording, differing in zip(recordings, found, strict=True):
        table.add_row(recording.name, str(len(recording.steps)), "\n".join(differing))
    return table


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark.replay", description=__doc__)
    parser.add_argument("--only", default="", metavar="NAME", help="only recordings named like this")
    parser.add_argument("--recordings", type=Path, default=DATA, metavar="DIR", help="play those in DIR")
    parser.add_argument(
        "--pages", type=Path, default=PAGES, metavar="DIR", help="what http://pages.invalid stands for"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
