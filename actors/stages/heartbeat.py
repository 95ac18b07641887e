"""A sign of life from the child's event loop: a supervisor that misses it knows that it is blocked."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

EVERY_S = 1.0


@asynccontextmanager
async def heartbeat(tell: Callable[[dict[str, Any]], None], every_s: float = EVERY_S) -> AsyncIterator[None]:
    """Tells `{"kind": "alive"}` once a second while it is entered, the first time after a second."""

    async def beat() -> None:
        while True:
            await asyncio.sleep(every_s)
            tell({"kind": "alive"})

    beating = asyncio.create_task(beat())
    try:
        yield
    finally:
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)
