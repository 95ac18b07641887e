"""Who films the clock pages how well: this project's cameras and other tools, one after the other."""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from explorer.browser.chromium import FLAGS, find_chromium
from tests.benchmark.deployment import client_of, deployed
from tests.benchmark.frames.lossless import lossless
from tests.benchmark.meter import Meter
from tests.benchmark.rivals import RIVALS, Rival
from tests.benchmark.shot import Shot, shoot_ours, shoot_rival
from tests.benchmark.take import Wishes
from tests.benchmark.verdict import Verdict, judge

START = "lab/clock/"
#: The page alone, so that its cells can be read and its text compared pixel by pixel.
PLAIN: dict[str, str | int | bool] = {"style": "plain", "zoom": False, "captions": False, "title_card": False}
OURS: dict[str, Wishes] = {
    "ours: frames, 60 fps": PLAIN | {"camera": "frames", "fps": 60},
    "ours: frames, 30 fps": PLAIN | {"camera": "frames", "fps": 30},
    "ours: realtime, 30 fps": PLAIN | {"camera": "realtime", "fps": 30},
}


@dataclass(frozen=True, slots=True)
class Contender:
    """Films a URL into a folder; its browser is started with `flags`, which decide how letters are drawn."""

    name: str
    shoot: Callable[[str, Path], Shot]
    flags: tuple[str, ...] = ()
    missing: str | None = None


def hold(site_url: str, meter: Meter, at_once: int, only: str) -> Iterator[tuple[str, Verdict]]:
    """Lets everyone whose name contains `only` film `at_once` times at the same time, one after the other.

    What runs beside them is measured with them, so this project's processes run for its own films only.
    """
    with _ours(site_url, at_once) as field:
        yield from _judged([each for each in field if only in each.name], site_url, meter, at_once)
    rivals = [_theirs(rival) for rival in RIVALS if only in rival.name]
    yield from _judged(rivals, site_url, meter, at_once)


def _judged(
    field: Iterable[Contender], site_url: str, meter: Meter, at_once: int
) -> Iterator[tuple[str, Verdict]]:
    for contender in field:
        if contender.missing:
            yield contender.name, Verdict(missing=contender.missing)
            continue
        with tempfile.TemporaryDirectory(prefix="bench-of-sitereel-") as folder:
            shots = _together(contender, site_url + START, Path(folder), at_once)
            with lossless(site_url, find_chromium().path, contender.flags) as originals:
                yield contender.name, judge(shots, meter, originals)


def _together(contender: Contender, url: str, folder: Path, at_once: int) -> list[Shot]:
    folders = [folder / str(number) for number in range(at_once)]
    for each in folders:
        each.mkdir()
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(lambda each: contender.shoot(url, each), folders))


@contextmanager
def _ours(site_url: str, slots: int) -> Iterator[list[Contender]]:
    with deployed([site_url]) as here, client_of(here) as client, here.worker(slots):

        def contender(name: str, wishes: Wishes) -> Contender:
            return Contender(name, lambda url, folder: shoot_ours(client, url, wishes, folder), FLAGS)

        yield [contender(name, wishes) for name, wishes in OURS.items()]


def _theirs(rival: Rival) -> Contender:
    return Contender(rival.name, lambda url, folder: shoot_rival(rival, url, folder), missing=rival.missing())
