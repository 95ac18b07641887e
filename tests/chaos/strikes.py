"""Who is struck when, and with what: a shuffled deck of cards, each played when its kind can be had."""

import random
import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import psutil

from tests.chaos.fleet import VALKEY, Fleet
from tests.chaos.ledger import History
from tests.chaos.victims import OF_A_TAKE, Kind, Victim

#: Shares of the deck.
SHARES: dict[Kind, int] = {
    Kind.WORKER: 18,
    Kind.TAKE: 15,
    Kind.GUARD: 6,
    Kind.BROWSER: 15,
    Kind.RENDERER: 10,
    Kind.DRIVER: 10,
    Kind.FFMPEG: 12,
    Kind.API: 9,
    Kind.VALKEY: 5,
}
SIGNALS: dict[signal.Signals, int] = {signal.SIGKILL: 50, signal.SIGSTOP: 25, signal.SIGTERM: 25}
#: Seconds between two strikes.
PAUSE_S = (0.5, 2.5)
#: Of workers that are struck, so many have nothing to do.
IDLE_SHARE = 0.2
#: What is frozen stays so for longer than a lease.
BEYOND_LEASE_S = 2.0
#: A part of a take that is not to wake again is killed after so long, if nobody has done it before.
FOREVER_S = 40.0
#: A kind that could not be had for so long is passed over for one that can.
PATIENCE_S = 20.0
API_FROZEN_S = 3.0


@dataclass(frozen=True, slots=True)
class Card:
    """One strike to come."""

    kind: Kind
    signal: signal.Signals
    #: Meant for a worker that has nothing to do.
    idle: bool = False
    place: int = 0

    @property
    def patient(self) -> bool:
        """Whether it waits for its place: those that could be struck at any time would all be so at once."""
        return self.idle or self.kind in (Kind.API, Kind.VALKEY)


@dataclass(frozen=True, slots=True)
class Strike:
    """One strike that was made; `at_ms` is the time of day, `claim` 0 when no stage was hit."""

    at_ms: int
    kind: Kind
    signal: signal.Signals
    pid: int
    member: str
    job_id: str | None
    claim: int
    #: Everything below the victim, which should go with it.
    below: tuple[psutil.Process, ...] = ()


@dataclass(frozen=True, slots=True)
class Frozen:
    """A process that was stopped, and what is to come: SIGCONT or SIGKILL."""

    process: psutil.Process
    member: str
    kind: Kind
    due_s: float
    then: signal.Signals


