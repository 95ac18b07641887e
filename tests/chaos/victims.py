"""Who could be killed just now, and which job that would hit."""

import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

import psutil

from tests.chaos.fleet import API, VALKEY, Fleet
from tests.chaos.ledger import Happened, History

#: A take is started so soon after its claim, on a machine with more to do than it can.
SPAWN_LIMIT_MS = 5_000
#: Two claims closer than this cannot be told apart by when their takes began.
CLOSE_MS = 300
#: How exactly the start of a process is known: clock ticks of 10 ms, and a fork.
SLACK_MS = 60


class Kind(StrEnum):
    """Kinds of processes."""

    WORKER = "worker"
    GUARD = "guard"
    TAKE = "take"
    DRIVER = "node driver"
    BROWSER = "browser"
    RENDERER = "renderer"
    FFMPEG = "ffmpeg"
    API = "api"
    VALKEY = "valkey"


#: Kinds that exist only while a take runs, and whose end costs that take something.
OF_A_TAKE = (Kind.GUARD, Kind.TAKE, Kind.DRIVER, Kind.BROWSER, Kind.RENDERER, Kind.FFMPEG)


@dataclass(frozen=True, slots=True)
class Victim:
    """A process, the member of the fleet that it belongs to, and the claim that it works for, if any."""

    kind: Kind
    process: psutil.Process
    member: str
    job_id: str | None = None
    claim: int = 0


def kind_of(process: psutil.Process) -> Kind | None:
    """What a descendant of a worker is, by its name and arguments."""
    name, arguments = process.name(), process.cmdline()
    # First: its arguments end with the command of the take.
    if any(argument.endswith("/subreaper.py") for argument in arguments):
        return Kind.GUARD
    if "actors.stages.child" in arguments:
        return Kind.TAKE
    if name == "node":
        return Kind.DRIVER
    if name.startswith("ffmpeg"):
        return Kind.FFMPEG
    if name.startswith(("chrom", "headless")):
        types = [argument for argument in arguments if argument.startswith("--type=")]
        return Kind.BROWSER if not types else Kind.RENDERER if types == ["--type=renderer"] else None
    return None


class Scene:
    """Matches takes with claims, by when they began."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._takes: dict[tuple[int, float], tuple[str, int]] = {}
        self._skew_ms: float | None = None

    def look(self, jobs: Mapping[str, History]) -> list[Victim]:
        """All who are alive."""
        return [victim for name in self._fleet.members for victim in self._of(name, jobs)]

    def _of(self, name: str, jobs: Mapping[str, History]) -> Iterator[Victim]:
        pid = self._fleet.members[name].pid
        if pid is None:
            return
        with suppress(psutil.Error):
            process = psutil.Process(pid)
            if name in (API, VALKEY):
                yield Victim(Kind(name), process, name)
                return
            found = list(_known(process))
            takes = [one for kind, one in found if kind is Kind.TAKE]
            # A worker has one slot. Two takes are one too many, and one of them is about to go.
            job_id, claim = self._claim_of(takes[0], jobs) if len(takes) == 1 else (None, 0)
            yield Victim(Kind.WORKER, process, name, job_id, claim)
            for kind, one in found:
                yield Victim(kind, one, name, job_id, claim)

    def _claim_of(self, take: psutil.Process, jobs: Mapping[str, History]) -> tuple[str | None, int]:
        key = take.pid, take.create_time()
        if key not in self._takes:
            began_ms = take.create_time() * 1000 + self._skew()
            claims = [
                (event.at_ms, job.job_id, event.claim)
                for job in jobs.values()
                if job.running and (event := job.events[-1]).what is Happened.CLAIMED
                if (job.job_id, event.claim) not in self._takes.values()
            ]
            fitting = [claim for claim in claims if -SLACK_MS < began_ms - claim[0] < SPAWN_LIMIT_MS]
            latest = max(fitting, default=None)
            if latest is None or any(latest[0] - other[0] < CLOSE_MS for other in fitting if other != latest):
                return None, 0
            self._takes[key] = latest[1:]
        job_id, number = self._takes[key]
        job = jobs[job_id]
        return (job_id, number) if job.running and job.claim == number else (None, 0)

    def _skew(self) -> float:
        """psutil counts from a boot time in whole seconds: up to 1 s away from the clock that others read."""
        if self._skew_ms is None:
            with psutil.Popen(["sleep", "5"]) as probe:
                self._skew_ms = (time.time() - probe.create_time()) * 1000
                probe.kill()
        return self._skew_ms


def _known(worker: psutil.Process) -> Iterator[tuple[Kind, psutil.Process]]:
    for process in worker.children(recursive=True):
        with suppress(psutil.Error):
            kind = kind_of(process)
            if kind is not None and process.status() != psutil.STATUS_ZOMBIE:
                yield kind, process
