"""The name of every key in Redis, and the claim that the names of a stage's blobs are made from."""

from dataclasses import dataclass

from actors.jobs.job import Stage
from video.artifacts import ARTIFACTS

JOB = "demo:job:"
FOOTAGE = "demo:foot:"
FILM = "demo:film:"
#: What can be fetched beside the film, by name.
EXTRAS = {name: f"demo:{name}:" for name in ARTIFACTS}
#: All that a claim may store: each is followed by the job's id and the claim's number.
BLOBS = (FOOTAGE, FILM, *EXTRAS.values())
#: Sorted sets: who waits in each queue, in order; when leases end; until when jobs that left are remembered.
WAITING = {"record": "demo:waiting:record", "encode": "demo:waiting:encode"}
ACTIVE = "demo:active"
GONE = "demo:gone"
#: Followed by the digest of an Idempotency-Key: which job it has made.
ONCE = "demo:once:"
#: Followed by a job's id: streams of what is told of it, and of its newest picture; that somebody is looking.
EVENTS = "demo:events:"
FRAMES = "demo:frames:"
WATCHED = "demo:watched:"
#: Sorted set: when whom to call of the jobs that have ended. Hash: what has been counted.
CALLS = "demo:calls"
#: Hash, by the job's id: what a call says, and how far it is.
CALL = "demo:call:"
TOTALS = "demo:totals"
LEADER = "demo:watchdog"
SEEN = "demo:watchdog:seen"
#: Hash: what each worker has told last, by its name.
WORKERS = "demo:workers"


def film_key(job_id: str) -> str:
    """Where the published film of a job lies in the vault."""
    return FILM + job_id


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to write one job, until the lease runs out; `number` makes the names of its blobs unique."""

    job_id: str
    stage: Stage
    token: str
    number: int

    @property
    def footage_key(self) -> str:
        return f"{FOOTAGE}{self.job_id}:{self.number}"

    @property
    def timeline_key(self) -> str:
        return self.extra_keys["timeline"]

    @property
    def film_key(self) -> str:
        """Where the film is put before it is published."""
        return f"{FILM}{self.job_id}:{self.number}"

    @property
    def extra_keys(self) -> dict[str, str]:
        return {name: f"{prefix}{self.job_id}:{self.number}" for name, prefix in EXTRAS.items()}

    @property
    def blobs(self) -> tuple[str, ...]:
        """All that this claim may have stored."""
        return tuple(f"{prefix}{self.job_id}:{self.number}" for prefix in BLOBS)
