"""Slots before claims on a real Valkey: a pool's upper number, its lower one under pressure, and encoding."""

import asyncio
import itertools
import threading
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import suppress

import pytest

from actors.broker import make_broker, ticket_sender
from actors.jobs.states import QUEUE_OF, Stage, Status
from actors.jobs.store import Store
from actors.monitoring.pool import SETTLE_S, Decision, HostReadings, PoolSize
from actors.pipeline import Pipeline
from actors.settings import Settings
from actors.slots import CHECK_INTERVAL_S, Slots
from actors.stages.reports import Failed, Result, Update
from actors.stages.spec import StageSpec
from actors.worker import make_worker
from tests.support.jobs import exploring, queued

pytestmark = pytest.mark.anyio

#: A busy machine takes its time.
WITHIN_S = 30.0
GB = 1 << 30
CALM = HostReadings(100 * GB, cpu_stall_percent=0)
PRESSED = HostReadings(100 * GB, cpu_stall_percent=100)


class Stages:
    """Stands where the supervisor does: every stage runs until all are let go."""

    def __init__(self) -> None:
        self.running: list[StageSpec] = []
        self.most = 0
        self.let_go = threading.Event()

    async def __call__(
        self, spec: StageSpec, _limits_s: Mapping[str, float]
    ) -> AsyncGenerator[Update | Result, None]:
        self.running.append(spec)
        self.most = max(self.most, len(self.running))
        try:
            while not self.let_go.is_set():
                await asyncio.sleep(0.02)
            yield Failed("page_unreachable", "out of luck")
        finally:
            self.running.remove(spec)

    def of(self, stage: Stage) -> int:
        return sum(spec.stage is stage for spec in self.running)


class Host:
    """A machine whose readings a test sets."""

    def __init__(self, readings: HostReadings) -> None:
        self.readings = readings

    def read(self) -> HostReadings:
        return self.readings


def slots(size: PoolSize, host: Host) -> Slots:
    """Slots for stages that are seen in the readings at once."""
    clock = itertools.count(0, 2 * SETTLE_S)
    return Slots(size, GB, host.read, lambda: next(clock))


def pipeline(settings: Settings, stages: Stages, slots: Slots) -> Pipeline:
    assert settings.redis is not None
    return Pipeline(settings, make_broker(settings.redis), stages, slots=slots)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not condition():
            await asyncio.sleep(0.02)


async def recorded(store: Store, job_id: str) -> None:
    await store.transition(await exploring(store, job_id), Stage.RECORDED, {})


async def test_a_pool_fills_up_to_its_upper_number_and_no_further(store: Store, settings: Settings) -> None:
    for number in range(5):
        await queued(store, f"j{number}")
    stages = Stages()
    working = pipeline(settings, stages, slots(PoolSize(1, 3), Host(CALM)))

    async with asyncio.TaskGroup() as tickets:
        for _ in range(5):
            tickets.create_task(asyncio.to_thread(working.explore_and_record, ""))
        await until(lambda: len(stages.running) == 3)
        await asyncio.sleep(2 * CHECK_INTERVAL_S)
        stages.let_go.set()

    # All have had their turn
    assert stages.most == 3
    for number in range(5):
        job = await store.get(f"j{number}")
        assert job is not None
        assert job.status is Status.FAILED


async def test_under_pressure_the_lower_number_runs_and_more_when_it_is_over(
    store: Store, settings: Settings
) -> None:
    for number in range(4):
        await queued(store, f"j{number}")
    stages, host = Stages(), Host(PRESSED)
    working = pipeline(settings, stages, slots(PoolSize(2, 4), host))

    async with asyncio.TaskGroup() as tickets:
        for _ in range(4):
            tickets.create_task(asyncio.to_thread(working.explore_and_record, ""))
        await until(lambda: len(stages.running) == 2)
        await asyncio.sleep(2 * CHECK_INTERVAL_S)
        under_pressure = stages.most
        host.readings = CALM
        await until(lambda: len(stages.running) == 4)
        stages.let_go.set()

    assert under_pressure == 2


