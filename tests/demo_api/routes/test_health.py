import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from actors.embedded_redis import embedded_valkey
from actors.jobs.store import Store
from actors.monitoring.pool import PoolSize
from actors.monitoring.system_status import Queue, SystemStatus, Workers
from actors.monitoring.worker_registry import WorkerRegistration
from actors.settings import Settings
from actors.worker import working
from demo_api.app import create_app
from demo_api.routes.health import WATCHDOG_SILENT_S, ProcessPart, assess
from tests.conftest import NewProcesses, Serve
from tests.support.jobs import queued

pytestmark = pytest.mark.anyio

FINE = SystemStatus(
    queues={"record": Queue(1, 3.5), "encode": Queue(0, 0.0)},
    active={},
    workers=Workers(alive=1, slots=2, busy=1, heard_s_ago=0.4, allowed=2, idle=1, limited={}),
    totals={},
    used_bytes=1,
    max_bytes=0,
    has_capacity=True,
    latency_ms=0.5,
)
NOBODY = Workers(0, 0, 0, None, 0, 0, {})
PROCESS = ProcessPart(uptime_s=9.0, memory_bytes=80_000_000, cpu_percent=1.5)
IDLE = {"record": Queue(0, 0.0), "encode": Queue(0, 0.0)}
LONG = {"record": Queue(100, 9.0), "encode": Queue(0, 0.0)}
CUT = {"record": Queue(0, 0.0), "encode": Queue(1, 9.0)}


@pytest.mark.parametrize(
    ("seen", "watchdog_s", "status", "bad", "reason"),
    [
        (FINE, 1.0, "ok", {}, ""),
        (FINE, WATCHDOG_SILENT_S + 1, "failing", {"watchdog": "failing"}, "watchdog"),
        (None, 1.0, "failing", {"redis": "failing", "queue": "unknown", "workers": "unknown"}, "Redis"),
        (replace(FINE, queues=LONG), 1.0, "failing", {"queue": "failing"}, "MAX_QUEUE"),
        (replace(FINE, workers=NOBODY), 1.0, "failing", {"workers": "failing"}, "1 jobs are waiting"),
        (replace(FINE, workers=NOBODY, queues=CUT), 1.0, "failing", {"workers": "failing"}, "No worker"),
        (replace(FINE, workers=NOBODY, queues=IDLE), 1.0, "degraded", {"workers": "degraded"}, "No worker"),
        (replace(FINE, has_capacity=False), 1.0, "degraded", {"redis": "degraded"}, "memory"),
    ],
)
def test_health_follows_from_its_parts(
    seen: SystemStatus | None, watchdog_s: float, status: str, bad: dict[str, str], reason: str
) -> None:
    told = assess(seen, watchdog_s, max_queue=100, process=PROCESS)

    assert told.status == status
    assert {name: part.status for name, part in told.parts if part.status != "ok"} == bad
    assert told.redis == ("ok" if seen else "away")
    assert len(told.reasons) == bool(reason)
    assert reason in "".join(told.reasons)


async def test_an_api_before_its_workers_is_degraded_then_failing_then_fine(
    settings: Settings, serve: Serve, store: Store
) -> None:
    with serve(settings) as address, httpx.Client(base_url=address) as client:
        early = client.get("/health")
        assert (early.status_code, early.json()["status"]) == (200, "degraded")

        await queued(store)
        waiting = client.get("/health")
        assert (waiting.status_code, waiting.json()["status"]) == (503, "failing")
        assert waiting.json()["parts"]["queue"]["waiting"] == 1
        assert waiting.headers["content-type"] == "application/json"

        await WorkerRegistration(2).renew(store)
        fine = client.get("/health").json()
        assert (fine["status"], fine["reasons"]) == ("ok", [])
        assert fine["parts"]["workers"] | {"last_heartbeat_s_ago": 0} == {
            "status": "ok",
            "alive": 1,
            "slots": 2,
            "busy": 0,
            "idle": 2,
            "allowed": 2,
            "limited": {},
            "last_heartbeat_s_ago": 0,
        }
        assert fine["parts"]["watchdog"]["seen_s_ago"] < 5
        assert client.get("/ready").json() == {"ready": True, "reasons": []}


