"""A worker, from its start to the signal that stops it in the middle of a take."""

import asyncio
import signal
import sys
from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path

import pytest
from redis import Redis

from actors.embedded_redis import embedded_valkey
from actors.jobs.states import Stage, Status
from actors.jobs.store import Store
from actors.settings import Settings
from tests.end_to_end.test_environment import PATIENCE_S, TAKE, sitereel
from tests.end_to_end.test_stopping import ask, stage_of, until
from tests.site.server import SiteServer
from tests.support.canaries import SIGN


@dataclass(frozen=True, slots=True)
class Shift:
    """What came of a worker that had a job, was told to stop, and could have had another."""

    exit_code: int | None
    first: tuple[Status, Stage]
    second: tuple[Status, Stage]
    tickets: int
    left_behind: list[str]
    leaks: Set[tuple[str, str]]
    environments_read: Set[str]


@pytest.fixture(scope="module")
def shift(site: SiteServer, tmp_path_factory: pytest.TempPathFactory) -> Shift:
    with embedded_valkey() as url:
        Redis.from_url(url).config_set("requirepass", SIGN)
        locked = Settings(redis_url=f"{url}?password={SIGN}")
        return asyncio.run(_work(locked, site, tmp_path_factory.mktemp("worker")))


async def _work(settings: Settings, site: SiteServer, folder: Path) -> Shift:
    assert settings.redis is not None
    told = {"REDIS_URL": settings.redis, "SHUTDOWN_GRACE_S": str(PATIENCE_S), "POLL_INTERVAL": "0.1"}
    with sitereel("worker", "--workers", "1", folder=folder, **told) as (process, watch):
        async with Store.opened(settings.redis, settings) as store:
            first = await ask(store, site, "lab/dead.html")
            await until(store, first, lambda job: job.stage is Stage.EXPLORING)

            process.send_signal(signal.SIGTERM)
            second = await ask(store, site, "lab/dead.html")

            return Shift(
                exit_code=process.wait(PATIENCE_S),
                first=await stage_of(store, first),
                second=await stage_of(store, second),
                tickets=await store.tickets("record"),
                left_behind=sorted(path.name for path in folder.iterdir()),
                leaks=watch.leaks,
                environments_read=watch.read.keys(),
            )


def test_a_running_stage_may_end_and_nothing_else_is_begun(shift: Shift) -> None:
    assert shift.exit_code == 0
    assert shift.first == (Status.COMPLETED, Stage.READY)
    assert shift.second == (Status.PENDING, Stage.QUEUED)
    assert shift.tickets >= 1  # a watchdog sends another one for what waits long
    assert shift.left_behind == ["log"]


@pytest.mark.skipif(sys.platform != "linux", reason="reads environments from /proc")
def test_a_worker_shows_its_secrets_to_nobody(shift: Shift) -> None:
    assert shift.leaks == set()
    assert shift.environments_read >= TAKE
