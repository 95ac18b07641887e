"""Films whose last byte is out, while it is not yet known whether it has arrived."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

#: Longer than a farewell takes; one that takes longer is answered as the store has it.
PATIENCE_S = 1.0


class PendingDownloads:
    """Lets whoever asks for such a job wait, so that after a download nobody sees it as still going on."""

    def __init__(self) -> None:
        self._leaving: dict[str, asyncio.Event] = {}

    @contextmanager
    def leaving(self, job_id: str) -> Iterator[None]:
        """From the last byte to what came of it."""
        over = self._leaving[job_id] = asyncio.Event()
        try:
            yield
        finally:
            del self._leaving[job_id]
            over.set()

    async def settled(self, job_id: str) -> None:
        """Returns when nothing is on its way for this job, or after a second."""
        if over := self._leaving.get(job_id):
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE_S):
                    await over.wait()
