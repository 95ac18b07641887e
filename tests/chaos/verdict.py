"""What became of the jobs that were hit, and of all others."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from signal import Signals

from tests.chaos.client import Outcome
from tests.chaos.ledger import Event, Happened, History, doubles
from tests.chaos.strikes import Strike
from tests.chaos.victims import Kind


class Fate(StrEnum):
    """How the attempt that was hit went on."""

    #: No stage was hit: the idle, the API, Valkey.
    NONE = "none"
    #: Somebody claimed the stage again.
    AGAIN = "again"
    #: The attempt came to its end all the same.
    WENT_ON = "went on"
    #: The job was given up after too many attempts.
    GIVEN_UP = "given up"
    FAILED = "failed"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Effect:
    """One strike and what it did; `outage` says that Valkey was struck before the stage was claimed again."""

    strike: Strike
    fate: Fate
    after_s: float | None = None
    outage: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """All that one run has shown."""

    jobs: int
    effects: tuple[Effect, ...]
    lost: tuple[str, ...]
    given_up: tuple[str, ...]
    doubled: tuple[str, ...]
    #: Claims that were lost though nobody hit them, one sentence each.
    unprovoked: tuple[str, ...]
    overdue: tuple[str, ...]
    processes: tuple[str, ...]
    folders: tuple[str, ...]
    #: Strikes that time was too short for.
    unstruck: int
    oldest_orphan_s: float
    stalest_folder_s: float

    @property
    def left_over(self) -> int:
        return len(self.overdue) + len(self.processes) + len(self.folders)

    @property
    def good(self) -> bool:
        return not (self.lost or self.given_up or self.doubled or self.left_over)

    def recoveries_s(self, *signals: Signals) -> list[float]:
        """While Valkey was there; without it nobody can take a job back. Only after `signals`, if any."""
        return sorted(
            effect.after_s
            for effect in self.effects
            if effect.after_s is not None and not effect.outage
            if not signals or effect.strike.signal in signals
        )


def effect_of(strike: Strike, jobs: Mapping[str, History], outages_ms: Sequence[int]) -> Effect:
    if strike.job_id is None:
        return Effect(strike, Fate.NONE)
    events = jobs[strike.job_id].after(strike.claim)
    first = next((event for event in events if event.what in FATES), None)
    if first is None:
        return Effect(strike, Fate.NEVER)
    if first.what is not Happened.BACK:
        given_up = first.note == "attempts_exhausted"
        return Effect(strike, Fate.GIVEN_UP if given_up else FATES[first.what])
    again = next((event for event in events if event.what is Happened.CLAIMED), None)
    if again is None:
        return Effect(strike, Fate.NEVER)
    outage = any(strike.at_ms <= at_ms <= again.at_ms for at_ms in outages_ms)
    return Effect(strike, Fate.AGAIN, (again.at_ms - strike.at_ms) / 1000, outage)


FATES: dict[Happened, Fate] = {
    Happened.BACK: Fate.AGAIN,
    Happened.MOVED: Fate.WENT_ON,
    Happened.FAILED: Fate.FAILED,
    Happened.CANCELLED: Fate.FAILED,
    Happened.GONE: Fate.FAILED,
}


def effects_of(strikes: Sequence[Strike], jobs: Mapping[str, History]) -> tuple[Effect, ...]:
    outages_ms = [strike.at_ms for strike in strikes if strike.kind is Kind.VALKEY]
    return tuple(effect_of(strike, jobs, outages_ms) for strike in strikes)


def unprovoked(strikes: Sequence[Strike], jobs: Mapping[str, History]) -> list[str]:
    """Claims that did not last though neither they nor Valkey nor an idle-looking worker had been hit."""
    hit = {(strike.job_id, strike.claim) for strike in strikes}
    others_ms = [strike.at_ms for strike in strikes if strike.job_id is None]
    found = []
    for job in jobs.values():
        for before, event in zip(job.events, job.events[1:], strict=False):
            calm = not any(before.at_ms - 1000 <= at_ms <= event.at_ms for at_ms in others_ms)
            if event.what is Happened.BACK and (job.job_id, event.claim) not in hit and calm:
                found.append(_told(job, before, event))
    return found


def _told(job: History, before: Event, event: Event) -> str:
    after_s = (event.at_ms - before.at_ms) / 1000
    return f"job {job.job_id} went back from {before.stage} after {after_s:.1f} s, claim {event.claim}"


def losses(outcomes: Sequence[Outcome]) -> tuple[list[str], list[str]]:
    """Lost jobs, and those that were given up after too many attempts."""
    faults = [(f"job {one.job_id}: {one.fault}", one.error_code) for one in outcomes if one.fault]
    lost = [said for said, code in faults if code != "attempts_exhausted"]
    return lost, [said for said, code in faults if code == "attempts_exhausted"]


def doubled(outcomes: Sequence[Outcome], jobs: Mapping[str, History]) -> list[str]:
    """What happened twice. Raises AssertionError when there is a film that the ledger has not seen come."""
    for one in outcomes:
        assert not one.had or jobs[one.job_id].count(Happened.PUBLISHED), f"{one.job_id} escaped the ledger"
    twice = [f"the film of job {one.job_id} was had {one.had} times" for one in outcomes if one.had > 1]
    return [*twice, *doubles(list(jobs.values()))]


def percentile(ordered: Sequence[float], part: float) -> float | None:
    """The nearest rank."""
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)] if ordered else None
