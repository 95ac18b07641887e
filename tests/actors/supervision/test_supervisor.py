import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import aclosing, suppress
from pathlib import Path

import psutil
import pytest

from actors.jobs.job import Job
from actors.jobs.keys import Claim
from actors.jobs.spec import JobSpec
from actors.jobs.states import Stage
from actors.options import Limits
from actors.settings import Settings
from actors.stages.reports import Failed, MetricsChanged, Result, Update
from actors.stages.spec import StageSpec
from actors.supervision.child_monitor import ChildFroze, MemoryLimit
from actors.supervision.process_tree import MARK, ProcessTree, kill_tree
from actors.supervision.supervisor import ChildDied, StageOverrun, supervise
from actors.supervision.work_dirs import own_work_dir
from explorer.browser.chromium import find_chromium
from explorer.types import Wishes
from tests.conftest import NewProcesses
from tests.site.server import SiteServer
from tests.support.markers import thorough

pytestmark = pytest.mark.anyio

LIMITS = {"start": 60.0, "explore": 60.0, "store": 60.0}

Relatives = Callable[[], list[psutil.Process]]


def spec(settings: Settings, site: SiteServer, path: str, folder: Path) -> StageSpec:
    host = site.url.removeprefix("http://").rstrip("/")
    spec = JobSpec(site.url + path, Limits(2, 3, 60), Wishes(scout=False), allow_hosts=(host,))
    job = Job("j1", spec)
    return StageSpec.of(job, Claim("j1", Stage.EXPLORING, "token", 1), settings, str(folder))


def is_executing(report: Update | Result) -> bool:
    return isinstance(report, MetricsChanged) and report.metrics.state == "executing"


@pytest.fixture
def relatives(redis_url: str, new_processes: NewProcesses) -> Relatives:
    """Living processes of the stage; the fixtures are in this order to keep its Valkey out."""
    return lambda: new_processes("")


async def test_a_stage_reports_as_it_goes_and_ends_with_a_result(
    settings: Settings, site: SiteServer, relatives: Relatives
) -> None:
    kinds = []
    with own_work_dir("take") as folder:
        async with aclosing(supervise(spec(settings, site, "lab/dead.html", folder), LIMITS)) as reports:
            async for report in reports:
                kinds.append(report.kind)

    assert kinds[0] == "metrics"
    assert kinds.count("step") == 2
    assert kinds[-1] == "recorded"
    assert relatives() == []
    assert not folder.exists()


@pytest.mark.thorough
async def test_a_child_finds_the_browsers_of_playwright_though_it_has_another_home(
    settings: Settings, site: SiteServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / ".cache/ms-playwright/chromium_headless_shell-1/linux/chrome-headless-shell"
    own.parent.mkdir(parents=True)
    own.write_text(f'#!/bin/sh\necho >> {tmp_path}/used\nexec {find_chromium().path} "$@"\n')
    own.chmod(0o755)
    monkeypatch.delenv("PLAYWRIGHT_BROWSERS_PATH", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))

    with own_work_dir("take") as folder:
        async with aclosing(supervise(spec(settings, site, "lab/dead.html", folder), LIMITS)) as reports:
            kinds = [report.kind async for report in reports]

    assert kinds[-1] == "recorded"
    assert (tmp_path / "used").exists()


async def test_an_overrun_is_stopped_by_force_and_leaves_no_process(
    settings: Settings, site: SiteServer, relatives: Relatives
) -> None:
    with own_work_dir("take") as folder, pytest.raises(StageOverrun, match="explore"):
        async for _ in supervise(spec(settings, site, "lab/hang", folder), {**LIMITS, "explore": 3.0}):
            pass

    assert relatives() == []


@pytest.mark.parametrize("name", [thorough("chrom"), thorough("python")])
async def test_a_killed_process_is_noticed(
    name: str, settings: Settings, site: SiteServer, relatives: Relatives
) -> None:
    last: Update | Result | ChildDied | None = None
    with own_work_dir("take") as folder:
        reports = supervise(spec(settings, site, "", folder), LIMITS)
        async with aclosing(reports):
            try:
                async for report in reports:
                    last = report
                    if is_executing(report):
                        victims = [p for p in relatives() if p.name().startswith(name)]
                        assert victims
                        for victim in victims:
                            with suppress(psutil.NoSuchProcess):  # it ended with the one before
                                victim.kill()
            except ChildDied as exc:
                last = exc

    if name == "chrom":
        assert isinstance(last, Failed)
        assert last.code == "browser_crashed"
    else:
        assert isinstance(last, ChildDied)
        assert "SIGKILL" in str(last)
    assert relatives() == []


async def test_a_stage_that_takes_too_much_memory_is_stopped(
    settings: Settings, site: SiteServer, relatives: Relatives
) -> None:
    frugal = settings.model_copy(update={"max_memory_mb": 256})
    with own_work_dir("take") as folder, pytest.raises(MemoryLimit, match="more than its limit of 256 MB"):
        async for _ in supervise(spec(frugal, site, "", folder), LIMITS):
            pass

    assert relatives() == []


async def test_a_child_that_is_frozen_is_noticed_and_stopped(
    settings: Settings, site: SiteServer, relatives: Relatives
) -> None:
    async def freeze_while_filming(folder: Path) -> None:
        async for report in supervise(spec(settings, site, "", folder), LIMITS, silence_limit_s=3.0):
            if is_executing(report):
                for process in relatives():
                    process.suspend()

    with own_work_dir("take") as folder, pytest.raises(ChildFroze):
        await freeze_while_filming(folder)

    assert relatives() == []


@pytest.mark.thorough
async def test_leaving_early_kills_the_child(
    settings: Settings, site: SiteServer, relatives: Relatives
) -> None:
    with own_work_dir("take") as folder:
        async with aclosing(supervise(spec(settings, site, "", folder), LIMITS)) as reports:
            await anext(reports)
            assert relatives()

    assert relatives() == []


async def test_a_stage_without_work_is_an_error_with_the_last_line_of_its_output(
    settings: Settings,
) -> None:
    with own_work_dir("take") as folder:
        job = Job("j1", JobSpec("x", Limits(1, 1, 1)))
        claim = Claim("j1", Stage.READY, "token", 1)
        with pytest.raises(ChildDied, match="exit code 1"):
            async for _ in supervise(StageSpec.of(job, claim, settings, str(folder)), LIMITS):
                pass


async def test_killing_reaches_what_has_detached_itself(tmp_path: Path) -> None:
    mark = str(tmp_path)
    # A child whose own child starts a new session and is orphaned.
    script = "setsid sleep 60 & setsid sh -c 'sleep 60 & wait' & exec sleep 60"
    parent = subprocess.Popen(["sh", "-c", script], env={**os.environ, MARK: mark})
    await asyncio.sleep(0.3)
    parent.kill()
    parent.wait()

    await kill_tree(ProcessTree(None, mark))

    def marked(process: psutil.Process) -> bool:
        try:
            return process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False

    assert not [process for process in psutil.process_iter() if marked(process)]


async def test_a_frozen_process_is_killed_too(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    os.kill(child.pid, signal.SIGSTOP)

    await kill_tree(ProcessTree(child.pid, str(tmp_path)))

    assert child.wait(5) == -signal.SIGKILL