def shuffled(kills: int, redis_kills: int, kinds: Sequence[Kind], rng: random.Random) -> list[Card]:
    """A deck with every kind's share of `kills`; SIGKILLs of Valkey are spread over it."""
    weights = [SHARES[kind] for kind in kinds]
    whole = [kind for kind in kinds for _ in range(kills * SHARES[kind] // sum(weights))]
    whole += rng.choices(kinds, weights, k=kills - len(whole))
    deck = [
        Card(kind, _signal_for(kind, rng), kind is Kind.WORKER and rng.random() < IDLE_SHARE)
        for kind in whole
    ]
    rng.shuffle(deck)
    step = (len(deck) + redis_kills) / (redis_kills + 1)
    for number in range(1, redis_kills + 1):
        deck.insert(round(number * step) - 1, Card(Kind.VALKEY, signal.SIGKILL))
    return [replace(card, place=place) for place, card in enumerate(deck)]


def _signal_for(kind: Kind, rng: random.Random) -> signal.Signals:
    (number,) = rng.choices(list(SIGNALS), list(SIGNALS.values()))
    # Its kills are counted apart.
    return signal.SIGTERM if kind is Kind.VALKEY and number is signal.SIGKILL else number


def _fits(card: Card, victim: Victim) -> bool:
    return victim.kind is card.kind and (card.kind is not Kind.WORKER or card.idle == (victim.job_id is None))


@dataclass(slots=True)
class Striker:
    """Plays the deck. A job is hit only while it has another attempt left, and once in each attempt."""

    fleet: Fleet
    deck: list[Card]
    lease_s: float
    max_attempts: int
    random: random.Random
    made: list[Strike] = field(default_factory=list)
    frozen: list[Frozen] = field(default_factory=list)
    _next_s: float = 0.0
    _waits_since_s: float | None = None

    @property
    def done(self) -> bool:
        return not self.deck and not self.frozen

    def act(self, victims: Sequence[Victim], jobs: Mapping[str, History]) -> Strike | None:
        """Strikes if it is time and somebody may be struck."""
        self.thaw()
        now_s = time.monotonic()
        if not self.deck or now_s < self._next_s or self.outage:
            return None
        self._waits_since_s = self._waits_since_s or now_s
        chosen = self._choose(victims, jobs)
        if chosen is None:
            return None
        strike = self._strike(*chosen)
        self._next_s, self._waits_since_s = now_s + self.random.uniform(*PAUSE_S), None
        return strike

    @property
    def outage(self) -> bool:
        """Whether Valkey is away: nobody else is struck meanwhile, so that each effect has one cause."""
        valkey = self.fleet.members[VALKEY]
        return valkey.pid is None or valkey.frozen

    def thaw(self, at_once: bool = False) -> None:
        """Ends what was frozen for long enough."""
        for frozen in list(self.frozen):
            if at_once or time.monotonic() >= frozen.due_s or not frozen.process.is_running():
                self.frozen.remove(frozen)
                with suppress(psutil.Error):
                    frozen.process.send_signal(frozen.then)
                self._mark(frozen.kind, frozen.member, False)

    def _choose(self, victims: Sequence[Victim], jobs: Mapping[str, History]) -> tuple[Card, Victim] | None:
        able = [victim for victim in victims if self._may(victim, victims, jobs)]
        for place, card in enumerate(self.deck):
            if card.patient and card.place > len(self.made):
                continue
            fitting = [victim for victim in able if _fits(card, victim) and self._bears(card, jobs)]
            if fitting:
                del self.deck[place]
                return card, self.random.choice(fitting)
        waited_s = time.monotonic() - (self._waits_since_s or 0)
        others = [victim for victim in able if victim.job_id is not None]
        if others and waited_s > PATIENCE_S:
            card, victim = self.deck.pop(0), self.random.choice(others)
            return replace(card, kind=victim.kind), victim
        return None

    def _may(self, victim: Victim, victims: Sequence[Victim], jobs: Mapping[str, History]) -> bool:
        member = self.fleet.members[victim.member]
        if member.frozen or any(frozen.process == victim.process for frozen in self.frozen):
            return False
        if victim.kind in (Kind.API, Kind.VALKEY):
            return True
        if victim.kind in OF_A_TAKE and victim.job_id is None:
            return False
        if victim.job_id is not None and not self._bearable(jobs[victim.job_id]):
            return False
        return victim.kind is not Kind.WORKER or self._spare(victim, victims, jobs)

    def _bearable(self, job: History) -> bool:
        hit = any(strike.job_id == job.job_id and strike.claim == job.claim for strike in self.made)
        return job.running and not hit and job.attempt < self.max_attempts

    def _spare(self, victim: Victim, victims: Sequence[Victim], jobs: Mapping[str, History]) -> bool:
        """Whether a free slot is left for this worker's job and for those that wait already."""
        busy = {other.member for other in victims if other.kind is Kind.TAKE}
        free = {member.name for member in self.fleet.idle(busy)} - {victim.member}
        waiting = sum(job.status in ("pending", "processing") and not job.running for job in jobs.values())
        orphaned = sum(job.running for job in jobs.values()) - len(busy)
        return self.fleet.ready(victim.member) and len(free) > waiting + max(0, orphaned)

    def _bears(self, card: Card, jobs: Mapping[str, History]) -> bool:
        """A long outage costs every running job its attempt."""
        if card.kind is not Kind.VALKEY or card.signal is not signal.SIGSTOP:
            return True
        return all(job.attempt < self.max_attempts for job in jobs.values() if job.running)

    def _strike(self, card: Card, victim: Victim) -> Strike:
        below: tuple[psutil.Process, ...] = ()
        with suppress(psutil.Error):
            below = tuple(victim.process.children(recursive=True))
        strike = Strike(
            at_ms=round(time.time() * 1000),
            kind=victim.kind,
            signal=card.signal,
            pid=victim.process.pid,
            member=victim.member,
            job_id=victim.job_id,
            claim=victim.claim,
            below=below,
        )
        with suppress(psutil.Error):
            victim.process.send_signal(card.signal)
        if card.signal is signal.SIGSTOP:
            self._freeze(victim)
        self.made.append(strike)
        return strike

    def _freeze(self, victim: Victim) -> None:
        then = self.random.choice([signal.SIGCONT, signal.SIGKILL])
        lasts_s = self.lease_s + BEYOND_LEASE_S
        if victim.kind is Kind.VALKEY:
            lasts_s, then = self.random.choice([1.0, self.lease_s + 1.5]), signal.SIGCONT
        elif victim.kind is Kind.API:
            lasts_s = API_FROZEN_S
        elif victim.kind is not Kind.WORKER and then is signal.SIGKILL:
            lasts_s = FOREVER_S
        due_s = time.monotonic() + lasts_s
        self.frozen.append(Frozen(victim.process, victim.member, victim.kind, due_s, then))
        self._mark(victim.kind, victim.member, True)

    def _mark(self, kind: Kind, member: str, frozen: bool) -> None:
        if kind in (Kind.WORKER, Kind.API, Kind.VALKEY):
            self.fleet.members[member].frozen = frozen
