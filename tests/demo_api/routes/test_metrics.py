import re

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from actors.jobs.states import Stage
from actors.jobs.store import Store
from actors.monitoring.counters import Attempt
from actors.monitoring.pool import Decision
from actors.monitoring.worker_registry import WorkerRegistration
from actors.settings import Settings
from demo_api.routes.metrics import COUNTS
from tests.conftest import Serve
from tests.support.jobs import exploring, failed, queued, ready

pytestmark = pytest.mark.anyio


def samples(text: str) -> dict[tuple[str, str], float]:
    """By name and labels."""
    found: list[Sample] = [one for family in text_string_to_metric_families(text) for one in family.samples]
    return {(one.name, ",".join(map("=".join, sorted(one.labels.items())))): one.value for one in found}


async def test_any_process_has_the_figures_of_all(settings: Settings, serve: Serve, store: Store) -> None:
    await queued(store, "waits")
    await exploring(store, "works")
    await failed(store, "fails")
    await ready(store, b"film", "done")
    worker = WorkerRegistration(2)
    with worker.counters.running(Stage.EXPLORING):
        worker.counters.add(
            {"refusals:auth": 2, "llm_tokens": 900, "footage_size_bytes": 1e9, "film_duration_s": 2.5}
        )
        worker.counters.attempt_failed("auth_required")
        await worker.renew(store)
    with serve(settings) as one, serve(settings) as other:
        first, second = (samples(httpx.get(f"{address}/metrics").text) for address in (one, other))

    told = {name: first[name] for name in first if not name[0].startswith(("process_", "sitereel_redis_"))}
    ages = "sitereel_jobs_oldest_wait_seconds"
    assert {name for name in told if told[name] != second[name]} <= {(ages, "queue=record")}
    assert told["sitereel_jobs_total", "status=accepted"] == 4
    assert told["sitereel_jobs_total", "status=failed"] == 1
    assert told["sitereel_jobs_total", "status=completed"] == 1
    assert told["sitereel_jobs_total", "status=cancelled"] == 0
    assert told["sitereel_jobs_waiting", "queue=record"] == 1
    assert told["sitereel_jobs_waiting", "queue=encode"] == 0
    assert 0 <= told[ages, "queue=record"] < 10
    assert told["sitereel_jobs_active", "stage=exploring"] == 1
    assert told["sitereel_workers", ""] == 1
    assert (told["sitereel_slots", "state=busy"], told["sitereel_slots", "state=idle"]) == (1, 1)
    assert told["sitereel_refusals_total", "rule=auth"] == 2
    assert told["sitereel_refusals_total", "rule=blacklist"] == 0
    assert told["sitereel_attempts_failed_total", "code=auth_required"] == 1
    assert told["sitereel_llm_tokens_total", ""] == 900
    assert told["sitereel_footage_bytes_total", ""] == 1e9
    assert told["sitereel_film_seconds_total", ""] == 2.5
    assert first["sitereel_redis_memory_used_bytes", ""] > 100_000
    assert first["process_resident_memory_bytes", ""] > 1e6


async def test_what_holds_pools_back_is_told(settings: Settings, serve: Serve, store: Store) -> None:
    await WorkerRegistration(10, decide=lambda: Decision(4, "memory")).renew(store)
    with serve(settings) as address:
        told = samples(httpx.get(f"{address}/metrics").text)

    assert [told["sitereel_slots", f"state={state}"] for state in ("busy", "idle", "held")] == [0, 4, 6]
    assert told["sitereel_slots_allowed", ""] == 4
    assert told["sitereel_workers_limited", "reason=memory"] == 1
    assert told["sitereel_workers_limited", "reason=cpu_pressure"] == 0


async def test_durations_are_a_histogram_for_each_stage_and_outcome(
    settings: Settings, serve: Serve, store: Store
) -> None:
    worker = WorkerRegistration(1)
    ends = ((3.0, Stage.EXPLORING, "done"), (40.0, Stage.EXPLORING, "done"), (2e4, Stage.ENCODING, "failed"))
    for took_s, stage, outcome in ends:
        clock = iter((0.0, took_s))
        attempt = Attempt(stage, lambda clock=clock: next(clock))  # type: ignore[misc]
        attempt.outcome = outcome
        worker.counters.add(attempt.counts())
    await worker.renew(store)
    with serve(settings) as address:
        told = samples(httpx.get(f"{address}/metrics").text)

    name, of_films = "sitereel_stage_duration_seconds", "outcome=done,stage=exploring"
    edges = ("2.5", "5.0", "30.0", "45.0", "+Inf")
    assert [told[f"{name}_bucket", f"le={edge},{of_films}"] for edge in edges] == [0, 1, 1, 2, 2]
    assert (told[f"{name}_count", of_films], told[f"{name}_sum", of_films]) == (2, 43.0)
    assert told[f"{name}_bucket", "le=1800.0,outcome=failed,stage=encoding"] == 0
    assert told[f"{name}_count", "outcome=failed,stage=encoding"] == 1


async def test_every_metric_family_has_help_and_base_units(settings: Settings, serve: Serve) -> None:
    with serve(settings) as address:
        answer = httpx.get(f"{address}/metrics")
    families = list(text_string_to_metric_families(answer.text))

    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert {count.name for count in COUNTS} < {family.name for family in families}
    for family in families:
        assert family.documentation, family.name
        assert family.type != "unknown", family.name
        assert not re.search("_(ms|kb|mb|s|minutes)(_|$)", family.name), family.name
    assert len({family.name for family in families}) == len(families)


async def test_with_redis_away_there_are_no_figures_rather_than_zeros(serve: Serve) -> None:
    with serve(Settings(redis_url="redis://127.0.0.1:1/0")) as address:
        answer = httpx.get(f"{address}/metrics")

    assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
    assert "sitereel_" not in answer.text


async def test_who_was_turned_down_is_counted(settings: Settings, serve: Serve) -> None:
    with serve(settings.model_copy(update={"rate_limit": "1/day"})) as address:
        for _ in range(3):
            httpx.post(f"{address}/demo/cancel/nobody")
        told = samples(httpx.get(f"{address}/metrics").text)

    assert told["sitereel_rate_limited_total", ""] == 2
