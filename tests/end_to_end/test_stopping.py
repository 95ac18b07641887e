"""A worker that is told to stop twice; `test_worker.py` shows one that is told once."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from actors.broker import make_broker, ticket_sender
from actors.jobs.job import Job
from actors.jobs.spec import JobSpec
from actors.jobs.states import Stage, Status
from actors.jobs.store import Store
from actors.options import Limits
from actors.settings import Settings
from actors.submission import announce, submit
from explorer.types import Wishes
from tests.site.server import SiteServer

pytestmark = pytest.mark.anyio

WORKER = [sys.executable, "-c", "from demo_api.cli.main import main; main()", "worker", "--workers", "1"]
PATIENCE_S = 90.0


async def ask(store: Store, site: SiteServer, path: str) -> str:
    """A job in line, with a ticket sent."""
    assert store.settings.redis is not None
    host = site.url.removeprefix("http://").rstrip("/")
    spec = JobSpec(site.url + path, Limits(1, 1, 60), Wishes(scout=False), allow_hosts=(host,))
    job = await submit(store, spec)
    await announce(ticket_sender(make_broker(store.settings.redis)), job.id)
    return job.id


@contextmanager
def worker(settings: Settings, folder: Path, grace_s: float) -> Iterator[psutil.Popen]:
    told = {"REDIS_URL": settings.redis or "", "SHUTDOWN_GRACE_S": str(grace_s), "POLL_INTERVAL": "0.1"}
    process = psutil.Popen(WORKER, env={**os.environ, **told, "TMPDIR": str(folder)})
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


async def until(store: Store, job_id: str, arrived: Callable[[Job], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not ((job := await store.get(job_id)) and arrived(job)):
        assert time.monotonic() < deadline, f"job {job}"
        time.sleep(0.05)


async def stage_of(store: Store, job_id: str) -> tuple[Status, Stage]:
    job = await store.get(job_id)
    assert job is not None
    return job.status, job.stage


@pytest.mark.thorough
async def test_a_second_signal_hands_the_job_back_at_once(
    settings: Settings, store: Store, site: SiteServer, tmp_path: Path
) -> None:
    job_id = await ask(store, site, "")
    with worker(settings, tmp_path, grace_s=60) as process:
        await until(store, job_id, lambda job: job.metrics.get("state") == "executing")
        family = process.children(recursive=True)

        process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        assert await stage_of(store, job_id) == (Status.PROCESSING, Stage.EXPLORING)
        process.send_signal(signal.SIGTERM)

        assert process.wait(30) == 0, "it may take its time on a busy machine, but not the grace period"
    assert await stage_of(store, job_id) == (Status.PENDING, Stage.QUEUED)
    assert not [one for one in family if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
    assert list(tmp_path.iterdir()) == []
