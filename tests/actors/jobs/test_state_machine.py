"""Whatever happens to jobs, in whatever order: the rules of the line hold (a state machine by hypothesis)."""

import asyncio
from typing import Any, cast

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from actors.embedded_redis import embedded_valkey
from actors.errors import AlreadyEnded, JobGone, JobUnknown, NotEnded, PipelineError, TransitionRefused
from actors.jobs.connection import connect
from actors.jobs.job import Job
from actors.jobs.keys import ACTIVE, JOB, WAITING, Claim
from actors.jobs.spec import JobSpec
from actors.jobs.states import BACK, ENDS, NEXT, QUEUE_OF, STATUS_OF, Stage, Status
from actors.jobs.store import Store
from actors.options import Limits
from actors.settings import Settings

#: Stages that somebody holds, and where they come from.
HELD = {Stage.EXPLORING: Stage.QUEUED, Stage.ENCODING: Stage.RECORDED, Stage.EXPORTING: Stage.READY}
ENDED = {Status.FAILED, Status.CANCELLED}
MAX_ATTEMPTS = 3


class Line(RuleBasedStateMachine):
    """Three jobs, claims of which most are stale, and whatever workers, clients and the watchdog may do."""

    claims = Bundle("claims")
    ids = st.sampled_from(["a", "b", "c"])

    def __init__(self) -> None:
        super().__init__()
        self.valkey = embedded_valkey()
        self.loop = asyncio.new_event_loop()
        self.redis = connect(self.valkey.__enter__())
        self.store = Store(self.redis, Settings(max_attempts=MAX_ATTEMPTS, lease_s=600))
        #: By job, the claim that counts, and how often the film has left.
        self.holder: dict[str, Claim] = {}
        self.left: dict[str, int] = {}

    def teardown(self) -> None:
        self.run(self.redis.aclose())
        self.loop.close()
        self.valkey.__exit__(None, None, None)

    def run(self, doing: Any) -> Any:
        return self.loop.run_until_complete(doing)

    def job(self, job_id: str) -> Job | None:
        found: Job | None = self.run(self.store.get(job_id))
        return found

    def holds(self, claim: Claim) -> bool:
        return self.holder.get(claim.job_id) == claim

    @initialize()
    def begin(self) -> None:
        for name in ("a", "b"):
            self.create(name)

    @rule(job_id=ids)
    def create(self, job_id: str) -> None:
        was = self.job(job_id)
        created = self.run(self.store.create(Job(job_id, JobSpec("https://e.com/", Limits(1, 1, 9)))))
        assert created == (was is None)

    @rule(target=claims, job_id=ids, to=st.sampled_from(list(HELD)), first=st.booleans())
    def claim(self, job_id: str, to: Stage, first: bool) -> Claim | None:
        start, claim = HELD[to], cast(Claim | None, None)
        before = self.job(job_id)
        if first and start in QUEUE_OF:
            claim = self.run(self.store.claim_next(start, to))
        else:
            claim = cast(Claim | None, self.run(self.store.claim(job_id, start, to)))
            free = before is not None and before.stage is start and before.status not in ENDED
            assert (claim is not None) == free
        if claim is not None:
            assert claim.job_id not in self.holder, "two have the same job"
            self.holder[claim.job_id] = claim
        return claim

    @rule(claim=claims)
    def beat(self, claim: Claim | None) -> None:
        if claim is not None:
            assert self.run(self.store.renew_lease(claim, {"progress": 1})) == self.holds(claim)

    @rule(claim=claims, back=st.booleans())
    def move(self, claim: Claim | None, back: bool) -> None:
        if claim is None:
            return
        onward = NEXT[claim.stage] - {BACK[claim.stage]} or {BACK[claim.stage]}
        to = BACK[claim.stage] if back else min(onward)
        fenced = not self.holds(claim)
        try:
            self.run(self.store.transition(claim, to, {}, attempts="undo" if back else "reset"))
        except TransitionRefused:
            assert fenced
        else:
            assert not fenced
            del self.holder[claim.job_id]
            job = self.job(claim.job_id)
            assert job is not None
            assert (job.stage, job.status) == (to, STATUS_OF[to])

    @rule(claim=consumes(claims))
    def end(self, claim: Claim | None) -> None:
        if claim is None or claim.stage not in ENDS:
            return
        try:
            self.run(self.store.end(claim, Status.FAILED, {"error": "x"}))
        except TransitionRefused:
            assert not self.holds(claim)
        else:
            assert self.holder.pop(claim.job_id) == claim

    @rule(claim=claims)
    def finish(self, claim: Claim | None) -> None:
        if claim is None or claim.stage is not Stage.EXPORTING:
            return
        if self.run(self.store.finish(claim)):
            assert self.holder.pop(claim.job_id) == claim
            self.left[claim.job_id] = self.left.get(claim.job_id, 0) + 1
            assert self.job(claim.job_id) is None

    @rule(job_id=ids)
    def die(self, job_id: str) -> None:
        """The one who has the job is not heard of any more, and the watchdog comes round."""
        held = self.holder.pop(job_id, None)
        if held is not None:
            self.run(self.redis.zadd(ACTIVE, {job_id: 1}))
        assert self.run(self.store.reap()) == ([job_id] if held else [])

    @rule(job_id=ids)
    def cancel(self, job_id: str) -> None:
        before = self.job(job_id)
        try:
            job = self.run(self.store.cancel(job_id))
        except AlreadyEnded:
            assert before is not None
            assert before.status in (Status.COMPLETED, Status.FAILED)
        except JobGone:
            assert before is None
            assert job_id in self.left
        except JobUnknown:
            assert before is None
            assert job_id not in self.left
        else:
            assert job.status is Status.CANCELLED
            self.holder.pop(job_id, None)

    @rule(job_id=ids)
    def retry(self, job_id: str) -> None:
        before = self.job(job_id)
        try:
            job = self.run(self.store.retry(job_id))
        except NotEnded:
            assert before is not None
            assert before.status not in ENDED
        except PipelineError:
            assert before is None
        else:
            assert before is not None
            assert before.status in ENDED
            assert (job.stage, job.attempt) == (Stage.QUEUED, 0)

    @invariant()
    def a_job_is_in_one_place(self) -> None:
        active = {raw.decode() for raw in self.run(self.redis.zrange(ACTIVE, 0, -1))}
        waiting = {queue: set(self.run(self.redis.zrange(key, 0, -1))) for queue, key in WAITING.items()}
        assert active == set(self.holder)
        for job_id in ("a", "b", "c"):
            job = self.job(job_id)
            queues = {queue for queue, ids in waiting.items() if job_id.encode() in ids}
            if job is None:
                assert not queues
                continue
            assert self.run(self.redis.ttl(JOB + job_id)) > 0
            assert job.attempt <= MAX_ATTEMPTS or job.stage in (Stage.READY, Stage.EXPORTING)
            assert job.status in ENDED or job.status is STATUS_OF[job.stage]
            if job.status in ENDED:
                assert not queues
                assert job_id not in active
            elif job.stage in HELD:
                assert job_id in active
                assert not queues
            else:
                assert queues == ({QUEUE_OF[job.stage]} if job.stage in QUEUE_OF else set())


LineTest = Line.TestCase
LineTest.settings = settings(
    max_examples=12, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
