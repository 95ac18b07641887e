"""`python -m tests.benchmark [URL …]`: how good films are, what they show and cost, and how fast the API is.

Machines and their neighbours differ: compare the ratios of one run, not the seconds of two.
"""

import argparse
import os
import sys
from collections.abc import Sequence

import httpx

from tests.benchmark.composing import composing_ms
from tests.benchmark.console import screen
from tests.benchmark.contest import hold
from tests.benchmark.contest_report import contest_table
from tests.benchmark.coverage.bench import add_options, cover
from tests.benchmark.crowded import crowd_table, measure_crowd
from tests.benchmark.deployment import NotStarted, client_of, deployed, name_of
from tests.benchmark.latency import measure_at_rest, measure_while_filming
from tests.benchmark.meter import INTERVAL_S, Meter
from tests.benchmark.report import Cost, film_table, latency_table
from tests.benchmark.take import TakeLost, Wishes, film
from tests.site.server import SiteServer

PARTS = ("all", "contest", "costs", "coverage", "crowd")
#: Films made at the same time.
AT_ONCE = (1, 4)


def main() -> int:
    options = _options()
    if options.part in ("all", "coverage"):
        cover(options)
    if options.part == "coverage":
        return 0
    with SiteServer() as site:
        targets = {"tests/site": site.url, **{name_of(url): url for url in options.urls}}
        try:
            if options.part in ("all", "contest"):
                compete(site.url, options.at_once, options.only)
            if options.part in ("all", "costs"):
                measure(targets, options.clicks, options.runs, _wishes(options))
            if options.part in ("all", "crowd"):
                look_on(site.url, options.clicks)
        except (NotStarted, TakeLost, httpx.HTTPError) as exc:
            print(f"The benchmark was stopped: {exc}", file=sys.stderr)
            return 1
    return 0


def compete(site_url: str, at_once_each: Sequence[int], only: str) -> None:
    """Films the clock pages with every tool there is, alone and several at once, and prints what was seen."""
    with Meter() as meter:
        for at_once in at_once_each:
            verdicts = {}
            for name, verdict in hold(site_url, meter, at_once, only):
                said = verdict.missing or "; ".join((f"{len(verdict.watched)} films", *verdict.lost))
                screen.print(f"{name}, {at_once} at once: {said}")
                verdicts[name] = verdict
            title = "Films of pages that never stand still, " + (
                "alone" if at_once == 1 else f"{at_once} at once"
            )
            screen.print(contest_table(f"{title}, on {os.cpu_count()} cores", verdicts))


def measure(targets: dict[str, str], clicks: int, runs: int, wishes: Wishes) -> None:
    """Measures and prints; the first target is also the one behind which the API is timed."""
    first = next(iter(targets.values()))
    costs: dict[str, list[Cost]] = {name: [] for name in targets}
    with Meter() as meter, deployed(list(targets.values())) as here, client_of(here) as client:
        screen.print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, up to {clicks} clicks")
        at_rest = measure_at_rest(client, first)
        here.forget()
        with here.worker():
            for number in range(runs):
                for name, url in targets.items():
                    screen.print(f"run {number + 1} of {runs}: filming {name}")
                    costs[name].append(Cost.of(film(client, url, clicks, wishes), meter))
            screen.print("timing the API while a film is made")
            filming = measure_while_filming(client, first)
            here.forget()
    notes = NOTES.format(own_cpu_s=meter.own_cpu_s)
    screen.print(film_table(costs), latency_table(at_rest, filming), notes, sep="\n")
    screen.print(f"Composing a minute of film at 60 fps, as after each step: {composing_ms():.0f} ms of CPU")


def look_on(url: str, clicks: int) -> None:
    """Films with and without a crowd that looks on, and prints what it saw."""
    with deployed([url]) as here, client_of(here) as client:
        screen.print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}: films alone, then with a crowd")
        screen.print(crowd_table(*measure_crowd(here, client, url, clicks)))


NOTES = (
    "CPU and memory are those of all processes: API, worker, Valkey with the footage in it, the child of "
    "each stage, Playwright's driver, Chromium and ffmpeg. Memory is the sum of their PSS every "
    f"{INTERVAL_S:g} s, without page cache. One worker filmed one job at a time. "
    "Measuring itself took {own_cpu_s:.1f} CPU seconds on the same cores."
)


def _wishes(options: argparse.Namespace) -> Wishes:
    """What was asked for; the rest is left to the API."""
    asked = {"fps": options.fps, "camera": options.camera, "style": options.style}
    return {name: value for name, value in asked.items() if value is not None}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmark",
        description="Measure how good films are, what they cost and how fast the API answers.",
    )
    parser.add_argument("urls", nargs="*", metavar="URL", help="sites to film besides the one in tests/site")
    parser.add_argument("--clicks", type=int, default=5, help="most clicks a film (default: 5)")
    parser.add_argument("--runs", type=int, default=2, help="films of each site (default: 2)")
    parser.add_argument(
        "--part",
        choices=PARTS,
        default="all",
        help="measure only this",
    )
    parser.add_argument(
        "--only", default="", metavar="NAME", help="in the contest, only tools named like this"
    )
    parser.add_argument(
        "--at-once", type=int, nargs="+", default=AT_ONCE, metavar="N", help="films at once (default: 1 4)"
    )
    parser.add_argument("--fps", type=int, choices=[30, 60], help="of the films whose cost is measured")
    parser.add_argument("--camera", choices=["auto", "realtime", "frames"], help="that films them")
    parser.add_argument("--style", choices=["plain", "studio"], help="of these films")
    add_options(parser)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
