import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from actors.errors import PipelineError
from actors.settings import Settings
from actors.stages.reports import Alive, EncodingProgress
from actors.stages.spec import ResourceLimits
from actors.supervision.child_monitor import ChildFroze, ChildMonitor, DiskLimit, MemoryLimit
from actors.supervision.process_tree import ProcessTree
from actors.supervision.resource_usage import MemoryUsage, disk_bytes, proportional_bytes, resident_bytes

pytestmark = pytest.mark.anyio

#: A busy machine takes its time.
WITHIN_S = 30.0

#: Takes 40 MB for itself, shares it with two children, each of which then takes 20 MB of its own.
SHARING = """
import os, time
block = os.urandom(40 << 20)
for _ in range(2):
    if os.fork() == 0:
        own = os.urandom(20 << 20)
        break
print("ready", flush=True)
time.sleep(60)
"""

TAKING = "import time; block = b'x' * (80 << 20); print('ready', flush=True); time.sleep(60)"


def limits(memory_mb: int = 2048, disk_mb: int = 1024) -> ResourceLimits:
    # Smaller than the settings allow.
    return ResourceLimits.of(
        Settings().model_copy(update={"max_memory_mb": memory_mb, "max_disk_mb": disk_mb})
    )


@contextmanager
def running(program: str, lines: int = 1) -> Iterator[psutil.Process]:
    child = psutil.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, start_new_session=True)
    try:
        for _ in range(lines):
            child.stdout.readline()
        yield psutil.Process(child.pid)
    finally:
        os.killpg(child.pid, signal.SIGKILL)
        child.stdout.close()
        child.wait()


async def breach(monitor: ChildMonitor) -> PipelineError:
    async with asyncio.timeout(WITHIN_S):
        return await monitor.wait_for_breach()


async def is_left_alone(monitor: ChildMonitor) -> bool:
    """Whether the monitor finds nothing in several rounds of checks."""
    try:
        async with asyncio.timeout(1.5):
            await monitor.wait_for_breach()
    except TimeoutError:
        return True
    return False


def test_memory_that_is_shared_counts_once() -> None:
    with running(SHARING, lines=3) as parent:
        family = ProcessTree(parent.pid, "no mark").refresh()

        rough = sum(resident_bytes(pid) for pid in family)
        exact = sum(proportional_bytes(pid) for pid in family)

    assert len(family) == 3
    assert rough > 160 << 20
    assert 80 << 20 < exact < 120 << 20


def test_memory_is_read_exactly_only_where_the_rough_sum_is_over_the_limit() -> None:
    with running(SHARING, lines=3) as parent:
        family = ProcessTree(parent.pid, "no mark").refresh()

        assert MemoryUsage(1 << 30).memory_bytes(family) > 160 << 20
        assert MemoryUsage(130 << 20).memory_bytes(family) < 120 << 20


async def test_a_family_that_takes_too_much_memory_is_a_breach(tmp_path: Path) -> None:
    with running(
        "block = b'x' * (80 << 20); print('ready', flush=True); __import__('time').sleep(60)"
    ) as child:
        family = ProcessTree(child.pid, "no mark")

        found = await breach(ChildMonitor(family, tmp_path, limits(memory_mb=64)))

        assert isinstance(found, MemoryLimit)
        assert "MAX_MEMORY_MB" in str(found)
        assert await is_left_alone(ChildMonitor(family, tmp_path, limits(memory_mb=256)))


async def test_a_folder_that_grows_too_large_is_a_breach(tmp_path: Path) -> None:
    deep = tmp_path / "profile" / "cache"
    deep.mkdir(parents=True)
    (deep / "block").write_bytes(b"x" * (3 << 20))

    found = await breach(ChildMonitor(ProcessTree(None, "no mark"), tmp_path, limits(disk_mb=2)))

    assert isinstance(found, DiskLimit)
    assert "MAX_DISK_MB" in str(found)
    assert await is_left_alone(ChildMonitor(ProcessTree(None, "no mark"), tmp_path, limits(disk_mb=4)))


def test_holes_and_links_take_no_disk(tmp_path: Path) -> None:
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(1 << 30)
    (tmp_path / "link").symlink_to("/usr")

    assert disk_bytes(str(tmp_path)) < 1 << 20


@pytest.mark.parametrize("born", [False, True])
async def test_a_child_that_falls_silent_is_a_breach(born: bool, tmp_path: Path) -> None:
    monitor = ChildMonitor(ProcessTree(None, "no mark"), tmp_path, limits(), silence_limit_s=0.6)
    if born:
        monitor.note(Alive())

    assert isinstance(await breach(monitor), ChildFroze)


async def test_any_report_is_a_sign_of_life(tmp_path: Path) -> None:
    monitor = ChildMonitor(ProcessTree(None, "no mark"), tmp_path, limits(), silence_limit_s=0.6)
    monitor.note(Alive())

    async def talk() -> None:
        while True:
            monitor.note(EncodingProgress(0.5))
            await asyncio.sleep(0.1)

    talking = asyncio.create_task(talk())
    assert await is_left_alone(monitor)
    talking.cancel()
