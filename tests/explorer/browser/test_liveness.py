"""How soon it is noticed that a browser has died or is frozen, and what is left of it then."""

import asyncio
import gc
import signal
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import psutil
import pytest

from explorer.browser.chromium import find_chromium, open_session
from explorer.browser.liveness import watching_liveness
from explorer.lookahead.scout_browser import open_scout
from explorer.types import Brief
from tests.conftest import NewProcesses
from tests.explorer.support.exploration import dead_port
from tests.support.markers import first

pytestmark = pytest.mark.anyio

PROXY = f"http://127.0.0.1:{dead_port()}"
#: A busy machine takes its time, but not that of a limit on actions: 8 s.
NOTICED_S = 4.0


@pytest.fixture(autouse=True)
async def abandoned() -> AsyncIterator[None]:
    """What Playwright abandons when its driver dies is told of when it is collected: here, and to nobody."""
    loop = asyncio.get_running_loop()
    told = loop.get_exception_handler()

    def unless_abandoned(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if told and "reading from the driver" not in str(context.get("exception")):
            told(loop, context)

    loop.set_exception_handler(unless_abandoned)
    yield
    gc.collect()
    loop.set_exception_handler(told)


def parts(new_processes: NewProcesses) -> dict[str, list[psutil.Process]]:
    """Living processes by what they are to a browser."""
    found: dict[str, list[psutil.Process]] = {}
    for process in new_processes(""):
        with suppress(psutil.Error):
            words = process.cmdline()
            kind = next((word.partition("=")[2] for word in words if word.startswith("--type=")), "browser")
            found.setdefault("driver" if process.name().startswith("node") else kind, []).append(process)
    return found


@pytest.mark.parametrize(
    ("victims", "sign", "said"),
    first(
        3,
        [
            ("browser", signal.SIGKILL, "the browser died"),
            ("browser", signal.SIGSTOP, "was frozen"),
            ("renderer", signal.SIGKILL, "the page's process died"),
            ("renderer", signal.SIGSTOP, "was frozen"),
            ("driver", signal.SIGKILL, "the browser died"),
            ("driver", signal.SIGSTOP, "was frozen"),
        ],
    ),
)
async def test_a_death_is_noticed_at_once_and_nothing_is_left(
    new_processes: NewProcesses, victims: str, sign: signal.Signals, said: str
) -> None:
    stage_of = open_session(Brief("about:blank"), find_chromium(), PROXY)
    async with stage_of as session, watching_liveness(session):
        family = parts(new_processes)
        for process in family[victims]:
            process.send_signal(sign)
        began_s = time.monotonic()

        how = await asyncio.wait_for(asyncio.shield(session.lost), 10)

        assert said in how
        assert time.monotonic() - began_s < NOTICED_S
        closing_s = time.monotonic()
    assert time.monotonic() - closing_s < NOTICED_S
    # also those that have lost their parent, and are nobody's new_processes any more
    assert await survivors([process for processes in family.values() for process in processes]) == []


@pytest.mark.thorough
async def test_a_page_that_spins_has_a_pulse(new_processes: NewProcesses) -> None:
    stage_of = open_session(Brief("about:blank"), find_chromium(), PROXY)
    async with stage_of as session, watching_liveness(session, interval_s=0.1, timeout_s=1.0):
        spinning = asyncio.create_task(session.page.evaluate("() => { for (;;) {} }"))
        await asyncio.sleep(2.0)

        assert not session.lost.done()
        spinning.cancel()


async def test_a_scout_whose_browser_freezes_is_lost_and_holds_nobody_up(new_processes: NewProcesses) -> None:
    async with open_scout(Brief("http://lumen/"), find_chromium(), PROXY) as scout:
        assert scout is not None
        family = parts(new_processes)
        for process in family["browser"]:
            process.send_signal(signal.SIGSTOP)
        began_s = time.monotonic()

        sighting = await asyncio.wait_for(scout.visit("http://lumen/"), 10)

        assert sighting.rule == "broken"
        assert scout.lost
        assert time.monotonic() - began_s < NOTICED_S
    assert time.monotonic() - began_s < 2 * NOTICED_S
    assert await survivors([process for processes in family.values() for process in processes]) == []


async def survivors(doomed: list[psutil.Process]) -> list[psutil.Process]:
    """Who still lives when the kernel has had its time."""
    until_s = time.monotonic() + 3.0
    while (living := [process for process in doomed if lives(process)]) and time.monotonic() < until_s:
        await asyncio.sleep(0.05)
    return living


def lives(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
