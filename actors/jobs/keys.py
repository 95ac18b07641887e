"""The name of every key in Redis, and the claim, which the keys of a stage's blobs are made from."""

from dataclasses import dataclass

from actors.jobs.states import Stage
from video.artifacts import ARTIFACTS

JOB = "demo:job:"
FOOTAGE = "demo:foot:"
FILM = "demo:film:"
#: What can be fetched beside the film, by name.
EXTRAS = {name: f"demo:{name}:" for name in ARTIFACTS}
#: All that a claim may store: each is followed by the job's id and the claim's number.
BLOBS = (FOOTAGE, FILM, *EXTRAS.values())
#: Sorted sets: waiting jobs of each queue in order; ends of leases; until when exported jobs are remembered.
WAITING = {"record": "demo:waiting:record", "encode": "demo:waiting:encode"}
ACTIVE = "demo:active"
GONE = "demo:gone"
#: Followed by the digest of an Idempotency-Key: the job that it has created.
IDEMPOTENCY = "demo:idempotency:"
#: Followed by a job's id: stream of its events; stream with its live preview; flag while somebody watches.
EVENTS = "demo:events:"
FRAMES = "demo:frames:"
WATCHED = "demo:watched:"
#: Sorted set, by the job's id: when its webhook is due.
WEBHOOKS = "demo:webhooks"
#: Followed by a job's id: hash with the content and state of its webhook.
WEBHOOK = "demo:webhook:"
#: Followed by a job's id: the encrypted secrets of its script, until it ends.
SECRETS = "demo:secrets:"
#: Followed by a batch's id: hash of the batch. With a suffix: `:rows`, `:hosts`, `:items:<number>`, `:held`,
#: `:export` (who downloads its archive), `:addresses` (where films of items are delivered to, encrypted), and
#: a sorted set of item numbers for each state.
BATCH = "demo:batch:"
#: Sorted set: batches that have not ended, by their age.
BATCHES = "demo:batches"
#: Sorted set, by the batch's id, ":" and the item's number: when its film is to be delivered.
DELIVERIES = "demo:deliveries"
#: Followed by a host: the jobs of batches that run there; `:next` while none may begin; `:failures` in a row.
PACE = "demo:pace:"
#: Hash: counters of all workers.
TOTALS = "demo:totals"
LEADER = "demo:watchdog"
SEEN = "demo:watchdog:seen"
#: Hash: the last heartbeat of each worker, by its name.
WORKERS = "demo:workers"


def film_key(job_id: str) -> str:
    """Key of the published film of a job."""
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
        """Key of the film before it is published."""
        return f"{FILM}{self.job_id}:{self.number}"

    @property
    def extra_keys(self) -> dict[str, str]:
        return {name: f"{prefix}{self.job_id}:{self.number}" for name, prefix in EXTRAS.items()}

    @property
    def blobs(self) -> tuple[str, ...]:
        """All that this claim may have stored."""
        return tuple(f"{prefix}{self.job_id}:{self.number}" for prefix in BLOBS)
