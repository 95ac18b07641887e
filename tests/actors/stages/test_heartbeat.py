import asyncio
from typing import Any

import pytest

from actors.stages.heartbeat import heartbeat

pytestmark = pytest.mark.anyio


async def test_a_loop_that_turns_says_so_until_the_stage_ends() -> None:
    told: list[dict[str, Any]] = []

    async with heartbeat(told.append, every_s=0.01):
        await asyncio.sleep(0.2)
    heard = len(told)
    await asyncio.sleep(0.05)

    assert heard >= 3
    assert told == heard * [{"kind": "alive"}]
