"""`python -m tests.benchmark.must_show`: how much films show of what a salesperson would.

The sites are packages, which are installed below `build/sites` first; see `sites.toml` and `goals.toml`.
"""

import argparse
import asyncio
import os
import sys
from pathlib import Path

import cv2

from tests.benchmark.console import screen
from tests.benchmark.coverage.sheet import contact_sheet
from tests.benchmark.coverage.sites import served
from tests.benchmark.must_show.film import Film, film, score
from tests.benchmark.must_show.install import NotInstalled, install
from tests.benchmark.must_show.load import busy
from tests.benchmark.must_show.report import goal_table, lines, table
from tests.benchmark.must_show.sites import PackagedSite, known, with_goals

#: As many as there are cores on the machines that the figures are compared on.
BUSY_PROCESSES = 2


def main() -> int:
    options = _options()
    sites = with_goals(options.site) if options.goals else known(options.site)
    try:
        folders = {site.name: install(site) for site in sites}
    except NotInstalled as exc:
        print(f"The benchmark was stopped: {exc}", file=sys.stderr)
        return 1
    screen.print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {options.takes} takes each")
    with busy(BUSY_PROCESSES if options.busy else 0):
        takes = [_takes(site, folders[site.name], options) for site in sites]
    if takes and options.goals:
        screen.print(goal_table(takes))
    elif takes:
        screen.print(table(f"Must-show{', busy' if options.busy else ''}", list(map(score, takes))))
    return 0


def _takes(site: PackagedSite, folder: Path, options: argparse.Namespace) -> list[Film]:
    """Films one after the other: what runs beside one would be measured with it."""
    films = []
    with served(folder) as root:
        for number in range(options.takes):
            done = asyncio.run(film(site, root + site.start))
            for line in lines(done):
                screen.print(line, markup=False)
            if options.sheets and done.shots:
                options.sheets.mkdir(parents=True, exist_ok=True)
                sheet = contact_sheet(done.shots, ["start", *(act.label for act in done.acts)])
                cv2.imwrite(str(options.sheets / f"{site.name}-{number + 1}.png"), sheet)
            films.append(done)
    return films


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark.must_show", description=__doc__)
    parser.add_argument("--site", default="", metavar="NAME", help="only sites named like this")
    parser.add_argument("--takes", type=int, default=1, metavar="N", help="films of each site (default: 1)")
    parser.add_argument("--goals", action="store_true", help="with the goals of goals.toml instead")
    parser.add_argument("--busy", action="store_true", help="keep two processes busy meanwhile")
    parser.add_argument(
        "--sheets", type=Path, metavar="DIR", help="write a contact sheet of each film to here"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
