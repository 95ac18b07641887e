"""One film of the clock pages: by this project through its API, or by another tool's command."""

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from actors.supervision.process_tree import MARK, kill_marked
from tests.benchmark.rivals import Rival
from tests.benchmark.take import Span, TakeLost, Wishes, film

ROOT = Path(__file__).parent.parent.parent
#: As many clicks as the rivals' script makes.
CLICKS = 2
GIVE_UP_S = 180.0


@dataclass(frozen=True, slots=True)
class Shot:
    """`film` is None when there is none, and `lost` says why.

    `after_s` runs from the last frame to the finished film. It is None for a tool that tells nothing of its
    last frame; then the clock in its last picture tells, against `ended_ms`, the wall clock at the end.
    """

    wall: Span
    ended_ms: float
    film: Path | None = None
    after_s: float | None = None
    lost: str = ""


def shoot_ours(client: httpx.Client, url: str, wishes: Wishes, folder: Path) -> Shot:
    """A film by this project, through its API."""
    began_s, path = time.monotonic(), folder / "film.mp4"
    try:
        take = film(client, url, CLICKS, wishes, path)
    except TakeLost as exc:
        return Shot(Span(began_s, time.monotonic()), time.time() * 1000, lost=str(exc))
    return Shot(take.wall, time.time() * 1000, path, take.after_s)


def shoot_rival(rival: Rival, url: str, folder: Path) -> Shot:
    """A film by another tool; whatever it leaves running is ended."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), MARK: str(folder)}
    began_s, lost = time.monotonic(), ""
    with (folder / "log").open("wb") as log:
        child = subprocess.Popen(rival.command(url), cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            code = child.wait(GIVE_UP_S)
            lost = f"exit code {code}: {_last_line(folder / 'log')}" if code else ""
        except subprocess.TimeoutExpired:
            lost = f"no end after {GIVE_UP_S:g} s"
        wall, ended_ms = Span(began_s, time.monotonic()), time.time() * 1000
        kill_marked(str(folder))
        child.wait()
    path = folder / rival.film
    if not lost and not path.is_file():
        lost = f"no film: {_last_line(folder / 'log')}"
    return Shot(wall, ended_ms, None if lost else path, lost=lost)


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"
