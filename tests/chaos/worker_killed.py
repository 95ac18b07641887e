"""How soon nothing is left of a take that ends badly: `python -m tests.chaos.worker_killed --trials 10`.

Films with `sitereel record`, which is worker, take and Valkey in one; in the middle of it some processes are
frozen and some killed. Measured is the time until all that belonged to it, and its folders, are gone.
"""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from actors.supervision.orphan_cleanup import INTERVAL_S, remove_orphans
from tests.site.server import SiteServer

START_LIMIT_S = 60.0
LIMIT_S = 15.0
LOOK_S = 0.01


@dataclass(frozen=True, slots=True)
class Cast:
    """The processes of one recording; `film` is the take with its guard and all below."""

    worker: psutil.Process
    guard: psutil.Process
    take: psutil.Process
    film: list[psutil.Process]
    everybody: list[psutil.Process]


@dataclass(frozen=True, slots=True)
class Ending:
    """Who is frozen, who is killed, who must be gone then, and whether it takes a neighbour's janitor."""

    frozen: Callable[[Cast], list[psutil.Process]]
    killed: Callable[[Cast], list[psutil.Process]]
    gone: Callable[[Cast], list[psutil.Process]]
    swept: bool = False


def _nobody(_: Cast) -> list[psutil.Process]:
    return []


def _everybody(cast: Cast) -> list[psutil.Process]:
    return cast.everybody


def _film(cast: Cast) -> list[psutil.Process]:
    return cast.film


def _browsers(cast: Cast) -> list[psutil.Process]:
    return [one for one in cast.film if one.name().startswith(("chrom", "headless"))]


ENDINGS = {
    "worker": Ending(_nobody, lambda cast: [cast.worker], _everybody),
    "worker, browser frozen": Ending(_browsers, lambda cast: [cast.worker], _everybody),
    "worker, all frozen": Ending(_everybody, lambda cast: [cast.worker], _everybody),
    "worker and take, all frozen": Ending(_everybody, lambda cast: [cast.worker, cast.take], _everybody),
    "take, browser frozen": Ending(_browsers, lambda cast: [cast.take], _film),
    "guard, browser frozen": Ending(_browsers, lambda cast: [cast.guard], _film),
    "worker and guard, film frozen": Ending(
        _film, lambda cast: [cast.worker, cast.guard], _everybody, swept=True
    ),
}


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds from the kill until the last process and the last folder were gone; and how many there were."""

    processes_s: float
    folders_s: float
    processes: int


def measure(ending: Ending, url: str, folder: Path) -> Measured:
    """One recording that ends so, with all that is temporary in `folder`. Raises TimeoutError."""
    with _recording(url, folder) as worker:
        cast = _cast(worker)
        for process in ending.frozen(cast):
            _signal(process, signal.SIGSTOP)
        gone = ending.gone(cast)
        # A worker that lives keeps its Valkey's.
        folders = [*folder.glob("*" if cast.worker in gone else "sitereel-take-*")]
        began_s = time.monotonic()
        for process in ending.killed(cast):
            _signal(process, signal.SIGKILL)
        processes_s = _until(lambda: not _living(gone), began_s, folder, ending.swept)
        folders_s = _until(lambda: not _there(folders), began_s, folder, ending.swept)
        return Measured(processes_s, folders_s, len(gone))


def _there(folders: list[Path]) -> list[Path]:
    return [one for one in folders if one.exists()]


def _until(over: Callable[[], bool], began_s: float, folder: Path, swept: bool) -> float:
    swept_s = began_s
    while not over():
        now_s = time.monotonic()
        if now_s > began_s + LIMIT_S:
            raise TimeoutError(f"not over after {LIMIT_S:g} s")
        if swept and now_s > swept_s + INTERVAL_S:
            remove_orphans([str(folder)])
            swept_s = now_s
        time.sleep(LOOK_S)
    return time.monotonic() - began_s


@contextmanager
def _recording(url: str, folder: Path) -> Iterator[psutil.Process]:
    film = str(folder.parent / "demo.mp4")
    command = [sys.executable, "-c", "from demo_api.cli.main import main; main()", "record", url, "-o", film]
    environment = {**os.environ, "TMPDIR": str(folder)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    worker = psutil.Process(process.pid)
    try:
        yield worker
    finally:
        family = worker.children(recursive=True) if worker.is_running() else []
        process.kill()
        process.wait()
        psutil.wait_procs(family, timeout=5)


def _cast(worker: psutil.Process) -> Cast:
    """Waits until a page is being filmed."""
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline:
        with suppress(psutil.Error, ValueError):
            everybody = [worker, *worker.children(recursive=True)]
            [guard] = [
                one for one in everybody if _runs(one, "subreaper.py") and _runs(one, "actors.stages.child")
            ]
            film = [guard, *guard.children(recursive=True)]
            [take] = [one for one in guard.children() if _runs(one, "actors.stages.child")]
            if sum(_runs(one, "--type=renderer") for one in film) >= 2:
                return Cast(worker, guard, take, film, everybody)
        time.sleep(0.05)
    raise TimeoutError("no page was filmed")


def _runs(process: psutil.Process, word: str) -> bool:
    return any(word in part for part in process.cmdline())


def _signal(process: psutil.Process, number: int) -> None:
    with suppress(psutil.Error):
        process.send_signal(number)


def _living(processes: Iterable[psutil.Process]) -> list[psutil.Process]:
    return [one for one in processes if _lives(one)]


def _lives(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--trials", type=int, default=10)
    options.add_argument("--ending", choices=ENDINGS, action="append")
    asked = options.parse_args()
    with SiteServer() as site:
        for name in asked.ending or ENDINGS:
            found = []
            for _ in range(asked.trials):
                with tempfile.TemporaryDirectory() as place:
                    folder = Path(place) / "tmp"
                    folder.mkdir()
                    found.append(measure(ENDINGS[name], site.url, folder))
            _tell(name, found)


def _tell(name: str, found: list[Measured]) -> None:
    counts = [one.processes for one in found]
    parts = [f"{name} ({len(found)} times, {min(counts)} to {max(counts)} processes)"]
    for what in ("processes", "folders"):
        seconds = [getattr(one, f"{what}_s") for one in found]
        parts.append(f"{what} gone after {statistics.median(seconds):.2f} s, at most {max(seconds):.2f} s")
    print("; ".join(parts), flush=True)


if __name__ == "__main__":
    main()
