"""One run: an installation, clients, and blows until the deck is empty; then all is stopped and counted."""

import logging
import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from tests.chaos.client import Client, Outcome, Spacing, Stopped
from tests.chaos.fleet import REPOSITORY, Fleet, free_port
from tests.chaos.ledger import Ledger
from tests.chaos.leftovers import Watch, kill_all, remains
from tests.chaos.strikes import Striker, shuffled
from tests.chaos.verdict import Verdict, doubled, effects_of, losses, unprovoked
from tests.chaos.victims import Kind, Scene, Victim
from tests.site.server import SiteServer
from tests.support.films import probed
from video.errors import VideoError

log = logging.getLogger(__name__)

TICK_S = 0.2
START_LIMIT_S = 60.0
#: Where the guard of a worker lives, in versions that have one.
GUARD = REPOSITORY / "actors" / "supervision" / "subreaper.py"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is to do. With one worker more than clients there is a free slot for whoever loses his."""

    kills: int
    redis_kills: int
    seed: int
    jobs: int
    limit_s: float
    clients: int = 2
    workers: int = 4
    lease_s: float = 5.0
    max_attempts: int = 3


class NotStarted(Exception):
    """The installation did not come up."""


def chaos(plan: Plan, folder: Path) -> Verdict:
    """Runs the plan; logs and films are below `folder`."""
    rng = random.Random(plan.seed)
    kinds = list(Kind) if GUARD.is_file() else [kind for kind in Kind if kind is not Kind.GUARD]
    with SiteServer() as site, _running(plan, folder, site, rng) as fleet:
        striker = Striker(
            fleet=fleet,
            deck=shuffled(plan.kills, plan.redis_kills, kinds, rng),
            lease_s=plan.lease_s,
            max_attempts=plan.max_attempts,
            random=rng,
        )
        stage = _Stage(plan, fleet, striker)
        outcomes = stage.play(site.url)
        fleet.close()
        processes, folders = remains(fleet)
        stage.ledger.read()
    _check(outcomes)
    jobs, lost = stage.ledger.jobs, losses(outcomes)
    return Verdict(
        jobs=len(outcomes),
        effects=effects_of(striker.made, jobs),
        lost=tuple(lost[0]),
        given_up=tuple(lost[1]),
        doubled=tuple(doubled(outcomes, jobs)),
        unprovoked=tuple(unprovoked(striker.made, jobs)),
        overdue=tuple(stage.watch.overdue),
        processes=tuple(processes),
        folders=tuple(folders),
        unstruck=len(striker.deck),
        oldest_orphan_s=stage.watch.oldest_s,
        stalest_folder_s=stage.watch.stalest_s,
    )


@contextmanager
def _running(plan: Plan, folder: Path, site: SiteServer, rng: random.Random) -> Iterator[Fleet]:
    settings = {
        "ALLOW_PRIVATE_HOSTS": site.url.removeprefix("http://").rstrip("/"),
        "LEASE_S": str(plan.lease_s),
        "MAX_ATTEMPTS": str(plan.max_attempts),
        # While a worker that is told to stop lets its stage end, nobody waits; it would count all the same.
        "SHUTDOWN_GRACE_S": "2",
    }
    fleet = Fleet(folder, free_port(rng), settings, plan.workers, random.Random(plan.seed))
    try:
        yield fleet
    finally:
        fleet.close()
        kill_all(fleet)


class _Stage:
    """The loop of a run. All processes are started by the thread that it runs in, and die with it."""

    def __init__(self, plan: Plan, fleet: Fleet, striker: Striker) -> None:
        self.plan = plan
        self.fleet = fleet
        self.striker = striker
        self.ledger = Ledger(fleet.writes)
        self.watch = Watch(fleet)
        self._scene = Scene(fleet)
        self._films = fleet.folder / "films"
        self._spacing = Spacing()
        #: No more jobs; and no more patience.
        self._ends = threading.Event(), threading.Event()

    def play(self, site_url: str) -> list[Outcome]:
        """What the clients saw, once the deck is empty or time is up, and all jobs have ended."""
        self._come_up()
        self._films.mkdir()
        numbers, slots = count(1), range(self.plan.clients)
        with ThreadPoolExecutor(self.plan.clients) as pool:
            try:
                clients = [pool.submit(self._ask, self._client(site_url), numbers) for _ in slots]
                self._strike_until_done(clients)
                return self._drain(clients)
            finally:
                for event in self._ends:
                    event.set()

    def _come_up(self) -> None:
        deadline_s = time.monotonic() + START_LIMIT_S
        while len(self.fleet.idle(set())) < self.plan.workers:
            if time.monotonic() > deadline_s:
                raise NotStarted(f"not all processes came up in {START_LIMIT_S:g} s")
            self.fleet.tend()
            time.sleep(TICK_S)

    def _client(self, site_url: str) -> Client:
        return Client(self.fleet.api_url, site_url, self._films, self._spacing, *self._ends)

    def _ask(self, client: Client, numbers: Iterator[int]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        with suppress(Stopped):
            while True:
                outcome = client.film(next(numbers))
                outcomes.append(outcome)
                log.info("job %d %s in %.1f s", outcome.number, outcome.fault or "is a film", outcome.wall_s)
        return outcomes

    def _strike_until_done(self, clients: list[Future[list[Outcome]]]) -> None:
        deadline_s = time.monotonic() + self.plan.limit_s
        while time.monotonic() < deadline_s and not any(client.done() for client in clients):
            victims = self._round()
            if self.striker.done and len(self.ledger.jobs) >= self.plan.jobs:
                return
            strike = self.striker.act(victims, self.ledger.jobs)
            if strike is not None:
                log.info("%s", strike)

    def _round(self) -> list[Victim]:
        time.sleep(TICK_S)
        self.fleet.tend()
        self.watch.look()
        self.ledger.read()
        return self._scene.look(self.ledger.jobs)

    def _drain(self, clients: list[Future[list[Outcome]]]) -> list[Outcome]:
        self.striker.thaw(at_once=True)
        no_more, _ = self._ends
        no_more.set()
        while not all(client.done() for client in clients):
            self._round()
        return [outcome for client in clients for outcome in client.result()]


def _check(outcomes: list[Outcome]) -> None:
    """Plays each film to its last frame."""
    for outcome in outcomes:
        if outcome.path is None:
            continue
        try:
            frames = probed(outcome.path).frames
        except VideoError as exc:
            outcome.fault = f"its film cannot be played: {exc}"
            continue
        if frames != outcome.frames:
            outcome.fault = f"its film has {frames} frames, its status says {outcome.frames}"
