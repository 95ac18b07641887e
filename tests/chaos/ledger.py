"""What happened to each job, read from what Valkey has committed: nobody is asked who might be wrong."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from actors.jobs.states import BACK, Stage, Status
from tests.chaos.aof import AppendOnlyFile, Command, Transaction

JOB = b"demo:job:"
FILM = b"demo:film:"
#: Stages that somebody works at, and that a kill can hit.
RUNNING = (Stage.EXPLORING, Stage.ENCODING)


class Happened(StrEnum):
    """What a write meant for a job."""

    CREATED = "created"
    CLAIMED = "claimed"
    #: To the next stage, the last one being READY.
    MOVED = "moved"
    #: To where it waited before.
    BACK = "back"
    FAILED = "failed"
    CANCELLED = "cancelled"
    #: A film was put where the export finds it.
    PUBLISHED = "published"
    #: The job and its film were deleted.
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Event:
    """One change; `at_ms` is Valkey's clock, which is this machine's; `claim` counts the claims so far."""

    at_ms: int
    what: Happened
    stage: str
    claim: int
    note: str = ""


@dataclass(slots=True)
class History:
    """One job as it was written, from its creation on."""

    job_id: str
    url: str = ""
    stage: str = ""
    status: str = ""
    claim: int = 0
    attempt: int = 0
    at_ms: int = 0
    events: list[Event] = field(default_factory=list)

    @property
    def running(self) -> bool:
        return self.stage in RUNNING and self.status == Status.PROCESSING

    def add(self, what: Happened, note: str = "") -> None:
        self.events.append(Event(self.at_ms, what, self.stage, self.claim, note))

    def count(self, what: Happened, stage: str | None = None) -> int:
        return sum(event.what is what and stage in (None, event.stage) for event in self.events)

    def after(self, claim: int) -> list[Event]:
        """What followed upon the claim of this number."""
        for place, event in enumerate(self.events):
            if event.what is Happened.CLAIMED and event.claim == claim:
                return self.events[place + 1 :]
        return []


class Ledger:
    """All histories, brought up to date by `read`."""

    def __init__(self, folder: Path) -> None:
        self._file = AppendOnlyFile(folder)
        self.jobs: dict[str, History] = {}

    def read(self) -> None:
        for transaction in self._file.read():
            self.take(transaction)

    def take(self, transaction: Transaction) -> None:
        """Enters one transaction."""
        for command in transaction:
            name, *keys = command
            match name.upper():
                case b"RENAME" if keys[1].startswith(FILM):
                    self._history(keys[1].removeprefix(FILM)).add(Happened.PUBLISHED)
                case b"UNLINK" | b"DEL":
                    for key in keys:
                        if key.startswith(JOB):
                            self._history(key.removeprefix(JOB)).add(Happened.GONE)
                case _ if keys and keys[0].startswith(JOB):
                    self._write(command, self._history(keys[0].removeprefix(JOB)))

    def _history(self, raw: bytes) -> History:
        job_id = raw.decode()
        return self.jobs.setdefault(job_id, History(job_id))

    def _write(self, command: Command, job: History) -> None:
        name, _, *rest = command
        match name.upper():
            case b"HSET" | b"HMSET":
                _set(job, dict(zip(map(bytes.decode, rest[::2]), rest[1::2], strict=True)))
            case b"HINCRBY" if rest[0] == b"claims":
                job.claim += int(rest[1])
            case b"HINCRBY" if rest[0] == b"attempt":
                job.attempt += int(rest[1])
            case b"HDEL" if b"attempt" in rest:
                job.attempt = 0


def _set(job: History, fields: dict[str, bytes]) -> None:
    if "updated_ms" in fields:
        job.at_ms = int(fields["updated_ms"])
    if "stage" not in fields and "status" not in fields:
        return
    before, was = job.stage, job.status
    job.stage = fields.get("stage", job.stage.encode()).decode()
    job.status = fields.get("status", job.status.encode()).decode()
    if "created_ms" in fields:
        job.url = fields["url"].decode()
        job.add(Happened.CREATED)
    elif "token" in fields:
        # Its number is raised next, in the same transaction.
        job.events.append(Event(job.at_ms, Happened.CLAIMED, job.stage, job.claim + 1))
    elif job.status in (Status.FAILED, Status.CANCELLED):
        if job.status != was:
            what = Happened.FAILED if job.status == Status.FAILED else Happened.CANCELLED
            job.add(what, fields.get("error_code", b"").decode())
    else:
        job.add(Happened.BACK if BACK.get(Stage(before)) == job.stage else Happened.MOVED)


def doubles(jobs: Sequence[History]) -> list[str]:
    """What happened twice though it may happen once, one sentence each."""
    found = []
    for job in jobs:
        for stage in (Stage.RECORDED, Stage.READY):
            if (times := job.count(Happened.MOVED, stage)) > 1:
                found.append(f"job {job.job_id} became {stage} {times} times")
        for what in (Happened.PUBLISHED, Happened.GONE):
            if (times := job.count(what)) > 1:
                found.append(f"job {job.job_id} was {what} {times} times")
    urls: dict[str, list[str]] = {}
    for job in jobs:
        urls.setdefault(job.url, []).append(job.job_id)
    found += [f"one request made {len(ids)} jobs: {', '.join(ids)}" for ids in urls.values() if len(ids) > 1]
    return found
