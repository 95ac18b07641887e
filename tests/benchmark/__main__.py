"""`python -m tests.benchmark [URL …]`: what a film costs and how fast the API answers, measured just now.

Machines and their neighbours differ: compare the ratios of one run, not the seconds of two.
"""

import argparse
import os
import sys
from urllib.parse import urlsplit

import httpx
from rich.console import Console

from tests.benchmark.deployment import NotStarted, deployed
from tests.benchmark.latency import measure_at_rest, measure_while_filming
from tests.benchmark.meter import INTERVAL_S, Meter
from tests.benchmark.report import film_table, latency_table
from tests.benchmark.take import Take, TakeLost, film
from tests.site.server import SiteServer

REQUEST_TIMEOUT_S = 60.0

screen = Console(highlight=False)


def main() -> int:
    options = _options()
    with SiteServer() as site:
        targets = {"tests/site": site.url, **{_name(url): url for url in options.urls}}
        try:
            measure(targets, options.clicks, options.runs)
        except (NotStarted, TakeLost, httpx.HTTPError) as exc:
            print(f"The benchmark was stopped: {exc}", file=sys.stderr)
            return 1
    return 0


def measure(targets: dict[str, str], clicks: int, runs: int) -> None:
    """Measures and prints; the first target is also the one behind which the API is timed."""
    first = next(iter(targets.values()))
    takes: dict[str, list[Take]] = {name: [] for name in targets}
    with (
        Meter() as meter,
        deployed(list(targets.values())) as here,
        httpx.Client(base_url=here.api_url, timeout=REQUEST_TIMEOUT_S, trust_env=False) as client,
    ):
        screen.print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, up to {clicks} clicks")
        at_rest = measure_at_rest(client, first)
        here.forget()
        with here.worker():
            for number in range(runs):
                for name, url in targets.items():
                    screen.print(f"run {number + 1} of {runs}: filming {name}")
                    takes[name].append(film(client, meter, url, clicks))
            screen.print("timing the API while a film is made")
            filming = measure_while_filming(client, first)
            here.forget()
    screen.print(
        film_table(takes), latency_table(at_rest, filming), NOTES.format(own_cpu_s=meter.own_cpu_s), sep="\n"
    )


NOTES = (
    "CPU and memory are those of all processes: API, worker, Valkey with the footage in it, the child of "
    "each stage, Playwright's driver, Chromium and ffmpeg. Memory is the sum of their PSS every "
    f"{INTERVAL_S:g} s, without page cache. One worker filmed one job at a time. "
    "Measuring itself took {own_cpu_s:.1f} CPU seconds on the same cores."
)


def _name(url: str) -> str:
    parts = urlsplit(url)
    return parts.netloc + parts.path.rstrip("/")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmark",
        description="Measure what a film costs and how fast the API answers.",
    )
    parser.add_argument("urls", nargs="*", metavar="URL", help="sites to film besides the one in tests/site")
    parser.add_argument("--clicks", type=int, default=5, help="most clicks a film (default: 5)")
    parser.add_argument("--runs", type=int, default=2, help="films of each site (default: 2)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