async def test_a_real_worker_is_heard_of_until_it_ends(settings: Settings, serve: Serve) -> None:
    def workers(client: httpx.Client) -> Any:
        return client.get("/health").json()["parts"]["workers"]

    with serve(settings) as address, httpx.Client(base_url=address) as client:
        with working(settings, PoolSize(2, 3)):
            until_s = time.monotonic() + 10
            while (told := workers(client))["alive"] != 1:
                assert time.monotonic() < until_s
                time.sleep(0.02)
            assert (told["slots"], told["busy"]) == (3, 0)
            assert told["idle"] == told["allowed"]
            # This machine has something to spare for a third one, or says why not.
            assert (told["allowed"], len(told["limited"])) in ((3, 0), (2, 1))
        assert workers(client)["alive"] == 0


async def test_an_api_process_tells_what_it_uses_itself(settings: Settings, serve: Serve) -> None:
    with serve(settings) as address:
        first, second = (httpx.get(f"{address}/health").json()["process"] for _ in range(2))

    assert 0 <= first["uptime_s"] <= second["uptime_s"] < 60
    assert second["memory_bytes"] > 10 << 20
    assert first["cpu_percent"] > 0


@pytest.fixture
def hung(new_processes: NewProcesses) -> Iterator[Settings]:
    """Settings with a Redis that has stopped responding."""
    with embedded_valkey() as url:
        [server] = new_processes("valkey-server")
        os.kill(server.pid, signal.SIGSTOP)
        try:
            yield Settings(redis_url=url)
        finally:
            os.kill(server.pid, signal.SIGCONT)


def test_with_a_hung_redis_all_three_answer_503_in_time(hung: Settings, serve: Serve) -> None:
    def ask(path: str) -> tuple[float, httpx.Response]:
        began_s = time.monotonic()
        answer = client.get(path)
        return time.monotonic() - began_s, answer

    with (
        serve(hung) as address,
        httpx.Client(base_url=address, timeout=10) as client,
        ThreadPoolExecutor(3) as pool,
    ):
        asked = list(pool.map(ask, ("/ready", "/health", "/metrics")))

    assert [answer.status_code for _, answer in asked] == [503, 503, 503]
    # What is promised: see README.
    assert max(took_s for took_s, _ in asked) < 2.5
    ready, health = (answer.json() for _, answer in asked[:2])
    assert not ready["ready"]
    assert health["parts"]["redis"]["status"] == "failing"


@pytest.mark.parametrize(
    ("change", "config", "reason"),
    [
        ({"max_queue": 1}, {}, "MAX_QUEUE"),
        ({}, {"maxmemory": "1mb"}, "memory"),
    ],
)
async def test_no_requests_are_to_be_sent_to_an_api_that_would_turn_them_down(
    change: dict[str, int],
    config: dict[str, str],
    reason: str,
    settings: Settings,
    serve: Serve,
    store: Store,
) -> None:
    await queued(store)
    for name, value in config.items():
        await store.redis.config_set(name, value)
    with serve(settings.model_copy(update=change)) as address:
        answer = httpx.get(f"{address}/ready")

    assert answer.status_code == 503
    assert not answer.json()["ready"]
    assert reason in answer.json()["reasons"][0]


def test_no_requests_are_to_be_sent_to_a_process_that_shuts_down(settings: Settings) -> None:
    with TestClient(create_app(settings, stopping=lambda: True), base_url="http://localhost") as client:
        answer = client.get("/ready")

    assert answer.status_code == 503
    assert "shutting down" in answer.json()["reasons"][0]
