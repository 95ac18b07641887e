"""Cancellation of tasks that use Redis."""

import asyncio
from typing import Any

CANCEL_WAIT_S = 0.5
MAX_CANCELS = 10


async def cancel_and_wait(*tasks: asyncio.Future[Any]) -> None:
    """Cancels tasks again and again until they end, and ignores what they raise.

    Once is not enough: Python 3.11's `wait_for`, with which redis-py sends, loses a cancellation that comes
    together with the answer. Gives up on a task that survives ten.
    """
    pending = {*tasks}
    for _ in range(MAX_CANCELS):
        for task in pending:
            task.cancel()
        if pending:
            _, pending = await asyncio.wait(pending, timeout=CANCEL_WAIT_S)
    for task in {*tasks} - pending:
        if not task.cancelled():
            task.exception()
