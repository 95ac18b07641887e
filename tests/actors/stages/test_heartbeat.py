import asyncio

import pytest

from actors.stages.heartbeat import heartbeat
from actors.stages.reports import Alive, Report

pytestmark = pytest.mark.anyio


async def test_a_running_loop_is_reported_until_the_stage_ends() -> None:
    reports: list[Report] = []

    async with heartbeat(reports.append, interval_s=0.01):
        await asyncio.sleep(0.2)
    count = len(reports)
    await asyncio.sleep(0.05)

    assert count >= 3
    assert reports == count * [Alive()]
