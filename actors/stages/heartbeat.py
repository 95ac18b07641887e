"""Heartbeat from the child's event loop: a supervisor that misses it knows that the loop is blocked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from actors.stages.reports import Alive, Reporter
from explorer.background_tasks import background_task

INTERVAL_S = 1.0


@asynccontextmanager
async def heartbeat(report: Reporter, interval_s: float = INTERVAL_S) -> AsyncIterator[None]:
    """Reports `Alive` once per interval while it is entered, for the first time after one interval."""

    async def beat() -> None:
        while True:
            await asyncio.sleep(interval_s)
            report(Alive())

    async with background_task(beat(), "the heartbeat"):
        yield
