"""`python -m tests.benchmark.soak [URL …]`: many films in a row, half of them several at a time.

A film is lost when its job ends without one, undecodable when it cannot be played to the last frame that the
job's status names, and blank when there is nothing to see in the middle of its first picture.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

from tests.benchmark.console import screen
from tests.benchmark.deployment import NotStarted, client_of, deployed, name_of
from tests.benchmark.frames.codes import Luma
from tests.benchmark.frames.projector import Undecodable, play
from tests.benchmark.frames.screening import BLANK_DEVIATION
from tests.benchmark.soak_report import Outcome, outcome_table
from tests.benchmark.take import TakeLost, Wishes, film
from tests.site.server import SiteServer

AT_ONCE = 4
#: Without a title card the first picture is the page.
WISHES: Wishes = {"title_card": False}


def attempt(client: httpx.Client, site: str, url: str, clicks: int, at_once: int) -> Outcome:
    """Films a site and plays the film."""
    with tempfile.TemporaryDirectory(prefix="soak-of-sitereel-") as folder:
        path = Path(folder) / "film.mp4"
        try:
            take = film(client, url, clicks, WISHES, path)
            blank = _plays(path, take.job["film"]["frames"])
        except TakeLost as exc:
            return Outcome(site, at_once, fault=f"lost: {exc}")
        except Undecodable as exc:
            return Outcome(site, at_once, fault=f"undecodable: {exc}")
    camera: dict[str, Any] = take.job["camera"]
    return Outcome(
        site,
        at_once,
        blank=blank,
        camera=camera["used"] or "",
        notes=tuple(camera["notes"]),
        lost_frames=camera.get("lost_frames") or 0,
        film_s=take.film_s,
        wall_s=take.wall.length_s,
        after_s=take.after_s,
    )


def _plays(path: Path, frames: int) -> bool:
    """Plays a film to its end; answers whether it begins with nothing. Raises Undecodable."""
    blank, count = False, 0
    for count, shown in enumerate(play(path), start=1):
        if count == 1:
            blank = bool(_middle(shown.luma).std() < BLANK_DEVIATION)
    if count != frames:
        raise Undecodable(f"{count} of {frames} frames")
    return blank


def _middle(luma: Luma) -> Luma:
    height, width = luma.shape
    return luma[height // 5 : -height // 5, width // 5 : -width // 5]


def soak(client: httpx.Client, targets: dict[str, str], takes: int, clicks: int) -> Iterator[Outcome]:
    """Half of the takes alone, the rest `AT_ONCE` at a time; the sites take turns."""
    names = list(targets)
    turns = [names[number % len(names)] for number in range(takes)]
    alone, together = turns[: takes // 2], turns[takes // 2 :]
    for name in alone:
        yield attempt(client, name, targets[name], clicks, 1)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(lambda name: attempt(client, name, targets[name], clicks, AT_ONCE), together)


def main() -> int:
    options = _options()
    outcomes: list[Outcome] = []
    with SiteServer() as site:
        targets = {"tests/site": site.url, **{name_of(url): url for url in options.urls}}
        try:
            with deployed(list(targets.values())) as here, client_of(here) as client, here.worker(AT_ONCE):
                for outcome in soak(client, targets, options.takes, options.clicks):
                    outcomes.append(outcome)
                    screen.print(_line(len(outcomes), outcome), soft_wrap=True)
        except (NotStarted, httpx.HTTPError) as exc:
            print(f"The run was stopped: {exc}", file=sys.stderr)
            return 1
    screen.print(outcome_table(outcomes))
    return int(any(each.fault or each.blank for each in outcomes))


def _line(number: int, outcome: Outcome) -> str:
    said = outcome.fault or f"{outcome.film_s:.1f} s in {outcome.wall_s:.1f} s by {outcome.camera}"
    faults = ["blank start"] * outcome.blank + [*outcome.notes]
    return " ".join((time.strftime("%H:%M:%S"), f"{number}.", outcome.site, said, *faults))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmark.soak", description="Film many times in a row."
    )
    parser.add_argument("urls", nargs="*", metavar="URL", help="sites to film besides the one in tests/site")
    parser.add_argument("--takes", type=int, default=50, help="films in all (default: 50)")
    parser.add_argument("--clicks", type=int, default=5, help="most clicks a film (default: 5)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