async def test_a_film_is_encoded_though_every_ticket_of_record_waits(
    store: Store, settings: Settings
) -> None:
    assert settings.redis is not None
    broker, stages, gate = make_broker(settings.redis), Stages(), slots(PoolSize(1, 3), Host(PRESSED))
    Pipeline(settings, broker, stages, slots=gate)
    worker, send = make_worker(broker, gate, settings.poll_interval_s), ticket_sender(broker)
    for number in range(4):
        await queued(store, f"j{number}")
        send(QUEUE_OF[Stage.QUEUED], f"j{number}")
    worker.start()
    try:
        await until(lambda: stages.of(Stage.EXPLORING) == 1 and worker.work_queue.empty())
        for number in range(2):
            await recorded(store, f"e{number}")
            send(QUEUE_OF[Stage.RECORDED], f"e{number}")
        await until(lambda: stages.of(Stage.ENCODING) == 1)
        await asyncio.sleep(2 * CHECK_INTERVAL_S)
        # One beside what is allowed, not all of them
        assert (stages.of(Stage.EXPLORING), stages.of(Stage.ENCODING)) == (1, 1)
    finally:
        gate.close()
        stages.let_go.set()
        await asyncio.to_thread(worker.stop)
        broker.close()

    # Those that waited have begun nothing
    assert [await stage_of(store, f"j{number}") for number in (1, 2, 3)] == [Stage.QUEUED] * 3


async def stage_of(store: Store, job_id: str) -> Stage:
    job = await store.get(job_id)
    assert job is not None
    return job.stage


def test_a_pool_grows_by_one_stage_at_a_time() -> None:
    now_s, begun, let_go = [0.0], [0], threading.Event()
    gate = Slots(PoolSize(1, 3), GB, lambda: CALM, lambda: now_s[0])

    async def work() -> None:
        begun[0] += 1
        await asyncio.to_thread(let_go.wait)

    threads = [threading.Thread(target=gate.run, args=(Stage.EXPLORING, work)) for _ in range(3)]
    allowed = []
    for thread in threads:
        thread.start()
    for number in (1, 2, 3):
        assert_soon(lambda number=number: begun[0] == number)  # type: ignore[misc]
        allowed.append(gate.decision())
        now_s[0] += SETTLE_S + 1
    let_go.set()
    for thread in threads:
        thread.join(WITHIN_S)

    assert allowed == [Decision(1, "settling"), Decision(2, "settling"), Decision(3)]
    # What has ended counts no more
    assert gate.decision() == Decision(3)


def assert_soon(condition: Callable[[], bool]) -> None:
    waiting = threading.Event()
    for _ in range(int(WITHIN_S / 0.02)):
        if condition():
            return
        waiting.wait(0.02)
    raise AssertionError


async def test_slots_that_are_stopped_end_who_runs_and_who_waits(store: Store, settings: Settings) -> None:
    for number in range(2):
        await queued(store, f"j{number}")
    stages = Stages()
    working = pipeline(settings, stages, slots(PoolSize(1, 2), Host(PRESSED)))

    async with asyncio.timeout(WITHIN_S), asyncio.TaskGroup() as tickets:
        for _ in range(2):
            tickets.create_task(asyncio.to_thread(working.explore_and_record, ""))
        await until(lambda: len(stages.running) == 1)
        working.stop()

    assert [await stage_of(store, f"j{number}") for number in range(2)] == [Stage.QUEUED] * 2


def test_a_stage_that_raises_gives_its_slot_back() -> None:
    gate = Slots(PoolSize.fixed(1))

    async def broken() -> None:
        raise OSError

    for _ in range(2):
        with suppress(OSError):
            gate.run(Stage.EXPLORING, broken)
    assert gate.decision() == Decision(1)


@pytest.mark.parametrize(("size", "threads"), [(PoolSize.fixed(4), 4), (PoolSize(2, 10), 11)])
def test_a_pool_has_a_thread_more_for_encoding(size: PoolSize, threads: int) -> None:
    assert Slots(size, GB).threads == threads
